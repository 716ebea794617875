//! What holds for every document. Proptest prints the seed of a failure and keeps it in a file next to this one.
#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use proptest::prelude::*;
use redaction::{Known, Marks, known_values, redact, redact_text, redact_value};
use serde_json::{Map, Value};

/// Values that some detector finds wherever they stand by themselves, and that a closed grammar holds.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{3,8}[0-9]{2}@[a-z]{4,8}\\.example",
        "\\+49 30 [1-9][0-9]{6}",
        "0151 [1-9][0-9]{7}",
        "AKIA[A-Z2-7]{16}",
        "ghp_[A-Za-z0-9]{36}",
        "eyJhbGciOiJFUzI1NiJ9\\.eyJzdWIiOiJhIn0\\.[A-Za-z0-9]{20}",
        "[0-9]{11}".prop_map(|digits| card(&digits)),
        "[0-9]{18}".prop_map(|account| iban(&account)),
        "[1-9][0-9]{8}".prop_map(|digits| cpf(&digits)),
        (10_000_000_u32..100_000_000).prop_map(dni),
    ]
}

/// The same, and what may hold anything.
fn any_secret() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => secret(),
        1 => "eyJ[A-Za-z0-9]{12}\\.[A-Za-z0-9]{16}\\.[A-Za-z0-9]{20}",
        1 => "-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9]{40}\n-----END PRIVATE KEY-----",
    ]
}

fn card(digits: &str) -> String {
    let start = format!("4111{digits}");
    let sum: u32 = start
        .chars()
        .rev()
        .zip([2, 1].into_iter().cycle())
        .map(|(char, factor)| char.to_digit(10).unwrap() * factor)
        .map(|value| value / 10 + value % 10)
        .sum();
    format!("{start}{}", (10 - sum % 10) % 10)
}

fn iban(account: &str) -> String {
    let rest =
        format!("{account}131400").bytes().fold(0, |rest, byte| (rest * 10 + u32::from(byte - b'0')) % 97);
    format!("DE{:02}{account}", 98 - rest)
}

/// A number of Brazil's taxpayers with its two check digits.
fn cpf(digits: &str) -> String {
    let mut number = digits.to_owned();
    for first in [10, 11] {
        let sum: u32 = number.chars().zip((2..=first).rev()).map(|(c, f)| c.to_digit(10).unwrap() * f).sum();
        number.push_str(&(sum * 10 % 11 % 10).to_string());
    }
    format!("{}.{}.{}-{}", &number[..3], &number[3..6], &number[6..9], &number[9..])
}

/// A number of Spain's identity cards with its letter.
fn dni(number: u32) -> String {
    format!("{number}{}", "TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(number as usize % 23).unwrap())
}

fn plain() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z ,.]{0,24}",
        "s3://[a-z]{3,9}/2026/[a-z]{2,6}\\.csv",
        "[äöüßñ日本 ]{0,6}",
        "[0-9]{1,9}",
        "\\PC{0,12}",
        Just("‹email 3›".to_owned()),
    ]
}

/// A text, and the secrets put into it.
fn text() -> impl Strategy<Value = (String, Vec<String>)> {
    text_with(secret().boxed())
}

fn text_with(secret: BoxedStrategy<String>) -> impl Strategy<Value = (String, Vec<String>)> {
    proptest::collection::vec((plain(), proptest::option::of(secret)), 0..4).prop_map(|parts| {
        let mut text = String::new();
        let mut secrets = Vec::new();
        for (plain, secret) in parts {
            text.push_str(&plain);
            if let Some(secret) = secret {
                text.push_str(&format!(" ({secret}) "));
                secrets.push(secret);
            }
        }
        (text, secrets)
    })
}

fn document() -> impl Strategy<Value = (Value, Vec<String>)> {
    let leaf = prop_oneof![
        4 => text().prop_map(|(text, secrets)| (Value::String(text), secrets)),
        1 => any::<i32>().prop_map(|number| (number.into(), Vec::new())),
        1 => any::<bool>().prop_map(|truth| (truth.into(), Vec::new())),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|values| {
                let (values, secrets): (Vec<_>, Vec<_>) = values.into_iter().unzip();
                (Value::Array(values), secrets.concat())
            }),
            proptest::collection::btree_map("[a-z]{1,3}", inner, 0..4).prop_map(|fields| {
                let secrets = fields.values().flat_map(|(_, secrets)| secrets.clone()).collect();
                let fields = fields.into_iter().map(|(key, (value, _))| (key, value)).collect::<Map<_, _>>();
                (Value::Object(fields), secrets)
            }),
        ]
    })
}

/// The same document with the fields of every object put in the opposite order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect()
        }
        Value::Array(values) => values.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

fn strings(value: &Value, into: &mut String) {
    match value {
        Value::String(text) => {
            into.push('\0');
            into.push_str(text);
        }
        Value::Array(values) => values.iter().for_each(|value| strings(value, into)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, into)),
        _ => {}
    }
}

proptest! {
    /// P8: no byte sequence that a rule masks is left anywhere in what is shown.
    #[test]
    fn nothing_detected_is_left(
        (parameters, mut secrets) in document(),
        (reason, more) in text_with(any_secret().boxed()),
    ) {
        let redacted = redact(&parameters, &reason, &Marks::none()).unwrap();
        secrets.extend(more);
        let mut shown = redacted.reason.clone();
        strings(&redacted.parameters, &mut shown);
        for secret in &secrets {
            prop_assert!(!shown.contains(secret.as_str()), "{secret} is left in {shown}");
        }
    }

    /// P8: whatever the catalogue marks is left nowhere, whatever it is.
    #[test]
    fn nothing_marked_is_left(value in "[A-Za-z0-9/+ ]{8,40}", (other, _) in document(), at in "[a-z ]{0,9}") {
        let value = value.trim();
        prop_assume!(value.len() >= 8);
        let parameters = serde_json::json!({ "value": value, "other": other });
        let marks = Marks::new([("/value", "secret")], []).unwrap();
        let reason = format!("it is {at}{value}{at}.");
        let repeated = serde_json::json!({ "value": value, "note": format!("{at}{value}{at}") });
        // Where it stands inside another parameter that is refused, unless a closed grammar masks that whole.
        if let Ok(redacted) = redact(&repeated, &reason, &marks) {
            let mut shown = String::new();
            strings(&redacted.parameters, &mut shown);
            prop_assert!(!shown.contains(value), "{value} is left in {shown}");
        }
        let redacted = redact(&parameters, &reason, &marks).unwrap();
        let mut shown = redacted.reason.clone();
        strings(&redacted.parameters, &mut shown);
        prop_assert!(!shown.contains(value), "{value} is left in {shown}");
        let known = known_values(&parameters, &reason, &marks);
        let answer = redact_value(&repeated, "/result", &known);
        let mut shown = String::new();
        strings(&answer.value, &mut shown);
        prop_assert!(!shown.contains(value), "{value} is left in {shown}");
    }

    /// Redacting what was redacted changes nothing and finds nothing.
    #[test]
    fn redaction_is_idempotent((parameters, _) in document(), (reason, _) in text()) {
        let once = redact(&parameters, &reason, &Marks::none()).unwrap();
        let twice = redact(&once.parameters, &once.reason, &Marks::none()).unwrap();
        prop_assert_eq!(&twice.parameters, &once.parameters);
        prop_assert_eq!(&twice.reason, &once.reason);
        prop_assert_eq!(twice.masked, vec![]);
    }

    /// P12: intake, policy and execution come to the same, in whatever order the fields arrived.
    #[test]
    fn the_order_of_fields_changes_nothing((parameters, _) in document(), (reason, _) in text()) {
        let one = redact(&parameters, &reason, &Marks::none()).unwrap();
        let other = redact(&reversed(&parameters), &reason, &Marks::none()).unwrap();
        prop_assert_eq!(one, other);
    }

    /// Every mask points at its placeholder in the shown text.
    #[test]
    fn masks_point_at_placeholders((parameters, _) in document(), (reason, _) in text()) {
        let shown = redact(&parameters, &reason, &Marks::none()).unwrap();
        for mask in &shown.masked {
            let pointer = mask.pointer.strip_prefix("/parameters");
            let text = match pointer {
                Some(pointer) => shown.parameters.pointer(pointer).and_then(Value::as_str).unwrap(),
                None => &shown.reason,
            };
            let (start, end) = (mask.start as usize, mask.end as usize);
            let stretch: String = text.chars().skip(start).take(end - start).collect();
            let expected = format!("‹{} ", mask.kind);
            prop_assert!(stretch.starts_with(&expected) && stretch.ends_with('›'), "{stretch}");
        }
    }

    /// P10: no text makes it fail.
    #[test]
    fn any_text_is_redacted(text in "\\PC{0,60}", odd in any::<String>()) {
        prop_assert!(redact_text(&text, "/reason", &Known::nothing()).masked.len() <= text.len());
        prop_assert!(redact_text(&odd, "/reason", &Known::nothing()).masked.len() <= odd.len());
        prop_assert_eq!(redaction::escape_hidden(&redaction::escape_value(&odd).text).hidden, 0);
    }
}
