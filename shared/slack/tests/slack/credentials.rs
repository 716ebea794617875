//! The member `slack` of the deployment's secret `chat`.

use channel::ChatSecret;
use domain::{Fault, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use slack::{Credentials, SLACK_API, verify};

use crate::signing::signed;

fn parse(text: &str) -> Result<Option<Credentials>, Fault> {
    Credentials::parse(&ChatSecret::parse(&SecretString::from(text))?)
}

fn fields() -> Value {
    json!({
        "token": "xoxb-hidden", "signing_secret": "hidden one", "previous_signing_secret": "hidden two",
        "app": "A0COUNTERSIGN", "workspace": "T0HOME",
    })
}

/// What [`fields`] gives with another value of this field; `null` takes it away.
fn with(name: &str, value: &Value) -> Result<Option<Credentials>, Fault> {
    let mut fields = fields();
    match value.is_null() {
        true => fields.as_object_mut().unwrap().remove(name),
        false => fields.as_object_mut().unwrap().insert(name.to_owned(), value.clone()),
    };
    parse(&json!({ "slack": fields }).to_string())
}

/// The token, one or two signing secrets, and whose app it is; nothing secret is printed.
#[test]
fn what_the_secret_holds() {
    assert!(parse("{}").unwrap().is_none());
    assert!(parse(r#"{"webhook":"whsec_hidden","teams":{}}"#).unwrap().is_none());
    let found =
        parse(&json!({ "slack": fields(), "teams": {}, "webhook": "w" }).to_string()).unwrap().unwrap();
    assert_eq!(found.token.expose_secret(), "xoxb-hidden");
    assert_eq!((found.app.as_str(), found.api.as_str()), ("A0COUNTERSIGN", SLACK_API));
    assert_eq!((found.home.team.as_deref(), found.home.enterprise.as_deref()), (Some("T0HOME"), None));
    assert!(!format!("{found:?}").contains("hidden"));
    let now = Timestamp::from_millis(1_780_000_000_000);
    for secret in ["hidden one", "hidden two"] {
        assert!(verify(&signed(secret, "1780000000", b"x"), b"x", now, &found.signing).is_ok());
    }
    let grid = with("organisation", &json!("E0GRID")).unwrap().unwrap();
    assert_eq!(grid.home.enterprise.as_deref(), Some("E0GRID"));
    assert!(with("previous_signing_secret", &Value::Null).unwrap().is_some());
    for api in ["https://slack-gov.com/api", "http://127.0.0.1:6591/api"] {
        assert_eq!(with("api", &json!(api)).unwrap().unwrap().api, api);
    }
}

/// F26: a secret that is incomplete, empty or something else is refused, and not repeated.
#[test]
fn what_it_must_not_be() {
    let refused = |what: &str, found: Result<Option<Credentials>, Fault>| {
        let fault = found.unwrap_err();
        assert!(!fault.is_passing() && !fault.to_string().contains("hidden"), "{what}: {fault}");
    };
    for text in ["", "hidden", r#"["hidden"]"#, r#"{"slack":"hidden"}"#, r#"{"slack":{"token":"hidden"}}"#] {
        refused(text, parse(text));
    }
    for text in [r#"{"slac":{}}"#, r#"{"hidden":1}"#, r#"{"webhook":"a","webhook":"hidden"}"#] {
        refused(text, parse(text));
    }
    for (name, values) in [
        ("token", vec![json!(null), json!(""), json!(7)]),
        ("signing_secret", vec![json!(null), json!(" ")]),
        ("previous_signing_secret", vec![json!("")]),
        ("app", vec![json!(null), json!("hidden"), json!("U0ALICE"), json!("A0countersign")]),
        ("workspace", vec![json!(null), json!("E0GRID"), json!("")]),
        ("organisation", vec![json!("T0HOME"), json!("")]),
        (
            "api",
            vec![json!("http://hidden.example/api"), json!("hidden"), json!("https://a:b@slack.com/api")],
        ),
        ("singing_secret", vec![json!("hidden")]),
    ] {
        for value in values {
            refused(&format!("{name} {value}"), with(name, &value));
        }
    }
}
