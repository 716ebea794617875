//! What would be masked, and by which rule: for whoever writes catalogue entries, and for measuring.

use std::borrow::Cow;

use serde_json::Value;

use crate::mask;

/// One stretch that a rule masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
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

/// Every stretch that detectors find in a value, in canonical order; stretches may overlap. A text that is no JSON is
/// explained as `Value::String`.
#[must_use]
pub fn explain(value: &Value, pointer: &str) -> Vec<Finding> {
    let node = crate::opened(value);
    let mut findings = Vec::new();
    for (index, text) in node.texts().into_iter().enumerate() {
        for span in mask::found_in(text) {
            let characters = |end: usize| {
                u32::try_from(text.text.get(..end).unwrap_or_default().chars().count()).unwrap_or(u32::MAX)
            };
            findings.push(Finding {
                pointer: node.pointer(pointer, index),
                start: characters(span.range.start),
                end: characters(span.range.end),
                in_parameter: mask::may_mask(text, &span),
                kind: span.kind.into_owned(),
                rule: span.rule,
            });
        }
    }
    findings
}
