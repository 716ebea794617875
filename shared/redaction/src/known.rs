//! Values that are masked somewhere, looked for everywhere: bytes a rule redacts appear readable nowhere (P8).

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use serde_json::Value;

use crate::detect::rank;

/// Shorter values are not looked for: `no` would be found in every sentence.
const SHORTEST: usize = 4;
/// From here on a value is found inside other words too.
const ANYWHERE: usize = 8;
/// A text inside a masked object may be a harmless one; only long ones are looked for elsewhere.
const INSIDE: usize = 12;

/// Values that were masked, to be masked wherever else they appear, e.g. in the result of the same action. It cannot
/// be printed.
#[derive(Clone, Default)]
pub struct Known {
    values: BTreeMap<String, String>,
}

impl Known {
    /// Nothing is known: detectors alone decide.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Adds a value; of two kinds the more sensitive stays.
    pub(crate) fn add(&mut self, value: &str, kind: &str) {
        let value = value.trim();
        if value.chars().count() < SHORTEST || value.starts_with('\0') {
            return;
        }
        let kept = self.values.entry(value.to_owned()).or_insert_with(|| kind.to_owned());
        if rank(kind) < rank(kept) {
            kind.clone_into(kept);
        }
    }

    /// Adds the long texts inside a masked object or array.
    pub(crate) fn add_inside(&mut self, value: &Value, kind: &str) {
        match value {
            Value::String(text) if text.chars().count() >= INSIDE => self.add(text, kind),
            Value::Array(values) => values.iter().for_each(|value| self.add_inside(value, kind)),
            Value::Object(fields) => fields.values().for_each(|value| self.add_inside(value, kind)),
            _ => {}
        }
    }

    /// Ready to search with.
    pub(crate) fn search(&self) -> Search<'_> {
        let escaped = self.values.iter().filter_map(|(value, kind)| {
            let quoted = Value::String(value.clone()).to_string();
            let inner = quoted.get(1..quoted.len() - 1)?.to_owned();
            (inner != *value).then_some((inner, kind.as_str()))
        });
        let values = self.values.iter().map(|(value, kind)| (value.clone(), kind.as_str()));
        let words: Vec<(String, &str)> = values.chain(escaped).collect();
        // Building fails only on more patterns than a bounded request can hold; then every text is masked whole.
        let built = AhoCorasick::new(words.iter().map(|(word, _)| word)).ok();
        Search { kinds: words.iter().map(|(_, kind)| *kind).collect(), built }
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({} values)", self.values.len())
    }
}

pub(crate) struct Search<'a> {
    kinds: Vec<&'a str>,
    built: Option<AhoCorasick>,
}

impl Search<'_> {
    /// Where known values stand in a text as written.
    pub(crate) fn find(&self, text: &str) -> Vec<(Range<usize>, String)> {
        let Some(built) = &self.built else {
            return vec![(0..text.len(), "secret".to_owned())];
        };
        let found = built.find_overlapping_iter(text).filter(|found| {
            let range = found.range();
            let whole = text.get(range.clone()).is_some_and(|value| value.chars().count() >= ANYWHERE);
            let joined = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
            let before = text.get(..range.start).and_then(|head| head.chars().next_back());
            let after = text.get(range.end..).and_then(|tail| tail.chars().next());
            whole || !(joined(before) || joined(after))
        });
        found
            .map(|found| {
                let kind = self.kinds.get(found.pattern().as_usize()).copied().unwrap_or("secret");
                (found.range(), kind.to_owned())
            })
            .collect()
    }
}
