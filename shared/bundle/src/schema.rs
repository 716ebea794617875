//! JSON Schema of parameters: compiled once, never fetching anything, closed everywhere.

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

/// The validator of a parameter schema: draft 2020-12, formats asserted, patterns in linear time, no reference resolved
/// outside the document.
pub(crate) fn validator(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex())
        .offline()
        .build(schema)
        .map_err(|error| error.to_string())
}

/// Whether a parameter schema compiles.
///
/// # Errors
/// What the compiler says.
pub fn check_schema(schema: &Value) -> Result<(), String> {
    validator(schema).map(drop)
}
