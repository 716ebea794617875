//! What the door refuses, and that nothing is stored then.

mod door;

use door::{Door, export, post, with};
use serde_json::json;

/// O4 at this door: no token, a foreign one, an expired one: 401, and never which check failed. People do not propose.
#[tokio::test]
async fn whoever_is_no_agent_is_refused() {
    let door = Door::new().await;
    let now = door.clock_now();
    let stranger = testkit::Issuer::new("http://127.0.0.1:8081", testkit::Algorithm::EdDsa(8));
    let tokens = [
        ("", "401 missing-token"),
        ("garbage", "401 invalid-token"),
        (&stranger.agent("demo-agent", now), "401 invalid-token"),
        (&door.issuer.agent("demo-agent", now.plus_seconds(-7200)), "401 invalid-token"),
        (
            &door
                .issuer
                .access(&json!({"sub": "demo-agent", "client_id": "demo-agent", "aud": "other"}), now),
            "401 invalid-token",
        ),
        (&door.person("alice", &["data-owners"]), "403 not-an-agent"),
    ];
    let mut details = Vec::new();
    for (token, expected) in tokens {
        let mut request = post("/v1/actions", token, &[("idempotency-key", "k")], &export().to_string());
        if token.is_empty() {
            request.headers_mut().remove("authorization");
        }
        let answer = door.send(request).await;
        assert_eq!(answer.gist(), expected);
        assert_eq!(answer.header("www-authenticate").is_some(), expected.starts_with("401"));
        if expected == "401 invalid-token" {
            details.push(answer.body["detail"].clone());
        }
    }
    details.dedup();
    assert_eq!(details.len(), 1, "one sentence for every check: {details:?}");
    assert!(door.states.contents().is_empty() && door.documents.contents().is_empty(), "nothing is stored");
}

/// O7: what is no JSON as it is read here, said with a reason and without the value.
#[tokio::test]
async fn malformed_json_is_refused() {
    let door = Door::new().await;
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let table: &[&[u8]] = &[
        b"",
        b"{",
        b"not json",
        b"{} {}",
        b"{}\0",
        b"\xEF\xBB\xBF{}",
        b"{\"type\":\"a\",\"type\":\"b\"}",
        b"{\"reason\":\"\\ud800\"}",
        b"{\"a\":NaN}",
        b"{\"a\":9007199254740993}",
        b"{\"a\":1e400}",
        b"{\"a\":\"\xff\"}",
        deep.as_bytes(),
    ];
    for bytes in table {
        let mut request = post("/v1/actions", &door.agent(), &[("idempotency-key", "k")], "");
        *request.body_mut() = axum::body::Body::from(bytes.to_vec());
        let answer = door.send(request).await;
        assert_eq!(answer.gist(), "400 malformed-json", "{}", String::from_utf8_lossy(bytes));
    }
    assert!(door.states.contents().is_empty());
}

/// O7, O10: everything else that is wrong with a body: its code, and where.
#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_place() {
    let door = Door::new().await;
    let long = "x".repeat(2001);
    let table = [
        ("no object", json!([]), "422 invalid-parameters", ""),
        ("no type", with("/type", json!(null)), "422 invalid-parameters", "/type"),
        ("type is a number", with("/type", json!(5)), "422 invalid-parameters", "/type"),
        ("unknown type", with("/type", json!("rm-rf")), "422 unknown-type", "/type"),
        ("no reason", with("/reason", json!(null)), "422 invalid-parameters", "/reason"),
        ("empty reason", with("/reason", json!("  ")), "422 invalid-parameters", "/reason"),
        ("long reason", with("/reason", json!(long)), "422 invalid-parameters", "/reason"),
        ("no parameters", with("/parameters", json!(null)), "422 invalid-parameters", "/parameters"),
        (
            "parameters outside the schema",
            with("/parameters/source", json!("customers")),
            "422 invalid-parameters",
            "/parameters/source",
        ),
        (
            "a parameter too many",
            with("/parameters/acl", json!("public-read")),
            "422 invalid-parameters",
            "/parameters",
        ),
        ("a field too many", with("/dry_run", json!(true)), "422 unknown-field", "/dry_run"),
        ("provenance as a list", with("/provenance", json!([])), "422 invalid-parameters", "/provenance"),
        (
            "a nested fact",
            with("/provenance", json!({"commit": {}})),
            "422 invalid-parameters",
            "/provenance/commit",
        ),
        (
            "a fact's odd name",
            with("/provenance", json!({"Commit id": "x"})),
            "422 invalid-parameters",
            "/provenance",
        ),
        (
            "a long correlation",
            with("/correlation", json!("x".repeat(513))),
            "422 invalid-parameters",
            "/correlation",
        ),
        (
            "an address as correlation",
            with("/correlation", json!("anna@example.org")),
            "422 invalid-parameters",
            "/correlation",
        ),
        ("a deadline of nothing", with("/expires_in", json!(0)), "422 invalid-parameters", "/expires_in"),
        ("a deadline in the past", with("/expires_in", json!(-5)), "422 invalid-parameters", "/expires_in"),
        ("half a second", with("/expires_in", json!(0.5)), "422 invalid-parameters", "/expires_in"),
        // W24, D14
        (
            "a zero-width space",
            with("/parameters/source", json!("s3://customers/\u{200b}q3.csv")),
            "422 hidden-characters",
            "/parameters/source",
        ),
        (
            "right to left",
            with("/parameters/destination", json!("s3://partner-drop/\u{202e}vsc.3q")),
            "422 hidden-characters",
            "/parameters/destination",
        ),
        (
            "a typed placeholder",
            with("/parameters/source", json!("s3://customers/‹email 1›")),
            "422 hidden-characters",
            "/parameters/source",
        ),
        ("one in the reason", with("/reason", json!("For ‹email 1›")), "422 hidden-characters", "/reason"),
        (
            "one in provenance",
            with("/provenance", json!({"commit": "‹secret 1›"})),
            "422 hidden-characters",
            "/provenance/commit",
        ),
        (
            "one in the correlation",
            with("/correlation", json!("‹secret 1›")),
            "422 hidden-characters",
            "/correlation",
        ),
        (
            "a hidden fact",
            with("/provenance", json!({"commit": "9f\u{2066}2c"})),
            "422 hidden-characters",
            "/provenance/commit",
        ),
        // W22
        (
            "an address in the target",
            with("/parameters/destination", json!("s3://partner-drop/anna@example.org.csv")),
            "422 secret-in-target",
            "/parameters/destination",
        ),
        // E26
        (
            "a slash that is none",
            with("/parameters/destination", json!("s3://partner-drop/q3\u{2215}x")),
            "422 hidden-characters",
            "/parameters/destination",
        ),
        (
            "a key in the target",
            with("/parameters/source", json!("s3://customers/AKIAIOSFODNN7EXAMPLE")),
            "422 secret-in-target",
            "/parameters/source",
        ),
    ];
    for (name, body, expected, pointer) in table {
        let answer = door.propose("k", &body).await;
        assert_eq!(answer.gist(), expected, "{name}: {}", answer.text);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{name}: {}", answer.text);
        assert!(
            !answer.text.contains("anna@example.org") && !answer.text.contains("AKIAIOSFODNN7EXAMPLE"),
            "{name}"
        );
    }
    let large = with("/reason", json!("x".repeat(40_000)));
    assert_eq!(door.propose("k", &large).await.gist(), "413 too-large");
    let headers = [("idempotency-key", "k"), ("content-type", "text/plain")];
    let text = door.send(post("/v1/actions", &door.agent(), &headers, &export().to_string())).await;
    assert_eq!(text.gist(), "415 unsupported-media-type");
    assert!(door.states.contents().is_empty() && door.documents.contents().is_empty(), "nothing is stored");
}

/// E1, C28, E25: what would hide a second command, and JSON that is none, is refused at its place before anybody is asked; and
/// a value that is too long is refused for that, before anything is looked for in it.
#[tokio::test]
async fn what_could_hide_a_command_is_refused_with_its_place() {
    let door = Door::new().await;
    let long = format!("{{\"x\":\"{} -----BEGIN PRIVATE KEY-----\"}}", "a".repeat(9000));
    for (payload, expected) in [
        (
            "{\"model\":\"churn\",\"x\":\"-----BEGIN PRIVATE KEY-----\",\"model\":\"other\"}",
            "422 invalid-parameters",
        ),
        ("{\"model\":\"churn\",\"x\":\"-----BEGIN PRIVATE KEY-----\"}", "422 secret-in-parameter"),
        ("{\"x\":\"password='a; second'\"}", "422 secret-in-parameter"),
        ("{'model':'churn'}", "422 invalid-parameters"),
        ("churn", "422 invalid-parameters"),
        ("", "422 invalid-parameters"),
        ("{\"model\":}", "422 invalid-parameters"),
        ("[1,2", "422 invalid-parameters"),
        ("[123.456e-789]", "422 invalid-parameters"),
        (long.as_str(), "422 invalid-parameters"),
    ] {
        let parameters = json!({ "function": "demo-retrain", "version": "1", "payload": payload });
        let body = json!({ "type": "lambda-invoke", "parameters": parameters, "reason": "The model is old" });
        for answer in [
            door.propose("k", &body).await,
            door.send(post("/v1/preflight", &door.agent(), &[], &body.to_string())).await,
        ] {
            assert_eq!(answer.gist(), expected, "{payload}: {}", answer.text);
            assert_eq!(
                answer.body["errors"][0]["pointer"], "/parameters/payload",
                "{payload}: {}",
                answer.text
            );
        }
    }
    assert!(door.states.contents().is_empty() && door.documents.contents().is_empty(), "nothing is stored");
}

/// The key is required, and only what is one counts.
#[tokio::test]
async fn an_idempotency_key_is_required() {
    let door = Door::new().await;
    for key in [None, Some(""), Some("a b"), Some("ä"), Some(&"x".repeat(256) as &str)] {
        let headers: Vec<(&str, &str)> = key.iter().map(|key| ("idempotency-key", *key)).collect();
        let answer = door.send(post("/v1/actions", &door.agent(), &headers, &export().to_string())).await;
        assert_eq!(answer.gist(), "400 missing-idempotency-key", "{key:?}");
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    let answer = door.send(post("/v1/actions", &door.agent(), &twice, &export().to_string())).await;
    assert_eq!(answer.gist(), "400 missing-idempotency-key");
    assert_eq!(door.propose(&"x".repeat(255), &export()).await.gist(), "202 proposed");
}
