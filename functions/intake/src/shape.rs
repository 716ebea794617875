//! The shape of a proposal's body: every field, its bounds, and what is said when it does not fit.

use std::collections::BTreeMap;

use runtime::{Code, Problem};
use serde_json::{Map, Value};
use wire::http::{FieldError, ProposalBody};

use crate::call::Call;

const FIELDS: [&str; 6] = ["type", "parameters", "reason", "provenance", "correlation", "expires_in"];
const MAX_REASON: usize = 2000;
const MAX_CORRELATION: usize = 512;
const MAX_FACTS: usize = 16;
const MAX_FACT: usize = 512;

/// The proposal in this body.
///
/// Everything wrong with it is said at once; unknown fields come first, because they are most often a misspelt one.
pub(crate) fn proposal(call: &Call, body: Value) -> Result<ProposalBody, Problem> {
    let Value::Object(fields) = body else {
        return Err(call.field(Code::InvalidParameters, "", "the body must be an object"));
    };
    let unknown: Vec<FieldError> =
        fields.keys().filter(|name| !FIELDS.contains(&name.as_str())).map(|name| unknown(name)).collect();
    if !unknown.is_empty() {
        let detail = format!("A proposal has these fields: {}.", FIELDS.join(", "));
        return Err(call.problem(Code::UnknownField, detail).errors(unknown));
    }
    let mut errors = Vec::new();
    let mut wrong = |pointer: String, detail: String| errors.push(FieldError { pointer, detail });
    let read = ProposalBody {
        action_type: text(&fields, "type", 1..=100, &mut wrong),
        parameters: parameters(&fields, &mut wrong),
        reason: text(&fields, "reason", 1..=MAX_REASON, &mut wrong),
        provenance: provenance(&fields, &mut wrong),
        correlation: correlation(&fields, &mut wrong),
        expires_in: expires_in(&fields, &mut wrong),
    };
    if errors.is_empty() {
        return Ok(read);
    }
    Err(call.problem(Code::InvalidParameters, "Some fields are missing or do not fit.").errors(errors))
}

fn unknown(name: &str) -> FieldError {
    let shown: String = name.chars().filter(|char| !char.is_control()).take(80).collect();
    FieldError { pointer: wire::pointer::segment(&shown), detail: "this field is not known".to_owned() }
}

fn text(
    fields: &Map<String, Value>,
    name: &str,
    length: std::ops::RangeInclusive<usize>,
    wrong: &mut impl FnMut(String, String),
) -> String {
    let bounds = format!("must be text of {} to {} characters", length.start(), length.end());
    match fields.get(name) {
        Some(Value::String(text)) if length.contains(&text.chars().count()) && !text.trim().is_empty() => {
            return text.clone();
        }
        Some(_) => wrong(format!("/{name}"), bounds),
        None => wrong(format!("/{name}"), format!("is missing; it {bounds}")),
    }
    String::new()
}

fn parameters(fields: &Map<String, Value>, wrong: &mut impl FnMut(String, String)) -> Value {
    match fields.get("parameters") {
        Some(value @ Value::Object(_)) => value.clone(),
        _ => {
            wrong("/parameters".to_owned(), "must be an object, as the catalogue describes it".to_owned());
            Value::Null
        }
    }
}

fn provenance(
    fields: &Map<String, Value>,
    wrong: &mut impl FnMut(String, String),
) -> BTreeMap<String, String> {
    let given = match fields.get("provenance") {
        None | Some(Value::Null) => return BTreeMap::new(),
        Some(Value::Object(given)) if given.len() <= MAX_FACTS => given,
        Some(_) => {
            wrong("/provenance".to_owned(), format!("must be an object of at most {MAX_FACTS} texts"));
            return BTreeMap::new();
        }
    };
    let mut facts = BTreeMap::new();
    for (name, value) in given {
        match value {
            Value::String(text) if is_name(name) && (1..=MAX_FACT).contains(&text.chars().count()) => {
                facts.insert(name.clone(), text.clone());
            }
            _ => wrong(
                if is_name(name) { format!("/provenance/{name}") } else { "/provenance".to_owned() },
                format!(
                    "a name is of a-z, 0-9 and _ (at most 40), its value text of 1 to {MAX_FACT} characters"
                ),
            ),
        }
    }
    facts
}

fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn correlation(fields: &Map<String, Value>, wrong: &mut impl FnMut(String, String)) -> Option<String> {
    match fields.get("correlation") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if (1..=MAX_CORRELATION).contains(&text.len()) => Some(text.clone()),
        Some(_) => {
            wrong("/correlation".to_owned(), format!("must be text of 1 to {MAX_CORRELATION} bytes"));
            None
        }
    }
}

fn expires_in(fields: &Map<String, Value>, wrong: &mut impl FnMut(String, String)) -> Option<u32> {
    let given = match fields.get("expires_in") {
        None | Some(Value::Null) => return None,
        Some(value) => value.as_u64().filter(|seconds| *seconds >= 1),
    };
    match given {
        Some(seconds) => Some(u32::try_from(seconds).unwrap_or(u32::MAX)),
        None => {
            wrong("/expires_in".to_owned(), "must be a whole number of seconds, at least 1".to_owned());
            None
        }
    }
}
