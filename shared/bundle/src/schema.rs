//! JSON Schema of parameters: compiled once, never fetching anything, closed everywhere.

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use crate::bundle::FieldError;

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

/// What is wrong with the parameters, each with its place and without repeating a value.
pub(crate) fn errors(validator: &Validator, parameters: &Value) -> Vec<FieldError> {
    let found = validator.iter_errors(parameters).map(|error| FieldError {
        pointer: format!("/parameters{}", error.instance_path()),
        detail: error.masked_with("the value").to_string(),
    });
    found.collect()
}

/// Whether a parameter schema compiles.
///
/// # Errors
/// What the compiler says.
pub fn check_schema(schema: &Value) -> Result<(), String> {
    validator(schema).map(drop)
}
