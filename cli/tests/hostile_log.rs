//! A log that somebody hostile wrote, in an auditor's hands.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's own functions fail loudly")]

mod support;

use bytes::Bytes;
use ledger::{LineBytes, Tail, record};
use serde_json::Value;
use support::{Ran, Sandbox};
use testkit::Scenario;
use testkit::written::{follow, write, write_records};

/// A cleared screen, a link (OSC 8) that hides where it leads, a colour by C1, bidirectional and zero-width characters, a line
/// of its own.
const HOSTILE: &str = "a\u{1b}[2J\u{1b}]8;;https://evil.example\u{1b}\\clean\u{1b}]8;;\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{2028}\u{85}\u{e0041}\rb\nFORGED clean: 1 objects";

/// A folder with these objects, verified for people, for programs, and for one action.
fn verified(what: &str, objects: &[Bytes], action: &str) -> Vec<Ran> {
    let sandbox = Sandbox::new();
    let log = sandbox.file("log");
    std::fs::create_dir(&log).unwrap();
    for (number, bytes) in objects.iter().enumerate() {
        std::fs::write(format!("{log}/{number:020}"), bytes).unwrap();
    }
    let modes = [&[][..], &["--json"], &["--action", action]];
    let ran = modes.map(|mode| sandbox.run(&[&["ledger", "verify", &log], mode].concat()));
    for ran in &ran {
        for text in [&ran.out, &ran.err] {
            assert_eq!(redaction::find_hidden(text), vec![], "{what}: {text:?}");
            assert!(!text.lines().any(|line| line.starts_with("FORGED")), "{what}: {text:?}");
        }
        assert_ne!(ran.code, 0, "{what}: {ran:?}");
    }
    ran.into()
}

/// The lines of an object: its head, its records and its documents.
fn lines(object: &Bytes) -> (Value, Vec<Value>, Vec<Value>) {
    let text = std::str::from_utf8(object).unwrap();
    let mut lines = text.lines().map(|line| wire::json::parse_stored_value(line.as_bytes()).unwrap());
    let head = lines.next().unwrap();
    let count = usize::try_from(head["count"].as_u64().unwrap()).unwrap();
    let records = lines.by_ref().take(count).collect();
    (head, records, lines.collect())
}

fn bytes_of(lines: &[Value]) -> Vec<LineBytes> {
    lines
        .iter()
        .map(|line| LineBytes::from(wire::json::canonical(line).unwrap().as_bytes().to_vec()))
        .collect()
}

/// Pointers to every text in a value.
fn texts(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(at.to_owned()),
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(n, one)| texts(one, &format!("{at}/{n}"), found));
        }
        Value::Object(all) => all.iter().for_each(|(name, one)| texts(one, &format!("{at}/{name}"), found)),
        _ => {}
    }
}

/// E14: whatever text of a record or a document in the log is hostile, or the whole object: the auditor's terminal shows what
/// the verifier says of it, and obeys none of it. Heads and hashes are right, as whoever wrote it would have them.
#[tokio::test]
async fn whatever_stands_in_the_log() {
    let scenario = Scenario::export("hostile").await;
    let mut honest: Vec<Bytes> = Vec::new();
    for sequence in 1..=scenario.item.sequence() {
        honest.push(write(&follow(&honest), &[(&scenario, sequence)]));
    }
    let action = scenario.item.id().as_str();
    for (number, object) in honest.iter().enumerate() {
        let before = &honest[..number];
        let (_, records, documents) = lines(object);
        let at = |tail: &Tail, records: &[Value], documents: &[Value]| {
            [before, &[tail.compose(&bytes_of(records), &bytes_of(documents)).unwrap()]].concat()
        };
        for (place, record) in records.iter().enumerate() {
            let mut found = Vec::new();
            texts(record, "", &mut found);
            for pointer in found {
                let mut records = records.clone();
                *records[place].pointer_mut(&pointer).unwrap() = HOSTILE.into();
                let what = format!("object {number}, record {place}, {pointer}");
                verified(&what, &at(&follow(before), &records, &documents), action);
            }
        }
        for (place, document) in documents.iter().enumerate() {
            let mut found = Vec::new();
            texts(document, "", &mut found);
            let mut documents = documents.clone();
            for pointer in found {
                *documents[place].pointer_mut(&pointer).unwrap() = HOSTILE.into();
            }
            let what = format!("object {number}, document {place}");
            verified(&what, &at(&follow(before), &records, &documents), action);
        }
    }
}

/// E14: what is no object at all, and what a record says of an action that does not exist.
#[test]
fn what_is_no_object_or_of_no_action() {
    let scenario = Scenario::new("hostile");
    let action = scenario.item.id().as_str();
    let now = scenario.now;
    let violation = record::violation(HOSTILE, 1, HOSTILE, HOSTILE.to_owned(), now);
    let shown = verified("a violation", &[write_records(&Tail::default(), &[violation])], action);
    assert!(
        shown[..2].iter().all(|ran| ran.out.contains("⟨U+202E⟩") || ran.out.contains("\\u202e")),
        "{shown:?}"
    );
    let head = "{\"count\":1,\"first\":0,\"format\":\"FORMAT\",\"object\":0,\"previous\":null,\"range\":[],\"root\":\"ROOT\"}\n";
    let escaped = serde_json::to_string(HOSTILE).unwrap();
    for object in [
        HOSTILE.to_owned(),
        format!("{HOSTILE}\n{HOSTILE}\n"),
        head.replace("\"FORMAT\"", &escaped),
        head.replace("FORMAT", "countersign-log/2").replace("\"ROOT\"", &escaped),
        head.replace("FORMAT", "countersign-log/1").replace("\"ROOT\"", &escaped),
        head.replace("FORMAT", "countersign-log/1").replace("\"range\"", &escaped),
    ] {
        verified(&object, &[Bytes::from(object.clone())], action);
    }
    let raw = [b"\xff\xfe\x1b[2J\x9b".as_slice(), HOSTILE.as_bytes()].concat();
    verified("no UTF-8", &[Bytes::from(raw)], action);
}
