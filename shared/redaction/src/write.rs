//! A tree of texts back as a value, and where its placeholders stand.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Map, Value};
use wire::documents::Mask;
use wire::json::{Canonical, canonical};

use crate::mask::Shown;
use crate::place::{Place, Step};
use crate::tree::Node;
use crate::work;

/// A placeholder inside a text that is JSON, found again once that text is written.
struct Inner {
    placeholder: String,
    kind: String,
}

/// Writes a tree with the texts given, in their order.
pub(crate) struct Writer<I> {
    texts: I,
    /// Whether texts that are JSON are written anew although nothing in them is masked.
    anew: bool,
    masks: Vec<Mask>,
    /// Placeholders of the outermost text that is JSON, while it is written.
    inside: Option<Vec<Inner>>,
}

impl<I: Iterator<Item = Shown>> Writer<I> {
    pub(crate) fn new(texts: I, anew: bool) -> Self {
        Self { texts, anew, masks: Vec::new(), inside: None }
    }

    /// The value, and every placeholder in canonical order. In a text that is JSON it stands where the whole text has it.
    pub(crate) fn write(mut self, node: Node<'_>, root: &str) -> (Value, Vec<Mask>) {
        let value = self.node(node, &Place::root(root));
        (value, self.masks)
    }

    fn node(&mut self, node: Node<'_>, at: &Place<'_>) -> Value {
        match node {
            Node::Plain(value) => value,
            Node::Leaf(leaf) => match self.texts.next() {
                Some(Shown::Same) => leaf.into_value(),
                Some(Shown::Masked(text, places)) => Value::String(self.masked(text, places, at)),
                // There is one text for each leaf; were there not, nothing is shown rather than the value.
                None => Value::Null,
            },
            Node::List(nodes) => {
                let nodes = nodes.into_iter().enumerate();
                nodes.map(|(index, node)| self.node(node, &at.below(Step::Index(index)))).collect()
            }
            Node::Object(fields) => {
                let mut copies = Map::new();
                for (key, node) in fields {
                    let other = match self.texts.next() {
                        Some(Shown::Same) => None,
                        Some(Shown::Masked(text, places)) => Some(self.masked(text, places, at)),
                        None => Some(String::new()),
                    };
                    let value = self.node(node, &at.below(Step::Name(&key)));
                    copies.insert(other.unwrap_or_else(|| key.into_owned()), value);
                }
                Value::Object(copies)
            }
            Node::Json(text, inner) => Value::String(self.json(text, *inner, at)),
        }
    }

    fn masked(
        &mut self,
        text: String,
        places: Vec<(Range<usize>, Cow<'static, str>)>,
        at: &Place<'_>,
    ) -> String {
        match &mut self.inside {
            Some(inside) => inside.extend(places.into_iter().map(|(range, kind)| Inner {
                placeholder: text.get(range).unwrap_or_default().to_owned(),
                kind: kind.into_owned(),
            })),
            None => {
                let pointer = at.pointer();
                work::steps(pointer.len() * places.len());
                let mut count = Counter::of(&text);
                for (range, kind) in places {
                    let (start, end) = (count.characters(range.start), count.characters(range.end));
                    self.masks.push(Mask { pointer: pointer.clone(), start, end, kind: kind.into_owned() });
                }
            }
        }
        text
    }

    fn json(&mut self, text: Cow<'_, str>, inner: Node<'_>, at: &Place<'_>) -> String {
        let below = at.below(Step::Text);
        let written = |value: &Value| canonical(value).map(Canonical::into_string).unwrap_or_default();
        if let Some(before) = self.inside.as_ref().map(Vec::len) {
            let value = self.node(inner, &below);
            let more = self.inside.as_ref().is_some_and(|inside| inside.len() > before);
            return if self.anew || more { written(&value) } else { text.into_owned() };
        }
        self.inside = Some(Vec::new());
        let value = self.node(inner, &below);
        let found = self.inside.take().unwrap_or_default();
        if found.is_empty() && !self.anew {
            return text.into_owned();
        }
        let text = written(&value);
        let pointer = at.pointer();
        work::steps(text.len() + pointer.len() * found.len());
        let mut count = Counter::of(&text);
        let mut from = 0;
        for Inner { placeholder, kind } in found {
            // Placeholders hold nothing that JSON would escape, and stand in the order in which they were made.
            let Some(start) = text.get(from..).and_then(|rest| rest.find(&placeholder)) else { continue };
            let range = from + start..from + start + placeholder.len();
            from = range.end;
            let (start, end) = (count.characters(range.start), count.characters(range.end));
            self.masks.push(Mask { pointer: pointer.clone(), start, end, kind });
        }
        text
    }
}

/// Counts characters up to places that only move forward.
struct Counter<'a> {
    text: &'a str,
    bytes: usize,
    characters: u32,
}

impl<'a> Counter<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, bytes: 0, characters: 0 }
    }

    fn characters(&mut self, bytes: usize) -> u32 {
        let more = self.text.get(self.bytes..bytes).unwrap_or_default().chars().count();
        self.characters = self.characters.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        self.bytes = bytes.max(self.bytes);
        self.characters
    }
}
