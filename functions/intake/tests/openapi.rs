//! The OpenAPI document: schemas from the types that are sent, problems from the one table of codes. The committed file is
//! this document, and this document names every route the door has.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helper functions fail loudly"
)]

mod contract;
mod door;
mod operations;

use std::collections::BTreeSet;

use contract::{closed, headers};
use door::{Answer, Door, export, get, post};
use fn_intake::OPENAPI;
use http::Request;
use identity::IssuerSettings;
use operations::{Operation, Schemas, agents, people};
use runtime::Code;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

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
        if let Some(headers) = headers::of(operation.id, status) {
            answer["headers"] = headers;
        }
        responses.insert((*status).to_owned(), answer);
    }
    for code in operation.problems {
        let status = code.status().as_u16().to_string();
        let entry = responses.entry(status.clone()).or_insert_with(|| {
            let schema = json!({ "application/problem+json": { "schema": reference("Problem") } });
            let headers = headers::of(operation.id, &status);
            json!({ "description": "", "content": schema, "headers": headers })
        });
        let names = entry["description"].as_str().unwrap_or_default();
        entry["description"] = json!(if names.is_empty() {
            code.name().to_owned()
        } else {
            format!("{names}, {}", code.name())
        });
    }
    let mut described = json!({
        "operationId": operation.id, "tags": [operation.tag], "summary": operation.summary, "parameters": operation.parameters, "responses": responses,
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
    let mut components = schemas["components"]["schemas"].clone();
    closed::write_into(&mut components);
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
        "servers": contract::servers(),
        "tags": contract::tags(),
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "schemas": components,
            "headers": headers::components(),
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

/// What linters of OpenAPI documents ask for: who an operation is for, ids that are there once, a description of everything,
/// headers and closed sets of words that a client can be made from.
#[test]
fn the_document_describes_everything() {
    let document = document();
    let mut missing = closed::left_open(&document["components"]["schemas"]);
    let says = |value: &Value| value["description"].as_str().is_some_and(|text| !text.trim().is_empty());
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let place = format!("{method} {path}");
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            let tag = operation["tags"][0].as_str().expect("a tag");
            assert!(document["tags"].as_array().expect("tags").iter().any(|one| one["name"] == tag), "{tag}");
            let parameters = operation["parameters"].as_array().expect("parameters");
            missing.extend(
                parameters.iter().filter(|one| !says(one)).map(|one| format!("{place} {}", one["name"])),
            );
            let responses = operation["responses"].as_object().expect("responses");
            missing.extend(
                responses.iter().filter(|(_, one)| !says(one)).map(|(status, _)| format!("{place} {status}")),
            );
            assert!(responses.keys().any(|status| status.starts_with('2')), "{place} never succeeds");
        }
    }
    for (schema, described) in document["components"]["schemas"].as_object().expect("schemas") {
        let fields = described["properties"].as_object().into_iter().flatten();
        let undescribed = |field: &Value| {
            !says(field) && !field["oneOf"].as_array().is_some_and(|all| all.iter().any(says))
        };
        missing.extend(
            fields.filter(|(_, field)| undescribed(field)).map(|(name, _)| format!("{schema}.{name}")),
        );
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(document["servers"].as_array().is_some_and(|servers| !servers.is_empty()));
    let query = document.pointer("/paths/~1v1~1actions/get/parameters/0").expect("a filter");
    assert_eq!(
        (query["name"].as_str(), query["schema"]["enum"].as_array().map(Vec::len)),
        (Some("status"), Some(domain::Status::OF_ACTIONS.len()))
    );
}

/// An answer has the headers that the document names for it, and no other that is the contract's.
fn as_documented(document: &Value, (method, path): (&str, &str), answer: &Answer) {
    let status = answer.status.as_u16().to_string();
    let pointer = format!("/paths/{}/{method}/responses/{status}", path.replace('/', "~1"));
    let response =
        document.pointer(&pointer).unwrap_or_else(|| panic!("{method} {path} {status}: {}", answer.text));
    let described = response["headers"].as_object().cloned().unwrap_or_default();
    let named: BTreeSet<String> = described.keys().map(|name| name.to_ascii_lowercase()).collect();
    let sent: BTreeSet<String> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
    let of_http = ["content-type".to_owned(), "content-length".to_owned()].into();
    let undescribed: Vec<_> = sent.difference(&of_http).filter(|name| !named.contains(*name)).collect();
    assert!(undescribed.is_empty(), "{method} {path} {status} sends {undescribed:?}");
    for (name, reference) in &described {
        let target = reference["$ref"].as_str().expect("a reference").trim_start_matches('#');
        let required = document.pointer(target).expect("a header")["required"] == true;
        assert!(
            !required || sent.contains(&name.to_ascii_lowercase()),
            "{method} {path} {status} lacks {name}"
        );
    }
}

/// The headers of the document are those that are really sent, by every kind of answer of this door.
#[tokio::test]
async fn answers_have_the_headers_of_the_document() {
    let (document, mut door) = (document(), Door::new().await);
    let (actions, one) = (("post", "/v1/actions"), ("get", "/v1/actions/{id}"));
    let proposed = door.propose("first", &export()).await;
    assert_eq!(proposed.gist(), "202 proposed");
    assert!(proposed.header("etag").is_some() && proposed.header("location").is_some(), "{proposed:?}");
    as_documented(&document, actions, &proposed);
    let again = door.propose("first", &export()).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    as_documented(&document, actions, &again);
    let path = format!("/v1/actions/{}", proposed.id());
    let read = door.get(&path, &door.agent()).await;
    as_documented(&document, one, &read);
    let tag = read.header("etag").expect("a tag").to_owned();
    let same = door.send(get(&path, &door.agent(), &[("if-none-match", &tag)])).await;
    assert_eq!(same.status.as_u16(), 304);
    as_documented(&document, one, &same);
    let cancelled = door.send(post(&format!("{path}/cancel"), &door.agent(), &[], "")).await;
    assert_eq!(cancelled.gist(), "200 cancelled");
    as_documented(&document, ("post", "/v1/actions/{id}/cancel"), &cancelled);
    for path in ["/v1/actions", "/v1/grants", "/v1/catalog", "/openapi.json", "/healthz"] {
        as_documented(&document, ("get", path), &door.get(path, &door.agent()).await);
    }
    let preflight = door.send(post("/v1/preflight", &door.agent(), &[], &export().to_string())).await;
    as_documented(&document, ("post", "/v1/preflight"), &preflight);
    let unknown = door.get("/v1/actions/act_aaaaaaaaaaaaaaaaaaaaaaaaaa/records", &door.agent()).await;
    assert_eq!(unknown.gist(), "404 not-found");
    as_documented(&document, ("get", "/v1/actions/{id}/records"), &unknown);
    let nobody = door.get("/v1/actions", "no token").await;
    assert!(nobody.status.as_u16() == 401 && nobody.header("www-authenticate").is_some(), "{nobody:?}");
    as_documented(&document, ("get", "/v1/actions"), &nobody);
    door.allowed.open_per_agent = 0;
    let limited = door.propose("second", &export()).await;
    assert!(limited.status.as_u16() == 429 && limited.header("retry-after").is_some(), "{limited:?}");
    as_documented(&document, actions, &limited);
    door.shelf.clear();
    let unavailable = door.propose("third", &export()).await;
    assert!(
        unavailable.status.as_u16() == 503 && unavailable.header("retry-after").is_some(),
        "{unavailable:?}"
    );
    as_documented(&document, actions, &unavailable);
}
