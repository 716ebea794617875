//! What reviewers changed: a pure function of the request and of their statements.

use redaction::escape_value;
use serde_json::Value;
use wire::documents::{Change, Statement};
use wire::patch::{merged, touched};

use crate::what::text;

/// Every parameter that was changed, one statement after the other. `sent` are the shown parameters as they were proposed.
#[must_use]
pub fn changes(sent: &Value, statements: &[Statement]) -> Vec<Change> {
    changes_of_each(sent, statements).concat()
}

/// The same, apart for each statement.
#[must_use]
pub fn changes_of_each(sent: &Value, statements: &[Statement]) -> Vec<Vec<Change>> {
    let mut before = sent.clone();
    let each = statements.iter().map(|statement| {
        let Some(patch) = &statement.patch else { return Vec::new() };
        let after = merged(&before, patch);
        let change = |pointer: String| Change {
            from: shown(&before, &pointer),
            to: shown(&after, &pointer),
            by: statement.person.clone(),
            pointer,
        };
        let found = touched(patch).into_iter().map(change).collect();
        before = after;
        found
    });
    each.collect()
}

/// A change in words: `destination from “a” to “b”`.
#[must_use]
pub fn change_in_words(change: &Change) -> String {
    let name = escape_value(&parameter(&change.pointer)).text;
    match (&change.from, &change.to) {
        (Some(from), Some(to)) => format!("{name} from “{from}” to “{to}”"),
        (None, Some(to)) => format!("{name} to “{to}”"),
        (Some(from), None) => format!("{name}, which was “{from}”, to nothing"),
        (None, None) => name,
    }
}

/// The parameter a pointer names.
#[must_use]
pub fn parameter(pointer: &str) -> String {
    wire::pointer::name(pointer.trim_start_matches('/'))
}

/// A value as people see it and may change it: a text as it is, anything else as canonical JSON.
#[must_use]
pub fn written(value: &Value) -> String {
    text(value).unwrap_or_default()
}

fn shown(parameters: &Value, pointer: &str) -> Option<String> {
    let value = parameters.pointer(pointer)?;
    Some(escape_value(&written(value)).text)
}
