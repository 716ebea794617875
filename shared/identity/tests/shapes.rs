//! Tokens as providers really make them, and what each must be read as: one file per preset in `tests/shapes`.

#![expect(clippy::indexing_slicing, reason = "a sample that cannot be read fails loudly")]

use std::collections::BTreeMap;
use std::path::Path;

use domain::Timestamp;
use identity::{Caller, IdTokenExpected, Issuers, caller_with_key, id_token};
use serde_json::{Map, Value, json};
use testkit::{Algorithm, Issuer};

const NONCE: &str = "sha256:8d1f6a0b5c1e4e0b9a8c1f3b2d7e6a5940c3b2a1908f7e6d5c4b3a2918070605";

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

/// The shape with its times and its nonce filled in.
fn filled(value: &Value) -> Value {
    match value {
        Value::String(text) if text == "{nonce}" => json!(NONCE),
        Value::String(text) => match text.strip_prefix("{now").and_then(|rest| rest.strip_suffix('}')) {
            Some("") => json!(now().seconds()),
            Some(shift) => json!(now().seconds() + shift.parse::<i64>().unwrap()),
            None => value.clone(),
        },
        Value::Array(values) => values.iter().map(filled).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), filled(value))).collect())
        }
        other => other.clone(),
    }
}

/// The configuration of the file, and the people's plain issuer where its own has no people. The keys here are ES256.
fn issuers(entry: &Value) -> Issuers {
    let mut entry = entry.clone();
    entry["algorithms"] = json!(["ES256"]);
    let plain = json!({
        "issuer": "https://people.example", "audience": "countersign", "algorithms": ["ES256"], "people": true,
        "person_clients": ["countersign-pages"],
    });
    let all = match entry["people"] == json!(true) {
        true => json!([entry]),
        false => json!([entry, plain]),
    };
    Issuers::parse(&all.to_string()).unwrap_or_else(|error| panic!("{}: {error}", entry["preset"]))
}

/// A list of texts in one order.
fn sorted(value: &Value) -> Value {
    let Some(texts) = value.as_array() else { return value.clone() };
    let mut texts: Vec<&str> = texts.iter().filter_map(Value::as_str).collect();
    texts.sort_unstable();
    json!(texts)
}

/// What a token is read as, in the words of the files.
fn read(issuers: &Issuers, name: &str, token: &Value) -> Value {
    let claims = filled(&token["claims"]);
    let issuer = Issuer::new(claims["iss"].as_str().unwrap(), Algorithm::Es256);
    let mut header = token["header"].clone();
    header["alg"] = Value::Null;
    header["kid"] = Value::Null;
    let header: Map<String, Value> = header
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let signed = issuer.sign(&Value::Object(header), &claims);
    if name.starts_with("person_id") {
        let settings = issuers.people();
        let expected = IdTokenExpected {
            issuer: settings,
            client: token["client"].as_str().unwrap_or_else(|| settings.person_clients[0].as_str()),
            nonce: NONCE,
            at: now(),
            max_age: None,
            fresh_since: None,
        };
        return match id_token(&signed, &issuer.jwk(), &expected) {
            Ok(facts) => json!({
                "kind": "person", "subject": facts.person.subject, "groups": facts.groups.names,
                "groups_left_out": facts.groups.left_out,
            }),
            Err(why) => json!({"kind": "refused", "why": why.code()}),
        };
    }
    match caller_with_key(&signed, &issuer.jwk(), issuers, now()) {
        Ok(Caller::Person(person)) => json!({
            "kind": "person", "subject": person.person.subject, "groups": person.groups.names,
            "groups_left_out": person.groups.left_out,
        }),
        Ok(Caller::Agent(agent)) => {
            let humans: Vec<String> = agent.humans.iter().map(|human| human.subject.clone()).collect();
            let facts: BTreeMap<String, String> =
                agent.claims.into_iter().map(|fact| (fact.name, fact.value)).collect();
            json!({
                "kind": "agent", "subject": agent.principal.subject, "humans": humans, "facts": facts,
                "unnamed_human": agent.unnamed_human,
            })
        }
        Err(why) => json!({"kind": "refused", "why": why.code()}),
    }
}

/// C1, C2, C3, C11, C12, C17, C21: every recorded shape is read as it must be. What the file says nothing of is not compared.
#[test]
fn every_shape_is_read_as_it_must_be() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|end| end != "json") {
            continue;
        }
        let shape: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let issuers = issuers(&shape["issuer"]);
        for (name, token) in shape["tokens"].as_object().unwrap() {
            count += 1;
            let (seen, expected) = (read(&issuers, name, token), &shape["expect"][name]);
            assert!(expected["kind"].is_string(), "{}: `{name}` expects nothing", path.display());
            for (field, value) in expected.as_object().unwrap() {
                let (found, value) = (&sorted(&seen[field]), &sorted(value));
                let nothing = [json!(false), json!([]), json!({}), Value::Null].contains(value);
                if found != value && !(nothing && found.is_null()) {
                    wrong.push(format!("{} {name} {field}: {found}, not {value}", shape["preset"]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "of {count} shapes:\n{}", wrong.join("\n"));
    assert!(count >= 40, "only {count} shapes");
}
