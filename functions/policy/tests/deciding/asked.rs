//! What is asked, of whom, until when.

use serde_json::json;
use wire::message::EffectName;

use runtime::sqs::HandleMessage;

use crate::ask::Ask;
use crate::support::World;

/// P12: documents are written before the state that names them, the target is looked at after the rules have spoken, and
/// nothing else is done.
#[tokio::test]
async fn the_order_of_steps() {
    let world = World::new().await;
    world.propose(Ask::customers()).await;
    world.deliver().await.unwrap();
    let points = world.probe.points();
    let place = |name: &str| points.iter().position(|point| *point == name).unwrap();
    let last = |name: &str| points.iter().rposition(|point| *point == name).unwrap();
    assert_eq!(points.first(), Some(&"state.get"));
    assert!(place("bundles.get") < place("seal.decrypt"), "{points:?}");
    assert!(place("keys.fetch") < place("sts.assume-inspect"), "{points:?}");
    assert!(place("sts.assume-inspect") < place("target.inspect"), "{points:?}");
    assert!(place("target.inspect") < place("documents.put"), "{points:?}");
    assert!(last("documents.put") < place("state.extend"), "{points:?}");
    assert_eq!(points.iter().filter(|point| **point == "state.extend").count(), 1);
    assert_eq!(points.last(), Some(&"state.extend"));
    // Only the role that looks was used.
    let roles: Vec<_> = world.sts.minted().into_iter().map(|session| session.role).collect();
    assert_eq!(roles, ["arn:aws:iam::000000000000:role/countersign-local-inspect-s3-export"]);
}

/// P12: review, action and decision name each other and one bundle.
#[tokio::test]
async fn what_is_shown_is_what_is_pinned() {
    let world = World::new().await;
    world.propose(Ask::customers()).await;
    world.deliver().await.unwrap();
    let (decided, review, decision) = (world.decided().await, world.review().await, world.decision().await);
    let action: wire::documents::Action = world.open(decided.action.unwrap());
    assert_eq!(review.action, decided.action.unwrap());
    assert_eq!(Some(review.context.bundle), decision.bundle);
    assert_eq!(review.context.requirements, decision.requirements);
    assert_eq!(action.plan.pins["destination_state"], "absent");
    assert_eq!(action.action, world.id);
    assert!(review.context.owner.is_some_and(|owner| owner.subject == "dana"));
}

/// W14: it expires at the earliest of what the agent and what each requirement allows.
#[tokio::test]
async fn the_earliest_deadline_holds() {
    const HOUR: i64 = 3600;
    for (proposal, ask, expected) in [
        (4 * HOUR, Ask::customers(), HOUR),
        (HOUR / 2, Ask::customers(), HOUR / 2 - 1),
        // Nobody is asked: only the agent's own deadline is left.
        (4 * HOUR, Ask::summary(), 4 * HOUR - 1),
    ] {
        let world = World::new().await;
        let from = world.now();
        world.propose_as(ask, |draft| draft.expires_at = from.plus_seconds(proposal)).await;
        world.deliver().await.unwrap();
        assert_eq!(world.decided().await.expires_at, world.now().plus_seconds(expected));
        if world.gist().await.starts_with("pending") {
            assert_eq!(world.review().await.context.expires_at, world.decided().await.expires_at);
        }
    }
}

/// W25: two rules that hold the same action ask for both, and the shorter of their deadlines counts.
#[tokio::test]
async fn two_requirements_at_once() {
    let second = "@id(\"exports-need-sre-too\")\n@approval(\"quick\")\n@reason(\"One of sre agrees\")\n\
                  forbid (principal, action in Action::\"data-export\", resource)\n\
                  when { resource.classification == \"customer\" }\n\
                  unless { context.approvals.contains(\"quick\") };\n\n@id(\"internal-data-stays-inside\")";
    let quick = "quick:\n  groups: [{ group: sre, count: 1 }]\n  deadline: PT10M\n  proof: idp\n  max_age: 300\n  prompt_login: true\n\ndata-owners:";
    let world = World::edited(&[
        ("policies/exports.cedar", "@id(\"internal-data-stays-inside\")", second),
        ("approvals.yaml", "data-owners:", quick),
    ])
    .await;
    world.propose(Ask::customers()).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "pending data-owners+quick");
    assert_eq!(world.decided().await.expires_at, world.now().plus_seconds(600));
    let groups: Vec<_> = world.decision().await.requirements.into_iter().flat_map(|one| one.groups).collect();
    assert_eq!(groups.len(), 2);
}

/// W13, F20: what has expired is left alone, and so is what somebody has taken back or decided; a message that is
/// not for policy is refused.
#[tokio::test]
async fn what_needs_no_decision() {
    let world = World::new().await;
    world.propose(Ask::customers()).await;
    world.clock.pass(4 * 3600 - 1);
    let before = world.item().await;
    world.deliver().await.unwrap();
    assert_eq!((world.probe.points(), world.item().await), (vec!["state.get"], before));
    let world = World::new().await;
    world.propose(Ask::summary()).await;
    for effect in [EffectName::AskApprovers, EffectName::Execute, EffectName::SendReceipt] {
        let refused = world.process().handle(&world.message(effect)).await.unwrap_err();
        assert!(!refused.is_passing());
    }
    assert!(world.probe.points().is_empty());
    let mut other = world.message(EffectName::Decide);
    other.action = domain::ActionId::of(b"nobody proposed this");
    assert!(!world.process().handle(&other).await.unwrap_err().is_passing());
}

/// P8: what is masked stands in no document that policy writes.
#[tokio::test]
async fn masked_values_are_written_nowhere() {
    let world = World::new().await;
    world.targets.things(|things| things.put_secret("prod/payments/db", "first", "the value before"));
    let parameters = json!({ "secret": "prod/payments/db", "value": "correct-horse-battery-staple" });
    world.propose(Ask { action_type: "secret-put-value", parameters, ..Ask::summary() }).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "pending sre-signed");
    let written: String = world.documents.contents().into_values().collect();
    assert!(!written.contains("correct-horse"));
}
