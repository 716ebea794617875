//! Values that the structure around them calls secret: fields, lists of name and value, objects under a secret's name, JSON
//! in a text, whatever the depth.

use redaction::{Known, Marks, RedactionError, redact, redact_text, redact_value};
use serde_json::{Value, json};

const SECRET: &str = "hunter2-hunter2";

fn shown(value: &Value) -> String {
    redact_value(value, "", &Known::nothing()).value.to_string()
}

/// C5: in an answer the last word of a field's name decides, in any style; headers that let their bearer in are masked.
#[test]
fn fields_are_masked_by_the_last_word_of_their_name() {
    for name in [
        "password",
        "dbPassword",
        "DB-PASSWORD",
        "db_password",
        "db.password",
        "userPasswords",
        "Kennwort",
        "mot de passe",
        "contraseña",
        "authorization",
        "Proxy-Authorization",
        "x-api-key",
        "cookie",
        "Set-Cookie",
        "clientSecretValue",
        "PGPASSWORD",
        "credentials",
    ] {
        for value in [
            json!(SECRET),
            json!([SECRET]),
            json!({ "v": SECRET }),
            json!({ "a": { "b": [SECRET] } }),
            json!(8_675_309_001_u64),
        ] {
            let text = shown(&json!({ name: value, "rows": 1 }));
            assert!(!text.contains("hunter2") && !text.contains("8675309"), "{name}: {text}");
        }
    }
}

/// Lists of name and value, however both are called.
#[test]
fn lists_of_name_and_value_are_read() {
    for value in [
        json!([{ "name": "DB_PASSWORD", "value": SECRET }]),
        json!([{ "Name": "DB_PASSWORD", "Value": SECRET }]),
        json!([{ "ParameterKey": "DbPassword", "ParameterValue": SECRET }]),
        json!({ "key": "x-api-key", "value": SECRET }),
        json!([{ "key": "db.password", "value": { "stringValue": SECRET } }]),
        json!(["--password", SECRET]),
        json!(["psql", "--db-password", SECRET, "-v"]),
        json!(["--password=hunter2-hunter2"]),
        json!([["Authorization", SECRET]]),
        json!(["Host", "h", "Authorization", SECRET]),
        json!([["DB_PASSWORD", SECRET]]),
    ] {
        let text = shown(&value);
        assert!(!text.contains("hunter2"), "{value}: {text}");
    }
    for value in [
        json!(["password", "email"]),
        json!(["id", "password", "email", "created_at"]),
        json!([{ "name": "password", "type": "string" }]),
    ] {
        assert_eq!(shown(&value), value.to_string());
    }
}

/// What must stay readable stays readable.
#[test]
fn what_is_no_secret_stays_readable() {
    let value = json!({
        "passwordLastUsed": "2026-11-21T14:47:31Z",
        "PasswordLastChanged": "2026-11-21",
        "nextToken": "eyJuZXh0IjoxMjM0NTY3ODkwfQ",
        "secretName": "prod/payments/db",
        "secret": { "name": "prod/payments/db", "arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf",
                    "createdAt": "2026-11-21", "version": 3 },
        "credentials": { "expiration": "2026-11-21T14:47:31Z", "username": "payments" },
        "max_tokens": 4096, "usage": { "inputTokens": 1_234_567, "total_tokens": 1_234_999 },
        "key": "exports/2026/q3.csv", "cacheKey": "8f14e45fceea167a5a36dedd4bea2543", "tokenType": "Bearer",
        "password": "‹password 1›", "apiKey": null, "hasPassword": true, "token": "${TOKEN}",
    });
    assert_eq!(redact_value(&value, "", &Known::nothing()).value, value);
}

/// C4: JSON inside a JSON string, at any depth that is read, with escapes; deeper it is read as text.
#[test]
fn json_in_json_is_read_at_any_depth() {
    let mut text = json!({ "password": "foo\"bar-tail hunter2" }).to_string();
    for depth in 0..8 {
        let value = json!({ "Records": [{ "body": text }] });
        let result = shown(&value);
        assert!(!result.contains("bar-tail") && !result.contains("hunter2"), "{depth}: {result}");
        let said = redact_text(&format!("it answered {text} and stopped"), "/reason", &Known::nothing()).text;
        assert!(!said.contains("bar-tail") && !said.contains("hunter2"), "{depth}: {said}");
        text = json!({ "Message": text }).to_string();
    }
}

/// E1: in a parameter only the leaves under a name are masked, each with its length; a text that holds more is refused.
#[test]
fn in_parameters_leaves_are_masked_and_texts_refused() {
    let marks = Marks::none();
    let shown =
        redact(&json!({ "dbPassword": SECRET, "headers": { "x-api-key": SECRET } }), "why", &marks).unwrap();
    assert_eq!(
        shown.parameters,
        json!({ "dbPassword": "‹password 1, 15 characters›", "headers": { "x-api-key": "‹password 1, 15 characters›" } })
    );
    for text in [
        "x_token: q7Xw2LmP9sKd4VbN",
        "<apiKey>q7Xw2LmP9sKd4VbN</apiKey>",
        "password:\n  hunter2",
        "--token 'a b'",
    ] {
        let refused = redact(&json!({ "note": text }), "why", &marks).unwrap_err();
        assert!(matches!(refused, RedactionError::Unmaskable { .. }), "{text}");
    }
}
