//! Redaction: secrets and personal data become placeholders before anything is stored readable. Pure: no I/O, no clock,
//! no randomness, and nothing of a value goes into its placeholder.
//!
//! A document is the parameters, in canonical order (RFC 8785), and then the reason. Numbers run through it per kind by
//! first appearance; equal values have equal placeholders inside one document and nowhere else. A [`Mask`] says where a
//! placeholder stands *in the text as shown*, counted in characters.

mod detect;
mod error;
mod fold;
mod hidden;
mod known;
mod marks;
mod mask;
mod pattern;
mod placeholder;
mod typed;
mod walk;

use std::borrow::Cow;

use serde_json::Value;
pub use wire::documents::Mask;

pub use error::RedactionError;
pub use hidden::{Escaped, Hidden, escape_hidden, escape_value, find_hidden};
pub use known::Known;
pub use marks::{Marks, MarksError};
pub use placeholder::placeholders;
pub use typed::refuse_typed;

use mask::Reading;
use walk::{Leaf, Role, Shown, leaves, rewrite};

/// Pointers of a request's parameters begin so.
const PARAMETERS: &str = "/parameters";
/// The pointer of a request's reason.
const REASON: &str = "/reason";

/// A request as it may be stored and shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Redacted {
    /// The parameters; what a rule masks whole is a string, whatever it was.
    pub parameters: Value,
    /// The reason. Hidden characters are still in it: show it through [`escape_hidden`].
    pub reason: String,
    /// Every placeholder: canonical order, then the reason.
    pub masked: Vec<Mask>,
}

/// A value as it may be stored and shown.
#[derive(Debug, Clone, PartialEq)]
pub struct RedactedValue {
    /// The value, names of fields masked too.
    pub value: Value,
    /// Every placeholder in canonical order; one in a field's name is listed at the object that has it.
    pub masked: Vec<Mask>,
}

/// A text as it may be stored and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedactedText {
    /// The text.
    pub text: String,
    /// Every placeholder in it.
    pub masked: Vec<Mask>,
}

/// Redacts a request. Deterministic: intake, policy and execution come to the same result. Pointers of masks are
/// `/parameters…` and `/reason`.
///
/// # Errors
/// [`RedactionError::SecretInTarget`] when verb, target or destination would have to be masked (W22), and
/// [`RedactionError::SecretInKey`] when the name of a field would.
pub fn redact(parameters: &Value, reason: &str, marks: &Marks) -> Result<Redacted, RedactionError> {
    let mut known = Known::nothing();
    let reading = read(parameters, reason, marks, &mut known);
    if let Some((role, pointer, kind)) = reading.refused() {
        let (pointer, kind) = (pointer.to_owned(), kind.to_owned());
        return Err(match role {
            Role::Key => RedactionError::SecretInKey { pointer, kind },
            _ => RedactionError::SecretInTarget { pointer, kind },
        });
    }
    let (shown, masked) = reading.shown();
    let mut shown = shown.into_iter();
    let parameters = rewrite(parameters, marks, &mut shown);
    let reason = text_of(shown.next(), reason);
    Ok(Redacted { parameters, reason, masked })
}

/// Refuses what cannot be shown as it was typed: a reviewer's values are never masked, so that none can be tried out
/// against what is.
///
/// # Errors
/// What [`refuse_typed`] refuses, and [`RedactionError::SecretInTarget`], [`RedactionError::SecretInKey`] or
/// [`RedactionError::SecretInChange`] for whatever [`redact`] would mask.
pub fn refuse_secret(values: &Value, marks: &Marks) -> Result<(), RedactionError> {
    refuse_typed(values, "", marks)?;
    match redact(values, "", marks)?.masked.into_iter().next() {
        Some(Mask { pointer, kind, .. }) => Err(RedactionError::SecretInChange { pointer, kind }),
        None => Ok(()),
    }
}

/// What [`redact`] masks of a request, so that its result can be cleared of it too.
#[must_use]
pub fn known_values(parameters: &Value, reason: &str, marks: &Marks) -> Known {
    let mut known = Known::nothing();
    read(parameters, reason, marks, &mut known);
    known
}

/// Redacts a value that is no request, e.g. a target's answer: detectors, and whatever is known already. Pointers of
/// masks begin with `pointer`.
#[must_use]
pub fn redact_value(value: &Value, pointer: &str, known: &Known) -> RedactedValue {
    let marks = Marks::none();
    let reading = Reading::of(leaves(value, pointer, &marks), &mut known.clone());
    let (shown, masked) = reading.shown();
    RedactedValue { value: rewrite(value, &marks, &mut shown.into_iter()), masked }
}

/// Redacts one text, e.g. an approver's reason: detectors, and whatever is known already.
#[must_use]
pub fn redact_text(text: &str, pointer: &str, known: &Known) -> RedactedText {
    let reading = Reading::of(vec![prose(text, pointer)], &mut known.clone());
    let (shown, masked) = reading.shown();
    RedactedText { text: text_of(shown.into_iter().next(), text), masked }
}

fn read<'a>(parameters: &'a Value, reason: &'a str, marks: &'a Marks, known: &mut Known) -> Reading<'a> {
    let mut texts = leaves(parameters, PARAMETERS, marks);
    texts.push(prose(reason, REASON));
    mask::learn(&texts, parameters, PARAMETERS, known);
    Reading::of(texts, known)
}

fn prose<'a>(text: &'a str, pointer: &str) -> Leaf<'a> {
    Leaf { pointer: pointer.to_owned(), name: None, text: Cow::Borrowed(text), role: Role::Text }
}

fn text_of(shown: Option<Shown>, same: &str) -> String {
    match shown {
        Some(Shown::Text(text)) => text,
        Some(Shown::Same) => same.to_owned(),
        None => String::new(),
    }
}
