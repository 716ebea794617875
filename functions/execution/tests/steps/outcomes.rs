//! What came of it, said truly and without what must not be read.

use crate::support::{SampleAction, TestStack, killed};
use connectors::InspectError;
use domain::{Event, Fault, LossReason, Status};
use store::ExtendState;
use testkit::Gate;
use testkit::targets::Manner;

/// F18, P2: a refusal is a failure; silence is unknown, whether the target acted or not.
#[tokio::test]
async fn only_the_target_says_what_happened() {
    for (manner, expected, effects) in [
        (Manner::Refusing("AccessDenied".to_owned(), "no".to_owned()), Status::Failed, 0),
        (Manner::Silent(false), Status::Unknown, 0),
        (Manner::Silent(true), Status::Unknown, 1),
    ] {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.targets.set_manner(manner.clone());
        stack.deliver(1).await.unwrap();
        let item = stack.item().await;
        assert_eq!(item.state().status(), expected, "{manner:?}");
        assert_eq!(stack.targets.effects().len(), effects, "{manner:?}");
        if expected == Status::Unknown {
            let last = item.entries().last().map(|entry| entry.event.clone());
            assert!(
                matches!(last, Some(Event::OutcomeLost { reason: LossReason::NoAnswer, .. })),
                "{manner:?}"
            );
        }
    }
}

/// F12: credentials that cannot be had after the claim: nothing can have run, so it failed.
#[tokio::test]
async fn no_credentials_is_a_failure() {
    for fault in [Fault::lasting("PackedPolicyTooLarge"), Fault::passing("Throttling")] {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.sts.fail(Some(("-run-", fault)));
        stack.deliver(1).await.unwrap();
        let outcome = stack.outcome().await.unwrap();
        assert_eq!(stack.item().await.state().status(), Status::Failed);
        assert_eq!(outcome.error.unwrap().code, "no-credentials");
        assert_eq!(stack.targets.effects(), []);
    }
}

/// F12, F8: what cannot be looked at for now is looked at again; what never can be refuses.
#[tokio::test]
async fn a_look_that_fails() {
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.sts.fail(Some(("-inspect-", Fault::passing("Throttling"))));
    assert!(stack.deliver(1).await.unwrap_err().is_passing());
    stack.assert_untouched("throttled");
    stack.sts.fail(None);
    stack.deliver(2).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);

    let stack = TestStack::approved(SampleAction::Export).await;
    stack.sts.fail(Some(("-inspect-", Fault::lasting("AccessDenied"))));
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.refusal().await.unwrap().0, "changed-since-review");
    stack.assert_untouched("no role to look with");
}

/// P8: a target that echoes the secret, and a refusal that quotes it: nothing readable holds it.
#[tokio::test]
async fn what_was_masked_stays_masked() {
    let echo = "value correct-horse-battery-staple for dana@example.com is too weak".to_owned();
    for manner in [Manner::Obliging, Manner::Refusing("ValidationException".to_owned(), echo)] {
        let stack = TestStack::approved(SampleAction::Secret).await;
        stack.targets.set_manner(manner.clone());
        stack.deliver(1).await.unwrap();
        let outcome = stack.outcome().await.unwrap();
        let shown = format!("{outcome:?}");
        assert!(shown.contains("‹secret 1›"), "{shown}");
        for (digest, body) in stack.documents.contents() {
            assert!(!body.contains("correct-horse"), "{digest}: {body}");
            assert!(!body.contains("dana@example.com"), "{digest}: {body}");
        }
        for (_, object) in stack.log.objects() {
            assert!(!String::from_utf8_lossy(&object).contains("correct-horse"));
        }
        if manner == Manner::Obliging {
            let current = stack.targets.things(|things| things.secret("prod/payments/db").map(str::to_owned));
            assert_eq!(
                current.as_deref(),
                Some("correct-horse-battery-staple"),
                "the target got the real one"
            );
        }
    }
}

/// P8: a target that quotes the secret while it is looked at again, before the claim: the refusal is recorded without it,
/// for the agent and for people.
#[tokio::test]
async fn a_refusal_before_the_claim_shows_nothing() {
    let stack = TestStack::approved(SampleAction::Secret).await;
    let quoted =
        "the target answered: correct-horse-battery-staple, ghp_aB3daB3daB3daB3daB3daB3daB3daB3daB3d";
    stack.targets.hide(Some(InspectError::Cannot(quoted.to_owned())));
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.refusal().await.unwrap().0, "changed-since-review");
    stack.assert_untouched("it cannot be looked at");
    let written: String = stack.documents.contents().into_values().collect();
    assert!(written.contains("the target answered: ‹secret 1›, ‹token 1›"), "{written}");
    assert!(!written.contains("correct-horse") && !written.contains("ghp_"), "{written}");
}

/// The same attempt's outcome is taken although its lease was lost meanwhile.
#[tokio::test]
async fn a_late_outcome_of_the_same_attempt_counts() {
    let passages = {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.deliver(1).await.unwrap();
        stack.probe.passages()
    };
    let after = passages.iter().rposition(|(point, _)| *point == "target.run").unwrap();
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.probe.hold(after);
    let process = stack.process(1);
    let message = stack.message();
    let mut run = Box::pin(runtime::sqs::HandleMessage::handle(&process, &message));
    assert!(killed(&mut run).await.is_none(), "the target takes its time");
    let item = stack.item().await;
    let held = item.state().run().unwrap().clone();
    stack.clock.set(held.lease_until);
    let lost = Event::OutcomeLost { attempt: held.attempt, reason: LossReason::LeaseLost };
    let (lost, _) = item.extend(lost, stack.now()).unwrap();
    stack.states.through(Gate::open()).extend(item.chain(), &lost).await.unwrap();
    stack.probe.release();
    run.await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);
    assert_eq!(stack.targets.effects().len(), 1);
}

/// F1: a process that comes to its command after its lease sends nothing.
#[tokio::test]
async fn a_command_after_the_lease_is_not_sent() {
    let passages = {
        let stack = TestStack::approved(SampleAction::Export).await;
        stack.deliver(1).await.unwrap();
        stack.probe.passages()
    };
    let minting = passages.iter().rposition(|(point, _)| *point == "sts.assume-run").unwrap();
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.probe.hold(minting);
    let process = stack.process(1);
    let message = stack.message();
    let mut run = Box::pin(runtime::sqs::HandleMessage::handle(&process, &message));
    assert!(killed(&mut run).await.is_none());
    stack.clock.pass(301);
    stack.probe.release();
    run.await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Failed);
    assert_eq!(stack.outcome().await.unwrap().error.unwrap().code, "too-late");
    assert_eq!(stack.targets.effects(), []);
}
