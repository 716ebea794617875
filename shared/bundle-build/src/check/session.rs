//! Session policies that allow exactly what a plan needs.

use bundle::{CatalogueEntry, Template, session_names, texts};
use serde_json::Value;

use super::finding::Findings;

/// P11, O8: only `Allow`, every action and resource by its name, every hole one that is always filled.
pub(crate) fn check(entry: &CatalogueEntry) -> Findings {
    let mut wrong = Vec::new();
    let mut say = |message: String| wrong.push((vec!["session_policy".to_owned()], message));
    let policy = &entry.session_policy;
    if policy.get("Version").and_then(Value::as_str) != Some("2012-10-17") {
        say("a session policy has `Version: \"2012-10-17\"`".to_owned());
    }
    let statements = policy.get("Statement").and_then(Value::as_array);
    if statements.is_none_or(Vec::is_empty) {
        say("a session policy has a list of `Statement`s".to_owned());
    }
    for statement in statements.into_iter().flatten() {
        for message in statement_faults(statement) {
            say(message);
        }
    }
    for text in texts(policy) {
        if let Err(error) = Template::parse(text) {
            say(error);
        }
    }
    let known = entry.session_names();
    for name in session_names(policy).into_iter().filter(|name| !known.contains(name)) {
        say(format!("`{{{name}}}` is no required parameter, derived value, pin or part of the plan"));
    }
    wrong
}

fn statement_faults(statement: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some(map) = statement.as_object() else { return vec!["a statement is a mapping".to_owned()] };
    for key in
        map.keys().filter(|key| !["Sid", "Effect", "Action", "Resource", "Condition"].contains(&key.as_str()))
    {
        wrong.push(format!("`{key}` has no place in a session policy's statement"));
    }
    if map.get("Effect").and_then(Value::as_str) != Some("Allow") {
        wrong.push("a statement has `Effect: Allow`: what is not allowed is refused anyway".to_owned());
    }
    for key in ["Action", "Resource"] {
        let values = map.get(key).map(texts).unwrap_or_default();
        if values.is_empty() {
            wrong.push(format!("a statement names its `{key}`"));
        }
        for value in values.into_iter().filter(|value| value.contains(['*', '?'])) {
            wrong.push(format!(
                "`{value}`: a session policy names each {} whole, without `*` or `?`",
                key.to_lowercase()
            ));
        }
    }
    wrong
}
