//! Tokens as providers really make them, and what each must be read as: one file per preset in `tests/shapes`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a sample that cannot be read fails loudly"
)]

use std::collections::BTreeMap;
use std::path::Path;

use domain::Timestamp;
use identity::{IdTokenExpected, Issuers, VerifiedCaller, caller_with_key, id_token};
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
        Ok(VerifiedCaller::Person(person)) => json!({
            "kind": "person", "subject": person.person.subject, "groups": person.groups.names,
            "groups_left_out": person.groups.left_out,
        }),
        Ok(VerifiedCaller::Agent(agent)) => {
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

/// A file's preset, its configuration, and its tokens by name with what is expected of each.
type Shape = (String, Issuers, BTreeMap<String, (Value, Value)>);

/// Every file.
fn shapes() -> Vec<Shape> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    let paths = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
    let shape = |path: std::path::PathBuf| {
        let shape: Value = wire::json::parse(&std::fs::read(path).unwrap()).unwrap();
        let expected = |name: &String| shape["expect"][name].clone();
        let tokens = shape["tokens"].as_object().unwrap().iter();
        let tokens = tokens.map(|(name, token)| (name.clone(), (token.clone(), expected(name))));
        let preset = shape["preset"].as_str().unwrap().to_owned();
        (preset, issuers(&shape["issuer"]), tokens.collect())
    };
    files.map(shape).collect()
}

/// C1, C2, C3, C11, C12, C17, C21: every recorded shape is read as it must be. What the file says nothing of is not compared.
#[test]
fn every_shape_is_read_as_it_must_be() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (preset, issuers, tokens) in shapes() {
        for (name, (token, expected)) in tokens {
            count += 1;
            let seen = read(&issuers, &name, &token);
            assert!(expected["kind"].is_string(), "{preset}: `{name}` expects nothing");
            for (field, value) in expected.as_object().unwrap() {
                let (found, value) = (&sorted(&seen[field]), &sorted(value));
                let nothing = [json!(false), json!([]), json!({}), Value::Null].contains(value);
                if found != value && !(nothing && found.is_null()) {
                    wrong.push(format!("{preset} {name} {field}: {found}, not {value}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "of {count} shapes:\n{}", wrong.join("\n"));
    assert!(count >= 100, "only {count} shapes");
}

/// C1: whichever kind of token somebody holds, they are one person. C2: what a person client gets for itself is no person.
#[test]
fn one_human_is_one_person_and_a_machine_is_none() {
    let mut compared = 0;
    for (preset, issuers, tokens) in shapes() {
        let subject =
            |name: &str| tokens.get(name).map(|(token, _)| read(&issuers, name, token)["subject"].clone());
        if let (Some(access), Some(id)) = (subject("person_access"), subject("person_id")) {
            let decides =
                read(&issuers, "person_access", &tokens["person_access"].0)["kind"] == json!("person");
            assert!(!decides || access == id, "{preset}: {access} and {id}");
            compared += usize::from(decides);
        }
        for (name, (token, _)) in tokens.iter().filter(|(name, _)| name.contains("machine")) {
            assert_ne!(read(&issuers, name, token)["kind"], json!("person"), "{preset} {name}");
        }
    }
    assert!(compared >= 5, "only {compared} providers were compared");
}

/// C3: however a pipeline's `sub` is spelled, it is one agent, so that a suspension and the past hold for it.
#[test]
fn one_pipeline_is_one_agent() {
    for (preset, id) in
        [("github-actions", "repository:456789"), ("gitlab", "project:"), ("buildkite", "pipeline:")]
    {
        let all = shapes();
        let (_, issuers, tokens) = all.iter().find(|(name, ..)| name == preset).unwrap();
        let runs = tokens.iter().filter(|(name, _)| name.starts_with("pipeline_"));
        let read =
            runs.map(|(name, (token, _))| (token["claims"]["sub"].clone(), read(issuers, name, token)));
        let agents: Vec<(Value, Value)> = read.filter(|(_, seen)| seen["kind"] == json!("agent")).collect();
        let spellings: std::collections::BTreeSet<String> =
            agents.iter().map(|(sub, _)| sub.to_string()).collect();
        let subjects: std::collections::BTreeSet<String> =
            agents.iter().map(|(_, seen)| seen["subject"].as_str().unwrap().to_owned()).collect();
        assert!(spellings.len() >= 3, "{preset}: {spellings:?}");
        assert_eq!(subjects.len(), 1, "{preset}: {subjects:?}");
        assert!(subjects.iter().all(|subject| subject.starts_with(id)), "{preset}: {subjects:?}");
    }
}
