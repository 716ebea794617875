//! What came of it, said truly and without what must not be read.

use crate::support::{Ask, World, killed};
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
        let world = World::approved(Ask::Export).await;
        world.targets.set_manner(manner.clone());
        world.deliver(1).await.unwrap();
        let item = world.item().await;
        assert_eq!(item.state().status(), expected, "{manner:?}");
        assert_eq!(world.targets.effects().len(), effects, "{manner:?}");
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
        let world = World::approved(Ask::Export).await;
        world.sts.fail(Some(("-run-", fault)));
        world.deliver(1).await.unwrap();
        let outcome = world.outcome().await.unwrap();
        assert_eq!(world.item().await.state().status(), Status::Failed);
        assert_eq!(outcome.error.unwrap().code, "no-credentials");
        assert_eq!(world.targets.effects(), []);
    }
}

/// F12, F8: what cannot be looked at for now is looked at again; what never can be refuses.
#[tokio::test]
async fn a_look_that_fails() {
    let world = World::approved(Ask::Export).await;
    world.sts.fail(Some(("-inspect-", Fault::passing("Throttling"))));
    assert!(world.deliver(1).await.unwrap_err().is_passing());
    world.assert_untouched("throttled");
    world.sts.fail(None);
    world.deliver(2).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded);

    let world = World::approved(Ask::Export).await;
    world.sts.fail(Some(("-inspect-", Fault::lasting("AccessDenied"))));
    world.deliver(1).await.unwrap();
    assert_eq!(world.refusal().await.unwrap().0, "changed-since-review");
    world.assert_untouched("no role to look with");
}

/// P8: a target that echoes the secret, and a refusal that quotes it: nothing readable holds it.
#[tokio::test]
async fn what_was_masked_stays_masked() {
    let echo = "value correct-horse-battery-staple for dana@example.com is too weak".to_owned();
    for manner in [Manner::Obliging, Manner::Refusing("ValidationException".to_owned(), echo)] {
        let world = World::approved(Ask::Secret).await;
        world.targets.set_manner(manner.clone());
        world.deliver(1).await.unwrap();
        let outcome = world.outcome().await.unwrap();
        let shown = format!("{outcome:?}");
        assert!(shown.contains("‹secret 1›"), "{shown}");
        for (digest, body) in world.documents.contents() {
            assert!(!body.contains("correct-horse"), "{digest}: {body}");
            assert!(!body.contains("dana@example.com"), "{digest}: {body}");
        }
        for (_, object) in world.log.objects() {
            assert!(!String::from_utf8_lossy(&object).contains("correct-horse"));
        }
        if manner == Manner::Obliging {
            let current = world.targets.things(|things| things.secret("prod/payments/db").map(str::to_owned));
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
    let world = World::approved(Ask::Secret).await;
    let quoted =
        "the target answered: correct-horse-battery-staple, ghp_aB3daB3daB3daB3daB3daB3daB3daB3daB3d";
    world.targets.hide(Some(InspectError::Cannot(quoted.to_owned())));
    world.deliver(1).await.unwrap();
    assert_eq!(world.refusal().await.unwrap().0, "changed-since-review");
    world.assert_untouched("it cannot be looked at");
    let written: String = world.documents.contents().into_values().collect();
    assert!(written.contains("the target answered: ‹secret 1›, ‹token 1›"), "{written}");
    assert!(!written.contains("correct-horse") && !written.contains("ghp_"), "{written}");
}

/// The same attempt's outcome is taken although its lease was lost meanwhile.
#[tokio::test]
async fn a_late_outcome_of_the_same_attempt_counts() {
    let passages = {
        let world = World::approved(Ask::Export).await;
        world.deliver(1).await.unwrap();
        world.probe.passages()
    };
    let after = passages.iter().rposition(|(point, _)| *point == "target.run").unwrap();
    let world = World::approved(Ask::Export).await;
    world.probe.hold(after);
    let process = world.process(1);
    let message = world.message();
    let mut run = Box::pin(runtime::sqs::HandleMessage::handle(&process, &message));
    assert!(killed(&mut run).await.is_none(), "the target takes its time");
    let item = world.item().await;
    let held = item.state().run().unwrap().clone();
    world.clock.set(held.lease_until);
    let lost = Event::OutcomeLost { attempt: held.attempt, reason: LossReason::LeaseLost };
    let (lost, _) = item.extend(lost, world.now()).unwrap();
    world.states.through(Gate::open()).extend(item.chain(), &lost).await.unwrap();
    world.probe.release();
    run.await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded);
    assert_eq!(world.targets.effects().len(), 1);
}

/// F1: a process that comes to its command after its lease sends nothing.
#[tokio::test]
async fn a_command_after_the_lease_is_not_sent() {
    let passages = {
        let world = World::approved(Ask::Export).await;
        world.deliver(1).await.unwrap();
        world.probe.passages()
    };
    let minting = passages.iter().rposition(|(point, _)| *point == "sts.assume-run").unwrap();
    let world = World::approved(Ask::Export).await;
    world.probe.hold(minting);
    let process = world.process(1);
    let message = world.message();
    let mut run = Box::pin(runtime::sqs::HandleMessage::handle(&process, &message));
    assert!(killed(&mut run).await.is_none());
    world.clock.pass(301);
    world.probe.release();
    run.await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Failed);
    assert_eq!(world.outcome().await.unwrap().error.unwrap().code, "too-late");
    assert_eq!(world.targets.effects(), []);
}
