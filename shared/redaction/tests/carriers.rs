//! E1: behind no detector can something be hidden, whatever it is and wherever it stands.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's helper functions fail loudly")]

use proptest::prelude::*;
use redaction::{Marks, redact};
use serde_json::{Value, json};

fn marks() -> Marks {
    Marks::new([("/value", "secret"), ("/payload/key", "secret")], ["/function"])
        .unwrap()
        .with_json(["/payload"])
        .unwrap()
}

/// One carrier for each detector: what it finds, with a place where a second command could be.
const CARRIERS: [(&str, &str); 24] = [
    ("-----BEGIN PRIVATE KEY-----", ""),
    ("-----BEGIN PRIVATE KEY-----\n", "\n-----END PRIVATE KEY-----"),
    ("PuTTY-User-Key-File-2: ", ""),
    ("AGE-SECRET-KEY-1QQPQQPQQPQQPQQPQQPQQ", ""),
    ("eyJhbGciOiJFUzI1NiJ9.", ".c2ln"),
    ("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", ""),
    ("Bearer Ab1", ""),
    ("Authorization: Basic ", ""),
    ("ghp_a1B2a1B2a1B2a1B2a1B2", ""),
    ("sk-a1B2a1B2a1B2a1B2a1B2", ""),
    ("https://hooks.slack.com/services/T0/B0/x", ""),
    ("https://x.example/?sig=abcdefgh", ""),
    ("password=", ""),
    ("password='", "'"),
    ("\"api_key\": \"", "\""),
    ("--token ", ""),
    ("postgres://app:", "@db.example/x"),
    ("alice", "@example.com"),
    ("alice@example.com", ""),
    ("phone: 2125550123", ""),
    ("+49 30 901820", ""),
    ("4111111111111111", ""),
    ("DE89370400440532013000", ""),
    ("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""),
];

/// What somebody would hide: words with the structure that makes a command of them.
fn second_command() -> impl Strategy<Value = String> {
    let word = "[a-z]{3,8}";
    (
        word,
        prop_oneof!["[ ;|&\n\t]", "[\"'{}\\[\\]()<>$`,:]", Just("\",\"x\":\"".to_owned())],
        word,
        "[;\"'})\\] ]{0,2}",
    )
        .prop_map(|(one, between, other, end)| format!("{one}{between}{other}{end}"))
}

/// A parameter as people read it, a text that is JSON by its one leaf.
fn read(name: &str, shown: &Value) -> String {
    let text = shown.as_str().unwrap();
    match name {
        "payload" => wire::json::parse_value(text.as_bytes()).unwrap()["x"].as_str().unwrap().to_owned(),
        _ => text.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// E1: behind no detector can a second command be hidden: the proposal is refused, or the command is read whole.
    #[test]
    fn no_detector_hides_a_second_command(
        carrier in 0..CARRIERS.len(),
        command in second_command(),
        place in 0..4_usize,
        joint in "[ ;,\"'\n]{1,2}",
    ) {
        let (before, after) = CARRIERS[carrier];
        let text = match place {
            0 => format!("{before} {command} {after}"),
            1 => format!("{before}{joint}{command}{joint}{after}"),
            2 => format!("{command}{joint}{before}{after}"),
            _ => format!("{before}{after}{joint}{command}"),
        };
        let parameters = json!({ "note": text, "payload": json!({ "x": text }).to_string() });
        for parameters in [parameters.clone(), json!({ "note": text }), json!({ "payload": parameters["payload"] })] {
            let Ok(shown) = redact(&parameters, &text, &marks()) else { continue };
            for (name, value) in shown.parameters.as_object().unwrap() {
                let read = read(name, value);
                prop_assert!(read.contains(&command), "{command:?} is hidden in {read:?}, of {text:?}");
            }
        }
    }

    /// E1: nor is one that is glued to what is masked: whatever makes a structure of it stands there, as often as it did.
    #[test]
    fn no_detector_hides_structure(
        carrier in 0..CARRIERS.len(),
        one in second_command(),
        other in second_command(),
        place in 0..3_usize,
    ) {
        let (before, after) = CARRIERS[carrier];
        let text = match place {
            0 => format!("{before}{one}{after}"),
            1 => format!("{one}{before}{after}{other}"),
            _ => format!("{before}{one}{after}{other}"),
        };
        let Ok(shown) = redact(&json!({ "note": text }), &text, &marks()) else { return Ok(()) };
        let structure = |text: &str| -> String {
            text.chars().filter(|char| "\"'{}[]<>$`:;|&\n\t".contains(*char)).collect()
        };
        prop_assert_eq!(structure(&read("note", &shown.parameters["note"])), structure(&text), "{}", text);
    }
}
