//! Killed, failed, repeated and raced at every await: at most one effect, and never a lie about it.

use std::sync::Arc;

use crate::support::{SampleAction, Strike, TestStack, killed};
use domain::{Event, LossReason, Status};
use runtime::sqs::HandleMessage;
use store::{CreateState, ExtendState};
use testkit::{Gate, States};

/// What sweep does when the lease is over.
async fn sweep(stack: &TestStack) {
    let item = stack.item().await;
    let Some(run) = item.state().run().filter(|_| item.state().status() == Status::Executing) else { return };
    stack.clock.set(run.lease_until);
    let event = Event::OutcomeLost { attempt: run.attempt.clone(), reason: LossReason::LeaseLost };
    let (lost, _) = item.extend(event, stack.now()).unwrap();
    stack.states.through(Gate::open()).extend(item.chain(), &lost).await.unwrap();
}

/// The state tells the truth about the effects.
async fn assert_honest(stack: &TestStack, why: &str) {
    let (status, effects) = (stack.item().await.state().status(), stack.targets.effects().len());
    assert!(effects <= 1, "{why}: {effects} effects");
    match status {
        Status::Succeeded => assert_eq!(effects, 1, "{why}"),
        Status::Failed | Status::Approved | Status::Denied => assert_eq!(effects, 0, "{why}: {status:?}"),
        Status::Unknown => {}
        other => panic!("{why}: left {other:?}"),
    }
    assert!(stack.minted() <= 3, "{why}");
}

/// F1, W19, P2: killed before and after every await, the message delivered again, then the lease lost.
#[tokio::test]
async fn a_kill_anywhere_gives_at_most_one_effect() {
    let passages = {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.deliver(1).await.unwrap();
        stack.probe.passages()
    };
    let mut unknown = 0;
    for (number, (point, moment)) in passages.iter().enumerate() {
        let why = format!("killed {moment:?} {point} ({number})");
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.probe.strike(number, Strike::Kill);
        assert!(killed(stack.deliver(1)).await.is_none(), "{why}");
        stack.probe.clear();
        stack.deliver(2).await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
        sweep(&stack).await;
        stack.deliver(3).await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
        assert_honest(&stack, &why).await;
        let status = stack.item().await.state().status();
        assert!(matches!(status, Status::Succeeded | Status::Unknown), "{why}: {status:?}");
        unknown += usize::from(status == Status::Unknown);
    }
    assert!(unknown < passages.len() / 2, "most kills come before the claim and cost nothing");
}

/// F8, F9, P2: every await answers once with a fault that may pass, before or after its effect.
#[tokio::test]
async fn a_fault_anywhere_gives_at_most_one_effect() {
    let passages = {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.deliver(1).await.unwrap();
        stack.probe.passages()
    };
    for (number, (point, moment)) in passages.iter().enumerate() {
        let why = format!("a fault {moment:?} {point} ({number})");
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.probe.strike(number, Strike::Fault);
        let first = stack.deliver(1).await;
        stack.probe.clear();
        if let Err(fault) = first {
            assert!(fault.is_passing(), "{why}: {fault}");
            stack.deliver(2).await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
        }
        sweep(&stack).await;
        assert_honest(&stack, &why).await;
        let status = stack.item().await.state().status();
        // Only the target's own silence leaves it open.
        let expected = if *point == "target.run" { Status::Unknown } else { Status::Succeeded };
        assert_eq!(status, expected, "{why}");
    }
}

/// W17, F2, F5: delivered again after everything, nothing happens.
#[tokio::test]
async fn a_second_delivery_does_nothing() {
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.deliver(1).await.unwrap();
    let before = stack.item().await;
    stack.probe.clear();
    stack.deliver(2).await.unwrap();
    assert_eq!(stack.probe.points(), ["state.get"]);
    assert_eq!(stack.item().await, before);
    assert_eq!(stack.targets.effects().len(), 1);
}

/// W18: many workers at once, each standing still at every await: one of them runs it.
#[tokio::test]
async fn workers_racing_run_it_once() {
    let stack = Arc::new(TestStack::approved(SampleAction::Export).await);
    stack.probe.stagger();
    let workers = (0..8).map(|seed| {
        let stack = Arc::clone(&stack);
        async move { stack.deliver(seed).await }
    });
    for answer in join_all(workers.collect()).await {
        answer.unwrap();
    }
    stack.probe.clear();
    assert_eq!(stack.targets.effects().len(), 1);
    assert_eq!((stack.minted(), stack.log.claims().len()), (1, 1));
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);
}

async fn join_all<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(value) => {
                done.push(value);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done
}

/// D11, F23, P1: the table is restored to before the claim; the same action is approved again and does not run again.
#[tokio::test]
async fn a_restored_table_runs_nothing_twice() {
    let mut stack = TestStack::approved(SampleAction::Export).await;
    let approved = stack.item().await;
    stack.deliver(1).await.unwrap();
    let clock: Arc<dyn runtime::Clock> = Arc::new(stack.clock.clone());
    stack.states = States::new(Gate::open(), clock);
    stack.states.create(&approved).await.unwrap();
    stack.targets.things(|things| things.delete_object("partner-drop", "q3.csv"));
    stack.deliver(2).await.unwrap();
    assert_eq!(stack.targets.effects().len(), 1);
    assert_eq!(stack.minted(), 1);
    let item = stack.item().await;
    assert_eq!(item.state().status(), Status::Unknown);
    let last = item.entries().last().map(|entry| entry.event.clone());
    assert!(matches!(last, Some(Event::OutcomeLost { reason: LossReason::ClaimedElsewhere, .. })));
}

/// F2: an item that somebody else executes is left alone until its lease is lost.
#[tokio::test]
async fn what_somebody_else_executes_is_left_alone() {
    let stack = TestStack::approved(SampleAction::Export).await;
    let item = stack.item().await;
    let event = Event::Claimed {
        attempt: "5f0c9d1e7a3b4c6d".to_owned(),
        lease_until: stack.now().plus_seconds(300),
        bundle: domain::Digest::of(b"manifest"),
    };
    let (claimed, _) = item.extend(event, stack.now()).unwrap();
    stack.states.through(Gate::open()).extend(item.chain(), &claimed).await.unwrap();
    stack.process(1).handle(&stack.message()).await.unwrap();
    stack.assert_untouched("somebody else's");
}
