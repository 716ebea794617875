//! E6: nothing that one write puts into the table, or one object into the log, stops the ledger.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use bytes::Bytes;
use domain::{Digest, Fault, Timestamp};
use ledger::record;
use serde_json::{Value, json};
use store::{AttributeValue, Attributes, ReadIndex, Watermark};
use support::{Bench, change};
use testkit::{Moment, SampleRequirement, Scenario, written};
use wire::json::{canonical, parse_value};
use wire::record::Record;
use wire::text::Identity;

/// Handles what is in the stream, and after it an honest action, which must be recorded whole and sent.
async fn goes_on(bench: &Bench, what: &str) {
    bench.ledger.handle(&bench.stream_from(0)).await.unwrap_or_else(|fault| panic!("{what}: {fault}"));
    let scenario = Scenario::export("honest").await;
    let batch = bench.commit(&scenario).await;
    bench.ledger.handle(&batch).await.unwrap_or_else(|fault| panic!("{what}: {fault}"));
    let row = bench.index.row(scenario.item.id()).await.unwrap().unwrap();
    assert!(row.sequence == 5 && !row.quarantined, "{what}: {row:?}");
    assert!(bench.sent().iter().any(|sent| sent.starts_with("Notify: AnnounceEnd")), "{what}");
}

/// The details of all violations.
fn details(bench: &Bench) -> Vec<String> {
    let objects = bench.log.objects();
    let lines = objects.iter().flat_map(|(_, bytes)| bytes.split(|byte| *byte == b'\n'));
    let records = lines.filter_map(|line| wire::json::parse_stored::<Record>(line).ok());
    let details = records.filter_map(|record| match record {
        Record::Violation { detail, .. } => Some(detail),
        _ => None,
    });
    details.collect()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: u32) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// An attempt's item as whoever may write the table could write it.
fn attempt(scenario: &Scenario, change: impl Fn(&mut Attributes)) -> (String, Attributes) {
    let mut attributes: Attributes = [
        ("v", number(1)),
        ("action", text(scenario.item.id().as_str())),
        ("issuer", text("http://127.0.0.1:8081")),
        ("subject", text("mallory")),
        ("code", text("not-an-approver")),
        ("count", number(1)),
        ("at", AttributeValue::N("1795000000204".to_owned())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    change(&mut attributes);
    let of = |name: &str| match &attributes[name] {
        AttributeValue::S(text) => text.clone(),
        _ => String::new(),
    };
    let person = Identity { issuer: of("issuer"), subject: of("subject") };
    let key = store::image::refused_verdict_key(scenario.item.id(), &person);
    attributes.insert("id".to_owned(), text(&key));
    (key, attributes)
}

/// E6: refused attempts with a name, a code, a count or a version that no index row could hold or no program of ours writes
/// are violations with bounded text, and the ledger goes on.
#[tokio::test]
async fn an_attempt_larger_than_the_index() {
    let huge = "n".repeat(408_000);
    let cases: [(&str, &str, AttributeValue); 6] = [
        ("a name of 408 KB", "subject", text(&huge)),
        ("a name one byte too long", "subject", text(&"n".repeat(256))),
        ("an issuer", "issuer", text(&huge)),
        ("a code", "code", text(&huge)),
        ("a count", "count", number(4_000_000)),
        ("another version", "v", number(2)),
    ];
    for (what, name, value) in cases {
        let bench = Bench::new();
        let scenario = change().await;
        bench.commit(&scenario).await;
        let (key, attributes) = attempt(&scenario, |attributes| {
            attributes.insert(name.to_owned(), value.clone());
        });
        bench.states.forge(&key, attributes);
        goes_on(&bench, what).await;
        assert!(bench.recorded().contains(&"violation malformed-item".to_owned()), "{what}");
        assert!(details(&bench).iter().all(|detail| detail.len() <= 700), "{what}");
    }
}

/// The second event of an action as somebody else would have it.
fn forged(bench: &Bench, scenario: &Scenario, change: impl Fn(&mut Value)) {
    let mut lines = scenario.lines(2);
    let mut entry = parse_value(lines.pop().unwrap().as_bytes()).unwrap();
    change(&mut entry);
    lines.push(canonical(&entry).unwrap().into_string());
    bench.states.forge_events(scenario.item.id(), &lines);
}

/// E6: an event with more, or longer, than the index holds is a violation before it is recorded: groups, names, codes,
/// grants, pointers, people.
#[tokio::test]
async fn an_event_larger_than_the_index() {
    let long = "x".repeat(300_000);
    let groups: Vec<Value> = (0..3000).map(|n| json!({"count": 1, "group": format!("g{n}")})).collect();
    let humans: Vec<Value> = (0..33).map(|n| json!({"issuer": "i", "subject": format!("s{n}")})).collect();
    let granted = json!({
        "requirement": "r", "action": Scenario::new("other").item.id().to_string(),
        "statement": Digest::of(b"s").to_string(),
    });
    let cases: [(&str, &str, Value); 7] = [
        ("3000 groups", "/event/requirements/0/groups", json!(groups)),
        ("a group", "/event/requirements/0/groups/0/group", json!(long)),
        ("a requirement", "/event/requirements/0/name", json!(long)),
        ("people behind it", "/event/requester/humans", json!(humans)),
        ("an owner", "/event/requester/owner/subject", json!(long)),
        ("an agent", "/event/requester/agent/subject", json!(long)),
        ("grants", "/event/granted", json!(vec![granted; 33])),
    ];
    for (what, pointer, value) in cases {
        let bench = Bench::new();
        let mut scenario = Scenario::new("large");
        scenario.propose();
        scenario.decide(SampleRequirement::TwoOfSre);
        bench.commit(&scenario).await;
        forged(&bench, &scenario, |entry| {
            entry["event"]["granted"] = json!([]);
            *entry.pointer_mut(pointer).unwrap() = value.clone();
            if pointer != "/event/granted" {
                entry["event"].as_object_mut().unwrap().remove("granted");
            }
        });
        goes_on(&bench, what).await;
        let recorded = bench.recorded();
        assert!(recorded.contains(&"violation malformed-item".to_owned()), "{what}: {recorded:?}");
        assert!(details(&bench).iter().all(|detail| detail.len() <= 700), "{what}");
        let row = bench.index.row(scenario.item.id()).await.unwrap().unwrap();
        assert!(row.quarantined, "{what}");
    }
}

/// E6: an error about an unknown field repeats its name; in a record it is cut.
#[tokio::test]
async fn foreign_text_in_a_violation_is_cut() {
    let bench = Bench::new();
    let mut scenario = Scenario::new("large");
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    bench.commit(&scenario).await;
    forged(&bench, &scenario, |entry| entry["event"]["y".repeat(200_000)] = json!(1));
    goes_on(&bench, "an unknown field").await;
    assert!(details(&bench).iter().all(|detail| detail.len() <= 700));
}

/// Everything in the log.
fn objects(bench: &Bench) -> Vec<Bytes> {
    bench.log.objects().into_iter().map(|(_, bytes)| bytes).collect()
}

/// E6: a record in the log that the index can never hold, whoever put it there, is quarantined: its action has no effects any
/// more, and the log is followed past it.
#[tokio::test]
async fn a_record_larger_than_the_index() {
    let bench = Bench::new();
    let scenario = change().await;
    bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
    let id = scenario.item.id();
    let who = Identity { issuer: "http://127.0.0.1:8081".to_owned(), subject: "n".repeat(500_000) };
    let foreign = record::refused_verdict(id, &who, "not-an-approver", 1, scenario.now);
    let number = u64::try_from(bench.log.objects().len()).unwrap();
    bench.log.place(number, written::write_records(&written::follow(&objects(&bench)), &[foreign]));
    let sent = bench.sent().len();
    bench.ledger.handle(&[support::requeued(&scenario.item, scenario.now)]).await.unwrap();
    let row = bench.index.row(id).await.unwrap().unwrap();
    assert!(row.quarantined && row.sequence == 4 && row.chain == scenario.item.chain(), "{row:?}");
    assert_eq!(bench.sent().len(), sent, "nothing of it is sent any more");
    goes_on(&bench, "a record too large").await;
    bench.index.clear();
    bench.another().rebuild().await.unwrap();
    assert!(bench.index.row(id).await.unwrap().unwrap().quarantined, "rebuilt");
}

/// E6: a record that the index refuses for another reason stops the ledger only for a while: a mistake in permissions that is
/// mended costs nothing, one that is not costs its action alone.
#[tokio::test]
async fn a_record_that_the_index_refuses() {
    for mended in [true, false] {
        let bench = Bench::new();
        let scenario = change().await;
        let batch = bench.commit(&scenario).await;
        let refuse = || {
            bench.at_gate(|point, moment| match (point, moment) {
                ("index.apply", Moment::Before) => Err(Fault::lasting("ValidationException")),
                _ => Ok(()),
            });
        };
        refuse();
        for _ in 0..4 {
            assert!(bench.ledger.handle(&batch).await.is_err());
        }
        if mended {
            bench.open_gate();
        } else {
            let mut refused = 0;
            bench.at_gate(move |point, moment| match (point, moment) {
                ("index.apply", Moment::Before) if refused == 0 => {
                    refused += 1;
                    Err(Fault::lasting("ValidationException"))
                }
                _ => Ok(()),
            });
        }
        bench.ledger.handle(&batch).await.unwrap();
        let row = bench.index.row(scenario.item.id()).await.unwrap().unwrap();
        assert_eq!((row.sequence, row.quarantined), (4, !mended));
        bench.open_gate();
        goes_on(&bench, "a refused record").await;
    }
}

/// E6: a watermark that contradicts itself is no reason to stop: the log says everything once more.
#[tokio::test]
async fn a_watermark_that_contradicts_itself() {
    let bench = Bench::new();
    let scenario = change().await;
    bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
    let heartbeat = Timestamp::from_millis(0);
    let wrong = Watermark { next_object: 1, size: 5, range: Vec::new(), last: None, heartbeat };
    bench.index.set_watermark(Some(wrong));
    goes_on(&bench, "a watermark").await;
    assert!(bench.verify().is_clean(), "{:#?}", bench.verify());
    assert_eq!(bench.index.watermark().await.unwrap().unwrap().next_object, 2);
}
