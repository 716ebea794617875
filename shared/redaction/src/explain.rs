//! What would be masked, and by which rule: for authors of catalogue entries, and for measuring.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use crate::known::{Known, Ready};
use crate::mask::{self, Span};
use crate::tree::{Role, Text};

/// One stretch that a rule masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedMask {
    /// The text it stands in: a JSON pointer. For the name of a field, the object that has it.
    pub pointer: String,
    /// Where it begins in that text as written, in characters from 0.
    pub start: u32,
    /// Where it ends, in characters.
    pub end: u32,
    /// What its placeholder says, e.g. `token`.
    pub kind: String,
    /// The rule that found it, e.g. `gitlab-token`, or `name` for a field whose name says that it is secret.
    pub rule: Cow<'static, str>,
    /// Whether it could be masked in a parameter too; otherwise a proposal that holds it is refused.
    pub in_parameter: bool,
}

/// Every stretch that detectors find in a value, and every further one (rule `known`) at which a value that one of them
/// finds stands again: in canonical order, in each text by place. What detectors find may overlap. A text that is no JSON is
/// explained as `Value::String`.
#[must_use]
pub fn explain(value: &Value, pointer: &str) -> Vec<ExplainedMask> {
    let node = crate::opened(value);
    let texts = node.texts();
    let mut known = Known::nothing();
    let mut all: Vec<Vec<Explained>> = Vec::with_capacity(texts.len());
    for text in &texts {
        let found = mask::found_in(*text);
        for span in &found {
            known.learn(text.text.get(span.range.clone()).unwrap_or_default(), &span.kind);
        }
        all.push(found.into_iter().map(|span| Explained::of(*text, span)).collect());
    }
    again(&texts, &known, &mut all);
    let wanted = all.iter().enumerate().filter(|(_, found)| !found.is_empty()).map(|(index, _)| index);
    let mut pointers = node.pointers(pointer, wanted).into_iter();
    let mut findings = Vec::new();
    for (text, mut found) in texts.iter().zip(all).filter(|(_, found)| !found.is_empty()) {
        found.sort_by_key(|found| (found.range.start, found.range.end));
        let pointer = pointers.next().unwrap_or_default();
        let mut count = Characters { text: text.text, bytes: 0, characters: 0 };
        findings.extend(found.into_iter().map(|found| {
            let (start, end) = count.of(&found.range);
            let Explained { kind, rule, in_parameter, .. } = found;
            ExplainedMask { pointer: pointer.clone(), start, end, kind, rule, in_parameter }
        }));
    }
    findings
}

/// What was found, before its place is told.
struct Explained {
    range: Range<usize>,
    kind: String,
    rule: Cow<'static, str>,
    in_parameter: bool,
}

impl Explained {
    fn of(text: Text<'_>, span: Span) -> Self {
        let in_parameter = mask::may_mask(text, &span);
        Self { range: span.range, kind: span.kind.into_owned(), rule: span.rule, in_parameter }
    }
}

/// Where a value that was found appears again. In a parameter this is not masked.
fn again(texts: &[Text<'_>], known: &Known, all: &mut [Vec<Explained>]) {
    let Ok(ready) = known.search() else { return };
    let Ready { search, kinds } = &*ready;
    for (text, found) in texts.iter().zip(all).filter(|(text, _)| !matches!(text.role, Role::Whole(_))) {
        let mut covered: Vec<Range<usize>> = found.iter().map(|found| found.range.clone()).collect();
        covered.sort_by_key(|range| range.start);
        let mut furthest = 0;
        let ends: Vec<(usize, usize)> = covered
            .into_iter()
            .map(|range| {
                furthest = range.end.max(furthest);
                (range.start, furthest)
            })
            .collect();
        for (range, kind) in search.find(text.text) {
            let before = ends.partition_point(|(start, _)| *start <= range.start);
            let last = before.checked_sub(1).and_then(|last| ends.get(last));
            if last.is_none_or(|(_, end)| *end < range.end) {
                let kind = kinds.get(kind).map_or("secret", String::as_str).to_owned();
                found.push(Explained { range, kind, rule: "known".into(), in_parameter: false });
            }
        }
    }
}

/// Counts characters up to places whose beginnings only move forward.
struct Characters<'a> {
    text: &'a str,
    bytes: usize,
    characters: u32,
}

impl Characters<'_> {
    fn of(&mut self, range: &Range<usize>) -> (u32, u32) {
        let count = |from: usize, to: usize| {
            u32::try_from(self.text.get(from..to).unwrap_or_default().chars().count()).unwrap_or(u32::MAX)
        };
        let start = self.characters.saturating_add(count(self.bytes, range.start));
        let end = start.saturating_add(count(range.start, range.end));
        (self.bytes, self.characters) = (range.start, start);
        (start, end)
    }
}
