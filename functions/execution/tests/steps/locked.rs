//! The record behind the message: under which lock it is, and whether it is this item's.

use crate::support::{SampleAction, TestStack};
use domain::{Fault, Status};
use ledger::DefaultRetention;
use runtime::sqs::HandleMessage;
use serde_json::Value;
use testkit::written;
use wire::message::{EffectName, Message};

/// Delivers the message; nothing may come of it but a lasting fault with this code.
async fn stopped(stack: &TestStack, code: &str, why: &str) {
    let fault: Fault = stack.deliver(1).await.unwrap_err();
    assert!(!fault.is_passing() && fault.to_string().starts_with(code), "{why}: {fault}");
    assert_eq!(stack.item().await.state().status(), Status::Approved, "{why}");
    stack.assert_untouched(why);
}

/// The log object with this number written anew: its event's record with one field changed, root and link in order.
fn rewrite(stack: &TestStack, number: usize, change: impl Fn(&mut Value)) {
    rewrite_all(stack, number, |record| {
        if record["record"] == "event" {
            change(record);
        }
    });
}

/// The same for every record; one that becomes null is left out.
fn rewrite_all(stack: &TestStack, number: usize, change: impl Fn(&mut Value)) {
    let objects: Vec<_> = stack.log.objects().into_iter().map(|(_, bytes)| bytes).collect();
    let text = std::str::from_utf8(&objects[number]).unwrap();
    let mut lines: Vec<Vec<u8>> = text.lines().skip(1).map(|line| line.as_bytes().to_vec()).collect();
    let records = lines.iter().filter(|line| is_record(line)).count();
    let documents = lines.split_off(records);
    for line in &mut lines {
        let mut record = wire::json::parse_value(line).unwrap();
        change(&mut record);
        *line = wire::json::canonical(&record).unwrap().into_string().into_bytes();
    }
    lines.retain(|line| line != b"null");
    let bytes = written::follow(&objects[..number]).compose(&lines, &documents).unwrap();
    stack.log.place(u64::try_from(number).unwrap(), bytes);
}

fn is_record(line: &[u8]) -> bool {
    wire::json::parse_value(line).unwrap().get("record").is_some()
}

/// P4: a lock shorter than configured is none, and neither is one that is over.
#[tokio::test]
async fn the_lock_is_long_enough_and_not_over() {
    let stack = TestStack::approved(SampleAction::Export).await;
    let demanding = stack.process_that_keeps(2);
    let fault = demanding.handle(&stack.message()).await.unwrap_err();
    assert!(fault.to_string().starts_with("record-not-locked"), "a day is less than two: {fault}");
    stack.assert_untouched("too short");

    let stack = TestStack::approved(SampleAction::Export).await;
    stack.log.set_retention(Some(DefaultRetention { compliance: true, days: 0 }));
    for (number, bytes) in stack.log.objects() {
        stack.log.place(number, bytes);
    }
    let fault = stack.process_that_keeps(0).handle(&stack.message()).await.unwrap_err();
    assert!(fault.to_string().starts_with("record-not-locked"), "a lock that is over: {fault}");
    stack.assert_untouched("over");
}

/// P4, D16: the record leads from the item's chain before to its chain after by the very entry it holds.
#[tokio::test]
async fn a_record_that_leads_elsewhere_is_none() {
    let stack = TestStack::approved(SampleAction::Summary).await;
    rewrite(&stack, 1, |record| record["entry"]["at"] = "2026-11-18T14:13:20.204Z".into());
    stopped(&stack, "chain-differs", "another entry between the same chains").await;

    let stack = TestStack::approved(SampleAction::Summary).await;
    rewrite(&stack, 1, |record| record["previous"] = record["chain"].clone());
    stopped(&stack, "chain-differs", "another chain before").await;

    let stack = TestStack::approved(SampleAction::Summary).await;
    rewrite(&stack, 0, |record| record["previous"] = record["chain"].clone());
    stopped(&stack, "chain-differs", "another proposal").await;
}

/// P5, D1: an ID token counts by the key that ledger fetched and locked together with the vote, and by no other.
#[tokio::test]
async fn the_key_beside_the_vote_counts() {
    let is_key = |record: &Value| record["record"] == "key";
    let stack = TestStack::approved(SampleAction::Export).await;
    rewrite_all(&stack, 2, |record| {
        if is_key(record) {
            *record = Value::Null;
        }
    });
    stopped(&stack, "key-not-recorded", "no key recorded with the vote").await;

    let stack = TestStack::approved(SampleAction::Export).await;
    let other = testkit::Issuer::new(stack.scenario.issuer.name(), testkit::Algorithm::EdDsa(99)).jwk();
    rewrite_all(&stack, 2, |record| {
        if is_key(record) {
            record["jwk"] = other.clone();
        }
    });
    stack.deliver(1).await.unwrap();
    let (code, detail) = stack.refusal().await.unwrap();
    assert!(code == "verdict-invalid" && detail.contains("token-signature"), "{code}: {detail}");
    stack.assert_untouched("another key recorded with the vote");
}

/// P4: the object that a message names must hold the record, and the index must know the action.
#[tokio::test]
async fn a_message_that_names_another_object() {
    let stack = TestStack::approved(SampleAction::Summary).await;
    let elsewhere = Message { object: 0, ..stack.message() };
    let fault = stack.process(1).handle(&elsewhere).await.unwrap_err();
    assert!(fault.to_string().starts_with("record-missing"), "{fault}");
    stack.assert_untouched("another object");

    let stack = TestStack::approved(SampleAction::Summary).await;
    stack.index.clear();
    stopped(&stack, "record-missing", "the index does not know it").await;
}

/// A message for somebody else executes nothing.
#[tokio::test]
async fn another_effect_is_not_executions() {
    let stack = TestStack::approved(SampleAction::Summary).await;
    let asked = Message { effect: EffectName::Decide, ..stack.message() };
    assert!(!stack.process(1).handle(&asked).await.unwrap_err().is_passing());
    stack.assert_untouched("a message for policy");
}
