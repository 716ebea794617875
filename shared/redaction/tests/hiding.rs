//! E1: what cannot be seen cannot be approved. Attempts to hide what runs behind a mask.
#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use redaction::{Marks, RedactionError, normalised, redact, refuse_secret, refuse_typed};
use serde_json::{Value, json};

fn marks() -> Marks {
    Marks::new([("/value", "secret"), ("/payload/key", "secret")], ["/function"])
        .unwrap()
        .with_json(["/payload"])
        .unwrap()
}

fn code(parameters: &Value) -> (&'static str, String) {
    let refused = redact(parameters, "why", &marks()).unwrap_err();
    (refused.code(), refused.pointer().to_owned())
}

/// E1: a key without an end, a quoted password and whatever else could swallow structure refuse the proposal.
#[test]
fn what_could_hide_more_than_itself_is_refused() {
    for text in [
        "{\"model\":\"churn\",\"x\":\"-----BEGIN PRIVATE KEY-----\",\"model\":\"other\"} and",
        "-----BEGIN PRIVATE KEY-----\nMHcC\n-----END PRIVATE KEY----- run",
        "x=-----BEGIN RSA PRIVATE KEY-----; rm -rf /",
        "password='x; drop table users; --' run",
        "password=\"x\nsecond command\"",
        "password: ab;second",
        "api_key = abc|second",
        "--token abc$(second)",
        "postgres://app:a'b;second@db.example/x",
        "Authorization: Basic ZGVtbzpkZW1v",
        "bearer DeleteAllRows-now-42",
        "eyJhbGciOiJF.second-command.x",
        "eyJhbGciOiJFUzI1NiJ9.second-command.x",
        "https://hooks.slack.com/services/T0/B0/second-command",
        "?X-Amz-Signature=abc%22second%22",
        "PuTTY-User-Key-File-2: second command",
        "o'brien@example.ie",
        "a%22b@example.com",
        "jürgen@müller.example",
        "ａlice@example.com",
    ] {
        assert_eq!(
            code(&json!({ "note": text })),
            ("secret-in-parameter", "/parameters/note".to_owned()),
            "{text}"
        );
    }
    let error = redact(&json!({ "note": "password=hunter2-hunter2" }), "why", &marks()).unwrap_err();
    assert!(
        error.to_string().contains("catalogue marks") && !error.to_string().contains("hunter2"),
        "{error}"
    );
}

/// E1: a whole value is masked by mark, by name or by a closed grammar, each with kind and length.
#[test]
fn whole_values_are_masked_with_kind_and_length() {
    let jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
    let parameters = json!({
        "value": "-----BEGIN PRIVATE KEY-----\nx; second",
        "password": "it's \"quoted\"; second",
        "note": format!("ask alice@example.com or +49 30 901820, DE89370400440532013000 with AKIAIOSFODNN7EXAMPLE and {jwt}"),
    });
    let shown = redact(&parameters, "why", &marks()).unwrap();
    assert_eq!(
        shown.parameters,
        json!({
            "value": "‹secret 1, 37 characters›",
            "password": "‹password 1, 21 characters›",
            "note": "ask ‹email 1, 17 characters› or ‹phone 1, 13 characters›, ‹iban 1, 22 characters› with ‹aws-key 1, 20 characters› and ‹jwt 1, 49 characters›",
        })
    );
}

/// E1: a closed grammar is bounded too.
#[test]
fn a_value_longer_than_its_kind_is_refused() {
    let address = format!("{}@example.com", "a".repeat(250));
    assert_eq!(code(&json!({ "note": address })).0, "secret-in-parameter");
    let token = format!("ghp_{}", "a1B2".repeat(80));
    assert_eq!(code(&json!({ "note": token })).0, "secret-in-parameter");
}

/// E1: nothing named in a reason masks anything in a parameter; what stands there stays readable.
#[test]
fn what_a_reason_names_masks_no_parameter() {
    for reason in [
        "password: second-command",
        "the secret is password='second-command'",
        "postgres://a:second-command@db.example/x",
        "{\"password\":\"second-command\"}",
    ] {
        let shown = redact(&json!({ "note": "run second-command now" }), reason, &marks()).unwrap();
        assert_eq!(shown.parameters, json!({ "note": "run second-command now" }), "{reason}");
        assert!(!shown.reason.contains("second-command"), "{}", shown.reason);
    }
}

/// E1: a value masked in one parameter is not masked in another by that alone: the proposal is refused.
#[test]
fn what_one_parameter_masks_refuses_in_another() {
    for (name, masked, other) in [
        ("value", "second-command", "first second-command"),
        ("password", "second-command", "SECOND-COMMAND"),
        ("value", "second-command", "c2Vjb25kLWNvbW1hbmQ="),
        ("value", "second-command", "second%2Dcommand"),
        ("value", "second-command", "second-command"),
        ("value", "second command\nof two lines", "of two lines"),
    ] {
        let refused = redact(&json!({ name: masked, "note": other }), "why", &marks()).unwrap_err();
        assert!(
            matches!(&refused, RedactionError::Repeated { pointer, .. } if pointer == "/parameters/note"),
            "{other}"
        );
    }
    let twice = json!({ "value": 20_261_121, "rows": 20_261_121 });
    assert_eq!(code(&twice), ("secret-in-parameter", "/parameters/rows".to_owned()));
}

/// E1: JSON in a parameter is read strictly, masked leaf by leaf and written anew; masks stand where the text has them.
#[test]
fn json_is_masked_leaf_by_leaf() {
    let payload = "{ \"to\": \"alice@example.com\", \"key\": \"x, \\\"second\\\": true\",\n \"model\": \"churn\", \
                   \"deep\": \"{\\\"password\\\": \\\"hunter2-hunter2\\\", \\\"a\\\": 1.0}\", \"token\": [\"abc\"] }";
    let parameters = json!({ "function": "demo", "payload": payload });
    let shown = redact(&parameters, "hunter2-hunter2", &marks()).unwrap();
    let text = "{\"deep\":\"{\\\"a\\\":1,\\\"password\\\":\\\"‹password 1, 15 characters›\\\"}\",\
                \"key\":\"‹secret 1, 17 characters›\",\"model\":\"churn\",\"to\":\"‹email 1, 17 characters›\",\
                \"token\":[\"‹password 2, 3 characters›\"]}";
    assert_eq!(shown.parameters["payload"], json!(text));
    assert_eq!(shown.reason, "‹password 1›");
    let kinds: Vec<&str> = shown.masked.iter().map(|mask| mask.kind.as_str()).collect();
    assert_eq!(kinds, ["password", "secret", "email", "password", "password"]);
    for mask in shown.masked.iter().filter(|mask| mask.pointer == "/parameters/payload") {
        let (start, end) = (mask.start as usize, mask.end as usize);
        let stretch: String = text.chars().skip(start).take(end - start).collect();
        assert!(stretch.starts_with(&format!("‹{} ", mask.kind)) && stretch.ends_with('›'), "{stretch}");
    }
    let runs = normalised(&parameters, &marks()).unwrap();
    assert_eq!(
        runs["payload"],
        json!(
            "{\"deep\":\"{\\\"a\\\":1,\\\"password\\\":\\\"hunter2-hunter2\\\"}\",\"key\":\"x, \\\"second\\\": true\",\
             \"model\":\"churn\",\"to\":\"alice@example.com\",\"token\":[\"abc\"]}"
        )
    );
    assert_eq!(normalised(&runs, &marks()).unwrap(), runs);
    assert_eq!(redact(&runs, "hunter2-hunter2", &marks()).unwrap(), shown);
}

/// E1, E27, C28: JSON that two readers could read differently is refused, also where nobody declared it, and what is declared
/// to be JSON and is none.
#[test]
fn json_that_is_not_strict_is_refused() {
    for (name, text) in [
        ("payload", "{'model':'churn'}"),
        ("payload", "churn"),
        ("payload", ""),
        ("payload", " "),
        ("payload", "{\"model\":}"),
        ("payload", "[1,2"),
        ("payload", "{\"a\":1,\"a\":2}"),
        ("payload", "NaN"),
        ("body", "{\"model\":\"churn\",\"model\":\"other\"}"),
        ("body", "{\"model\":1,\"\\u006dodel\":2}"),
        ("body", "{\"caf\u{e9}\":1,\"cafe\u{301}\":2}"),
        ("body", "{\"model\":1,\"m\u{43e}del\":2}"),
        ("body", "{\"m\u{43e}del\":1,\"model\":2}"),
        ("body", "[123.456e-789]"),
        ("body", "[1e400]"),
        ("body", "[9007199254740993]"),
        ("body", "{\"a\":\"{\\\"b\\\":1,\\\"b\\\":2}\"}"),
        ("body", "[\"\\ud800\"]"),
        ("body", &format!("{}{}", "[".repeat(40), "]".repeat(40))),
        ("body", &format!("{}{}", "[".repeat(400), "]".repeat(400))),
    ] {
        let parameters = json!({ name: text });
        let pointer = format!("/parameters/{name}");
        assert_eq!(code(&parameters), ("invalid-parameters", pointer.clone()), "{text}");
        for refused in [
            normalised(&parameters, &marks()).unwrap_err(),
            refuse_typed(&parameters, "", &marks()).unwrap_err(),
        ] {
            assert_eq!(
                (refused.code(), refused.pointer()),
                ("invalid-parameters", pointer.as_str()),
                "{text}"
            );
        }
    }
    for text in ["\"churn\"", "7", "null", "{}"] {
        assert_eq!(
            redact(&json!({ "payload": text }), "", &marks()).unwrap().parameters["payload"],
            json!(text)
        );
    }
    for text in ["", "churn", "[draft] of {x}", "{'model':'churn'}"] {
        assert_eq!(redact(&json!({ "body": text }), "", &marks()).unwrap().parameters["body"], json!(text));
    }
}

/// E27: names of parameters are compared as pages label them.
#[test]
fn parameters_that_are_labelled_alike_are_refused() {
    for (one, other) in [("source_size", "source size"), ("note", "Note"), ("note", "n\u{43e}te")] {
        assert_eq!(code(&json!({ one: 1, other: 2 })), ("invalid-parameters", "/parameters".to_owned()));
    }
    redact(&json!({ "a": { "note": 1, "Note": 2 } }), "", &Marks::none()).unwrap();
}

/// E1: what nobody sees is found inside JSON too, however it is spelled there.
#[test]
fn hidden_characters_and_placeholders_are_found_inside_json() {
    for (text, code) in [
        ("{\"a\":\"x\\u202ey\"}", "hidden-characters"),
        ("{\"a\\u200b\":1}", "hidden-characters"),
        ("{\"a\":\"\\u2039email 1, 7 characters\\u203a\"}", "hidden-characters"),
    ] {
        assert_eq!(
            refuse_typed(&json!({ "payload": text }), "", &marks()).unwrap_err().code(),
            code,
            "{text}"
        );
    }
}

/// E1: the same rules for what a reviewer types.
#[test]
fn a_reviewer_hides_nothing_either() {
    for (patch, code) in [
        (json!({ "payload": "{\"a\":1,\"a\":2}" }), "invalid-parameters"),
        (json!({ "payload": "churn" }), "invalid-parameters"),
        (json!({ "payload": "{\"password\":\"x\"}" }), "secret-in-target"),
        (json!({ "note": "password=xy; second" }), "secret-in-parameter"),
        (json!({ "function": "dem\u{43e}" }), "hidden-characters"),
    ] {
        assert_eq!(refuse_secret(&patch, &marks()).unwrap_err().code(), code, "{patch}");
    }
}

/// E26: in a target nothing looks like something else.
#[test]
fn lookalikes_in_targets_are_refused() {
    let marks = Marks::new([], ["/destination"]).unwrap();
    for text in [
        "s3://partner\u{2215}drop/q3",
        "par\u{131}ner",
        "a\u{2010}b",
        "a\u{2024}b",
        "s3\u{589}//a",
        "\u{1c0}a",
        "\u{17f}a",
    ] {
        let refused = refuse_typed(&json!({ "destination": text }), "", &marks).unwrap_err();
        assert_eq!(
            (refused.code(), refused.pointer()),
            ("hidden-characters", "/parameters/destination"),
            "{text}"
        );
        assert_eq!(refuse_typed(&json!({ "note": text }), text, &marks), Ok(()));
    }
}
