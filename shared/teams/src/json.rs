//! Reading what Microsoft's services answer.

use serde_json::Value;

/// A text within a JSON value.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}
