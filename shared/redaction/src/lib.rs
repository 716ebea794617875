//! Redaction: replaces secrets and personal data by placeholders before anything readable is stored. It is pure: no
//! I/O, no clock, no randomness. Nothing of a value goes into its placeholder except, in a parameter, its length.
//!
//! A document is the parameters, in canonical order (RFC 8785), and then the reason. Numbers run through it per kind by
//! first appearance; equal values have equal placeholders inside one document and nowhere else. A [`Mask`] says where a
//! placeholder stands *in the text as shown*, counted in characters.
//!
//! Parameters reach a call, so a mask there must hide nothing but what it names (E1): it covers a value that the catalogue
//! or its name calls secret, or what a detector's closed grammar holds; everything else is refused. Texts in them that are
//! JSON are read strictly, masked leaf by leaf and written anew, and what was written is what runs ([`normalised`]).

mod around;
mod detect;
mod error;
mod exempt;
mod explain;
mod fold;
#[cfg(test)]
mod growth;
mod hidden;
mod identity;
mod json_text;
mod key;
mod known;
mod likeness;
mod lookalike;
mod marks;
mod mask;
mod names;
mod parts;
mod pattern;
mod place;
mod placeholder;
mod pointers;
mod rules;
mod said;
mod search;
mod tree;
mod typed;
mod work;
mod write;

use serde_json::Value;
pub use wire::documents::Mask;

pub use error::RedactionError;
pub use exempt::{ExemptionError, exemptible};
pub use explain::{ExplainedMask, explain};
pub use hidden::{Escaped, Hidden, escape_hidden, escape_line, escape_value, find_hidden, spelled_out};
pub use known::Known;
pub use lookalike::{Reading, lookalikes};
pub use marks::{Marks, MarksError};
pub use names::{redact_facts, redact_name, secret_in_name};
pub use placeholder::placeholders;
pub use rules::{Rule, patterns, rules, shape_words};
pub use typed::refuse_typed;

use mask::{Refused, Shown, Span};
use placeholder::Numbers;
use tree::{Node, Reader, Role, Text};
use write::Writer;

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

/// The parameters with every text that is JSON written in its one way: what is sealed, committed to, shown and run. What a
/// mark covers whole stays as it is, byte by byte.
///
/// # Errors
/// [`RedactionError::Json`] for a text declared to be JSON that is none, and for one that is an object or array to some
/// readers but not to the strict one.
pub fn normalised(parameters: &Value, marks: &Marks) -> Result<Value, RedactionError> {
    let node = Reader { marks, strict: true }.read(parameters, PARAMETERS)?;
    let same = std::iter::repeat_with(|| Shown::Same);
    Ok(Writer::new(same, true).write(node, PARAMETERS).0)
}

/// Redacts a request. Deterministic: intake, policy and execution come to the same result. Pointers of masks are
/// `/parameters…` and `/reason`.
///
/// # Errors
/// [`RedactionError::SecretInTarget`] when verb, target or destination would have to be masked (W22),
/// [`RedactionError::SecretInKey`] when the name of a field would, [`RedactionError::Unmaskable`],
/// [`RedactionError::Repeated`] and [`RedactionError::TooMuch`] when a mask in a parameter could hide more than a secret
/// (E1), and what [`normalised`] refuses.
pub fn redact(parameters: &Value, reason: &str, marks: &Marks) -> Result<Redacted, RedactionError> {
    let mut known = Known::nothing();
    let node = Reader { marks, strict: true }.read(parameters, PARAMETERS)?;
    let texts = node.texts();
    let spans = mask::parameters(&texts, &mut known);
    let spans = spans.map_err(|refused| refusal(refused, &node, &texts))?;
    let words = words(reason);
    let said = words.texts();
    let said_spans = mask::prose(&said, &mut known);
    let mut numbers = reserved(texts.iter().chain(&said));
    let shown = all_shown(&texts, &spans, &mut numbers, true);
    let said = all_shown(&said, &said_spans, &mut numbers, false);
    drop(texts);
    let (parameters, mut masked) = Writer::new(shown.into_iter(), true).write(node, PARAMETERS);
    let (reason, more) = Writer::new(said.into_iter(), false).write(words, REASON);
    masked.extend(more);
    Ok(Redacted { parameters, reason: text_of(reason), masked })
}

/// Refuses what cannot be shown as it was typed: a reviewer's values are never masked, so that none can be tried out
/// against what is.
///
/// # Errors
/// What [`refuse_typed`] and [`redact`] refuse, and [`RedactionError::SecretInChange`] for whatever [`redact`] would mask.
pub fn refuse_secret(values: &Value, marks: &Marks) -> Result<(), RedactionError> {
    refuse_typed(values, "", marks)?;
    match redact(values, "", marks)?.masked.into_iter().next() {
        Some(Mask { pointer, kind, .. }) => Err(RedactionError::SecretInChange { pointer, kind }),
        None => Ok(()),
    }
}

/// What [`redact`] masks of a request, so that its result can be cleared of it too. Of parameters that [`redact`] refuses,
/// whatever was found until then.
#[must_use]
pub fn known_values(parameters: &Value, reason: &str, marks: &Marks) -> Known {
    let mut known = Known::nothing();
    if let Ok(node) = (Reader { marks, strict: true }).read(parameters, PARAMETERS) {
        // A refusal is the caller's to find; nothing of such a request is ever shown.
        let _ = mask::parameters(&node.texts(), &mut known);
    }
    mask::prose(&words(reason).texts(), &mut known);
    known
}

/// Redacts a value that is no request, e.g. a target's answer: detectors, and whatever is known already. Pointers of
/// masks begin with `pointer`.
#[must_use]
pub fn redact_value(value: &Value, pointer: &str, known: &Known) -> RedactedValue {
    redacted(opened(value), pointer, known)
}

fn redacted(node: Node<'_>, pointer: &str, known: &Known) -> RedactedValue {
    let texts = node.texts();
    let spans = mask::prose(&texts, &mut known.clone());
    let shown = all_shown(&texts, &spans, &mut reserved(&texts), false);
    let (value, masked) = Writer::new(shown.into_iter(), false).write(node, pointer);
    RedactedValue { value, masked }
}

/// Redacts one text, e.g. an approver's reason: detectors, and whatever is known already.
#[must_use]
pub fn redact_text(text: &str, pointer: &str, known: &Known) -> RedactedText {
    let RedactedValue { value, masked } = redacted(words(text), pointer, known);
    RedactedText { text: text_of(value), masked }
}

fn refusal(refused: Refused, node: &Node<'_>, texts: &[Text<'_>]) -> RedactionError {
    let (index, kind, rule) = match refused {
        Refused::Found(index, kind, rule) => (index, kind, Some(rule)),
        Refused::Known(index, kind) => (index, kind, None),
        Refused::TooMuch => return RedactionError::TooMuch { pointer: PARAMETERS.to_owned() },
    };
    let pointer = node.pointer(PARAMETERS, index);
    match texts.get(index).map(|text| text.role) {
        Some(Role::Key) => RedactionError::SecretInKey { pointer, kind },
        Some(Role::Target(_)) => RedactionError::SecretInTarget { pointer, kind, rule },
        _ if rule.is_none() => RedactionError::Repeated { pointer, kind },
        _ => RedactionError::Unmaskable { pointer, kind },
    }
}

/// The reason as a tree.
fn words(reason: &str) -> Node<'_> {
    let read = Reader { marks: &Marks::none(), strict: false }.read_text(reason);
    read.unwrap_or_else(|_| Node::prose(reason))
}

/// A value that reaches no call as a tree: a text that cannot be opened stays one.
fn opened(value: &Value) -> Node<'_> {
    let read = Reader { marks: &Marks::none(), strict: false }.read(value, "");
    read.unwrap_or_else(|_| Node::prose(value.to_string()))
}

/// Numbers that stand in the texts already are given to nothing else.
fn reserved<'a>(texts: impl IntoIterator<Item = &'a Text<'a>>) -> Numbers {
    let mut numbers = Numbers::default();
    for text in texts.into_iter().filter(|text| !matches!(text.role, Role::Whole(_))) {
        numbers.reserve(text.text);
    }
    numbers
}

fn all_shown(texts: &[Text<'_>], spans: &[Vec<Span>], numbers: &mut Numbers, lengths: bool) -> Vec<Shown> {
    let texts = texts.iter().zip(spans);
    texts.map(|(text, spans)| mask::shown(*text, spans, numbers, lengths)).collect()
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
