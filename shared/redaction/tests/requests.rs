//! Whole requests through the front door.
#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use redaction::{
    Known, Marks, Mask, RedactionError, known_values, redact, redact_text, redact_value, refuse_typed,
};
use serde_json::{Value, json};

fn mask(pointer: &str, start: u32, end: u32, kind: &str) -> Mask {
    Mask { pointer: pointer.to_owned(), start, end, kind: kind.to_owned() }
}

fn secret_put() -> Marks {
    Marks::new([("/value", "secret")], ["/secret"]).unwrap()
}

/// P8, and the example of the HTTP contract: the place of a mask is that of the placeholder in the shown text.
#[test]
fn a_reason_is_masked_and_the_mask_says_where() {
    let parameters =
        json!({ "source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv" });
    let marks = Marks::new([], ["/source", "/destination"]).unwrap();
    let redacted = redact(&parameters, "For alice@example.com: quarterly report", &marks).unwrap();
    assert_eq!(redacted.parameters, parameters);
    assert_eq!(redacted.reason, "For ‹email 1›: quarterly report");
    assert_eq!(redacted.masked, [mask("/reason", 4, 13, "email")]);
}

#[test]
fn numbers_follow_first_appearance_parameters_first() {
    let parameters =
        json!({ "z": "carol@example.com", "a": ["bob@example.com and +49 30 901820", "carol@example.com"] });
    let redacted =
        redact(&parameters, "alice@example.com asks bob@example.com, ä +49 30 901820", &Marks::none())
            .unwrap();
    assert_eq!(
        redacted.parameters,
        json!({
            "z": "‹email 2, 17 characters›",
            "a": ["‹email 1, 15 characters› and ‹phone 1, 13 characters›", "‹email 2, 17 characters›"],
        })
    );
    assert_eq!(redacted.reason, "‹email 3› asks ‹email 1›, ä ‹phone 1›");
    assert_eq!(
        redacted.masked,
        [
            mask("/parameters/a/0", 0, 24, "email"),
            mask("/parameters/a/0", 29, 53, "phone"),
            mask("/parameters/a/1", 0, 24, "email"),
            mask("/parameters/z", 0, 24, "email"),
            mask("/reason", 0, 9, "email"),
            mask("/reason", 15, 24, "email"),
            mask("/reason", 28, 37, "phone"),
        ]
    );
}

/// P8: what the catalogue marks is masked whatever it is, and wherever else its bytes stand in prose.
#[test]
fn a_marked_value_is_masked_everywhere() {
    let parameters = json!({ "secret": "prod/payments/db", "value": "correct horse" });
    let redacted = redact(&parameters, "set it to \"correct horse\"", &secret_put()).unwrap();
    assert_eq!(
        redacted.parameters,
        json!({ "secret": "prod/payments/db", "value": "‹secret 1, 13 characters›" })
    );
    assert_eq!(redacted.reason, "set it to \"‹secret 1›\"");
    for (value, length) in [
        (json!(1234), 4),
        (json!({ "user": "payments", "password": "x" }), 34),
        (json!([1]), 3),
        (json!(null), 4),
        (json!(""), 0),
    ] {
        let parameters = json!({ "secret": "prod/payments/db", "value": value });
        let redacted = redact(&parameters, "why", &secret_put()).unwrap();
        let shown = format!("‹secret 1, {length} characters›");
        assert_eq!(redacted.parameters["value"], json!(shown), "{value}");
        let end = u32::try_from(shown.chars().count()).unwrap();
        assert_eq!(redacted.masked, [mask("/parameters/value", 0, end, "secret")]);
    }
}

/// P8: what is long inside a masked object is masked in prose too; short harmless words are not.
#[test]
fn what_a_masked_object_holds_is_masked_elsewhere() {
    let value = json!({ "user": "payments", "keys": [{ "main": "correct horse battery" }] });
    let parameters = json!({ "secret": "prod/payments/db", "value": value, "note": "payments" });
    let redacted = redact(&parameters, "use correct horse battery", &secret_put()).unwrap();
    assert_eq!(redacted.parameters["note"], json!("payments"));
    assert_eq!(redacted.reason, "use ‹secret 2›");
}

/// D5: a placeholder contains nothing of the value; in a parameter its length, so that nothing long hides behind a short name.
#[test]
fn placeholders_carry_nothing_of_the_value() {
    let shown: Vec<_> = ["a@example.com", "a.very.long.address.indeed@mail.example.org", "b@example.net"]
        .iter()
        .map(|address| redact(&json!({}), address, &Marks::none()).unwrap())
        .collect();
    assert!(shown.windows(2).all(|pair| pair[0] == pair[1]));
    let secrets = [json!("abcd"), json!(1234), json!(true), json!(null)];
    let shown: Vec<_> = secrets
        .iter()
        .map(|value| redact(&json!({ "secret": "s", "value": value }), "r", &secret_put()).unwrap())
        .collect();
    assert!(shown.windows(2).all(|pair| pair[0] == pair[1]));
}

/// W22: verb, target and destination are never masked; a secret there is refused, with its place.
#[test]
fn a_secret_in_a_target_is_refused() {
    let marks = Marks::new([("/value", "secret")], ["/destination", "/command"]).unwrap();
    for (parameters, pointer, kind) in [
        (json!({ "destination": "s3://b/alice@example.com.csv" }), "/parameters/destination", "email"),
        (
            json!({ "destination": { "key": "AKIAIOSFODNN7EXAMPLE" } }),
            "/parameters/destination/key",
            "aws-key",
        ),
        (json!({ "command": ["login", "password=hunter2"] }), "/parameters/command/1", "password"),
        (json!({ "destination": 4_111_111_111_111_111_u64 }), "/parameters/destination", "card"),
        (
            json!({ "value": "hunter2-hunter2", "destination": "s3://Hunter2%2Dhunter2/x" }),
            "/parameters/destination",
            "secret",
        ),
    ] {
        let refused = redact(&parameters, "why", &marks).unwrap_err();
        assert!(
            matches!(&refused, RedactionError::SecretInTarget { kind: found, .. } if found == kind),
            "{refused:?}"
        );
        assert_eq!((refused.code(), refused.pointer()), ("secret-in-target", pointer));
        assert!(!refused.to_string().contains("hunter2"));
    }
    let plain = json!({ "destination": "s3://partner-drop/2026/q3.csv", "command": ["token", "rotate"] });
    assert_eq!(redact(&plain, "why", &marks).unwrap().parameters, plain);
}

/// P8: the name of a field cannot be masked in a request, so it is refused, and the refusal repeats nothing of it.
#[test]
fn a_secret_in_a_field_s_name_is_refused() {
    let refused = redact(&json!({ "a": { "bob@example.com": 1 } }), "why", &Marks::none()).unwrap_err();
    assert_eq!(
        refused,
        RedactionError::SecretInKey { pointer: "/parameters/a".to_owned(), kind: "email".to_owned() }
    );
}

#[test]
fn numbers_and_named_fields_are_masked_whole() {
    let parameters = json!({ "card": 4_111_111_111_111_111_u64, "same": "4111111111111111", "phone": 2_125_550_123_u64,
        "rows": 12408, "password": "hunter2", "db": { "client_secret": "abc" }, "at": 1_763_718_000_000_u64 });
    let redacted = redact(&parameters, "why", &Marks::none()).unwrap();
    assert_eq!(
        redacted.parameters,
        json!({ "card": "‹card 1, 16 characters›", "same": "‹card 1, 16 characters›", "phone": "‹phone 1, 10 characters›",
            "rows": 12408, "password": "‹password 2, 7 characters›",
            "db": { "client_secret": "‹password 1, 3 characters›" }, "at": 1_763_718_000_000_u64 })
    );
}

/// W24, P8: what nobody sees does not keep a detector from seeing.
#[test]
fn hidden_and_wide_characters_hide_nothing_from_detectors() {
    for reason in [
        "ask alice@exam\u{200B}ple.com",
        "ask alice\u{FF20}example.com",
        "ask ali\u{00AD}ce@example.com",
        "ask \u{FF41}lice@example.com",
    ] {
        assert_eq!(redact(&json!({}), reason, &Marks::none()).unwrap().reason, "ask ‹email 1›", "{reason:?}");
    }
    let phone = "+49\u{00A0}30\u{2011}901820";
    assert_eq!(redact_text(phone, "/reason", &Known::nothing()).text, "‹phone 1›");
}

/// Overlapping findings become one mask under the most sensitive kind; nothing of either is left.
#[test]
fn overlapping_findings_are_one_mask() {
    let text = "postgres://app:p@ss@db.example/x password=alice@example.com";
    let redacted = redact_text(text, "/reason", &Known::nothing());
    assert_eq!(redacted.text, "postgres://app:‹password 1›@db.example/x password=‹password 2›");
    let bearer = "Authorization: Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln";
    assert_eq!(redact_text(bearer, "/reason", &Known::nothing()).text, "Authorization: Bearer ‹jwt 1›");
}

/// P8: a result is cleared of what the request's rules masked, however the target spells it, and of what detectors find.
#[test]
fn results_are_cleared_of_what_the_request_masked() {
    let parameters = json!({ "secret": "prod/payments/db", "value": "line one\nline two", "n": 1 });
    let known = known_values(&parameters, "why", &secret_put());
    let answer = json!({ "echo": "got line one\nline two", "log": "{\"value\":\"line one\\nline two\"}",
        "bob@example.com": { "ok": true }, "other@example.com": 2, "rows": 3 });
    let redacted = redact_value(&answer, "/result", &known);
    assert_eq!(
        redacted.value,
        json!({ "echo": "got ‹secret 1›", "log": "{\"value\":\"‹secret 1›\"}",
            "‹email 1›": { "ok": true }, "‹email 2›": 2, "rows": 3 })
    );
    assert!(redacted.masked.contains(&mask("/result", 0, 9, "email")));
    assert_eq!(format!("{known:?}"), "Known(3 values)");
}

/// D14: a placeholder typed by an agent is refused, in parameters, masked fields, names and the reason.
#[test]
fn typed_placeholders_are_refused() {
    let marks = secret_put();
    for (parameters, reason, pointer) in [
        (json!({ "note": "to ‹email 1›" }), "why", "/parameters/note"),
        (json!({ "value": "‹secret 1›" }), "why", "/parameters/value"),
        (json!({ "value": { "a": "«secret 1»" } }), "why", "/parameters/value"),
        (json!({ "a": { "<email 1>": 1 } }), "why", "/parameters/a"),
        (json!({}), "for ⟨email 2⟩", "/reason"),
    ] {
        let refused = refuse_typed(&parameters, reason, &marks).unwrap_err();
        assert_eq!(refused, RedactionError::TypedPlaceholder { pointer: pointer.to_owned() });
        assert_eq!(refused.code(), "hidden-characters");
    }
}

/// W24: hidden characters are refused in parameters, with their place; the reason keeps them to be shown.
#[test]
fn hidden_characters_are_refused_in_parameters() {
    let marks = secret_put();
    for (parameters, pointer, offset, codepoint) in [
        (json!({ "secret": "prod\u{202E}bd" }), "/parameters/secret", 4, 0x202E),
        (json!({ "a": ["x", "\u{200B}"] }), "/parameters/a/1", 0, 0x200B),
        (json!({ "a": { "k\tey": 1 } }), "/parameters/a", 1, 9),
        (json!({ "a": "\u{1b}[2K" }), "/parameters/a", 0, 0x1b),
    ] {
        let refused = refuse_typed(&parameters, "why", &marks).unwrap_err();
        assert_eq!(refused, RedactionError::Hidden { pointer: pointer.to_owned(), offset, codepoint });
        assert_eq!(refused.code(), "hidden-characters");
    }
    let shown_spelled_out = json!({ "a": "tab\tand\r\nline" });
    let masked: Value = json!({ "value": "zero\u{200B}width in what nobody sees" });
    for parameters in [shown_spelled_out, masked] {
        assert_eq!(refuse_typed(&parameters, "\u{202E}why", &marks), Ok(()));
    }
}

/// D14, W22, W24: what cannot be shown as it is typed is refused, never masked.
#[test]
fn what_a_reviewer_may_not_type() {
    let marks = Marks::new([("/value", "secret")], ["/destination"]).unwrap();
    for (values, code, pointer) in [
        (
            json!({"destination": "s3://partner-drop/‹email 1›"}),
            "hidden-characters",
            "/parameters/destination",
        ),
        (json!({"note": "a\u{202e}b"}), "hidden-characters", "/parameters/note"),
        (json!({"destination": "s3://drop/dana@example.com"}), "secret-in-target", "/parameters/destination"),
        (json!({"note": "write to dana@example.com"}), "secret-in-target", "/parameters/note"),
        (json!({"value": "anything"}), "secret-in-target", "/parameters/value"),
    ] {
        let refused = redaction::refuse_secret(&values, &marks).unwrap_err();
        assert_eq!((refused.code(), refused.pointer()), (code, pointer), "{values}");
    }
    let plain = json!({"destination": "s3://partner-drop/q3.csv", "rows": 7, "flag": true, "gone": null});
    assert_eq!(redaction::refuse_secret(&plain, &marks), Ok(()));
}
