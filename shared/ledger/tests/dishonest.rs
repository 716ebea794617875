//! A ledger, or whoever operates the bucket, that lies: each lie is found offline, at its place, with its meaning.
//!
//! Unlike a thief in the night it recomputes every root and link, so that each object by itself is in order.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

use bytes::Bytes;
use domain::{ActionId, Digest, Event, Proof, ResolvedBy, Scope, VerdictKind};
use ledger::verify::{Held, Verification, VerificationReport};
use ledger::{LineBytes, Tail};
use testkit::written::{Believe, follow, write};
use testkit::{SampleRequirement, Scenario};
use wire::documents::Probe;
use wire::record::Head;

fn verify(objects: &[Bytes], held: &[Held]) -> VerificationReport {
    let mut verification = Verification::new(Some(&Believe));
    held.iter().for_each(|held| verification.hold(*held));
    (0..).zip(objects).for_each(|(number, bytes)| verification.object(number, bytes));
    verification.finish()
}

fn told(report: &VerificationReport) -> Vec<String> {
    let found = report.findings.iter().map(|found| {
        let at = found.position.map(|position| format!("/{position}")).unwrap_or_default();
        let event = found.sequence.map(|sequence| format!(" event {sequence}")).unwrap_or_default();
        format!("{}{at}{event} {}", found.object, found.code)
    });
    found.collect()
}

/// Proposed, asked, approved, claimed, done: one object each.
async fn honest() -> (Scenario, Vec<Bytes>) {
    let scenario = Scenario::export("one").await;
    let objects = objects_of(&scenario);
    (scenario, objects)
}

/// One object per event.
fn objects_of(scenario: &Scenario) -> Vec<Bytes> {
    let mut objects = Vec::new();
    for sequence in 1..=scenario.item.sequence() {
        objects.push(write(&follow(&objects), &[(scenario, sequence)]));
    }
    objects
}

/// An action whose outcome is unknown.
fn lost() -> Scenario {
    let mut scenario = Scenario::new("lost");
    scenario.propose();
    scenario.decide(SampleRequirement::NobodyResolving);
    scenario.claim();
    scenario.lose();
    scenario
}

/// The records and the documents of an object, as lines.
fn lines(object: &[u8]) -> (Vec<LineBytes>, Vec<LineBytes>) {
    let text = std::str::from_utf8(object).unwrap();
    let mut lines = text.lines();
    let head: Head = wire::json::parse(lines.next().unwrap().as_bytes()).unwrap();
    let mut records: Vec<LineBytes> = lines.map(|line| line.as_bytes().to_vec()).collect();
    let documents = records.split_off(usize::try_from(head.count).unwrap());
    (records, documents)
}

type Lie = fn(&mut Vec<LineBytes>, &mut Vec<LineBytes>);

/// The log written anew from this object on, with other lines in it; links and roots all fit.
fn rewritten(objects: &[Bytes], number: usize, lie: Lie) -> Vec<Bytes> {
    let mut made: Vec<Bytes> = objects[..number].to_vec();
    for (at, object) in objects.iter().enumerate().skip(number) {
        let (mut records, mut documents) = lines(object);
        if at == number {
            lie(&mut records, &mut documents);
        }
        made.push(follow(&made).compose(&records, &documents).unwrap());
    }
    made
}

fn replace(lines: &mut [LineBytes], from: &str, to: &str) {
    for line in lines {
        *line = String::from_utf8(line.clone()).unwrap().replace(from, to).into_bytes();
    }
}

/// Every event's record with this field's value from the other one.
fn swap(lines: &mut [LineBytes], field: &str, from: &str) {
    for line in lines {
        let mut record = wire::json::parse_value(line).unwrap();
        record[field] = record[from].clone();
        *line = wire::json::canonical(&record).unwrap().into_string().into_bytes();
    }
}

/// P9: edit, delete, insert, reorder: every root recomputed, and still found where it was done.
#[tokio::test]
async fn a_rewritten_log_contradicts_itself() {
    let (_, objects) = honest().await;
    let cases: [(&str, usize, Lie, &[&str]); 10] = [
        ("the token's key left out", 0, |records, _| drop(records.remove(0)), &["0/0 event 1 key-missing"]),
        (
            "an event said to continue another",
            3,
            |records, _| swap(records, "previous", "chain"),
            &["3/5 event 4 chain-differs"],
        ),
        (
            "an event edited",
            1,
            |records, _| replace(records, "\"dana\"", "\"mallory\""),
            &["1/2 event 2 chain-differs"],
        ),
        (
            "a document edited",
            0,
            |_, documents| replace(documents, "quarterly", "half-year"),
            &["0/1 event 1 document-missing", "0 document-malformed"],
        ),
        ("a document left out", 1, |_, documents| drop(documents.pop()), &["1/2 event 2 document-missing"]),
        (
            "a document slipped in",
            3,
            |_, documents| {
                documents
                    .push(format!("{{\"body\":{{}},\"document\":\"{}\"}}", Digest::of(b"{}")).into_bytes())
            },
            &["3 document-unnamed"],
        ),
        ("a key left out", 2, |records, _| drop(records.remove(0)), &["2/3 event 3 key-missing"]),
        (
            "an event recorded again",
            3,
            |records, _| records.extend(records.clone()),
            &["3/6 event 4 recorded-twice"],
        ),
        ("key and event in another order", 2, |records, _| records.reverse(), &["2/3 event 3 key-missing"]),
        ("garbage as a record", 3, |records, _| records.push(b"{}".to_vec()), &["3/6 record-malformed"]),
    ];
    for (what, number, lie, expected) in cases {
        let report = verify(&rewritten(&objects, number, lie), &[]);
        for found in expected {
            assert!(told(&report).contains(&(*found).to_owned()), "{what}: {:?}", told(&report));
        }
    }
}

/// P9: a record of a later version is not passed over: the report is incomplete.
#[tokio::test]
async fn a_later_record_is_not_skipped() {
    let (_, objects) = honest().await;
    let dream = |records: &mut Vec<LineBytes>, _: &mut Vec<LineBytes>| {
        records.push(br#"{"format":"countersign-record/2","record":"dream"}"#.to_vec());
    };
    let report = verify(&rewritten(&objects, 3, dream), &[]);
    assert!(report.findings.is_empty() && report.unchecked.len() == 1, "{report:#?}");
}

/// P9: an event that is left out, and two that change places, are missed by their action.
#[tokio::test]
async fn an_omitted_event_is_missed() {
    let (scenario, objects) = honest().await;
    let told_of = |events: &[u32]| {
        let mut made = objects[..2].to_vec();
        for sequence in events {
            made.push(write(&follow(&made), &[(&scenario, *sequence)]));
        }
        told(&verify(&made, &[]))
    };
    assert_eq!(told_of(&[4, 5]), ["2/3 event 4 record-missing"], "the approval is left out");
    let moved = told_of(&[4, 3, 5]);
    assert!(moved.contains(&"2/3 event 4 record-missing".to_owned()), "{moved:?}");
}

/// P9: another history of the same action under a number (a fork, or a newer version of the object that the bucket serves
/// instead) does not carry what comes after it.
#[tokio::test]
async fn a_replaced_object_breaks_the_link() {
    let (_, objects) = honest().await;
    let mut other = Scenario::new("one");
    other.propose();
    other.decide(SampleRequirement::DataOwner);
    other.vote("alice", &["data-owners"], VerdictKind::Deny, Proof::Service).await;
    let mut served = objects.clone();
    served[2] = write(&follow(&objects[..2]), &[(&other, 3)]);
    assert_eq!(told(&verify(&served, &[]))[0], "3 previous-differs");
}

/// P9: what is gone from the end, or was never the same log, shows against a checkpoint held elsewhere, and only there.
#[tokio::test]
async fn a_checkpoint_that_is_held_shows_the_rest() {
    let (scenario, objects) = honest().await;
    let held = |objects: &[Bytes]| {
        let Tail { tree, .. } = follow(objects);
        Held { size: tree.size(), root: tree.root() }
    };
    let (early, late) = (held(&objects[..3]), held(&objects));
    assert!(verify(&objects, &[early, late]).is_clean());

    assert!(verify(&objects[..4], &[early]).is_clean(), "nobody can tell without a later checkpoint");
    assert_eq!(told(&verify(&objects[..4], &[early, late])), ["4 log-truncated"]);
    assert_eq!(told(&verify(&[], &[late])), ["0 log-truncated"]);

    let mut other = scenario.clone();
    other.item =
        wire::Item::parse(scenario.item.id().clone(), scenario.lines(2).iter().map(String::as_str)).unwrap();
    other.vote("alice", &["data-owners"], VerdictKind::Deny, Proof::Idp).await;
    let mut rolled_back = objects[..2].to_vec();
    rolled_back.push(write(&follow(&rolled_back), &[(&other, 3)]));
    assert!(verify(&rolled_back, &[]).is_clean(), "a log in good order, but not the one that was");
    let found = told(&verify(&rolled_back, &[early, late]));
    assert_eq!(found, ["2 checkpoint-differs", "3 log-truncated"]);

    let another = Held { root: Digest::of(b"another"), ..late };
    assert_eq!(told(&verify(&objects, &[another])), ["4 checkpoint-differs"]);
    let between = Held { size: 1, ..late };
    assert_eq!(told(&verify(&objects, &[between])), ["0 checkpoint-differs"], "no object ends there");

    let mut gap = Verification::new(Some(&Believe));
    gap.hold(late);
    [0, 2].iter().for_each(|number| gap.object(*number, &objects[usize::try_from(*number).unwrap()]));
    let report = gap.finish();
    assert!(report.findings.is_empty() && report.unchecked.len() == 2, "{report:#?}");
}

/// D1, P9: the end of a suspension that no approved action brought about is found offline, whoever recorded it.
#[tokio::test]
async fn a_suspension_that_ended_by_itself() {
    let mut suspensions = Scenario::suspensions();
    suspensions.suspend("bob", &["sre"], Scope::All).await;
    let resume = Scenario::resuming("resume", Scope::All, suspensions.suspended_by()).await;
    let attempt = resume.item.state().run().unwrap().attempt.clone();
    suspensions.resume(Scope::All, resume.item.id().clone(), &attempt);
    let log = |claimed: u32| {
        let mut objects = vec![write(&follow(&[]), &[(&suspensions, 1)])];
        for sequence in 1..=claimed {
            objects.push(write(&follow(&objects), &[(&resume, sequence)]));
        }
        objects.push(write(&follow(&objects), &[(&suspensions, 2)]));
        objects
    };
    let last = resume.item.sequence();
    let honest = verify(&log(last), &[]);
    assert_eq!((told(&honest), honest.actions), (Vec::new(), 1), "the suspension list is no action");
    for claimed in [0, 2, last - 1] {
        let found = told(&verify(&log(claimed), &[]));
        assert!(found.len() == 1 && found[0].ends_with("event 2 resume-unfounded"), "{found:?}");
    }
}

/// D18, P12: a change whose request is not what the statement makes of the one before.
#[tokio::test]
async fn a_change_that_says_something_else() {
    let mut scenario = Scenario::new("changed");
    scenario.propose();
    scenario.decide(SampleRequirement::Changing);
    let patch = serde_json::json!({"destination": "s3://partner-drop/inbox/q3.csv"});
    let honest = scenario.changed("bob", &["sre"], &patch, Proof::Service).await;
    let other = scenario.asked().changed(&serde_json::json!({"destination": "s3://elsewhere/q3.csv"}));
    let other = scenario.put(&other);
    let told_of = |event: domain::Event| {
        let mut scenario = scenario.clone();
        scenario.add(event);
        told(&verify(&objects_of(&scenario), &[]))
    };
    assert!(told_of(honest.clone()).is_empty());
    let domain::Event::Modified { verdict, .. } = honest else { unreachable!("a change") };
    assert_eq!(
        told_of(domain::Event::Modified { verdict, request: other }),
        ["2/3 event 3 document-differs"]
    );
}

/// P9, D1: a resolution that was changed, stripped of what proves it or recorded twice is found where it was done.
#[tokio::test]
async fn a_rewritten_resolution() {
    let mut scenario = lost();
    let event = scenario.resolution("bob", &["sre"], false, Proof::Service).await;
    scenario.add(event);
    let objects = objects_of(&scenario);
    assert!(verify(&objects, &[]).is_clean());
    let cases: [(&str, Lie, &str); 5] = [
        (
            "its opposite",
            |records, _| replace(records, "\"happened\":false", "\"happened\":true"),
            "4/5 event 5 event-impossible",
        ),
        (
            "in another's name",
            |records, _| replace(records, "\"bob\"", "\"carol\""),
            "4/5 event 5 chain-differs",
        ),
        (
            "other words",
            |_, documents| replace(documents, "Agreed with", "Asked"),
            "4/5 event 5 document-missing",
        ),
        (
            "no envelope",
            |_, documents| documents.retain(|line| !String::from_utf8_lossy(line).contains("signature")),
            "4/5 event 5 document-missing",
        ),
        ("recorded twice", |records, _| records.extend(records.clone()), "4/6 event 5 recorded-twice"),
    ];
    for (what, lie, found) in cases {
        let told = told(&verify(&rewritten(&objects, 4, lie), &[]));
        assert!(told.contains(&found.to_owned()), "{what}: {told:?}");
    }
}

/// P9, D1: a probe's finding whose document says something else, or is about another attempt or action, is found. The
/// outcome of the attempt itself that comes after a finding is none.
#[test]
fn a_probe_that_says_something_else() {
    let mut scenario = lost();
    let mut honest = scenario.clone();
    let Event::Resolved { attempt, by: ResolvedBy::Probe(probe), .. } = scenario.probed(false) else {
        unreachable!("a probe")
    };
    let found: Probe = scenario.documents[&probe].open().unwrap();
    let event = honest.probed(false);
    honest.add(event);
    assert!(verify(&objects_of(&honest), &[]).is_clean());
    honest.succeed();
    assert!(verify(&objects_of(&honest), &[]).is_clean(), "its outcome came late");
    for (what, bent) in [
        ("the opposite", Probe { happened: true, ..found.clone() }),
        ("another attempt", Probe { attempt: "another".to_owned(), ..found.clone() }),
        ("another action", Probe { action: ActionId::of(b"another"), ..found.clone() }),
    ] {
        let mut scenario = scenario.clone();
        let by = ResolvedBy::Probe(scenario.put(&bent));
        scenario.add(Event::Resolved { attempt: attempt.clone(), happened: false, by });
        assert_eq!(told(&verify(&objects_of(&scenario), &[])), ["4/5 event 5 document-differs"], "{what}");
    }
}
