//! The record behind the message: under which lock it is, and whether it is this item's.

use crate::support::{Ask, World};
use domain::{Fault, Status};
use ledger::DefaultRetention;
use runtime::sqs::HandleMessage;
use serde_json::Value;
use testkit::written;
use wire::message::{EffectName, Message};

/// Delivers the message; nothing may come of it but a lasting fault with this code.
async fn stopped(world: &World, code: &str, why: &str) {
    let fault: Fault = world.deliver(1).await.unwrap_err();
    assert!(!fault.is_passing() && fault.to_string().starts_with(code), "{why}: {fault}");
    assert_eq!(world.item().await.state().status(), Status::Approved, "{why}");
    world.assert_untouched(why);
}

/// The log object with this number written anew: its event's record with one field changed, root and link in order.
fn rewrite(world: &World, number: usize, change: impl Fn(&mut Value)) {
    rewrite_all(world, number, |record| {
        if record["record"] == "event" {
            change(record);
        }
    });
}

/// The same for every record; one that becomes null is left out.
fn rewrite_all(world: &World, number: usize, change: impl Fn(&mut Value)) {
    let objects: Vec<_> = world.log.objects().into_iter().map(|(_, bytes)| bytes).collect();
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
    world.log.place(u64::try_from(number).unwrap(), bytes);
}

fn is_record(line: &[u8]) -> bool {
    wire::json::parse_value(line).unwrap().get("record").is_some()
}

/// P4: a lock shorter than configured is none, and neither is one that is over.
#[tokio::test]
async fn the_lock_is_long_enough_and_not_over() {
    let world = World::approved(Ask::Export).await;
    let demanding = world.process_that_keeps(2);
    let fault = demanding.handle(&world.message()).await.unwrap_err();
    assert!(fault.to_string().starts_with("record-not-locked"), "a day is less than two: {fault}");
    world.assert_untouched("too short");

    let world = World::approved(Ask::Export).await;
    world.log.set_retention(Some(DefaultRetention { compliance: true, days: 0 }));
    for (number, bytes) in world.log.objects() {
        world.log.place(number, bytes);
    }
    let fault = world.process_that_keeps(0).handle(&world.message()).await.unwrap_err();
    assert!(fault.to_string().starts_with("record-not-locked"), "a lock that is over: {fault}");
    world.assert_untouched("over");
}

/// P4, D16: the record leads from the item's chain before to its chain after by the very entry it holds.
#[tokio::test]
async fn a_record_that_leads_elsewhere_is_none() {
    let world = World::approved(Ask::Summary).await;
    rewrite(&world, 1, |record| record["entry"]["at"] = "2026-11-18T14:13:20.204Z".into());
    stopped(&world, "chain-differs", "another entry between the same chains").await;

    let world = World::approved(Ask::Summary).await;
    rewrite(&world, 1, |record| record["previous"] = record["chain"].clone());
    stopped(&world, "chain-differs", "another chain before").await;

    let world = World::approved(Ask::Summary).await;
    rewrite(&world, 0, |record| record["previous"] = record["chain"].clone());
    stopped(&world, "chain-differs", "another proposal").await;
}

/// P5, D1: an ID token counts by the key that ledger fetched and locked beside the vote, and by no other.
#[tokio::test]
async fn the_key_beside_the_vote_counts() {
    let is_key = |record: &Value| record["record"] == "key";
    let world = World::approved(Ask::Export).await;
    rewrite_all(&world, 2, |record| {
        if is_key(record) {
            *record = Value::Null;
        }
    });
    stopped(&world, "key-not-recorded", "no key beside the vote").await;

    let world = World::approved(Ask::Export).await;
    let other = testkit::Issuer::new(world.story.issuer.name(), testkit::Algorithm::EdDsa(99)).jwk();
    rewrite_all(&world, 2, |record| {
        if is_key(record) {
            record["jwk"] = other.clone();
        }
    });
    world.deliver(1).await.unwrap();
    let (code, detail) = world.refusal().await.unwrap();
    assert!(code == "verdict-invalid" && detail.contains("token-signature"), "{code}: {detail}");
    world.assert_untouched("another key beside the vote");
}

/// P4: the object that a message names must hold the record, and the index must know the action.
#[tokio::test]
async fn a_message_that_names_another_object() {
    let world = World::approved(Ask::Summary).await;
    let elsewhere = Message { object: 0, ..world.message() };
    let fault = world.process(1).handle(&elsewhere).await.unwrap_err();
    assert!(fault.to_string().starts_with("record-missing"), "{fault}");
    world.assert_untouched("another object");

    let world = World::approved(Ask::Summary).await;
    world.index.clear();
    stopped(&world, "record-missing", "the index does not know it").await;
}

/// A message for somebody else executes nothing.
#[tokio::test]
async fn another_effect_is_not_executions() {
    let world = World::approved(Ask::Summary).await;
    let asked = Message { effect: EffectName::Decide, ..world.message() };
    assert!(!world.process(1).handle(&asked).await.unwrap_err().is_passing());
    world.assert_untouched("a message for policy");
}
