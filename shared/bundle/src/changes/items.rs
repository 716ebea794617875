//! A bundle's content as named things, each a text of lines. Whatever the content holds is in one of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, to_value};

use super::text;
use crate::bundle::Bundle;
use crate::content::PolicyFile;

/// The kinds in the order in which they are shown, one and many.
pub(super) const KINDS: [(&str, &str); 10] = [
    ("action type", "action types"),
    ("rule", "rules"),
    ("comments outside rules", "comments outside rules"),
    ("requirement", "requirements"),
    ("agent", "agents"),
    ("group", "groups"),
    ("account", "accounts"),
    ("resource", "resources"),
    ("directory", "directory"),
    ("bundle", "bundle"),
];

/// The names in a list, as they are written one after the other.
pub(super) type Order = Vec<String>;

/// One thing.
pub(super) struct Item {
    pub(super) lines: Vec<String>,
    /// The text of a rule.
    pub(super) rule: Option<String>,
}

/// All things, by the place of their kind in [`KINDS`] and their name.
#[derive(Default)]
pub(super) struct Items {
    pub(super) named: BTreeMap<(usize, String), Item>,
    pub(super) orders: BTreeMap<&'static str, Order>,
}

impl Items {
    pub(super) fn of(bundle: &Bundle) -> Self {
        let content = bundle.content();
        let mut items = Self::default();
        for (name, value) in object(to_value(content).unwrap_or_default()) {
            match name.as_str() {
                "actions" => items.list("action type", value, |one| text(one, "type")),
                "requirements" => items.list("requirement", value, |one| text(one, "name")),
                "policies" => content.policies.iter().for_each(|file| items.rules(file)),
                "directory" => items.directory(value),
                _ => items.add("bundle", name, &value),
            }
        }
        items
    }

    fn directory(&mut self, directory: Value) {
        for (name, value) in object(directory) {
            match name.as_str() {
                "agents" => self.list("agent", value, agent),
                "accounts" => self.list("account", value, |one| text(one, "id")),
                "resources" => self.list("resource", value, |one| {
                    Some(format!("{} {}", text(one, "type")?, text(one, "pattern")?))
                }),
                "groups" => {
                    object(value).into_iter().for_each(|(name, group)| self.add("group", name, &group))
                }
                _ => self.add("directory", name, &value),
            }
        }
    }

    /// A file's rules, and what stands between them: comments, and white space, which says nothing.
    fn rules(&mut self, file: &PolicyFile) {
        let mut between = String::new();
        let mut rest = 0;
        for (id, start, end) in file.places() {
            let rule = file.text.get(start..end).unwrap_or_default();
            between.push_str(file.text.get(rest..start).unwrap_or_default());
            between.push('\n');
            rest = end;
            let place = format!("file: {}", file.file);
            let lines = std::iter::once(place).chain(rule.split('\n').map(str::to_owned)).collect();
            self.put("rule", id, Item { lines, rule: Some(rule.to_owned()) });
        }
        between.push_str(file.text.get(rest..).unwrap_or_default());
        let lines: Vec<String> =
            between.split('\n').filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        if !lines.is_empty() {
            self.put("comments outside rules", &file.file, Item { lines, rule: None });
        }
    }

    fn list(&mut self, kind: &'static str, list: Value, name: impl Fn(&Value) -> Option<String>) {
        let Value::Array(list) = list else { return self.add("bundle", kind.to_owned(), &list) };
        for (place, one) in list.iter().enumerate() {
            let name = name(one).unwrap_or_else(|| format!("number {}", place + 1));
            self.add(kind, name, one);
        }
    }

    fn add(&mut self, kind: &'static str, name: String, value: &Value) {
        self.put(kind, &name, Item { lines: text::lines(value), rule: None });
    }

    /// Nothing takes another's place: a name that is there already gets a number.
    fn put(&mut self, kind: &'static str, name: &str, item: Item) {
        let place = KINDS.iter().position(|(one, _)| *one == kind).unwrap_or(KINDS.len());
        let mut key = (place, name.to_owned());
        let mut number = 2;
        while self.named.contains_key(&key) {
            key.1 = format!("{name} ({number})");
            number += 1;
        }
        self.orders.entry(kind).or_default().push(key.1.clone());
        self.named.insert(key, item);
    }
}

fn agent(agent: &Value) -> Option<String> {
    let subject = text(agent, "subject")?;
    Some(text(agent, "issuer").map_or_else(|| subject.clone(), |issuer| format!("{issuer}|{subject}")))
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => Map::from_iter([("content".to_owned(), other)]),
    }
}
