//! What is wrong with parameters, in the words of whoever wrote their schema.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::field_error::FieldError;

/// What is wrong with the parameters, each with its place and without repeating a value. Where the schema describes what
/// is expected, the description comes first and the keyword that failed is a detail.
pub(crate) fn errors(validator: &Validator, schema: &Value, parameters: &Value) -> Vec<FieldError> {
    let found = validator.iter_errors(parameters).map(|error| FieldError {
        pointer: format!("/parameters{}", error.instance_path()),
        detail: detail(&error, schema),
    });
    found.collect()
}

fn detail(error: &ValidationError<'_>, schema: &Value) -> String {
    let told = error.masked_with("the value").to_string();
    let Some(expected) = described(error, schema) else { return told };
    match error.kind() {
        Kind::Pattern { pattern } => format!("expected is: {expected} (as the pattern `{pattern}`)"),
        Kind::Required { .. } => format!("{told}: {expected}"),
        _ => format!("expected is: {expected} ({told})"),
    }
}

/// The description, or else the title, of what the failed keyword is about, without its full stop. A missing field's is its
/// own; a field that is not known has none.
fn described(error: &ValidationError<'_>, schema: &Value) -> Option<String> {
    let keyword = error.schema_path().as_str();
    let (parent, _) = keyword.rsplit_once('/')?;
    let about = match error.kind() {
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => return None,
        Kind::Required { property } => schema.pointer(parent)?.get("properties")?.get(property.as_str()?)?,
        _ => schema.pointer(parent)?,
    };
    let text =
        |key: &str| about.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let text = text("description").or_else(|| text("title"))?;
    Some(text.trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::validator;
    use serde_json::json;

    fn told(parameters: &Value) -> Vec<String> {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["role", "plain"],
            "properties": {
                "role": { "description": "ARN of the role.", "type": "string", "pattern": "^arn:.+$" },
                "count": { "title": "How many", "type": "integer", "maximum": 5 },
                "kind": { "description": "What it is", "enum": ["a", "b"] },
                "many": { "type": "array", "items": { "$ref": "#/$defs/one" } },
                "plain": { "type": "string", "pattern": "^x$" },
            },
            "$defs": { "one": { "description": "One of many.", "type": "string", "maxLength": 2 } },
        });
        let validator = validator(&schema).unwrap();
        let mut told: Vec<String> = errors(&validator, &schema, parameters)
            .into_iter()
            .map(|error| format!("{}: {}", error.pointer, error.detail))
            .collect();
        told.sort();
        told
    }

    /// The description says what is expected; the pattern, or whatever else failed, is a detail; a value is never repeated.
    #[test]
    fn the_description_says_what_is_expected() {
        assert_eq!(
            told(
                &json!({ "role": "s3cret", "count": 9, "kind": "s3cret", "many": ["s3cret"], "plain": "s3cret" })
            ),
            [
                "/parameters/count: expected is: How many (the value is greater than the maximum of 5)",
                "/parameters/kind: expected is: What it is (the value is not one of \"a\" or \"b\")",
                "/parameters/many/0: expected is: One of many (the value is longer than 2 characters)",
                "/parameters/plain: the value does not match \"^x$\"",
                "/parameters/role: expected is: ARN of the role (as the pattern `^arn:.+$`)",
            ]
        );
        assert_eq!(
            told(&json!({ "more": "s3cret" })),
            [
                "/parameters: \"plain\" is a required property",
                "/parameters: \"role\" is a required property: ARN of the role",
                "/parameters: Additional properties are not allowed ('more' was unexpected)",
            ]
        );
    }
}
