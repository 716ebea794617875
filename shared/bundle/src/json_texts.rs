//! Which parameters are JSON as text: a schema says so with `contentMediaType: application/json`.

use serde_json::Value;
use wire::json::parse_value;
use wire::pointer;

use crate::field_error::FieldError;

/// Keywords whose schemas speak of the same value.
const SAME: [&str; 7] = ["allOf", "anyOf", "oneOf", "if", "then", "else", "not"];
/// Keywords whose schema speaks of every member.
const MEMBERS: [&str; 3] = ["items", "contains", "additionalProperties"];
/// References inside references inside schemas: deeper than this no schema here goes.
const DEEPEST: usize = 32;

/// Pointers of the texts that are declared to be JSON, relative to the parameters; `*` stands for every member. Rather one
/// too many: also where only one branch of the schema says so.
pub(crate) fn declared(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(schema, schema, "", DEEPEST, &mut found);
    found.sort();
    found.dedup();
    found
}

fn collect(root: &Value, schema: &Value, pointer: &str, depth: usize, found: &mut Vec<String>) {
    let (Some(map), Some(depth)) = (schema.as_object(), depth.checked_sub(1)) else { return };
    let media = map.get("contentMediaType").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let kind = media.split(';').next().unwrap_or_default().trim();
    if (kind == "application/json" || kind.ends_with("+json")) && !pointer.is_empty() {
        found.push(pointer.to_owned());
    }
    let mut go = |schema: &Value, pointer: &str| collect(root, schema, pointer, depth, found);
    for (keyword, value) in map {
        match keyword.as_str() {
            "$ref" => {
                let target =
                    value.as_str().and_then(|to| to.strip_prefix('#')).and_then(|to| root.pointer(to));
                target.into_iter().for_each(|target| go(target, pointer));
            }
            "properties" => value.as_object().into_iter().flatten().for_each(|(name, schema)| {
                go(schema, &format!("{pointer}{}", pointer::segment(name)));
            }),
            "dependentSchemas" => {
                value.as_object().into_iter().flatten().for_each(|(_, schema)| go(schema, pointer));
            }
            "prefixItems" => {
                value.as_array().into_iter().flatten().enumerate().for_each(|(index, schema)| {
                    go(schema, &format!("{pointer}/{index}"));
                })
            }
            same if SAME.contains(&same) => match value {
                Value::Array(schemas) => schemas.iter().for_each(|schema| go(schema, pointer)),
                schema => go(schema, pointer),
            },
            members if MEMBERS.contains(&members) => go(value, &format!("{pointer}/*")),
            _ => {}
        }
    }
}

/// What is declared to be JSON and is none (C28), each with its place.
pub(crate) fn errors(declared: &[String], parameters: &Value) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    for place in declared {
        let segments: Vec<String> = place.split('/').skip(1).map(pointer::name).collect();
        check(parameters, &segments, "/parameters", &mut wrong);
    }
    wrong
}

fn check(value: &Value, segments: &[String], pointer: &str, wrong: &mut Vec<FieldError>) {
    let Some((first, rest)) = segments.split_first() else {
        let error = value.as_str().and_then(|text| parse_value(text.as_bytes()).err());
        wrong.extend(error.map(|error| FieldError {
            pointer: pointer.to_owned(),
            detail: format!("must be well-formed JSON ({error}); where nothing is meant it is left out"),
        }));
        return;
    };
    match value {
        Value::Object(fields) => {
            fields.iter().filter(|(name, _)| first == "*" || first == *name).for_each(|(name, value)| {
                check(value, rest, &format!("{pointer}{}", pointer::segment(name)), wrong)
            })
        }
        Value::Array(values) => values.iter().enumerate().for_each(|(index, value)| {
            if first == "*" || *first == index.to_string() {
                check(value, rest, &format!("{pointer}/{index}"), wrong);
            }
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        let text = json!({ "type": "string", "contentMediaType": "application/json" });
        json!({
            "type": "object",
            "$defs": { "text": text, "loop": { "properties": { "again": { "$ref": "#/$defs/loop" } } } },
            "properties": {
                "payload": text,
                "list": { "type": "array", "items": { "$ref": "#/$defs/text" } },
                "either": { "anyOf": [{ "type": "null" }, { "type": "string", "contentMediaType": "application/geo+json; x=y" }] },
                "a/b": { "type": "object", "properties": { "c": text } },
                "other": { "type": "string", "contentMediaType": "text/plain" },
                "loop": { "$ref": "#/$defs/loop" },
            },
        })
    }

    #[test]
    fn declarations_are_found_wherever_they_stand() {
        assert_eq!(declared(&schema()), ["/a~1b/c", "/either", "/list/*", "/payload"]);
    }

    /// C28: what is declared to be JSON and is none is told with its place.
    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        let declared = declared(&schema());
        for (parameters, pointer) in [
            (json!({ "payload": "{'model':'churn'}" }), "/parameters/payload"),
            (json!({ "payload": "" }), "/parameters/payload"),
            (json!({ "list": ["{}", "[1,2"] }), "/parameters/list/1"),
            (json!({ "a/b": { "c": "churn" } }), "/parameters/a~1b/c"),
        ] {
            let wrong = errors(&declared, &parameters);
            assert_eq!(wrong.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), [pointer]);
        }
        let fine = json!({ "payload": "{}", "list": ["1"], "either": null, "other": "churn" });
        assert_eq!(errors(&declared, &fine), []);
    }
}
