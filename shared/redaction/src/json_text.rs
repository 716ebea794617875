//! Texts that are JSON: what whoever receives them would read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use wire::json::{is_container, parse_value};

use crate::lookalike::skeleton;

/// A text, looked at as JSON.
pub(crate) enum JsonText {
    /// None.
    No,
    /// This.
    Value(Value),
    /// Meant as JSON, and not what the strict reader takes; with the reason.
    Refused(String),
}

/// Reads a text that is declared to be JSON, or that any reader would take for an object or array.
pub(crate) fn read(text: &str, declared: bool) -> JsonText {
    if !declared && !is_container(text) {
        return JsonText::No;
    }
    if text.trim().is_empty() {
        return JsonText::Refused(
            "this is to be JSON and is empty: leave it out where nothing is meant".to_owned(),
        );
    }
    match parse_value(text.as_bytes()) {
        Ok(value) => JsonText::Value(value),
        Err(error) => JsonText::Refused(format!("a text that is JSON must be well-formed; {error}")),
    }
}

/// Whether two names of one object are shown alike: equal once composed, or different only in letters that look the
/// same. As labels on a page (`labels`) names also lose `_` and the case of their first letter.
pub(crate) fn shown_alike<'a>(names: impl Iterator<Item = &'a String> + Clone, labels: bool) -> bool {
    if !labels && names.clone().all(|name| name.is_ascii()) {
        return false;
    }
    let foreign = names.clone().any(|name| !name.is_ascii());
    let mut seen = BTreeSet::new();
    // Each skeleton, and whether a name of it has other than plain letters.
    let mut skeletons: BTreeMap<String, bool> = BTreeMap::new();
    for name in names {
        let mut shown: String = name.nfc().collect();
        if labels {
            shown = shown.replace('_', " ");
            let mut letters = shown.chars();
            shown = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        }
        // Plain names that differ, as `l1` and `ll` do, are told apart by whoever reads code.
        let other = !name.is_ascii();
        let before = foreign.then(|| skeletons.insert(skeleton(&shown), other)).flatten();
        let twin = before.is_some_and(|before| before || other);
        if twin || !seen.insert(shown) {
            return true;
        }
    }
    false
}
