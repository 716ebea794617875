//! Values that are masked whole, as texts that are equal when they are.

use serde_json::{Number, Value};

/// A text that is the same for equal values: a string itself, a number's digits, anything else its canonical JSON
/// behind a character no other text begins with.
pub(crate) fn identity(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => digits(number),
        other => {
            let canonical = wire::json::canonical(other).map(wire::json::Canonical::into_string);
            format!("{WHOLE}{}", canonical.unwrap_or_else(|_| other.to_string()))
        }
    }
}

/// In front of the canonical JSON of what is masked whole and is neither text nor number.
pub(crate) const WHOLE: char = '\0';

/// Whole numbers written with a fraction of zero are those numbers.
pub(crate) fn digits(number: &Number) -> String {
    let mut digits = number.to_string();
    if digits.ends_with(".0") {
        digits.truncate(digits.len() - 2);
    }
    digits
}
