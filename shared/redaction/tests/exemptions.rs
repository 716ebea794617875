//! C27: a target that the catalogue exempts from a detector shows what that detector finds there, and nothing else changes.
#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use proptest::prelude::*;
use redaction::{
    Marks, MarksError, RedactionError, explain, known_values, redact, redact_text, refuse_secret,
};
use serde_json::{Value, json};

fn strict() -> Marks {
    Marks::new([("/value", "secret")], ["/source", "/destination"]).unwrap().with_json(["/payload"]).unwrap()
}

fn exempt(detectors: &[&str]) -> Marks {
    strict().with_exempt(detectors.iter().map(|detector| ("/destination", *detector))).unwrap()
}

/// C27: keys that look like a card or a telephone number can be named once the author says so.
#[test]
fn a_key_that_looks_like_a_number_can_be_named() {
    for (key, detector) in [
        ("s3://customers/exports/4539578763621486.json", "card"),
        ("s3://customers/phone=2125550123/x.csv", "phone"),
        ("s3://customers/orders/order-4111111111111111.csv", "card"),
        ("s3://customers/2026/tel=2125550123.csv", "phone"),
    ] {
        let parameters = json!({ "destination": key, "note": "for alice@example.com" });
        let refused = redact(&parameters, "why", &strict()).unwrap_err();
        assert_eq!((refused.code(), refused.pointer()), ("secret-in-target", "/parameters/destination"));
        let way_out = format!("exempt this target from `{detector}`");
        assert!(refused.to_string().contains(&way_out), "{refused}");
        let shown = redact(&parameters, "why", &exempt(&[detector])).unwrap();
        assert_eq!(shown.parameters, json!({ "destination": key, "note": "for ‹email 1, 17 characters›" }));
        refuse_secret(&json!({ "destination": key }), &exempt(&[detector])).unwrap();
        // What is shown is no secret: nothing else is cleared of it, and detectors still find it elsewhere.
        let known = known_values(&parameters, "why", &exempt(&[detector]));
        assert_eq!(redact_text("1486.json in exports", "/x", &known).text, "1486.json in exports");
        assert_ne!(redact_text(key, "/result", &known).text, key);
    }
}

/// C27: only that target and only that detector; names of fields, marked values and secrets refuse as before.
#[test]
fn nothing_else_is_exempt() {
    let card = "4539578763621486";
    let marks = exempt(&["card", "phone"]);
    for (parameters, kind) in [
        (json!({ "source": format!("s3://b/{card}"), "destination": "s3://b/x" }), "card"),
        (json!({ "destination": format!("s3://b/{card}/alice@example.com") }), "email"),
        (json!({ "destination": format!("s3://b/password={card}") }), "password"),
        (json!({ "destination": "s3://b/AKIAIOSFODNN7EXAMPLE" }), "aws-key"),
        (json!({ "destination": format!("s3://app:{card}@b/x") }), "password"),
        (json!({ "destination": format!("s3://b/{card}"), "value": card }), "secret"),
        (json!({ "destination": format!("s3://b/{card}"), "note": card }), "card"),
    ] {
        match redact(&parameters, "why", &marks).unwrap_err() {
            RedactionError::SecretInTarget { kind: found, .. } => assert_eq!(found, kind, "{parameters}"),
            other => panic!("{parameters}: {other:?}"),
        }
    }
    let named = json!({ "destination": { card: "x" } });
    assert!(matches!(redact(&named, "", &marks), Err(RedactionError::SecretInKey { .. })));
    let reason = redact(&json!({ "destination": format!("s3://b/{card}") }), card, &marks).unwrap().reason;
    assert_eq!(reason, "‹card 1›");
}

/// C27: where no exemption helps, none is spoken of.
#[test]
fn a_refusal_tells_only_ways_that_exist() {
    for (parameters, hint) in [
        (json!({ "destination": "s3://b/AKIAIOSFODNN7EXAMPLE" }), false),
        (json!({ "destination": "s3://b/password=hunter2-x" }), false),
        (json!({ "destination": "s3://b/hunter2-hunter2", "value": "hunter2-hunter2" }), false),
        (json!({ "destination": "s3://b/alice@example.com" }), true),
    ] {
        let text = redact(&parameters, "", &strict()).unwrap_err().to_string();
        assert_eq!(text.contains("exempt"), hint, "{text}");
        assert!(text.contains("name it without"), "{text}");
    }
}

/// C27: an exemption names a target and a detector of personal data, or it does not build.
#[test]
fn exemptions_that_would_show_more_do_not_build() {
    let built = |pointer, detector| strict().with_exempt([(pointer, detector)]);
    for pointer in ["/value", "/payload", "/destination/key", "/*", "", "destination"] {
        assert!(matches!(built(pointer, "card"), Err(MarksError::NoTarget(_))), "{pointer}");
    }
    for detector in
        ["private-key", "aws-secret", "aws-key", "jwt", "password", "token", "name", "known", "Card", ""]
    {
        assert!(matches!(built("/destination", detector), Err(MarksError::Exemption(_))), "{detector}");
    }
}

fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("4539578763621486".to_owned()),
        1 => "[a-z]{3,8}@[a-z]{4,8}\\.example",
        1 => Just("+49 30 901820".to_owned()),
        1 => "AKIA[A-Z2-7]{16}",
        1 => "password=[a-z0-9]{6,9}",
        1 => "[a-z/0-9]{0,12}",
    ]
}

fn place() -> impl Strategy<Value = String> {
    proptest::collection::vec(("[a-z/.]{0,6}", secret()), 0..3)
        .prop_map(|parts| parts.iter().map(|(plain, secret)| format!("{plain}/{secret}/")).collect())
}

fn found_in(text: &str) -> Vec<String> {
    let found = explain(&Value::String(text.to_owned()), "");
    found
        .into_iter()
        .filter(|found| found.rule == "card" || found.kind == "card")
        .map(|found| found.kind)
        .collect()
}

proptest! {
    /// C27, E1: an exemption changes nothing but the findings of that detector at that target: what was accepted without it
    /// comes out the same, and what is accepted because of it shows the target as it is and everything else as without.
    #[test]
    fn an_exemption_changes_only_its_detector_at_its_target(
        source in place(), destination in place(), note in place(), reason in place(),
    ) {
        let with = |destination: &str| json!({ "source": source, "destination": destination, "note": note });
        let parameters = with(&destination);
        let before = redact(&parameters, &reason, &strict());
        let after = redact(&parameters, &reason, &exempt(&["card"]));
        match (&before, &after) {
            (Ok(_), _) => prop_assert_eq!(&before, &after),
            (Err(_), Ok(shown)) => {
                prop_assert!(!found_in(&destination).is_empty());
                prop_assert_eq!(&shown.parameters["destination"], &json!(destination));
                let other = redact(&with("x"), &reason, &strict()).unwrap();
                prop_assert_eq!(&shown.parameters["note"], &other.parameters["note"]);
                prop_assert_eq!((&shown.reason, &shown.masked), (&other.reason, &other.masked));
            }
            (Err(before), Err(after)) => {
                prop_assert!(before == after || !found_in(&destination).is_empty(), "{before:?} {after:?}");
            }
        }
    }
}
