//! The door when something behind it fails.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod door;

use std::sync::{Arc, Mutex};

use domain::{Event, Fault};
use door::told::{add, decided, write_heartbeats};
use door::{Door, digest, export, post};
use testkit::{Gate, Moment, SampleRequirement};

/// E8, F19, F25: while the ledger is an hour behind nothing is accepted, nor before it has shown itself at all; and the door
/// opens again by itself with the next heartbeat.
#[tokio::test]
async fn a_silent_ledger_closes_the_door() {
    let door = Door::new().await;
    assert_eq!(door.propose("fresh", &export()).await.gist(), "202 proposed");
    door.index.set_watermark(None);
    assert_eq!(door.propose("never", &export()).await.gist(), "503 unavailable");
    write_heartbeats(&door, 3600);
    let answer = door.propose("silent", &export()).await;
    assert_eq!(answer.gist(), "503 unavailable");
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert_eq!(door.states.stream().len(), 1, "nothing was stored");
    let read = door.get("/v1/catalog", &door.agent()).await;
    assert_eq!(read.status, 200, "reading goes on");
    write_heartbeats(&door, 3599);
    assert_eq!(door.propose("silent", &export()).await.gist(), "202 proposed");
}

/// P10: no rules, no proposal.
#[tokio::test]
async fn without_rules_nothing_is_accepted() {
    let door = Door::new().await;
    door.shelf.clear();
    let answer = door.propose("key-1", &export()).await;
    assert_eq!(answer.gist(), "503 unavailable");
    assert!(door.states.contents().is_empty());
}

fn recording(points: &Arc<Mutex<Vec<&'static str>>>) -> Gate {
    let points = points.clone();
    Gate::new(move |point, moment| {
        if moment == Moment::Before {
            points.lock().unwrap().push(point);
        }
        Box::pin(std::future::ready(Ok(())))
    })
}

/// The order of everything a proposal does outside: documents before the item, one write of state.
#[tokio::test]
async fn documents_are_stored_before_the_item() {
    let points = Arc::default();
    let door = Door::behind(recording(&points)).await;
    assert_eq!(door.propose("key-1", &export()).await.gist(), "202 proposed");
    insta::assert_snapshot!(points.lock().unwrap().join("\n"));
}

/// F1, F8, F9, O10: whatever fails or loses its answer, before or after it happened: 503 without anything internal, and
/// the same key later gives one action.
#[tokio::test]
async fn every_fault_is_survived() {
    let points = Arc::default();
    Door::behind(recording(&points)).await.propose("key-1", &export()).await;
    let count = points.lock().unwrap().len();
    assert!(count >= 6, "the run passes its gates");
    for (number, moment) in (0..count).flat_map(|number| [(number, Moment::Before), (number, Moment::After)])
    {
        let passed = Arc::new(Mutex::new((0, true)));
        let gate = Gate::new({
            let passed = passed.clone();
            move |point, now| {
                let mut state = passed.lock().unwrap();
                let here = now == moment && state.0 == number && state.1;
                state.0 += usize::from(now == moment);
                let fault = Fault::passing(format!("internal words about {point} and its table"));
                if here {
                    state.1 = false;
                }
                Box::pin(std::future::ready(if here { Err(fault) } else { Ok(()) }))
            }
        });
        let door = Door::behind(gate).await;
        let failed = door.propose("key-1", &export()).await;
        assert_eq!(failed.gist(), "503 unavailable", "{number} {moment:?}");
        assert!(failed.header("retry-after").is_some());
        assert!(!failed.text.contains("internal words"), "{}", failed.text);
        let again = door.propose("key-1", &export()).await;
        assert_eq!(again.gist(), "202 proposed", "{number} {moment:?}: {}", again.text);
        assert_eq!(door.states.stream().len(), 1, "{number} {moment:?}: one write in all");
    }
}

/// F7: a claim that is faster than the cancellation wins, and the caller is told so; nothing is taken back half.
#[tokio::test]
async fn a_claim_faster_than_the_cancellation_wins() {
    let door = Door::new().await;
    let id = door.propose("key-1", &export()).await.id();
    let racer = door.clone();
    let started = Arc::new(Mutex::new(false));
    let gate = Gate::new({
        let id = id.clone();
        move |point, moment| {
            let first = point == "state.extend"
                && moment == Moment::Before
                && !std::mem::replace(&mut *started.lock().unwrap(), true);
            let (door, id) = (racer.clone(), id.clone());
            Box::pin(async move {
                if first {
                    add(&door, &id, decided(&door, SampleRequirement::Nobody)).await;
                    let lease_until = door.clock_now().plus_seconds(30);
                    let bundle = digest("bundle");
                    add(&door, &id, Event::Claimed { attempt: "5f0c".into(), lease_until, bundle }).await;
                }
                Ok(())
            })
        }
    });
    let slow = door.through(gate);
    let answer = slow.send(post(&format!("/v1/actions/{id}/cancel"), &door.agent(), &[], "")).await;
    assert_eq!(answer.gist(), "409 already-started");
    assert_eq!(door.item(&id).await.unwrap().state().status().name(), "executing");
}
