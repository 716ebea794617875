//! Parameters as people type them: each value in its written form, and the patch of what was typed.

use serde_json::{Map, Value};

use super::change::{Changeable, Field};
use crate::refusal::RequestRejection;

/// How a parameter is typed.
pub(crate) enum Input {
    /// One of these values.
    Choice(Vec<String>),
    Number,
    Text,
    Json,
}

/// How this parameter is typed, by its schema.
pub(crate) fn input_kind(field: &Field) -> Input {
    if let Some(values) = choices(&field.schema) {
        return Input::Choice(values.iter().map(review::written).collect());
    }
    match field.schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => Input::Number,
        Some("string") => Input::Text,
        _ => Input::Json,
    }
}

fn choices(schema: &Value) -> Option<Vec<Value>> {
    let listed = schema.get("enum").and_then(Value::as_array).cloned();
    let truth = schema.get("type").is_some_and(|kind| kind == "boolean");
    listed.or_else(|| truth.then(|| vec![Value::Bool(true), Value::Bool(false)]))
}

/// The present value as it is written; empty where the request does not have it.
pub(crate) fn shown(field: &Field) -> String {
    field.value.as_ref().map(review::written).unwrap_or_default()
}

/// The patch of these fields, as a JSON merge patch. A value that was not changed is left out; an empty value of an optional
/// parameter removes it.
///
/// `typed` answers what was typed for a parameter, by its JSON pointer; `None` where nothing came back for it.
///
/// # Errors
/// A refusal when nothing was changed, or when a text is no value of its parameter.
pub(crate) fn typed_patch<'t>(
    changeable: &Changeable,
    typed: impl Fn(&str) -> Option<&'t str>,
) -> Result<Value, RequestRejection> {
    let mut patch = Map::new();
    for field in changeable.fields() {
        let Some(typed) = typed(&field.pointer) else { continue };
        let typed = typed.replace("\r\n", "\n");
        if typed == shown(field).replace("\r\n", "\n") {
            continue;
        }
        patch.insert(review::parameter(&field.pointer), value(field, typed)?);
    }
    if patch.is_empty() {
        return Err(RequestRejection::input(
            "/patch",
            "You changed nothing. Change the value of a field first.",
        ));
    }
    Ok(Value::Object(patch))
}

fn value(field: &Field, typed: String) -> Result<Value, RequestRejection> {
    if typed.is_empty() && field.optional {
        return Ok(Value::Null);
    }
    let wrong =
        || RequestRejection::input(&format!("/patch{}", field.pointer), "This value is not allowed here.");
    if let Some(values) = choices(&field.schema) {
        return values.into_iter().find(|value| review::written(value) == typed).ok_or_else(wrong);
    }
    match input_kind(field) {
        Input::Text => Ok(Value::String(typed)),
        _ => wire::json::parse_value(typed.trim().as_bytes()).map_err(|_| wrong()),
    }
}
