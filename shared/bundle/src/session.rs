//! Session policies as the catalogue writes them: JSON whose texts are templates.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::Template;

/// The names a session policy uses.
#[must_use]
pub fn session_names(policy: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let templates = texts(policy).into_iter().filter_map(|text| Template::parse(text).ok());
    for template in templates {
        found.extend(template.names().into_iter().map(str::to_owned));
    }
    found
}

/// Every text of a value, in order.
#[must_use]
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(map) => map.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
