//! The OpenAPI document: schemas from the types that are sent, problems from the one table of codes. The committed file is
//! this document, and this document names every route the door has.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test's helper functions fail loudly")]

mod door;
mod operations;

use std::collections::BTreeSet;

use door::Door;
use fn_intake::OPENAPI;
use http::Request;
use identity::IssuerSettings;
use operations::{Operation, agents, people};
use runtime::Code;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use wire::http as body;

#[derive(OpenApi)]
#[openapi(components(schemas(
    body::Proposal,
    body::ActionView,
    body::ActionList,
    body::GrantList,
    body::Preflight,
    body::Catalog,
    body::RecordList,
    body::ReviewView,
    body::VerdictBody,
    body::SuspensionList,
    body::CoverageView,
    body::OpenActionsView,
    body::SuspensionBody,
    body::Problem,
)))]
struct Schemas;

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn content(schema: &str) -> Value {
    json!({ "application/json": { "schema": reference(schema) } })
}

fn described(operation: &Operation) -> Value {
    let mut responses = Map::new();
    for (status, schema, about) in operation.answers {
        let mut answer = json!({ "description": about });
        if !schema.is_empty() {
            answer["content"] = content(schema);
        }
        responses.insert((*status).to_owned(), answer);
    }
    for code in operation.problems {
        let status = code.status().as_u16().to_string();
        let entry = responses.entry(status).or_insert_with(|| {
            let schema = json!({ "application/problem+json": { "schema": reference("Problem") } });
            json!({ "description": "", "content": schema })
        });
        let names = entry["description"].as_str().unwrap_or_default();
        entry["description"] = json!(if names.is_empty() {
            code.name().to_owned()
        } else {
            format!("{names}, {}", code.name())
        });
    }
    let mut described = json!({
        "operationId": operation.id, "summary": operation.summary, "parameters": operation.parameters, "responses": responses,
    });
    if let Some(schema) = operation.body {
        described["requestBody"] = json!({ "required": true, "content": content(schema) });
    }
    if operation.problems.is_empty() {
        described["security"] = json!([]);
    }
    // For schemes other than OAuth 2.0 the list names roles the caller must have (OpenAPI 3.1): here, scopes of the token.
    if operation.decides() {
        described["security"] = json!([{ "bearer": [IssuerSettings::DECIDE_SCOPE] }]);
    }
    described
}

fn document() -> Value {
    let schemas = serde_json::to_value(Schemas::openapi()).expect("the schemas have a JSON form");
    let mut paths = Map::new();
    for operation in agents().iter().chain(&people()) {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described(operation);
    }
    let mut responses = Map::new();
    for code in Code::ALL {
        let schema = json!({ "application/problem+json": { "schema": reference("Problem") } });
        let about = format!("{} ({}).", code.title(), code.status().as_u16());
        responses.insert(code.name().to_owned(), json!({ "description": about, "content": schema }));
    }
    json!({
        "openapi": schemas["openapi"],
        "info": {
            "title": "Countersign", "version": env!("CARGO_PKG_VERSION"),
            "description": "Propose an action, have it decided by policy and people, read what came of it. An address answers a \
                method that it does not take with the problem `method-not-allowed` (405); `Allow` lists the methods that it takes.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas["components"]["schemas"],
            "responses": responses,
            "securitySchemes": { "bearer": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "An access token. An agent's needs no scope. A person's token reads without one, and decides \
                    only with the scope that is configured, usually `countersign:decide`, in its claim `scope` or `scp`.",
            } },
        },
    })
}

/// The committed document is the one the code gives. When it differs, the new one is left where the message says.
#[test]
fn the_document_is_current() {
    let text = format!("{}\n", serde_json::to_string_pretty(&document()).expect("JSON"));
    let place = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi.json");
    std::fs::write(&place, &text).expect("the test's own folder can be written");
    assert!(text == OPENAPI, "functions/intake/openapi.json is old: copy {} over it", place.display());
}

/// Every reference in the document leads somewhere, so a client can be made from it.
#[test]
fn every_reference_leads_somewhere() {
    fn walk<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| match value.as_str() {
                Some(target) if name == "$ref" => drop(found.insert(target)),
                _ => walk(value, found),
            }),
            Value::Array(values) => values.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = BTreeSet::new();
    walk(&document, &mut found);
    assert!(found.len() > 10, "{found:?}");
    for target in found {
        assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target}");
    }
}

/// Every operation for agents is a route of this door, and both public addresses answer without a token.
#[tokio::test]
async fn every_operation_is_a_route() {
    let door = Door::new().await;
    for operation in agents() {
        let path = operation.path.replace("{id}", "act_aaaaaaaaaaaaaaaaaaaaaaaaaa");
        let request = Request::builder().method(operation.method.to_uppercase().as_str()).uri(path);
        let answer = door.send(request.body(axum::body::Body::empty()).expect("a request")).await;
        let public = operation.problems.is_empty();
        assert_eq!(
            answer.gist(),
            if public { answer.gist() } else { "401 missing-token".to_owned() },
            "{}",
            operation.id
        );
        assert_eq!(answer.status.is_success(), public, "{}", operation.id);
    }
    for (method, path, expected, allow) in [
        ("PUT", "/v1/actions", "405 method-not-allowed", Some("POST,GET,HEAD")),
        ("GET", "/v1/preflight", "405 method-not-allowed", Some("POST")),
        ("GET", "/v2", "404 not-found", None),
    ] {
        let request =
            Request::builder().method(method).uri(path).body(axum::body::Body::empty()).expect("a request");
        let answer = door.send(request).await;
        assert_eq!(answer.gist(), expected);
        let allowed = answer.headers.get("allow").and_then(|value| value.to_str().ok());
        assert_eq!(allowed, allow, "{method} {path}");
    }
}
