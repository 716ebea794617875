//! The configuration of issuers: read strictly, or the function does not start.

use identity::{Issuers, IssuersError};

const GOOD: &str = r#"{"issuer":"http://127.0.0.1:8081","metadata":"http://127.0.0.1:8081/.well-known/openid-configuration",
"audience":"countersign","algorithms":["ES256","RS256"],"people":true,
"person_clients":["countersign-cli","countersign-pages"],"groups_claim":"groups","client_claim":"client_id"}"#;

fn parse(entries: &[String]) -> Result<Issuers, IssuersError> {
    Issuers::parse(&format!("[{}]", entries.join(",")))
}

/// O12, D8, F26: exactly one issuer has people; nothing unknown, doubled, weak or unprotected is taken.
#[test]
fn what_is_refused() {
    let other = GOOD.replace("http://127.0.0.1:8081\"", "https://pipelines.example\"");
    let pipelines = other.replace("\"people\":true", "\"people\":false,\"humans\":[]");
    let table = [
        ("none", vec![]),
        ("no people", vec![pipelines.clone()]),
        ("two with people", vec![GOOD.into(), other]),
        ("one twice", vec![GOOD.into(), GOOD.replace("true", "false,\"humans\":[]")]),
        ("an unknown field", vec![GOOD.replace("\"audience\"", "\"audiences\":[],\"audience\"")]),
        ("a field twice", vec![GOOD.replace("\"people\":true", "\"people\":true,\"people\":false")]),
        ("a missing field", vec![GOOD.replace("\"audience\":\"countersign\",", "")]),
        ("an empty audience", vec![GOOD.replace("\"audience\":\"countersign\"", "\"audience\":\"\"")]),
        ("no algorithm", vec![GOOD.replace("[\"ES256\",\"RS256\"]", "[]")]),
        ("HMAC", vec![GOOD.replace("RS256", "HS256")]),
        ("none as algorithm", vec![GOOD.replace("RS256", "none")]),
        ("no person client", vec![GOOD.replace("[\"countersign-cli\",\"countersign-pages\"]", "[]")]),
        (
            "plain http",
            vec![GOOD.replace("\"metadata\":\"http://127.0.0.1:8081", "\"metadata\":\"http://idp.example")],
        ),
        (
            "a password in the address",
            vec![GOOD.replace("\"metadata\":\"http://", "\"metadata\":\"https://us:them@")],
        ),
        ("no time for a sign-in", vec![GOOD.replace("\"people\"", "\"sign_in_seconds\":0,\"people\"")]),
        ("an hour for a sign-in", vec![GOOD.replace("\"people\"", "\"sign_in_seconds\":3600,\"people\"")]),
        ("a fraction of a second", vec![GOOD.replace("\"people\"", "\"sign_in_seconds\":60.5,\"people\"")]),
        ("two scopes in one", vec![GOOD.replace("\"people\"", "\"decide_scope\":\"a b\",\"people\"")]),
        ("an empty scope", vec![GOOD.replace("\"people\"", "\"decide_scope\":\"\",\"people\"")]),
        ("a file", vec![GOOD.replace("\"metadata\":\"http://127.0.0.1:8081", "\"metadata\":\"file://")]),
    ];
    let shown: Vec<String> = table
        .into_iter()
        .map(|(name, entries)| match parse(&entries) {
            Ok(_) => format!("{name}: taken"),
            Err(error) => format!("{name}: {error}"),
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    let both = parse(&[GOOD.into(), pipelines]).unwrap();
    assert_eq!(both.people().issuer, "http://127.0.0.1:8081");
    assert!(both.get("https://pipelines.example").is_some());
    assert!(both.get("https://pipelines.example/").is_none());
    assert_eq!(
        (both.people().sign_in_seconds, both.people().decide_scope.as_str()),
        (60, "countersign:decide")
    );
    let slow = GOOD.replace("\"people\"", "\"sign_in_seconds\":180,\"decide_scope\":\"approve\",\"people\"");
    let slow = parse(&[slow]).unwrap();
    assert_eq!((slow.people().sign_in_seconds, slow.people().decide_scope.as_str()), (180, "approve"));
}
