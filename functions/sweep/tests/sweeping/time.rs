//! What time alone decides, and what it does not.

use domain::{Event, LossReason, ProbeGap, Status};
use store::image::HEARTBEATS;
use store::{AttributeValue, StreamImage};
use testkit::Scenario;

use crate::support::{TestStack, approved, executing, half, pending, proposed};

async fn every() -> Vec<(Scenario, Status)> {
    vec![
        (proposed("proposed"), Status::Expired),
        (pending("pending"), Status::Expired),
        (half("half").await, Status::Expired),
        (approved("approved"), Status::Expired),
        (executing("executing"), Status::Unknown),
    ]
}

/// W13: in every state that has a deadline, time alone expires, or says that nobody knows; it never approves, denies or
/// fails, and before the deadline it does nothing at all.
#[tokio::test]
async fn time_only_ever_expires() {
    for (scenario, expected) in every().await {
        let stack = TestStack::new();
        stack.add(&scenario).await;
        let deadline = scenario.item.state().deadline().unwrap();
        let before = scenario.item.state().status();
        stack.clock.set(deadline.plus_seconds(-1));
        assert_eq!(stack.run().await.unwrap().committed, 0);
        assert_eq!(stack.status(&scenario).await, before, "a second is left");
        stack.clock.pass(61);
        let report = stack.run().await.unwrap();
        assert_eq!((report.committed, report.failed), (1, 0), "{before:?}");
        assert_eq!(stack.status(&scenario).await, expected, "{before:?}");
        stack.clock.pass(86_400);
        // Half an hour after its lease a lost attempt is left to people.
        let left_to_people = u32::from(expected == Status::Unknown);
        assert_eq!(stack.run().await.unwrap().committed, left_to_people, "{before:?}: once");
        assert_eq!(stack.run().await.unwrap().committed, 0, "{before:?}: once");
    }
}

/// P2: a lease that is over makes the attempt Unknown, by its own name, and never Failed.
#[tokio::test]
async fn a_lost_lease_is_unknown() {
    let (stack, scenario) = (TestStack::new(), executing("lease"));
    stack.add(&scenario).await;
    let run = scenario.item.state().run().unwrap().clone();
    stack.clock.set(run.lease_until);
    stack.run().await.unwrap();
    let last = stack.item(&scenario).await.entries().last().unwrap().event.clone();
    assert_eq!(last, Event::OutcomeLost { attempt: run.attempt, reason: LossReason::LeaseLost });
}

/// Half an hour after its lease a lost attempt that execution did not probe is left to people, and nothing else happens to it.
#[tokio::test]
async fn people_are_asked_in_time() {
    let (stack, mut scenario) = (TestStack::new(), executing("lost"));
    scenario.lose();
    stack.add(&scenario).await;
    let run = scenario.item.state().run().unwrap().clone();
    stack.clock.set(run.probed_until().plus_seconds(-1));
    assert_eq!(stack.run().await.unwrap().committed, 0);
    stack.clock.pass(61);
    assert_eq!(stack.run().await.unwrap().committed, 1);
    let last = stack.item(&scenario).await.entries().last().unwrap().event.clone();
    assert_eq!(last, Event::ProbeInconclusive { attempt: run.attempt, reason: ProbeGap::TimedOut });
    stack.clock.pass(86_400);
    assert_eq!(stack.run().await.unwrap().committed, 0);
}

/// P1, F19, F25: what is not recorded yet is delivered by the stream again, unchanged, every minute until it is; what is
/// over and recorded never again.
#[tokio::test]
async fn what_is_not_recorded_is_nudged() {
    let (mut stack, mut scenario) = (TestStack::new(), proposed("requeued"));
    scenario.item = scenario.item.extend(Event::Cancelled { by: scenario.agent() }, scenario.now).unwrap().0;
    stack.add(&scenario).await;
    for _ in 0..3 {
        stack.clock.pass(60);
        let from = stack.states.stream().len();
        let report = stack.run().await.unwrap();
        assert_eq!((report.seen, report.committed, report.failed), (1, 0, 0));
        let written = stack.states.stream_from(from).into_iter().map(|record| record.image);
        let item = StreamImage::Item(Box::new(scenario.item.clone().into()));
        assert_eq!(written.filter(|image| *image == item).count(), 1, "E7: the item comes again by itself");
        assert_eq!(stack.item(&scenario).await, scenario.item, "a requeue changes nothing");
    }
    stack.record(&scenario).await;
    stack.clock.pass(60);
    assert_eq!(stack.run().await.unwrap().seen, 1);
    stack.clock.pass(86_400);
    assert_eq!(stack.run().await.unwrap().seen, 0, "it is over");
}

/// E8, F19: each run writes every heartbeat, so that an idle system shows of every shard that stream and ledger are alive.
#[tokio::test]
async fn every_run_beats() {
    let stack = TestStack::new();
    for _ in 1..=2 {
        let from = stack.states.stream().len();
        stack.run().await.unwrap();
        let written = stack.states.stream_from(from).into_iter().map(|record| record.image);
        let expected: Vec<_> = (0..HEARTBEATS).map(StreamImage::Heartbeat).collect();
        assert_eq!(written.collect::<Vec<_>>(), expected);
    }
}

/// F6: an item that does not read is reported and put off, and the others are swept.
#[tokio::test]
async fn one_bad_item_stops_no_other() {
    let stack = TestStack::new();
    let scenarios: Vec<Scenario> = (0..8).map(|number| proposed(&format!("good {number}"))).collect();
    for scenario in &scenarios {
        stack.add(scenario).await;
        let bad = proposed(&format!("bad {}", scenario.item.id()));
        stack.add(&bad).await;
        let mut attributes = stack.states.contents()[bad.item.id().as_str()].clone();
        attributes.insert("chain".to_owned(), AttributeValue::S("nonsense".to_owned()));
        attributes.insert("due".to_owned(), AttributeValue::N("0".to_owned()));
        stack.states.forge(bad.item.id().as_str(), attributes);
    }
    stack.clock.pass(86_400);
    let report = stack.run().await.unwrap();
    assert_eq!((report.seen, report.committed, report.failed), (16, 8, 8));
    for scenario in &scenarios {
        assert_eq!(stack.status(scenario).await, Status::Expired);
    }
}

/// E9: one agent that proposes as fast as it may makes 600 items due in a minute, in every shard more than one batch. All of
/// them have their turn in one run, and somebody else's deadline that comes after them too.
#[tokio::test]
async fn one_agents_items_do_not_make_others_late() {
    let stack = TestStack::new();
    for n in 0..600 {
        stack.add(&proposed(&format!("many-{n}"))).await;
    }
    let late = pending("somebody else's");
    stack.add(&late).await;
    stack.clock.pass(7200);
    let report = stack.run().await.unwrap();
    assert_eq!((report.seen, report.failed), (601, 0), "{report:?}");
    assert_eq!(stack.status(&late).await, Status::Expired);
}
