//! One change to the log is told once: what follows from it is marked so, and a second change never is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

use bytes::Bytes;
use ledger::Tail;
use ledger::verify::{Held, Verification, VerificationFinding, VerificationReport};
use testkit::Scenario;
use testkit::written::{Believe, follow, write};

/// Three exports, one event to an object.
async fn honest() -> Vec<Bytes> {
    let mut objects: Vec<Bytes> = Vec::new();
    for key in ["one", "two", "three"] {
        let scenario = Scenario::export(key).await;
        for sequence in 1..=scenario.item.sequence() {
            objects.push(write(&follow(&objects), &[(&scenario, sequence)]));
        }
    }
    objects
}

fn verify(objects: &[Bytes], held: &[Held]) -> VerificationReport {
    let mut verification = Verification::new(Some(&Believe));
    held.iter().for_each(|held| verification.hold(*held));
    (0..).zip(objects).for_each(|(number, bytes)| verification.object(number, bytes));
    verification.finish()
}

/// One bit of this text in the object, flipped.
fn flip(objects: &mut [Bytes], number: usize, text: &str) {
    let mut bytes = objects[number].to_vec();
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
    bytes[at] ^= 1;
    objects[number] = bytes.into();
}

fn causes(report: &VerificationReport) -> Vec<(u64, &str)> {
    report.causes().map(|finding| (finding.object, finding.code.as_str())).collect()
}

/// The objects of findings that follow from this object.
fn following(report: &VerificationReport, from: u64) -> Vec<u64> {
    let follows = |finding: &&VerificationFinding| {
        finding.follows_from.as_ref().is_some_and(|cause| cause.object == from)
    };
    report.findings.iter().filter(follows).map(|finding| finding.object).collect()
}

/// P9: a flipped bit of a record or of a document is its own finding; every later object follows from it.
#[tokio::test]
async fn a_flipped_bit_is_told_once() {
    let honest = honest().await;
    let last = u64::try_from(honest.len()).unwrap() - 1;
    let mut objects = honest.clone();
    flip(&mut objects, 3, "\"entry\"");
    let report = verify(&objects, &[]);
    assert_eq!(causes(&report), [(3, "root-differs")]);
    assert_eq!(following(&report, 3), (4..=last).collect::<Vec<_>>());

    let mut objects = honest;
    flip(&mut objects, 0, "quarterly");
    let report = verify(&objects, &[]);
    assert!(causes(&report).contains(&(0, "document-malformed")), "{report:#?}");
    assert!(report.causes().all(|finding| finding.object == 0), "{report:#?}");
    assert_eq!(following(&report, 0), (1..=last).collect::<Vec<_>>());
}

/// P9: what does not continue the object before it by that object's own word is a cause, however broken the log is already.
#[tokio::test]
async fn a_second_change_is_a_cause_of_its_own() {
    let honest = honest().await;
    let mut objects = honest.clone();
    flip(&mut objects, 3, "\"entry\"");
    flip(&mut objects, 8, "\"entry\"");
    let report = verify(&objects, &[]);
    assert_eq!(causes(&report), [(3, "root-differs"), (8, "root-differs")]);
    assert_eq!((following(&report, 3), following(&report, 8)[0]), (vec![4, 5, 6, 7], 9));

    // A whole object of another log instead of one of this.
    let mut objects = honest.clone();
    flip(&mut objects, 3, "\"entry\"");
    let elsewhere = Tail { next: 8, ..follow(&honest[..2]) };
    objects[8] = write(&elsewhere, &[(&Scenario::export("other").await, 1)]);
    let report = verify(&objects, &[]);
    assert_eq!(causes(&report), [(3, "root-differs"), (8, "previous-differs")]);

    // Without a finding before it, a link that does not fit is a cause.
    let mut objects = honest;
    objects[8] = write(&follow(&objects[..8]), &[(&Scenario::export("other").await, 1)]);
    let report = verify(&objects, &[]);
    assert_eq!(causes(&report), [(9, "previous-differs")]);
}

/// P9: a checkpoint of what was not counted follows from the break only if the objects themselves lead to its root.
#[tokio::test]
async fn checkpoints_after_a_break() {
    let mut objects = honest().await;
    let Tail { tree, .. } = follow(&objects);
    let own = Held { size: tree.size(), root: tree.root() };
    let other = Held { size: tree.size(), root: follow(&objects[..4]).tree.root() };
    flip(&mut objects, 3, "\"entry\"");
    assert_eq!(causes(&verify(&objects, &[own])), [(3, "root-differs")]);
    let report = verify(&objects, &[own, other]);
    let number = u64::try_from(objects.len()).unwrap();
    assert_eq!(causes(&report), [(3, "root-differs"), (number, "log-truncated")]);
}
