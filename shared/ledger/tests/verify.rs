//! The offline verifier against everything one can do to a log.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

use bytes::Bytes;
use domain::{KeyRef, Proof, VerdictKind};
use ledger::tree::{Tree, leaf};
use ledger::verify::{Verification, VerificationReport};
use ledger::{MAX_OBJECT_BYTES, MAX_RECORDS, Object, Tail};
use proptest::prelude::*;
use std::sync::LazyLock;
use testkit::written::{Believe, follow, violation, write, write_records};
use testkit::{SampleRequirement, Scenario};
use wire::json::canonical;
use wire::record::Head;

struct Sample {
    alice: Scenario,
    bob: Scenario,
    objects: Vec<Bytes>,
}

/// Two actions, interleaved over four objects.
static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let alice = Scenario::export("one").await;
        let mut bob = Scenario::new("two");
        bob.propose();
        bob.decide(SampleRequirement::TwoOfSre);
        bob.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
        bob.vote("carol", &["sre"], VerdictKind::Deny, Proof::Service).await;
        let mut objects = Vec::new();
        for events in [
            vec![(&alice, 1), (&bob, 1), (&alice, 2)],
            vec![(&bob, 2)],
            vec![(&alice, 3), (&bob, 3), (&alice, 4)],
            vec![(&bob, 4), (&alice, 5)],
        ] {
            objects.push(write(&follow(&objects), &events));
        }
        Sample { alice, bob, objects }
    })
});

fn verify<'a>(objects: impl IntoIterator<Item = (u64, &'a [u8])>) -> VerificationReport {
    let mut verification = Verification::new(Some(&Believe));
    objects.into_iter().for_each(|(number, bytes)| verification.object(number, bytes));
    verification.finish()
}

fn verify_all(objects: &[Bytes]) -> VerificationReport {
    verify((0..).zip(objects.iter().map(|bytes| bytes.as_ref())))
}

fn codes(report: &VerificationReport) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// An honest log is clean, and every record is on its action's trail.
#[test]
fn an_honest_log_is_clean() {
    let report = verify_all(&SAMPLE.objects);
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!((report.objects, report.actions, report.records, report.size), (4, 2, 12, 12));
    let mine = report.trails.iter().filter(|trail| trail.action == SAMPLE.alice.item.id().as_str());
    let kinds: Vec<_> = mine.map(|trail| trail.kind).collect();
    assert_eq!(kinds, ["proposed", "decided", "verdict_given", "claimed", "succeeded"]);
}

/// One object, byte for byte: a change here is a change of format.
#[test]
fn the_first_object() {
    insta::assert_snapshot!(std::str::from_utf8(&SAMPLE.objects[2]).unwrap());
}

/// An object read alone answers for its events, keys and documents, and for nothing else.
#[test]
fn an_object_answers_for_what_it_holds() {
    let object = Object::read(2, &SAMPLE.objects[2]).unwrap();
    let id = SAMPLE.alice.item.id();
    let record = object.event(id, 3).unwrap();
    assert_eq!(Some(*record.chain), SAMPLE.alice.item.chain_at(3));
    assert_eq!(record.position, 7, "after the key of Alice's token");
    assert!(object.event(id, 2).is_none());
    let kid = SAMPLE.alice.issuer.jwk()["kid"].as_str().unwrap().to_owned();
    let key = KeyRef { issuer: SAMPLE.alice.issuer.name().to_owned(), kid };
    assert_eq!(object.key(&key), Some(&SAMPLE.alice.issuer.jwk()));
    assert!(object.key(&KeyRef { kid: "other".into(), ..key }).is_none());
    assert!(Object::read(3, &SAMPLE.objects[2]).is_err(), "an object under another number is another object");
}

/// P9: edit, delete, insert, reorder, fork, omission and replacement by a newer version.
#[test]
fn everything_done_to_a_log_shows() {
    let sample = &*SAMPLE;
    let (alice, bob) = (&sample.alice, &sample.bob);
    let keep = |upto: usize| sample.objects[..upto].to_vec();
    let with = |mut before: Vec<Bytes>, events: &[(&Scenario, u32)]| {
        before.push(write(&follow(&before), events));
        before
    };
    let edited = |number: usize, from: &str, to: &str| {
        let text = std::str::from_utf8(&sample.objects[number]).unwrap();
        assert!(text.contains(from), "{from}");
        let mut objects = keep(4);
        objects[number] = Bytes::from(text.replacen(from, to, 1));
        objects
    };
    let swapped = {
        let mut objects = keep(4);
        objects.swap(1, 2);
        objects
    };
    let fork = [with(keep(1), &[(bob, 2), (alice, 3)]), keep(4)[2..].to_vec()].concat();
    let quarantined = {
        let mut objects = keep(2);
        let tail = follow(&objects);
        objects.push(write_records(&tail, &[violation(alice, 3, alice.now)]));
        with(objects, &[(alice, 3)])
    };
    let cases: Vec<(&str, Vec<Bytes>, &[&str])> = vec![
        ("edit a record", edited(1, "dana", "dano"), &["root-differs"]),
        ("edit a document", edited(0, "quarterly", "half-year"), &["document-malformed"]),
        (
            "edit the link",
            edited(1, "\"previous\":\"sha256:", "\"previous\":\"sha256:0"),
            &["head-malformed"],
        ),
        ("reorder objects", swapped, &["other-number"]),
        ("insert a record twice", with(keep(4), &[(bob, 4)]), &["recorded-twice"]),
        ("omit a record", with(keep(1), &[(bob, 2), (alice, 4)]), &["record-missing"]),
        ("fork: another object under a number", fork, &["previous-differs"]),
        ("events after a violation", quarantined, &["recorded-violation", "event-after-violation"]),
    ];
    for (what, objects, expected) in cases {
        let report = verify_all(&objects);
        let found = codes(&report);
        for code in expected {
            assert!(found.contains(code), "{what}: {found:?}");
        }
    }
}

/// P9: an object that is gone makes the report incomplete, and says which.
#[test]
fn a_missing_object_is_named() {
    let present = [0, 1, 3].map(|number: u64| (number, SAMPLE.objects[number as usize].as_ref()));
    let report = verify(present);
    assert_eq!(report.unchecked, ["object 2 is missing, though object 3 is there"]);
    assert!(!verify([]).is_clean());
}

/// Without anybody to believe, the report is incomplete rather than clean.
#[test]
fn without_trusted_keys_nothing_is_clean() {
    let mut verification = Verification::new(None);
    (0..).zip(&SAMPLE.objects).for_each(|(number, bytes)| verification.object(number, bytes));
    let report = verification.finish();
    assert!(report.findings.is_empty() && !report.is_clean());
}

/// D10: garbage at the next number is a finding with zero records; the log goes on from the last valid root and links it.
#[test]
fn garbage_is_a_finding_and_the_log_goes_on() {
    let huge = vec![b'x'; MAX_OBJECT_BYTES + 1000];
    for (garbage, code) in [
        (b"not a head\n".to_vec(), "head-malformed"),
        (Vec::new(), "cut-off"),
        (huge, "too-large"),
        (SAMPLE.objects[0].to_vec(), "other-number"),
        (vec![0xff, 0xfe, b'\n'], "not-text"),
    ] {
        let mut objects = SAMPLE.objects[..2].to_vec();
        objects.push(garbage.into());
        let before = follow(&objects[..2]);
        let after = follow(&objects);
        assert_eq!(after.tree, before.tree, "{code}");
        objects.push(write(&after, &[(&SAMPLE.alice, 3)]));
        objects.push(write(&follow(&objects), &[(&SAMPLE.alice, 4), (&SAMPLE.alice, 5)]));
        let report = verify_all(&objects);
        assert_eq!(codes(&report), [code]);
        assert_eq!((report.findings[0].object, report.objects), (2, 5));
    }
}

/// An unknown version of the head is never skipped.
#[test]
fn an_unknown_version_stops() {
    let text =
        std::str::from_utf8(&SAMPLE.objects[1]).unwrap().replace("countersign-log/1", "countersign-log/2");
    assert!(follow(&SAMPLE.objects[..1]).follow(text.as_bytes()).is_err());
    let report =
        verify([(0, SAMPLE.objects[0].as_ref()), (1, text.as_bytes()), (2, SAMPLE.objects[2].as_ref())]);
    assert_eq!(report.unchecked, ["object 1 has the format `countersign-log/2`: a newer verifier is needed"]);
    let text = std::str::from_utf8(&SAMPLE.objects[1]).unwrap().replace("countersign-log/1", "elsewhere/1");
    assert!(
        follow(&SAMPLE.objects[..1]).follow(text.as_bytes()).is_ok(),
        "another family is garbage, not a version"
    );
}

/// E6: an object of an unknown version that the log goes on without counts as a finding with no records.
#[test]
fn an_unknown_version_that_was_passed_over() {
    let foreign =
        std::str::from_utf8(&SAMPLE.objects[1]).unwrap().replace("countersign-log/1", "countersign-log/2");
    let mut objects = SAMPLE.objects[..1].to_vec();
    let after = follow(&objects).pass(foreign.as_bytes());
    objects.push(foreign.into());
    objects.push(write(&after, &[(&SAMPLE.bob, 2)]));
    let report = verify_all(&objects);
    assert_eq!(codes(&report), ["unknown-version"], "{report:#?}");
    assert_eq!((report.objects, report.unchecked.len()), (3, 0));
    let report = verify_all(&objects[..2]);
    assert_eq!(report.unchecked.len(), 1, "nobody has gone on: a newer verifier may be needed");
}

/// E3: a claim of an action whose proposal was not recorded when it says it was made: execution runs no such one.
#[test]
fn a_claim_of_a_proposal_dated_back() {
    for (late, found) in [(0, 0), (3600, 0), (7501, 1), (86_400, 1)] {
        let mut scenario = SAMPLE.alice.clone();
        // The ledger fetches the key of the agent's token to record the proposal.
        scenario.now = scenario.item.entries()[0].at.plus_seconds(late);
        let mut objects = vec![write(&Tail::default(), &[(&scenario, 1)])];
        for sequence in 2..=5 {
            objects.push(write(&follow(&objects), &[(&SAMPLE.alice, sequence)]));
        }
        let report = verify_all(&objects);
        assert_eq!(codes(&report), vec!["proposal-not-timely"; found], "{late}");
        assert!(report.findings.iter().all(|finding| finding.sequence == Some(4)), "{report:#?}");
    }
}

/// An object with too many records, or none, is not composed.
#[test]
fn an_object_has_bounds() {
    let line = |number: usize| format!("{{\"n\":{number}}}").into_bytes();
    let lines: Vec<_> = (0..201).map(line).collect();
    assert!(Tail::default().compose(&lines, &[]).is_err());
    assert!(Tail::default().compose(&[], &[]).is_err());
    assert!(Tail::default().compose(&lines[..200], &[]).is_ok());
    assert!(Tail::default().compose(&lines[..1], &[vec![b' '; MAX_OBJECT_BYTES]]).is_err());
}

proptest! {
    /// P9: one byte changed anywhere gives a finding.
    #[test]
    fn any_changed_byte_shows(number in 0..4usize, place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut objects = SAMPLE.objects.clone();
        let mut bytes = objects[number].to_vec();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        objects[number] = bytes.into();
        prop_assert!(!verify_all(&objects).is_clean(), "object {} byte {}", number, place);
    }

    /// P9: any stretch taken out or put in gives a finding.
    #[test]
    fn any_cut_or_insertion_shows(number in 0..4usize, place in any::<prop::sample::Index>(), cut in 0..40usize, text in "[ -~\n]{0,20}") {
        let mut objects = SAMPLE.objects.clone();
        let mut bytes = objects[number].to_vec();
        let start = place.index(bytes.len());
        let end = (start + cut).min(bytes.len());
        bytes.splice(start..end, text.into_bytes());
        prop_assume!(bytes != objects[number]);
        objects[number] = bytes.into();
        prop_assert!(!verify_all(&objects).is_clean());
    }
}

/// P9: an object has 1 to 200 records, whatever tree its head belongs to.
#[test]
fn an_object_has_records_and_not_too_many() {
    for (count, holds) in [(0, false), (1, true), (MAX_RECORDS, true), (MAX_RECORDS + 1, false)] {
        let lines: Vec<String> = (0..count).map(|place| format!("record {place}")).collect();
        let mut tree = Tree::default();
        lines.iter().for_each(|line| tree.push(leaf(line.as_bytes())));
        let (format, root) = (Head::FORMAT.to_owned(), tree.root());
        let head = Head { format, object: 0, previous: None, first: 0, count, range: Vec::new(), root };
        let head = canonical(&head).unwrap().into_string();
        let text: String =
            std::iter::once(&head).chain(&lines).flat_map(|line| [line.as_str(), "\n"]).collect();
        assert_eq!(Object::read(0, text.as_bytes()).is_ok(), holds, "{count} records");
    }
}
