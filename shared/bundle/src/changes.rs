//! What differs between two bundles: what people read before they put new rules in force. The contents are compared as
//! they are written, so what a later version adds to them shows too.

mod items;
mod text;

use policy::{Rewording, rewording};
use wire::documents::{ChangeName, Difference};

use crate::bundle::Bundle;
use items::{Item, Items, KINDS, Order};

/// The longest summary, in characters.
const MAX_SUMMARY: usize = 2000;

/// Every difference between two bundles, kind by kind and name by name, with the lines that go and come. The same two
/// bundles always give the same list; it is empty only for the same content.
#[must_use]
pub fn differences(old: &Bundle, new: &Bundle) -> Vec<Difference> {
    let (before, after) = (Items::of(old), Items::of(new));
    let mut found = Vec::new();
    for key in before.named.keys().chain(after.named.keys().filter(|key| !before.named.contains_key(*key))) {
        found.extend(difference(key, before.named.get(key), after.named.get(key)));
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut found: Vec<Difference> = found.into_iter().map(|(_, difference)| difference).collect();
    found.extend(
        before.orders.iter().filter_map(|(kind, names)| reordered(kind, names, after.orders.get(kind)?)),
    );
    if found.is_empty() && old.digest() != new.digest() {
        found.push(Difference {
            kind: "bundle".to_owned(),
            name: "layout".to_owned(),
            change: ChangeName::Changed,
            note: "only white space between rules, or an empty file".to_owned(),
            lines: Vec::new(),
        });
    }
    found
}

/// The names of all that differs, kind by kind: `rules: + new-rule, ~ other-rule, - old-rule; groups: ~ sre`. Where that
/// would be too long for one line, it says that every one is shown with its name.
#[must_use]
pub fn summary(differences: &[Difference]) -> String {
    if differences.is_empty() {
        return "nothing".to_owned();
    }
    let mut told: Vec<String> = Vec::new();
    let mut last = "";
    for one in differences {
        let mark = match one.change {
            ChangeName::Added => '+',
            ChangeName::Changed => '~',
            ChangeName::Removed => '-',
        };
        let name = format!("{mark} {}", one.name);
        match told.last_mut().filter(|_| last == one.kind) {
            Some(kind) => kind.extend([", ", &name]),
            None => told.push(format!("{}: {name}", plural(&one.kind))),
        }
        last = &one.kind;
    }
    let names = told.join("; ");
    if names.chars().count() <= MAX_SUMMARY {
        names
    } else {
        format!("{} differences, each with its name and text below", differences.len())
    }
}

fn plural(kind: &str) -> &str {
    KINDS.iter().find(|(one, _)| *one == kind).map_or(kind, |(_, many)| many)
}

/// The difference of one thing, if there is one.
fn difference(
    key: &(usize, String),
    before: Option<&Item>,
    after: Option<&Item>,
) -> Option<((usize, String), Difference)> {
    let change = match (before, after) {
        (Some(before), Some(after)) if before.lines == after.lines => return None,
        (Some(_), Some(_)) => ChangeName::Changed,
        (None, Some(_)) => ChangeName::Added,
        (Some(_), None) => ChangeName::Removed,
        (None, None) => return None,
    };
    let lines = |item: Option<&Item>| item.map(|item| item.lines.as_slice()).unwrap_or_default().to_vec();
    let difference = Difference {
        kind: KINDS.get(key.0).map_or("bundle", |(kind, _)| kind).to_owned(),
        name: key.1.clone(),
        change,
        note: note(before, after).to_owned(),
        lines: text::compared(&lines(before), &lines(after)),
    };
    Some((key.clone(), difference))
}

/// What kind of change of a rule's text it is, where the parser says so.
fn note(before: Option<&Item>, after: Option<&Item>) -> &'static str {
    let rule = |item: Option<&Item>| item?.rule.clone();
    let (Some(before), Some(after)) = (rule(before), rule(after)) else { return "" };
    if before == after {
        return "only the file it is in";
    }
    match rewording(&before, &after) {
        Some(Rewording::Layout) => "only comments or white space",
        Some(Rewording::Words) => "only what it says to people (@reason, @instead)",
        None => "",
    }
}

/// Whether what is in both lists is in another order.
fn reordered(kind: &str, before: &Order, after: &Order) -> Option<Difference> {
    let common = |these: &Order, those: &Order| -> Order {
        these.iter().filter(|name| those.contains(name)).cloned().collect()
    };
    let (old, new) = (common(before, after), common(after, before));
    (old != new).then(|| Difference {
        kind: "order".to_owned(),
        name: plural(kind).to_owned(),
        change: ChangeName::Changed,
        note: String::new(),
        lines: text::compared(&old, &new),
    })
}
