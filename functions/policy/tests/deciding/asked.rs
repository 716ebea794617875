//! What is asked, of whom, until when.

use serde_json::json;
use wire::message::EffectName;

use runtime::sqs::HandleMessage;

use crate::sample_request::SampleRequest;
use crate::support::TestStack;

/// P12: documents are written before the state that names them, the target is looked at after the rules have spoken, and
/// nothing else is done.
#[tokio::test]
async fn the_order_of_steps() {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::customers()).await;
    stack.deliver().await.unwrap();
    let points = stack.probe.points();
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
    let roles: Vec<_> = stack.sts.minted().into_iter().map(|session| session.role).collect();
    assert_eq!(roles, ["arn:aws:iam::000000000000:role/countersign-local-inspect-s3-export"]);
}

/// P12: review, action and decision name each other and one bundle.
#[tokio::test]
async fn what_is_shown_is_what_is_pinned() {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::customers()).await;
    stack.deliver().await.unwrap();
    let (decided, review, decision) = (stack.decided().await, stack.review().await, stack.decision().await);
    let action: wire::documents::Action = stack.open(decided.action.unwrap());
    assert_eq!(review.action, decided.action.unwrap());
    assert_eq!(Some(review.context.bundle), decision.bundle);
    assert_eq!(review.context.requirements, decision.requirements);
    assert_eq!(action.plan.pins["destination_state"], "absent");
    assert_eq!(action.action, stack.id);
    assert!(review.context.owner.is_some_and(|owner| owner.subject == "dana"));
}

/// W14: it expires at the earliest of what the agent and what each requirement allows.
#[tokio::test]
async fn the_earliest_deadline_holds() {
    const HOUR: i64 = 3600;
    for (proposal, ask, expected) in [
        (4 * HOUR, SampleRequest::customers(), HOUR),
        (HOUR / 2, SampleRequest::customers(), HOUR / 2 - 1),
        // Nobody is asked: only the agent's own deadline is left.
        (4 * HOUR, SampleRequest::summary(), 4 * HOUR - 1),
    ] {
        let stack = TestStack::new().await;
        let from = stack.now();
        stack.propose_as(ask, |draft| draft.expires_at = from.plus_seconds(proposal)).await;
        stack.deliver().await.unwrap();
        assert_eq!(stack.decided().await.expires_at, stack.now().plus_seconds(expected));
        if stack.gist().await.starts_with("pending") {
            assert_eq!(stack.review().await.context.expires_at, stack.decided().await.expires_at);
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
    let stack = TestStack::edited(&[
        ("policies/exports.cedar", "@id(\"internal-data-stays-inside\")", second),
        ("approvals.yaml", "data-owners:", quick),
    ])
    .await;
    stack.propose(SampleRequest::customers()).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "pending data-owners+quick");
    assert_eq!(stack.decided().await.expires_at, stack.now().plus_seconds(600));
    let groups: Vec<_> = stack.decision().await.requirements.into_iter().flat_map(|one| one.groups).collect();
    assert_eq!(groups.len(), 2);
}

/// W13, F20: what has expired is left alone, and so is what somebody has taken back or decided; a message that is
/// not for policy is refused.
#[tokio::test]
async fn what_needs_no_decision() {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::customers()).await;
    stack.clock.pass(4 * 3600 - 1);
    let before = stack.item().await;
    stack.deliver().await.unwrap();
    assert_eq!((stack.probe.points(), stack.item().await), (vec!["state.get"], before));
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::summary()).await;
    for effect in [EffectName::AskApprovers, EffectName::Execute, EffectName::SendReceipt] {
        let refused = stack.process().handle(&stack.message(effect)).await.unwrap_err();
        assert!(!refused.is_passing());
    }
    assert!(stack.probe.points().is_empty());
    let mut other = stack.message(EffectName::Decide);
    other.action = domain::ActionId::of(b"nobody proposed this");
    assert!(!stack.process().handle(&other).await.unwrap_err().is_passing());
}

/// P8: what is masked stands in no document that policy writes.
#[tokio::test]
async fn masked_values_are_written_nowhere() {
    let stack = TestStack::new().await;
    stack.targets.things(|things| things.put_secret("prod/payments/db", "first", "the value before"));
    let parameters = json!({ "secret": "prod/payments/db", "value": "correct-horse-battery-staple" });
    stack
        .propose(SampleRequest { action_type: "secret-put-value", parameters, ..SampleRequest::summary() })
        .await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "pending sre-signed");
    let written: String = stack.documents.contents().into_values().collect();
    assert!(!written.contains("correct-horse"));
}
