//! A document as a tree of texts in canonical order (RFC 8785: keys by UTF-16 code units), with texts that are JSON opened
//! up, and back again.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::around::{Around, Names, named_before};
use crate::error::RedactionError;
use crate::identity::{digits, identity};
use crate::json_text::{self, JsonText};
use crate::marks::{Mark, Marks};
use crate::place::{Place, Step};
use crate::said::Said;
use crate::work;

/// A value, read for what may become of each text in it.
pub(crate) enum Node<'v> {
    /// A text, or what is treated as one.
    Leaf(Leaf<'v>),
    /// Nothing to read: `null`, `true`, `false`.
    Plain(Value),
    List(Vec<Node<'v>>),
    /// Fields in canonical order.
    Object(Vec<(Cow<'v, str>, Node<'v>)>),
    /// A text that is JSON: as it was, and what it says.
    Json(Cow<'v, str>, Box<Node<'v>>),
}

/// A text that is not divided further.
pub(crate) struct Leaf<'v> {
    /// The text; a number's digits; for anything else that is masked whole, a text that is the same for equal values.
    pub(crate) text: Cow<'v, str>,
    /// The number it was, if it was one.
    number: Option<Number>,
    pub(crate) role: Role,
}

/// What a text is, and so what may become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// Masked where something is found.
    Text,
    /// A number: masked whole if anything is found in it.
    Number,
    /// The name of a field.
    Key,
    /// Never masked. What these detectors find in it stays readable; anything else refuses.
    Target(Vec<&'static str>),
    /// Masked whole, whatever it is, because the catalogue or its name says so.
    Whole(String),
}

/// One text of a tree, in order.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) text: &'a str,
    pub(crate) role: &'a Role,
}

/// How a value is read.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'m> {
    pub(crate) marks: &'m Marks,
    /// Whether it reaches a call: then a text that is JSON for any reader must be JSON for the strict one, and is written
    /// anew from what was read. Otherwise it is opened where that can be done.
    pub(crate) strict: bool,
}

/// JSON inside JSON inside JSON: deeper than this a text stays one, or is refused.
const MAX_TEXTS: u8 = 4;

impl Reader<'_> {
    pub(crate) fn read<'v>(self, value: &'v Value, root: &str) -> Result<Node<'v>, RedactionError> {
        let mut pass = Pass { reader: self, names: Names::default() };
        pass.node(value, &Place::root(root), None, 0)
    }

    /// A text by itself.
    pub(crate) fn read_text(self, text: &str) -> Result<Node<'_>, RedactionError> {
        let mut pass = Pass { reader: self, names: Names::default() };
        pass.text(text, &Place::root(""), Role::Text, 0)
    }
}

/// One pass over a value.
struct Pass<'m, 'v> {
    reader: Reader<'m>,
    names: Names<'v>,
}

impl<'v> Pass<'_, 'v> {
    fn node(
        &mut self,
        value: &'v Value,
        at: &Place<'_>,
        named: Option<Said>,
        texts: u8,
    ) -> Result<Node<'v>, RedactionError> {
        work::steps(1);
        let mark = self.reader.marks.at(at);
        if let Mark::Masked(kind) = mark {
            return Ok(leaf(identity(value).into(), None, Role::Whole(kind.to_owned())));
        }
        let role = |plain| match mark {
            Mark::Target => Role::Target(self.reader.marks.exempt(at)),
            _ => plain,
        };
        let named = named.filter(|_| mark != Mark::Target);
        match value {
            Value::String(text) => {
                match named.and_then(|said| said.named.kind(text).map(|kind| (said, kind))) {
                    Some((said, kind)) if self.reader.strict && !said.may_hide(text) => {
                        Err(RedactionError::Unmaskable { pointer: at.pointer(), kind: kind.to_owned() })
                    }
                    Some((_, kind)) => Ok(leaf(text.into(), None, Role::Whole(kind.to_owned()))),
                    None => self.text(text, at, role(Role::Text), texts),
                }
            }
            Value::Number(number) => {
                let text = digits(number);
                let role = match named.and_then(|said| said.named.kind(&text)) {
                    Some(kind) => Role::Whole(kind.to_owned()),
                    None => role(Role::Number),
                };
                Ok(leaf(text.into(), Some(number.clone()), role))
            }
            Value::Array(values) => {
                let nodes = values.iter().enumerate().map(|(index, value)| {
                    let named = named.or_else(|| named_before(values, index).map(Said::by_another));
                    self.node(value, &at.below(Step::Index(index)), named, texts)
                });
                Ok(Node::List(nodes.collect::<Result<_, _>>()?))
            }
            Value::Object(fields) => self.object(fields, at, named, texts),
            Value::Null | Value::Bool(_) => Ok(Node::Plain(value.clone())),
        }
    }

    fn object(
        &mut self,
        fields: &'v Map<String, Value>,
        at: &Place<'_>,
        named: Option<Said>,
        texts: u8,
    ) -> Result<Node<'v>, RedactionError> {
        if self.reader.strict && json_text::shown_alike(fields.keys(), at.is_root()) {
            return Err(RedactionError::Json {
                pointer: at.pointer(),
                detail: "two of its names are shown alike".to_owned(),
            });
        }
        let around = Around::of(fields, named);
        let mut nodes = Vec::with_capacity(fields.len());
        for (key, value) in canonical_order(fields) {
            let named = around.says(key, self.names.named(key));
            let node = self.node(value, &at.below(Step::Name(key)), named, texts)?;
            nodes.push((Cow::Borrowed(key.as_str()), node));
        }
        Ok(Node::Object(nodes))
    }

    fn text(
        &mut self,
        text: &'v str,
        at: &Place<'_>,
        role: Role,
        texts: u8,
    ) -> Result<Node<'v>, RedactionError> {
        let declared = texts == 0 && self.reader.marks.is_json(at);
        let refused = |detail: String| RedactionError::Json { pointer: at.pointer(), detail };
        match json_text::read(text, declared) {
            JsonText::Value(_) if texts >= MAX_TEXTS && self.reader.strict => {
                Err(refused(format!("JSON inside JSON text, more than {MAX_TEXTS} deep")))
            }
            JsonText::Value(value) if texts < MAX_TEXTS => {
                let mut inner = Pass { reader: self.reader, names: Names::default() };
                let inner = inner.node(&value, &at.below(Step::Text), None, texts + 1)?.into_owned();
                Ok(Node::Json(text.into(), Box::new(inner)))
            }
            JsonText::Refused(why) if self.reader.strict => Err(refused(why)),
            _ => Ok(leaf(text.into(), None, role)),
        }
    }
}

impl<'v> Node<'v> {
    /// A text that is no JSON, or is not looked at as such.
    pub(crate) fn prose(text: impl Into<Cow<'v, str>>) -> Self {
        leaf(text.into(), None, Role::Text)
    }

    /// The same, whatever it was read from.
    fn into_owned(self) -> Node<'static> {
        let text = |text: Cow<'v, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Leaf(Leaf { text: shown, number, role }) => {
                Node::Leaf(Leaf { text: text(shown), number, role })
            }
            Self::Plain(value) => Node::Plain(value),
            Self::List(nodes) => Node::List(nodes.into_iter().map(Node::into_owned).collect()),
            Self::Object(fields) => {
                Node::Object(fields.into_iter().map(|(key, node)| (text(key), node.into_owned())).collect())
            }
            Self::Json(written, inner) => Node::Json(text(written), Box::new(inner.into_owned())),
        }
    }

    /// The texts of the tree, in canonical order; a key before its value.
    pub(crate) fn texts(&self) -> Vec<Text<'_>> {
        let mut texts = Vec::new();
        self.collect(&mut texts);
        texts
    }

    fn collect<'a>(&'a self, texts: &mut Vec<Text<'a>>) {
        match self {
            Self::Leaf(leaf) => texts.push(Text { text: &leaf.text, role: &leaf.role }),
            Self::Plain(_) => {}
            Self::List(nodes) => nodes.iter().for_each(|node| node.collect(texts)),
            Self::Object(fields) => {
                for (key, node) in fields {
                    texts.push(Text { text: key, role: &Role::Key });
                    node.collect(texts);
                }
            }
            Self::Json(_, inner) => inner.collect(texts),
        }
    }

    /// The pointer of a text by its place in [`Node::texts`]; for a key, of the object that has it.
    pub(crate) fn pointer(&self, root: &str, index: usize) -> String {
        let mut left = index;
        self.find(&Place::root(root), &mut left).unwrap_or_else(|| root.to_owned())
    }

    fn find(&self, at: &Place<'_>, left: &mut usize) -> Option<String> {
        let mut here = || match left.checked_sub(1) {
            None => Some(at.pointer()),
            Some(fewer) => {
                *left = fewer;
                None
            }
        };
        match self {
            Self::Leaf(_) => here(),
            Self::Plain(_) => None,
            Self::List(nodes) => {
                let mut nodes = nodes.iter().enumerate();
                nodes.find_map(|(index, node)| node.find(&at.below(Step::Index(index)), left))
            }
            Self::Object(fields) => fields.iter().find_map(|(key, node)| {
                if *left == 0 {
                    return Some(at.pointer());
                }
                *left -= 1;
                node.find(&at.below(Step::Name(key)), left)
            }),
            Self::Json(_, inner) => inner.find(&at.below(Step::Text), left),
        }
    }
}

impl Leaf<'_> {
    /// What stood there.
    pub(crate) fn into_value(self) -> Value {
        match self.number {
            Some(number) => Value::Number(number),
            None => Value::String(self.text.into_owned()),
        }
    }
}

fn leaf(text: Cow<'_, str>, number: Option<Number>, role: Role) -> Node<'_> {
    Node::Leaf(Leaf { text, number, role })
}

/// Keys ordered by their UTF-16 code units.
fn canonical_order(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut fields: Vec<_> = fields.iter().collect();
    let order = |one: &str, other: &str| match one.is_ascii() && other.is_ascii() {
        true => one.cmp(other),
        false => one.encode_utf16().cmp(other.encode_utf16()),
    };
    fields.sort_by(|(one, _), (other, _)| order(one, other));
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_come_in_canonical_order() {
        let value = json!({ "b": ["x", 1.0], "\u{e000}": "last", "\u{10000}": "before", "a~/": { "c": "deep" }, "n": null,
            "j": "{\"z\":\"in\", \"y\":2}" });
        let none = Marks::none();
        let node = Reader { marks: &none, strict: true }.read(&value, "/parameters").unwrap();
        let texts = node.texts();
        let shown: Vec<String> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| format!("{}={}", node.pointer("/parameters", index), text.text))
            .collect();
        assert_eq!(
            shown,
            [
                "/parameters=a~/",
                "/parameters/a~0~1=c",
                "/parameters/a~0~1/c=deep",
                "/parameters=b",
                "/parameters/b/0=x",
                "/parameters/b/1=1",
                "/parameters=j",
                "/parameters/j=y",
                "/parameters/j=2",
                "/parameters/j=z",
                "/parameters/j=in",
                "/parameters=n",
                "/parameters=\u{10000}",
                "/parameters/\u{10000}=before",
                "/parameters=\u{e000}",
                "/parameters/\u{e000}=last",
            ]
        );
    }
}
