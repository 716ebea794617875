//! `identity check`: the configuration as the functions read it, and what becomes of a token.
#![expect(clippy::unwrap_used, reason = "a test's own functions fail loudly")]

mod support;

use std::path::Path;

use domain::Timestamp;
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use support::run;
use testkit::{Algorithm, Issuer};

fn now() -> Timestamp {
    SystemClock.now()
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn entry() -> Value {
    json!({
        "preset": "okta", "issuer": "https://acme.okta.example/oauth2/default", "audience": "countersign",
        "algorithms": ["ES256"], "people": true, "person_clients": ["pages", "cli"],
    })
}

/// C1, C2, C18: what a preset makes of the settings, whose a token is, and which of the marks of a person it lacks.
#[test]
fn check() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = Issuer::new("https://acme.okta.example/oauth2/default", Algorithm::Es256);
    let issuers = write(folder.path(), "issuers.json", &json!([entry()]).to_string());
    let keys = write(folder.path(), "keys.json", &json!({ "keys": issuer.jwks() }).to_string());
    let (code, text) = run(&["identity", "check", &issuers]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("uid (ID token: sub)") && text.contains("openid profile"), "{text}");
    let token = |claims: Value| {
        let token = write(folder.path(), "token.txt", &issuer.access(&claims, now()));
        let (code, text) =
            run(&["identity", "check", &issuers, "--token", &token, "--keys", &keys, "--json"]);
        (code, wire::json::parse_value(text.as_bytes()).unwrap())
    };
    let person = json!({ "sub": "alice@example.com", "uid": "00u1", "cid": "cli", "scp": ["openid", "countersign:decide"] });
    let (code, said) = token(person.clone());
    assert_eq!((code, &said["read"]["person"]), (0, &json!("https://acme.okta.example/oauth2/default|00u1")));
    assert!(said["person"].as_array().unwrap().iter().all(|check| check["holds"] == true), "{said}");
    let (code, said) = token(json!({ "sub": "cli", "cid": "cli", "scp": ["countersign:decide"] }));
    assert_eq!((code, &said["read"]["whose"]), (0, &json!("an agent's")));
    let lacking = said["person"].as_array().unwrap().iter().filter(|check| check["holds"] == false);
    let lacking: Vec<&str> = lacking.map(|check| check["what"].as_str().unwrap()).collect();
    assert_eq!(lacking.len(), 3, "{lacking:?}");
    assert!(lacking[0].contains("`uid` is there"), "{lacking:?}");
    let mut elsewhere = person;
    elsewhere["aud"] = json!("another");
    let (code, said) = token(elsewhere.clone());
    assert_eq!((code, &said["result"], &said["check"]), (1, &json!("refused"), &json!("token-audience")));
    assert!(said["advice"].as_str().unwrap().contains("issued for another service"), "{said}");
    assert_eq!(said["person_unchecked"], json!(null));
    // What is no token of a configured issuer is refused, and says why nothing about its person was checked.
    let mut foreign = elsewhere.clone();
    foreign["iss"] = json!("https://other.example");
    let (code, said) = token(foreign);
    assert_eq!((code, &said["result"], &said["person"]), (1, &json!("refused"), &json!([])));
    assert!(said["person_unchecked"].as_str().is_some_and(|why| !why.is_empty()), "{said}");
    // The same for people: nothing of the token itself is printed.
    let secret = issuer.access(&elsewhere, now());
    let token = write(folder.path(), "token.txt", &secret);
    let (code, text) = run(&["identity", "check", &issuers, "--token", &token, "--keys", &keys]);
    assert_eq!(code, 1, "{text}");
    assert!(text.starts_with("refused: the audience is another") && !text.contains(&secret), "{text}");
}

/// F26: what no function would start with is refused here, in the words of the function, before it is deployed.
#[test]
fn mistakes_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (over, expected) in [
        (json!({ "preset": "octa" }), "`octa` is no preset; there are: okta, entra"),
        (json!({ "facts": { "branchname": "ref" } }), "`branchname` is no fact; there are: account"),
        (json!({ "human": [] }), "at least one test"),
        (json!({ "principal": "agent" }), "is no template"),
        (json!({ "scopes": ["profile"] }), "lack `openid`"),
        (json!({ "audience_in": "scp" }), "unknown field `audience_in`"),
        (json!({ "people": false, "preset": null, "humans": null }), "which claims name the human"),
    ] {
        let mut entry = entry();
        let fields = over.as_object().unwrap().clone();
        fields.into_iter().for_each(|(name, value)| entry[name] = value);
        let path = write(folder.path(), "issuers.json", &json!([entry]).to_string());
        let (code, text) = run(&["identity", "check", &path]);
        assert_eq!(code, 2, "{over}: {text}");
        assert!(text.contains(expected), "{over}: {text}");
    }
    assert_eq!(run(&["identity", "check", "/nowhere/at/all"]).0, 2);
}
