//! What differs between two bundles, by name: what people read before they put new rules in force.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Map, Value, to_value};

use crate::bundle::Bundle;

/// The longest list of names; where it would be longer, only their number is told.
const MAX: usize = 2000;

/// Names and what each stands for.
type Named = BTreeMap<String, Value>;

/// What of one kind was added, changed and removed, by name.
struct Difference {
    kind: &'static str,
    added: BTreeSet<String>,
    changed: BTreeSet<String>,
    removed: BTreeSet<String>,
}

/// What `new` says otherwise than `old`, kind by kind: `rules: + new-rule, ~ other-rule, - old-rule; groups: ~ sre`. What
/// differs within a name is for [`Bundle`]s side by side to show. The same two bundles always give the same text.
#[must_use]
pub fn changes(old: &Bundle, new: &Bundle) -> String {
    if old.digest() == new.digest() {
        return "nothing".to_owned();
    }
    let (old, new) = (kinds(old), kinds(new));
    let differences =
        old.into_iter().zip(new).map(|((kind, old), (_, new))| Difference::of(kind, &old, &new));
    let differences: Vec<Difference> = differences.filter(|one| !one.is_none()).collect();
    if differences.is_empty() {
        return "only comments, or which file a rule is in".to_owned();
    }
    let told = |tell: fn(&Difference) -> String| differences.iter().map(tell).collect::<Vec<_>>().join("; ");
    let names = told(Difference::names);
    if names.chars().count() <= MAX { names } else { told(Difference::numbers) }
}

impl Difference {
    fn of(kind: &'static str, old: &Named, new: &Named) -> Self {
        let names = |these: &Named, which: &dyn Fn(&String) -> bool| {
            these.keys().filter(|name| which(name)).cloned().collect()
        };
        Self {
            kind,
            added: names(new, &|name| !old.contains_key(name)),
            changed: names(new, &|name| old.get(name).is_some_and(|before| Some(before) != new.get(name))),
            removed: names(old, &|name| !new.contains_key(name)),
        }
    }

    fn is_none(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    fn names(&self) -> String {
        let marked = |mark: &'static str, names: &BTreeSet<String>| {
            names.iter().map(|name| format!("{mark} {name}")).collect::<Vec<_>>()
        };
        let all = [marked("+", &self.added), marked("~", &self.changed), marked("-", &self.removed)].concat();
        format!("{}: {}", self.kind, all.join(", "))
    }

    fn numbers(&self) -> String {
        let mut told = format!("{}:", self.kind);
        let mut before = "";
        for (number, word) in
            [(self.added.len(), "added"), (self.changed.len(), "changed"), (self.removed.len(), "removed")]
        {
            if number > 0 {
                // Writing into a String cannot fail.
                _ = write!(told, "{before} {number} {word}");
                before = ",";
            }
        }
        told
    }
}

/// Everything a bundle says, each kind by its names.
fn kinds(bundle: &Bundle) -> Vec<(&'static str, Named)> {
    let directory = bundle.directory();
    let agent = |agent: &&crate::AgentRule| match &agent.issuer {
        Some(issuer) => format!("{issuer}|{}", agent.subject),
        None => agent.subject.clone(),
    };
    vec![
        ("action types", named(bundle.entries(), |entry| entry.action_type.clone())),
        ("rules", bundle.engine().rules().map(|rule| (rule.id().to_owned(), rule.text().into())).collect()),
        ("requirements", named(bundle.requirements(), |rule| rule.name.clone())),
        ("agents", named(&directory.agents, agent)),
        ("groups", named(&directory.groups, |(name, _)| (*name).clone())),
        ("accounts", named(&directory.accounts, |account| account.id.clone())),
        ("resources", named(&directory.resources, |entry| format!("{} {}", entry.kind, entry.pattern))),
        ("directory", rest(value(directory))),
    ]
}

fn named<T: Serialize>(things: impl IntoIterator<Item = T>, name: impl Fn(&T) -> String) -> Named {
    things.into_iter().map(|thing| (name(&thing), value(thing))).collect()
}

/// What the directory says beside the lists that are told apart above.
fn rest(directory: Value) -> Named {
    let told = ["agents", "groups", "accounts", "resources"];
    let fields = match directory {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields.into_iter().filter(|(name, _)| !told.contains(&name.as_str())).collect()
}

/// A bundle was read from JSON, so it can be written as JSON.
fn value(thing: impl Serialize) -> Value {
    to_value(thing).unwrap_or_default()
}
