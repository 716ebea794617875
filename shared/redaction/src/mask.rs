//! From texts to masked texts.

use std::ops::Range;

use serde_json::Value;
use wire::documents::Mask;

use crate::detect::{self, rank};
use crate::fold::Folded;
use crate::known::{Known, Search};
use crate::placeholder::{self, Numbers};
use crate::walk::{Leaf, Role, Shown};

/// A stretch of a text as written, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    range: Range<usize>,
    kind: String,
}

/// Texts with everything found in them.
pub(crate) struct Reading<'a> {
    leaves: Vec<Leaf<'a>>,
    spans: Vec<Vec<Span>>,
}

impl<'a> Reading<'a> {
    /// Reads all texts of a document: detectors first, then whatever they or the marks found, wherever else it stands.
    pub(crate) fn of(leaves: Vec<Leaf<'a>>, known: &mut Known) -> Self {
        let mut spans: Vec<Vec<Span>> = leaves.iter().map(detected).collect();
        for (leaf, found) in leaves.iter().zip(&spans) {
            for span in found {
                known.add(leaf.text.get(span.range.clone()).unwrap_or_default(), &span.kind);
            }
        }
        let search = known.search();
        for (leaf, found) in leaves.iter().zip(&mut spans) {
            found.extend(elsewhere(leaf, &search));
            *found = merged(std::mem::take(found));
            if matches!(leaf.role, Role::Number | Role::Masked(_)) {
                whole(leaf, found);
            }
        }
        Self { leaves, spans }
    }

    /// The first text that something was found in and that may not be masked: its role, pointer and what it was.
    pub(crate) fn refused(&self) -> Option<(Role<'a>, &str, &str)> {
        let mut texts = self.leaves.iter().zip(&self.spans);
        texts.find_map(|(leaf, spans)| {
            let span = spans.first().filter(|_| matches!(leaf.role, Role::Key | Role::Target))?;
            Some((leaf.role, leaf.pointer.as_str(), span.kind.as_str()))
        })
    }

    /// The texts as shown, in the order of the leaves, and the masks in them.
    pub(crate) fn shown(&self) -> (Vec<Shown>, Vec<Mask>) {
        let mut numbers = Numbers::default();
        let free = self.leaves.iter().filter(|leaf| !matches!(leaf.role, Role::Masked(_)));
        free.for_each(|leaf| numbers.reserve(&leaf.text));
        let mut masks = Vec::new();
        let texts = self.leaves.iter().zip(&self.spans);
        let shown = texts.map(|(leaf, spans)| masked(leaf, spans, &mut numbers, &mut masks)).collect();
        (shown, masks)
    }
}

fn detected(leaf: &Leaf<'_>) -> Vec<Span> {
    if let Role::Masked(kind) = leaf.role {
        let done = placeholder::is_of(&leaf.text, kind);
        return if done {
            Vec::new()
        } else {
            vec![Span { range: 0..leaf.text.len(), kind: kind.to_owned() }]
        };
    }
    let free = matches!(leaf.role, Role::Text | Role::Number);
    if let Some(kind) = leaf.name.filter(|_| free).and_then(|name| detect::by_name(name, &leaf.text)) {
        let done = placeholder::is_of(&leaf.text, kind);
        return if done {
            Vec::new()
        } else {
            vec![Span { range: 0..leaf.text.len(), kind: kind.to_owned() }]
        };
    }
    let folded = Folded::of(&leaf.text);
    let found = detect::find(&folded.text).into_iter();
    found.map(|found| Span { range: folded.original(found.range), kind: found.kind.to_owned() }).collect()
}

fn elsewhere(leaf: &Leaf<'_>, search: &Search<'_>) -> Vec<Span> {
    if matches!(leaf.role, Role::Masked(_)) {
        return Vec::new();
    }
    search.find(&leaf.text).into_iter().map(|(range, kind)| Span { range, kind }).collect()
}

/// Overlapping stretches as one, under the most sensitive of their kinds (of equals, the longest's).
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.range.start, span.range.end));
    let mut merged: Vec<(Span, usize)> = Vec::new();
    for span in spans {
        let length = span.range.len();
        match merged.last_mut().filter(|(last, _)| span.range.start < last.range.end) {
            Some((last, longest)) => {
                last.range.end = last.range.end.max(span.range.end);
                if (rank(&span.kind), usize::MAX - length) < (rank(&last.kind), usize::MAX - *longest) {
                    last.kind = span.kind;
                    *longest = length;
                }
            }
            None => merged.push((span, length)),
        }
    }
    merged.into_iter().map(|(span, _)| span).collect()
}

/// A number or a marked value is masked whole.
fn whole(leaf: &Leaf<'_>, spans: &mut Vec<Span>) {
    spans.sort_by_key(|span| rank(&span.kind));
    spans.truncate(1);
    spans.iter_mut().for_each(|span| span.range = 0..leaf.text.len());
}

fn masked(leaf: &Leaf<'_>, spans: &[Span], numbers: &mut Numbers, masks: &mut Vec<Mask>) -> Shown {
    if spans.is_empty() {
        return Shown::Same;
    }
    let mut text = String::with_capacity(leaf.text.len());
    let mut rest = 0;
    for span in spans {
        let part = |range: Range<usize>| leaf.text.get(range).unwrap_or_default();
        text.push_str(part(rest..span.range.start));
        let start = length(&text);
        text.push_str(&numbers.placeholder(&span.kind, part(span.range.clone())));
        let (pointer, kind) = (leaf.pointer.clone(), span.kind.clone());
        masks.push(Mask { pointer, start, end: length(&text), kind });
        rest = span.range.end;
    }
    text.push_str(leaf.text.get(rest..).unwrap_or_default());
    Shown::Text(text)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The long texts inside objects and arrays that are masked whole, so that they are found elsewhere too.
pub(crate) fn learn(leaves: &[Leaf<'_>], parameters: &Value, root: &str, known: &mut Known) {
    for leaf in leaves {
        let Role::Masked(kind) = leaf.role else { continue };
        let value = leaf.pointer.strip_prefix(root).and_then(|pointer| parameters.pointer(pointer));
        if let Some(value @ (Value::Object(_) | Value::Array(_))) = value {
            known.add_inside(value, kind);
        }
    }
}
