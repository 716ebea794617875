//! The deployment's secret for chat.

use domain::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use slack::{Credentials, verify};

use crate::signing::signed;

fn parse(text: &str) -> Result<Option<Credentials>, domain::Fault> {
    Credentials::parse(&SecretString::from(text))
}

/// The token, and one or two signing secrets; nothing of them is printed.
#[test]
fn what_the_secret_holds() {
    assert!(parse("{}").unwrap().is_none());
    let text = r#"{"slack":{"token":"xoxb-hidden","signing_secret":"hidden one","previous_signing_secret":"hidden two"},"teams":{}}"#;
    let found = parse(text).unwrap().unwrap();
    assert_eq!(found.token.expose_secret(), "xoxb-hidden");
    assert!(!format!("{found:?}").contains("hidden"));
    let now = Timestamp::from_millis(1_780_000_000_000);
    for secret in ["hidden one", "hidden two"] {
        assert!(verify(&signed(secret, "1780000000", b"x"), b"x", now, &found.signing).is_ok());
    }
    assert!(
        parse(r#"{"slack":{"token":"t","signing_secret":"s","previous_signing_secret":null}}"#)
            .unwrap()
            .is_some()
    );
}

/// F26: a secret that is incomplete, empty or something else is refused, and not repeated.
#[test]
fn what_it_must_not_be() {
    for text in [
        "",
        "hidden",
        r#"["hidden"]"#,
        r#"{"slack":"hidden"}"#,
        r#"{"slack":{"token":"hidden"}}"#,
        r#"{"slack":{"token":"hidden","signing_secret":" "}}"#,
        r#"{"slack":{"token":"","signing_secret":"hidden"}}"#,
        r#"{"slack":{"token":"hidden","signing_secret":"s","previous_signing_secret":""}}"#,
        r#"{"slack":{"token":"hidden","signing_secret":"s","hidden":1}}"#,
        r#"{"slack":{"token":7,"signing_secret":"hidden"}}"#,
    ] {
        let refused = parse(text).unwrap_err();
        assert!(!refused.is_passing() && !refused.to_string().contains("hidden"), "{text}: {refused}");
    }
}
