//! Parameter schemas that are closed everywhere and stand alone.

use serde_json::Value;

/// Keywords whose value is one schema.
const ONE: [&str; 8] =
    ["items", "contains", "not", "if", "then", "else", "propertyNames", "additionalProperties"];
/// Keywords whose value is a list of schemas.
const LIST: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value names schemas.
const NAMED: [&str; 3] = ["properties", "$defs", "dependentSchemas"];
/// Keywords that say what a value is.
const TELLING: [&str; 7] = ["type", "enum", "const", "$ref", "allOf", "anyOf", "oneOf"];

/// What the schema itself leaves open: objects that take anything, values of no type, references outside.
pub(crate) fn open_ends(schema: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        wrong.push("the parameters must be of `type: object`".to_owned());
    }
    walk(schema, "", true, &mut wrong);
    wrong
}

fn walk(schema: &Value, pointer: &str, describes_value: bool, wrong: &mut Vec<String>) {
    let Some(map) = schema.as_object() else {
        if schema == &Value::Bool(true) {
            wrong.push(format!("`{pointer}` takes anything"));
        }
        return;
    };
    let place = if pointer.is_empty() { "/" } else { pointer };
    if describes_value && !TELLING.iter().any(|keyword| map.contains_key(*keyword)) {
        wrong.push(format!("`{place}` does not say its type"));
    }
    let object = map.get("type").is_some_and(|kind| {
        kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "object"))
    });
    let closed = ["additionalProperties", "unevaluatedProperties"];
    if object && !closed.iter().any(|keyword| map.get(*keyword) == Some(&Value::Bool(false))) {
        wrong.push(format!("`{place}` takes unknown fields: say `additionalProperties: false`"));
    }
    if map.contains_key("patternProperties") {
        wrong.push(format!("`{place}` takes fields by pattern: list them under `properties`"));
    }
    if map.get("type").is_some_and(|kind| kind == "array")
        && !map.contains_key("items")
        && !map.contains_key("prefixItems")
    {
        wrong.push(format!("`{place}` takes lists of anything: say `items`"));
    }
    for keyword in ["$ref", "$dynamicRef"] {
        let outside = map.get(keyword).is_some_and(|to| !to.as_str().is_some_and(|to| to.starts_with('#')));
        if outside {
            wrong.push(format!("`{place}` refers to something outside the schema"));
        }
    }
    if map.contains_key("$id") || map.contains_key("$schema") {
        wrong.push(format!("`{place}` has `$id` or `$schema`: schemas here are 2020-12 and stand alone"));
    }
    deeper(map, pointer, wrong);
}

fn deeper(map: &serde_json::Map<String, Value>, pointer: &str, wrong: &mut Vec<String>) {
    for (keyword, value) in map {
        let below = format!("{pointer}/{keyword}");
        if ONE.contains(&keyword.as_str()) {
            walk(value, &below, keyword == "items" || keyword == "additionalProperties", wrong);
        } else if LIST.contains(&keyword.as_str()) {
            for (number, part) in value.as_array().into_iter().flatten().enumerate() {
                walk(part, &format!("{below}/{number}"), keyword == "prefixItems", wrong);
            }
        } else if NAMED.contains(&keyword.as_str()) {
            for (name, part) in value.as_object().into_iter().flatten() {
                walk(part, &format!("{below}/{name}"), keyword != "dependentSchemas", wrong);
            }
        }
    }
}
