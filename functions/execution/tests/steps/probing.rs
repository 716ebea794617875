//! An attempt whose outcome was lost: its target is asked before people are.

use crate::support::{Ask, World};
use connectors::InspectError;
use domain::{Event, Fault, LossReason, ProbeGap, ResolvedBy, Status};
use runtime::sqs::HandleMessage;
use store::{ExtendState, ReadDocuments};
use testkit::Gate;
use testkit::targets::Manner;
use wire::documents::Probe;
use wire::message::{EffectName, Message};

/// An attempt of which nobody knows what it did; the target did it, or not.
async fn lost(ask: Ask, did: bool) -> World {
    let world = World::approved(ask).await;
    world.targets.set_manner(Manner::Silent(did));
    world.deliver(1).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Unknown);
    world
}

/// What ledger sends once the last event of the item is locked.
async fn message(world: &World) -> Message {
    let item = world.item().await;
    let (sequence, chain) = (item.sequence(), item.chain());
    Message { effect: EffectName::ProbeOutcome, sequence, chain, ..world.message() }
}

async fn probe(world: &World) -> Result<(), Fault> {
    let message = message(world).await;
    world.process(2).handle(&message).await
}

async fn last(world: &World) -> Event {
    world.item().await.entries().last().unwrap().event.clone()
}

/// After the lease, and the time in which a target may still do what it took before.
async fn settle(world: &World) {
    world.clock.set(world.item().await.state().run().unwrap().settled_at());
}

/// P2: what this attempt alone can have done is found at once, what did not happen only once it can no longer be under way;
/// each with a document that says what was found, and without another command.
#[tokio::test]
async fn a_target_says_what_a_lost_attempt_did() {
    for (ask, did) in [(Ask::Secret, true), (Ask::Secret, false), (Ask::Export, false)] {
        let world = lost(ask, did).await;
        let effects = world.targets.effects().len();
        if !did {
            assert!(probe(&world).await.unwrap_err().is_passing(), "{ask:?}: it may still be under way");
            assert_eq!(world.item().await.state().status(), Status::Unknown);
            settle(&world).await;
        }
        probe(&world).await.unwrap();
        let expected = if did { Status::Succeeded } else { Status::Failed };
        assert_eq!(world.item().await.state().status(), expected, "{ask:?} {did}");
        let Event::Resolved { happened, by: ResolvedBy::Probe(document), attempt } = last(&world).await
        else {
            panic!("{:?}", last(&world).await)
        };
        let document: Probe = world.documents.document(document).await.unwrap().unwrap().open().unwrap();
        assert_eq!((happened, document.happened, document.attempt), (did, did, attempt));
        assert_eq!(world.targets.effects().len(), effects, "a probe only looks");
    }
}

/// What leaves no trace, and what a target's answer leaves open, people are asked.
#[tokio::test]
async fn what_a_target_cannot_say() {
    let world = lost(Ask::Job, true).await;
    probe(&world).await.unwrap();
    assert!(matches!(last(&world).await, Event::ProbeInconclusive { reason: ProbeGap::NoProbe, .. }));
    // P2: the very copy is there, but whose it is no target tells.
    let world = lost(Ask::Export, true).await;
    settle(&world).await;
    probe(&world).await.unwrap();
    assert!(matches!(last(&world).await, Event::ProbeInconclusive { reason: ProbeGap::CannotTell, .. }));
    let events = world.item().await.sequence();
    probe(&world).await.unwrap();
    assert_eq!(world.item().await.sequence(), events, "a target is asked once");
}

/// Fail closed: a probe that errs decides nothing. What may pass is asked again, what stays is for people.
#[tokio::test]
async fn a_probe_that_errs_decides_nothing() {
    let world = lost(Ask::Export, true).await;
    settle(&world).await;
    world.targets.hide(Some(InspectError::Fault(Fault::passing("Throttling"))));
    assert!(probe(&world).await.unwrap_err().is_passing());
    world.targets.hide(None);
    world.sts.fail(Some(("-inspect-", Fault::passing("Throttling"))));
    assert!(probe(&world).await.unwrap_err().is_passing());
    assert_eq!(world.item().await.state().status(), Status::Unknown);
    world.sts.fail(Some(("-inspect-", Fault::lasting("AccessDenied"))));
    probe(&world).await.unwrap();
    assert!(matches!(last(&world).await, Event::ProbeInconclusive { reason: ProbeGap::CannotTell, .. }));
    assert_eq!(world.item().await.state().status(), Status::Unknown);
}

/// D11: where another attempt holds the locked claim, the traces of this one say nothing of what that one did.
#[tokio::test]
async fn another_attempts_claim_is_not_probed() {
    let world = World::approved(Ask::Export).await;
    world.targets.set_manner(Manner::Silent(false));
    world.deliver(1).await.unwrap();
    let item = world.item().await;
    let run = item.state().run().unwrap().clone();
    let before = item.state_at(item.sequence() - 1).unwrap();
    assert_eq!(before.status(), Status::Executing);
    let claimed = wire::Item::parse(
        item.id().clone(),
        item.entries().iter().take(item.entries().len() - 1).map(|entry| entry.line.as_str()),
    )
    .unwrap();
    let event = Event::OutcomeLost { attempt: run.attempt, reason: LossReason::ClaimedElsewhere };
    let elsewhere = claimed.extend(event, world.now()).unwrap().0;
    world
        .states
        .forge_events(item.id(), &elsewhere.entries().iter().map(|one| one.line.clone()).collect::<Vec<_>>());
    settle(&world).await;
    probe(&world).await.unwrap();
    assert!(matches!(last(&world).await, Event::ProbeInconclusive { reason: ProbeGap::CannotTell, .. }));
}

/// P2: who was first counts: a person who resolved it meanwhile, or an item that is not the one that was recorded.
#[tokio::test]
async fn a_probe_comes_second() {
    let world = lost(Ask::Export, true).await;
    let stale = message(&world).await;
    let item = world.item().await;
    let attempt = item.state().run().unwrap().attempt.clone();
    let event = Event::ProbeInconclusive { attempt, reason: ProbeGap::CannotTell };
    let (next, _) = item.extend(event, world.now()).unwrap();
    world.states.through(Gate::open()).extend(item.chain(), &next).await.unwrap();
    world.process(2).handle(&stale).await.unwrap();
    assert_eq!(world.item().await, next);
    let forged = Message { chain: domain::Digest::of(b"another chain"), ..message(&world).await };
    assert!(!world.process(2).handle(&forged).await.unwrap_err().is_passing());
}

/// The outcome of the attempt itself is taken although its target was asked meanwhile.
#[tokio::test]
async fn a_late_outcome_counts_after_a_probe() {
    let passages = {
        let world = World::approved(Ask::Export).await;
        world.deliver(1).await.unwrap();
        world.probe.passages()
    };
    let after = passages.iter().rposition(|(point, _)| *point == "target.run").unwrap();
    let world = World::approved(Ask::Export).await;
    world.probe.hold(after);
    let process = world.process(1);
    let sent = world.message();
    let mut run = Box::pin(process.handle(&sent));
    assert!(crate::support::killed(&mut run).await.is_none(), "the target takes its time");
    let item = world.item().await;
    let held = item.state().run().unwrap().clone();
    let lost = Event::OutcomeLost { attempt: held.attempt.clone(), reason: LossReason::LeaseLost };
    world.clock.set(held.settled_at());
    let (lost, _) = item.extend(lost, world.now()).unwrap();
    let document = domain::Digest::of(b"a probe that looked too early");
    let by = ResolvedBy::Probe(document);
    let resolved = Event::Resolved { attempt: held.attempt, happened: false, by };
    let (resolved, _) = lost.extend(resolved, world.now()).unwrap();
    world.states.through(Gate::open()).extend(item.chain(), &resolved).await.unwrap();
    world.probe.release();
    run.await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded);
    assert!(matches!(last(&world).await, Event::Succeeded { .. }));
}
