//! An approved action runs: every check before the claim, the claim before minting, minting before running.

use crate::support::{SampleAction, Tampering, TestStack};
use connectors::{Command, RunError, RunPlan};
use credentials::AssumeRole;
use domain::Status;
use serde_json::json;
use testkit::Gate;

/// W19, P4: the sequence of everything execution asks of the stack, as it is reviewed. Nothing for running is minted
/// before both claims, nothing is claimed before every check, and nothing runs before its credentials are minted.
#[tokio::test]
async fn the_order_of_steps() {
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.deliver(1).await.unwrap();
    let points = stack.probe.points();
    // A cold process reads every manifest at once; how many does not matter here.
    let mut told = points.clone();
    told.dedup();
    insta::assert_snapshot!(told.join("\n"));
    let at = |name: &str| points.iter().position(|point| *point == name).unwrap();
    let last = |name: &str| points.iter().rposition(|point| *point == name).unwrap();
    for check in
        ["log.locked_object", "seal.decrypt", "bundles.get", "target.inspect", "index.query", "index.get"]
    {
        assert!(last(check) < at("state.claim"), "{check} comes before the claim");
    }
    assert!(at("state.claim") < at("log.claim"));
    assert!(at("log.claim") < at("sts.assume-run"));
    assert!(at("sts.assume-run") < at("target.run"));
    assert!(at("target.run") < at("documents.put"));
    assert!(at("documents.put") < last("state.extend"));
}

/// P3, P12: each kind of action of the sample bundle runs as it was shown.
#[tokio::test]
async fn each_kind_runs() {
    for ask in [SampleAction::Export, SampleAction::Summary, SampleAction::Secret, SampleAction::Job] {
        let stack = TestStack::approved(ask).await;
        stack.deliver(1).await.unwrap();
        assert_eq!(stack.item().await.state().status(), Status::Succeeded, "{ask:?}");
        let effects = stack.targets.effects();
        assert_eq!(effects.len(), 1, "{ask:?}");
        assert_eq!(effects[0].action, stack.id().to_string(), "the source identity is the action");
        let outcome = stack.outcome().await.unwrap();
        assert_eq!(outcome.session, format!("countersign-{}", stack.id()));
        assert_eq!(outcome.attempt, effects[0].attempt);
        let claim = stack.log.claims().remove(&stack.id()).unwrap();
        let claim: serde_json::Value = wire::json::parse(&claim).unwrap();
        assert_eq!(claim["attempt"], json!(outcome.attempt));
    }
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.deliver(1).await.unwrap();
    let copied = stack.targets.things(|things| things.object("partner-drop", "q3.csv").map(str::to_owned));
    assert_eq!(copied.as_deref(), Some("email,city\nx,y\n"));
}

/// W5, P5: an emergency runs on the word of who may and stays marked; a confirmation in addition to the vote hinders nothing.
#[tokio::test]
async fn what_people_said_beside_a_vote() {
    for (ask, tampering, votes) in
        [(SampleAction::Export, Tampering::Emergency, 0), (SampleAction::Job, Tampering::Confirmed, 1)]
    {
        let stack = TestStack::twisted(ask, tampering).await;
        stack.deliver(1).await.unwrap();
        let item = stack.item().await;
        assert_eq!(item.state().status(), Status::Succeeded, "{tampering:?}: {:?}", stack.refusal().await);
        let review = item.state().review().unwrap();
        assert_eq!(review.votes.len(), votes, "{tampering:?}");
        assert_eq!(review.emergency.is_some(), tampering == Tampering::Emergency);
        assert_eq!(review.confirmed.is_some(), tampering == Tampering::Confirmed);
    }
}

/// P11: what is minted is the plan's role and policy, narrowed by one time, marked with action and attempt.
#[tokio::test]
async fn the_session() {
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.deliver(1).await.unwrap();
    insta::assert_debug_snapshot!(stack.sts.minted());
}

/// P11: with these credentials every neighbour of the plan is refused, and the plan itself too once its time is over.
#[tokio::test]
async fn neighbours_are_refused() {
    let stack = TestStack::approved(SampleAction::Export).await;
    stack.deliver(1).await.unwrap();
    let session = stack.sts.minted().pop().unwrap();
    let credentials = stack.sts.through(Gate::open()).assume(&session).await.unwrap();
    let targets = stack.targets.through(Gate::open());
    let action: wire::documents::Action = {
        let digest = stack.item().await.state().review().unwrap().decision.action;
        wire::json::parse(stack.documents.contents()[&digest].as_bytes()).unwrap()
    };
    let honest = action.plan.calls[0].clone();
    for (name, value) in [
        ("Key", "other.csv"),
        ("Bucket", "customers"),
        ("SourceKey", "2026/q4.csv"),
        ("SourceBucket", "payments"),
        ("Key", "*"),
    ] {
        let mut call = honest.clone();
        call.input.insert(name.to_owned(), value.to_owned());
        let calls = [call];
        let command = Command { account: "000000000000", region: "us-east-1", calls: &calls, attempt: "x" };
        let refused = targets.run(&command, &credentials).await;
        assert!(
            matches!(refused, Err(RunError::NotDone { code, .. }) if code == "AccessDenied"),
            "{name}={value}"
        );
    }
    stack.targets.things(|things| things.delete_object("partner-drop", "q3.csv"));
    stack.clock.pass(301);
    let calls = [honest];
    let command = Command { account: "000000000000", region: "us-east-1", calls: &calls, attempt: "x" };
    let late = targets.run(&command, &credentials).await;
    assert!(matches!(late, Err(RunError::NotDone { code, .. }) if code == "AccessDenied"), "too late");
    assert_eq!(stack.targets.effects().len(), 1);
}
