//! Fields that hold one of a closed set of words. The words come from the code that writes or reads them.

use bundle::Sensitivity;
use domain::{Proof, Status};
use runtime::Code;
use serde_json::{Value, json};
use wire::documents::{OutcomeKind, VerdictName};
use wire::http::REASON_CODES;

/// Schema, field, and the words it may hold.
fn sets() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let resolutions = [VerdictName::Happened, VerdictName::DidNotHappen].map(VerdictName::as_str);
    let given = verdicts();
    let sent: Vec<&str> = given.iter().copied().filter(|name| !resolutions.contains(name)).collect();
    let proofs = [Proof::Service, Proof::Idp].map(proof_name).to_vec();
    let outcomes: Vec<&str> = OutcomeKind::ALL.iter().map(|outcome| outcome.as_str()).collect();
    let sensitivity = [Sensitivity::Low, Sensitivity::Medium, Sensitivity::High];
    vec![
        ("ActionView", "status", statuses()),
        ("DecisionView", "outcome", outcomes),
        ("VerdictView", "verdict", given.clone()),
        ("VerdictView", "proof", proofs),
        ("VerdictView", "reason_code", REASON_CODES.to_vec()),
        ("VerdictBody", "verdict", sent),
        ("VerdictBody", "reason_code", REASON_CODES.to_vec()),
        ("ReviewView", "may", given),
        ("ReviewView", "why_not", vec![Code::NotShownWhole.name(), Code::OwnChange.name()]),
        ("CatalogType", "sensitivity", sensitivity.map(Sensitivity::as_str).to_vec()),
        ("Problem", "code", Code::ALL.iter().map(|code| code.name()).collect()),
    ]
}

/// The compiler asks here for the name of a new proof.
fn proof_name(proof: Proof) -> &'static str {
    let name = match proof {
        Proof::Service => "service",
        Proof::Idp => "idp",
    };
    assert_eq!(json!(proof), json!(name));
    name
}

/// What a person may say of an action: every verdict but the one that is about no action.
fn verdicts() -> Vec<&'static str> {
    VerdictName::ALL
        .iter()
        .map(|name| name.as_str())
        .filter(|name| *name != VerdictName::Suspend.as_str())
        .collect()
}

/// The statuses an action can have.
pub fn statuses() -> Vec<&'static str> {
    Status::OF_ACTIONS.map(Status::name).to_vec()
}

/// Writes the sets into the schemas.
pub fn write_into(schemas: &mut Value) {
    for (schema, field, words) in sets() {
        let found = schemas.pointer_mut(&format!("/{schema}/properties/{field}"));
        let field = found.unwrap_or_else(|| panic!("there is no field {schema}.{field}"));
        let nullable = field["type"].is_array();
        let of = if field["type"] == "array" { &mut field["items"] } else { field };
        let mut words: Vec<Value> = words.into_iter().map(Value::from).collect();
        words.extend(nullable.then_some(Value::Null));
        of["enum"] = json!(words);
    }
    let mut statuses: Vec<u16> = Code::ALL.iter().map(|code| code.status().as_u16()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    schemas["Problem"]["properties"]["status"]["enum"] = json!(statuses);
}

/// Fields whose description lists words to choose from (`` `a`, `b` or `c` ``) and that say no `enum`.
pub fn left_open(schemas: &Value) -> Vec<String> {
    let mut open = Vec::new();
    for (schema, described) in schemas.as_object().into_iter().flatten() {
        for (name, field) in described["properties"].as_object().into_iter().flatten() {
            let about = field["description"].as_str().unwrap_or_default();
            let named =
                field.get("enum").or(field["items"].get("enum")).is_some() || field.get("$ref").is_some();
            let lists = about.starts_with('`') && about.contains("` or `") && !about.contains('…');
            if !named && (lists || about.starts_with("One of ")) {
                open.push(format!("{schema}.{name}"));
            }
        }
    }
    open
}
