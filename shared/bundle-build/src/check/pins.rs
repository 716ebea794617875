//! E13: what the target's own call does not hold fixed is told to those who approve, in the author's words, and nobody can
//! claim that a call holds what it does not.

use bundle::{CatalogueEntry, HeldBy, Pin};

use super::finding::{Findings, says};
use crate::held::held;

pub(crate) fn check(entry: &CatalogueEntry) -> Findings {
    let mut wrong: Vec<String> = entry.pins.iter().filter_map(|pin| mismatch(entry, pin)).collect();
    wrong.extend(entry.pins.iter().filter_map(sentence));
    let known = held(&entry.connector).unwrap_or_default();
    let missing = known.iter().filter(|(name, _)| !entry.pins.iter().any(|pin| pin.name == *name));
    wrong
        .extend(missing.map(|(name, _)| format!("`{}` pins `{name}`, which is not listed", entry.connector)));
    let mut wrong: Findings = wrong.into_iter().map(|message| (vec!["pins".to_owned()], message)).collect();
    wrong.extend(shown(entry));
    wrong
}

/// What the connector says of this pin is what the entry says.
fn mismatch(entry: &CatalogueEntry, pin: &Pin) -> Option<String> {
    let (name, connector) = (&pin.name, &entry.connector);
    let Some(known) = held(connector) else {
        let claimed = pin.held_by == HeldBy::Call;
        return claimed.then(|| {
            format!("no connector `{connector}` says that its call holds `{name}`: `held_by: check`")
        });
    };
    match known.iter().find(|(one, _)| one == name) {
        None => Some(format!("the connector `{connector}` pins no `{name}`")),
        Some((_, HeldBy::Check)) if pin.held_by == HeldBy::Call => Some(format!(
            "the call of `{connector}` does not hold `{name}`: `held_by: check`, and say so in `unpinned`"
        )),
        Some((_, HeldBy::Call)) if pin.held_by == HeldBy::Check => {
            Some(format!("the call of `{connector}` holds `{name}`: `held_by: call`"))
        }
        Some(_) => None,
    }
}

fn sentence(pin: &Pin) -> Option<String> {
    match (pin.held_by, says(&pin.unpinned)) {
        (HeldBy::Check, false) => Some(format!(
            "`{}` is only checked before the call: say in `unpinned` what can change until then",
            pin.name
        )),
        (HeldBy::Call, true) => Some(format!("`{}` is held by the call, so it has no `unpinned`", pin.name)),
        _ => None,
    }
}

/// The page itself shows what is only checked, in its own words: no line of the entry can say more of it.
fn shown(entry: &CatalogueEntry) -> Findings {
    let lines = entry.fields.iter().flat_map(|field| std::iter::once(&field.value).chain(&field.note));
    let texts = std::iter::once(("sentence", &entry.sentence)).chain(lines.map(|line| ("fields", line)));
    let checked = |name: &str| {
        let pin = name.strip_prefix("pin.");
        entry.pins.iter().any(|one| one.held_by == HeldBy::Check && Some(one.name.as_str()) == pin)
    };
    let mut wrong = Vec::new();
    for (key, template) in texts {
        for name in template.names().into_iter().filter(|name| checked(name)) {
            let message = format!(
                "`{{{name}}}` is only checked before the call: the page shows it as that, in a line of its own"
            );
            wrong.push((vec![key.to_owned()], message));
        }
    }
    wrong
}
