//! An attempt whose outcome was lost: its target is asked before people are.

use crate::support::{SampleAction, TestStack};
use connectors::InspectError;
use domain::{Event, Fault, LossReason, ProbeGap, ResolvedBy, Status};
use runtime::sqs::HandleMessage;
use store::{ExtendState, ReadDocuments};
use testkit::Gate;
use testkit::targets::Manner;
use wire::documents::Probe;
use wire::message::{EffectName, Message};

/// An attempt of which nobody knows what it did; the target did it, or not.
async fn lost(ask: SampleAction, did: bool) -> TestStack {
    let stack = TestStack::approved(ask).await;
    stack.targets.set_manner(Manner::Silent(did));
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Unknown);
    stack
}

/// What ledger sends once the last event of the item is locked.
async fn message(stack: &TestStack) -> Message {
    let item = stack.item().await;
    let (sequence, chain) = (item.sequence(), item.chain());
    Message { effect: EffectName::ProbeOutcome, sequence, chain, ..stack.message() }
}

async fn probe(stack: &TestStack) -> Result<(), Fault> {
    let message = message(stack).await;
    stack.process(2).handle(&message).await
}

async fn last(stack: &TestStack) -> Event {
    stack.item().await.entries().last().unwrap().event.clone()
}

/// After the lease, and the time in which a target may still do what it took before.
async fn settle(stack: &TestStack) {
    stack.clock.set(stack.item().await.state().run().unwrap().settled_at());
}

/// P2: what this attempt alone can have done is found at once, what did not happen only once it can no longer be under way;
/// each with a document that says what was found, and without another command.
#[tokio::test]
async fn a_target_says_what_a_lost_attempt_did() {
    for (ask, did) in
        [(SampleAction::Secret, true), (SampleAction::Secret, false), (SampleAction::Export, false)]
    {
        let stack = lost(ask, did).await;
        let effects = stack.targets.effects().len();
        if !did {
            assert!(probe(&stack).await.unwrap_err().is_passing(), "{ask:?}: it may still be under way");
            assert_eq!(stack.item().await.state().status(), Status::Unknown);
            settle(&stack).await;
        }
        probe(&stack).await.unwrap();
        let expected = if did { Status::Succeeded } else { Status::Failed };
        assert_eq!(stack.item().await.state().status(), expected, "{ask:?} {did}");
        let Event::Resolved { happened, by: ResolvedBy::Probe(document), attempt } = last(&stack).await
        else {
            panic!("{:?}", last(&stack).await)
        };
        let document: Probe = stack.documents.document(document).await.unwrap().unwrap().open().unwrap();
        assert_eq!((happened, document.happened, document.attempt), (did, did, attempt));
        assert_eq!(stack.targets.effects().len(), effects, "a probe only looks");
    }
}

/// What leaves no trace, and what a target's answer leaves open, people are asked.
#[tokio::test]
async fn what_a_target_cannot_say() {
    let stack = lost(SampleAction::Job, true).await;
    probe(&stack).await.unwrap();
    assert!(matches!(last(&stack).await, Event::ProbeInconclusive { reason: ProbeGap::NoProbe, .. }));
    // P2: the very copy is there, but whose it is no target tells.
    let stack = lost(SampleAction::Export, true).await;
    settle(&stack).await;
    probe(&stack).await.unwrap();
    assert!(matches!(last(&stack).await, Event::ProbeInconclusive { reason: ProbeGap::CannotTell, .. }));
    let events = stack.item().await.sequence();
    probe(&stack).await.unwrap();
    assert_eq!(stack.item().await.sequence(), events, "a target is asked once");
}

/// Fail closed: a probe that errs decides nothing. What may pass is asked again, what stays is for people.
#[tokio::test]
async fn a_probe_that_errs_decides_nothing() {
    let stack = lost(SampleAction::Export, true).await;
    settle(&stack).await;
    stack.targets.hide(Some(InspectError::Fault(Fault::passing("Throttling"))));
    assert!(probe(&stack).await.unwrap_err().is_passing());
    stack.targets.hide(None);
    stack.sts.fail(Some(("-inspect-", Fault::passing("Throttling"))));
    assert!(probe(&stack).await.unwrap_err().is_passing());
    assert_eq!(stack.item().await.state().status(), Status::Unknown);
    stack.sts.fail(Some(("-inspect-", Fault::lasting("AccessDenied"))));
    probe(&stack).await.unwrap();
    assert!(matches!(last(&stack).await, Event::ProbeInconclusive { reason: ProbeGap::CannotTell, .. }));
    assert_eq!(stack.item().await.state().status(), Status::Unknown);
}

/// D11: where another attempt holds the locked claim, the traces of this one say nothing of what that one did.
#[tokio::test]
async fn another_attempts_claim_is_not_probed() {
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.targets.set_manner(Manner::Silent(false));
    stack.deliver(1).await.unwrap();
    let item = stack.item().await;
    let run = item.state().run().unwrap().clone();
    let before = item.state_at(item.sequence() - 1).unwrap();
    assert_eq!(before.status(), Status::Executing);
    let claimed = wire::Item::parse(
        item.id().clone(),
        item.entries().iter().take(item.entries().len() - 1).map(|entry| entry.line.as_str()),
    )
    .unwrap();
    let event = Event::OutcomeLost { attempt: run.attempt, reason: LossReason::ClaimedElsewhere };
    let elsewhere = claimed.extend(event, stack.now()).unwrap().0;
    stack
        .states
        .forge_events(item.id(), &elsewhere.entries().iter().map(|one| one.line.clone()).collect::<Vec<_>>());
    settle(&stack).await;
    probe(&stack).await.unwrap();
    assert!(matches!(last(&stack).await, Event::ProbeInconclusive { reason: ProbeGap::CannotTell, .. }));
}

/// P2: who was first counts: a person who resolved it meanwhile, or an item that is not the one that was recorded.
#[tokio::test]
async fn a_probe_comes_second() {
    let stack = lost(SampleAction::Export, true).await;
    let stale = message(&stack).await;
    let item = stack.item().await;
    let attempt = item.state().run().unwrap().attempt.clone();
    let event = Event::ProbeInconclusive { attempt, reason: ProbeGap::CannotTell };
    let (next, _) = item.extend(event, stack.now()).unwrap();
    stack.states.through(Gate::open()).extend(item.chain(), &next).await.unwrap();
    stack.process(2).handle(&stale).await.unwrap();
    assert_eq!(stack.item().await, next);
    let forged = Message { chain: domain::Digest::of(b"another chain"), ..message(&stack).await };
    assert!(!stack.process(2).handle(&forged).await.unwrap_err().is_passing());
}

/// The outcome of the attempt itself is taken although its target was asked meanwhile.
#[tokio::test]
async fn a_late_outcome_counts_after_a_probe() {
    let passages = {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.deliver(1).await.unwrap();
        stack.probe.passages()
    };
    let after = passages.iter().rposition(|(point, _)| *point == "target.run").unwrap();
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.probe.hold(after);
    let process = stack.process(1);
    let sent = stack.message();
    let mut run = Box::pin(process.handle(&sent));
    assert!(crate::support::killed(&mut run).await.is_none(), "the target takes its time");
    let item = stack.item().await;
    let held = item.state().run().unwrap().clone();
    let lost = Event::OutcomeLost { attempt: held.attempt.clone(), reason: LossReason::LeaseLost };
    stack.clock.set(held.settled_at());
    let (lost, _) = item.extend(lost, stack.now()).unwrap();
    let document = domain::Digest::of(b"a probe that looked too early");
    let by = ResolvedBy::Probe(document);
    let resolved = Event::Resolved { attempt: held.attempt, happened: false, by };
    let (resolved, _) = lost.extend(resolved, stack.now()).unwrap();
    stack.states.through(Gate::open()).extend(item.chain(), &resolved).await.unwrap();
    stack.probe.release();
    run.await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);
    assert!(matches!(last(&stack).await, Event::Succeeded { .. }));
}
