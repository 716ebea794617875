//! A document as its texts, in canonical order (RFC 8785: keys by UTF-16 code units).

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::marks::{Mark, Marks, escaped};

/// One text of a document.
pub(crate) struct Leaf<'a> {
    /// Where; for a key, the object that has it.
    pub(crate) pointer: String,
    /// The name of the nearest field around it.
    pub(crate) name: Option<&'a str>,
    pub(crate) text: Cow<'a, str>,
    pub(crate) role: Role<'a>,
}

/// What a text is, and so what may become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role<'a> {
    /// Masked where something is found.
    Text,
    /// A number: masked whole if anything is found in it.
    Number,
    /// The name of a field.
    Key,
    /// Never masked.
    Target,
    /// Masked whole, whatever it is; the text tells equal values.
    Masked(&'a str),
}

/// The texts of a value, in canonical order; a key before its value.
pub(crate) fn leaves<'a>(value: &'a Value, root: &str, marks: &'a Marks) -> Vec<Leaf<'a>> {
    let mut walk = Walk { marks, path: Vec::new(), pointer: root.to_owned(), leaves: Vec::new() };
    walk.visit(value, None);
    walk.leaves
}

/// A copy of the value whose texts are those given, in the order of [`leaves`].
pub(crate) fn rewrite<I: Iterator<Item = Shown>>(value: &Value, marks: &Marks, texts: &mut I) -> Value {
    copy(value, marks, &mut Vec::new(), texts)
}

/// What stands in the place of a text.
pub(crate) enum Shown {
    /// What was there, whatever its type.
    Same,
    /// This text.
    Text(String),
}

struct Walk<'a> {
    marks: &'a Marks,
    path: Vec<String>,
    pointer: String,
    leaves: Vec<Leaf<'a>>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, value: &'a Value, name: Option<&'a str>) {
        let marks = self.marks;
        let mark = marks.at(&self.path);
        let target = mark == Mark::Target;
        let role = |plain| if target { Role::Target } else { plain };
        match (mark, value) {
            (Mark::Masked(kind), value) => self.push(name, identity(value), Role::Masked(kind)),
            (_, Value::String(text)) => self.push(name, Cow::Borrowed(text), role(Role::Text)),
            (_, Value::Number(_)) => self.push(name, identity(value), role(Role::Number)),
            (_, Value::Array(values)) => {
                values
                    .iter()
                    .enumerate()
                    .for_each(|(index, value)| self.below(&index.to_string(), value, name));
            }
            (_, Value::Object(fields)) => {
                for (key, value) in canonical_order(fields) {
                    self.push(None, Cow::Borrowed(key), Role::Key);
                    self.below(key, value, Some(key));
                }
            }
            (_, Value::Null | Value::Bool(_)) => {}
        }
    }

    fn below(&mut self, segment: &str, value: &'a Value, name: Option<&'a str>) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&escaped(segment));
        self.path.push(segment.to_owned());
        self.visit(value, name);
        self.path.pop();
        self.pointer.truncate(length);
    }

    fn push(&mut self, name: Option<&'a str>, text: Cow<'a, str>, role: Role<'a>) {
        self.leaves.push(Leaf { pointer: self.pointer.clone(), name, text, role });
    }
}

fn copy<I: Iterator<Item = Shown>>(
    value: &Value,
    marks: &Marks,
    path: &mut Vec<String>,
    texts: &mut I,
) -> Value {
    let shown = |same: &Value, texts: &mut I| match texts.next() {
        Some(Shown::Text(text)) => Value::String(text),
        Some(Shown::Same) => same.clone(),
        // There is one text for each leaf; were there not, nothing is shown rather than the value.
        None => Value::Null,
    };
    match (marks.at(path), value) {
        (Mark::Masked(_), _) | (_, Value::String(_) | Value::Number(_)) => shown(value, texts),
        (_, Value::Array(values)) => {
            let mut copies = Vec::with_capacity(values.len());
            for (index, value) in values.iter().enumerate() {
                path.push(index.to_string());
                copies.push(copy(value, marks, path, texts));
                path.pop();
            }
            Value::Array(copies)
        }
        (_, Value::Object(fields)) => {
            let mut copies = Map::new();
            for (key, value) in canonical_order(fields) {
                let name = match texts.next() {
                    Some(Shown::Text(text)) => text,
                    Some(Shown::Same) => key.clone(),
                    None => String::new(),
                };
                path.push(key.clone());
                copies.insert(name, copy(value, marks, path, texts));
                path.pop();
            }
            Value::Object(copies)
        }
        (_, Value::Null | Value::Bool(_)) => value.clone(),
    }
}

/// Keys ordered by their UTF-16 code units.
fn canonical_order(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    fields
}

/// A text that is the same for equal values: a string itself, a number's digits, anything else its canonical JSON
/// behind a character no other text begins with.
fn identity(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Owned(plain(&number.to_string()).to_owned()),
        other => {
            let canonical = wire::json::canonical(other).map(wire::json::Canonical::into_string);
            Cow::Owned(format!("\0{}", canonical.unwrap_or_else(|_| other.to_string())))
        }
    }
}

/// Whole numbers written with a fraction of zero are those numbers.
fn plain(number: &str) -> &str {
    number.strip_suffix(".0").unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_come_in_canonical_order() {
        let value = json!({ "b": ["x", 1.0], "\u{e000}": "last", "\u{10000}": "before", "a~/": { "c": "deep" }, "n": null });
        let none = Marks::none();
        let leaves = leaves(&value, "/parameters", &none);
        let shown: Vec<String> =
            leaves.iter().map(|leaf| format!("{}={}", leaf.pointer, leaf.text)).collect();
        assert_eq!(
            shown,
            [
                "/parameters=a~/",
                "/parameters/a~0~1=c",
                "/parameters/a~0~1/c=deep",
                "/parameters=b",
                "/parameters/b/0=x",
                "/parameters/b/1=1",
                "/parameters=n",
                "/parameters=\u{10000}",
                "/parameters/\u{10000}=before",
                "/parameters=\u{e000}",
                "/parameters/\u{e000}=last",
            ]
        );
    }
}
