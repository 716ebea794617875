//! Headers of answers: each is described once and named by the answers that have it.

use serde_json::{Map, Value, json};

/// A header: its name, whether every answer that names it has it, its schema's type, what it says.
struct Described(&'static str, bool, &'static str, &'static str);

const HEADERS: [Described; 6] = [
    Described("ETag", true, "string", "A tag of the whole answer, for `If-None-Match`."),
    Described("Location", true, "string", "The action's address."),
    Described(
        "Retry-After",
        false,
        "integer",
        "Seconds until asking again makes sense. An action that is final has none.",
    ),
    Described(
        "Idempotent-Replayed",
        false,
        "string",
        "`true` where the idempotency key had been used before, so that nothing new was proposed.",
    ),
    Described("WWW-Authenticate", false, "string", "The challenge of RFC 6750: what the token lacks."),
    Described("Cache-Control", true, "string", "`no-store`: nobody in between keeps the answer."),
];

/// The names of the headers that this answer of this operation may have.
fn names(operation: &str, status: &str) -> Vec<&'static str> {
    let mut names = match (operation, status) {
        ("openapi" | "healthz", _) => Vec::new(),
        (_, "304") => vec!["ETag", "Retry-After"],
        (_, _) => vec!["Cache-Control"],
    };
    match (operation, status) {
        ("propose", "200" | "202") => {
            names.extend(["ETag", "Location", "Retry-After", "Idempotent-Replayed"]);
        }
        ("read" | "cancel", "200") => names.extend(["ETag", "Retry-After"]),
        (_, "401" | "403") => names.push("WWW-Authenticate"),
        (_, "429" | "503") => names.push("Retry-After"),
        _ => {}
    }
    names
}

/// The `headers` of an answer; none where there are none.
pub fn of(operation: &str, status: &str) -> Option<Value> {
    let named = names(operation, status)
        .into_iter()
        .map(|name| (name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })));
    let headers: Map<String, Value> = named.collect();
    (!headers.is_empty()).then(|| headers.into())
}

/// All of them, for the document's `components`.
pub fn components() -> Value {
    let described = HEADERS.iter().map(|Described(name, required, kind, about)| {
        let header = json!({ "description": about, "required": required, "schema": { "type": kind } });
        ((*name).to_owned(), header)
    });
    Value::Object(described.collect())
}
