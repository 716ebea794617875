//! What a catalogue entry says about masking: marked parameters, and targets that may show what a detector finds.

use bundle::{CatalogueEntry, Exempt, RedactionRules};

use super::finding::{Findings, is_name, says};
use super::parameters::{needed, property};

/// The longest reason for an exemption, in characters.
const MAX_BECAUSE: usize = 200;

/// W22: what names the target is always shown; W24, D14: what is masked names nothing.
pub(super) fn check(entry: &CatalogueEntry) -> Findings {
    let rules = &entry.redaction;
    let mut wrong = Vec::new();
    let mut say =
        |key: &str, message: String| wrong.push((vec!["redaction".to_owned(), key.to_owned()], message));
    for (key, pointer) in rules
        .masked
        .iter()
        .map(|marked| ("masked", &marked.pointer))
        .chain(rules.targets.iter().map(|pointer| ("targets", pointer)))
    {
        // A mark may lead on into a text that is JSON.
        let in_json = |json: &String| key == "masked" && pointer.starts_with(&format!("{json}/"));
        if property(entry, pointer).is_none() && !entry.json_texts().iter().any(in_json) {
            say(key, format!("`{pointer}` is no parameter"));
        }
    }
    for marked in &rules.masked {
        if !is_name(&marked.kind) {
            say("masked", format!("`{}` is no kind of mask: one lower-case word", marked.kind));
        }
        let within = |one: &str, other: &str| {
            one == other || one.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'))
        };
        for target in rules
            .targets
            .iter()
            .filter(|target| within(target, &marked.pointer) || within(&marked.pointer, target))
        {
            say("masked", format!("`{target}` is a target: verb, target and destination are never masked"));
        }
    }
    exemptions(rules, &mut |message| say("exempt", message));
    if rules.targets.is_empty() {
        say("targets", "names no target: people must see what an action is about".to_owned());
    }
    for name in needed(entry) {
        if !rules.targets.contains(&format!("/{name}")) {
            say("targets", format!("`/{name}` decides what is touched, so it is a target"));
        }
    }
    wrong
}

/// C27: an exemption is of a target, from a detector of what is no secret, and says why.
fn exemptions(rules: &RedactionRules, say: &mut dyn FnMut(String)) {
    for (place, one) in rules.exempt.iter().enumerate() {
        let Exempt { target, detector, because } = one;
        if !rules.targets.contains(target) {
            say(format!("`{target}` is no target: only a target can be exempt from a detector"));
        }
        if let Err(error) = redaction::exemptible(detector) {
            say(error.to_string());
        }
        if !says(because) || because.chars().count() > MAX_BECAUSE || because.chars().any(char::is_control) {
            say(format!(
                "`because` says in one line of at most {MAX_BECAUSE} characters why `{target}` is exempt"
            ));
        }
        let same = |other: &Exempt| other.target == *target && other.detector == *detector;
        if rules.exempt.iter().take(place).any(same) {
            say(format!("`{target}` is exempt from `{detector}` twice"));
        }
    }
}
