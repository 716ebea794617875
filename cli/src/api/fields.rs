//! Fields of an answer.

use serde_json::Value;

use super::ApiError;

/// A text field that must be there.
///
/// # Errors
/// [`ApiError::Answer`] naming it.
pub fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, ApiError> {
    let found = value.get(field).and_then(Value::as_str);
    found.ok_or_else(|| ApiError::Answer(format!("the answer has no `{field}`")))
}
