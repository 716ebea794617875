//! What is suspended is denied, on the record; what ends a suspension is decided by people.

use domain::{ActionId, Principal, Scope};
use serde_json::json;
use store::{SuspendState, image};
use testkit::{Gate, Scenario};
use wire::documents::Action;

use crate::sample_request::SampleRequest;
use crate::support::TestStack;

fn resume(scope: &str) -> SampleRequest {
    SampleRequest {
        action_type: "countersign-resume",
        parameters: json!({ "scope": scope }),
        ..SampleRequest::summary()
    }
}

async fn suspended(stack: &TestStack, scope: Scope) -> Scenario {
    let mut suspensions = Scenario::suspensions();
    suspensions.suspend("bob", &["sre"], scope).await;
    stack.states.through(Gate::open()).suspend(None, &suspensions.list).await.unwrap();
    suspensions
}

fn agent(stack: &TestStack, subject: &str) -> Scope {
    Scope::Agent(Principal { issuer: stack.people.name().to_owned(), subject: subject.to_owned() })
}

/// Read at every proposal: a suspension that covers it denies it, before anything is looked at, and says who suspended what.
#[tokio::test]
async fn what_is_suspended_is_denied() {
    let stack = TestStack::new().await;
    let exports = Scope::Type("s3-export".into());
    for scope in [Scope::All, exports, agent(&stack, "demo-agent")] {
        let stack = TestStack::new().await;
        suspended(&stack, scope).await;
        stack.propose(SampleRequest::summary()).await;
        stack.deliver().await.unwrap();
        assert_eq!(stack.gist().await, "denied suspended");
        let said = stack.decision().await.reasons[0].message.clone();
        assert!(said.starts_with("bob suspended every"), "{said}");
        stack.assert_not_looked_at("suspended");
    }
    for scope in [Scope::Type("lambda-invoke".into()), agent(&stack, "ci-agent")] {
        let stack = TestStack::new().await;
        suspended(&stack, scope).await;
        stack.propose(SampleRequest::summary()).await;
        stack.deliver().await.unwrap();
        assert_eq!(stack.gist().await, "approved");
    }
}

/// P10: a suspension list that is none denies.
#[tokio::test]
async fn suspensions_that_cannot_be_read() {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::summary()).await;
    let mut forged = image::created(&stack.item().await);
    let id = ActionId::suspensions().to_string();
    forged.insert("id".to_owned(), store::AttributeValue::S(id.clone()));
    stack.states.forge(&id, forged);
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "denied suspensions-unreadable");
}

/// P12: whoever resumes is shown the very suspension that ends; nothing of it needs a role, and no target is looked at.
#[tokio::test]
async fn a_resume_shows_and_pins_the_suspension() {
    let stack = TestStack::new().await;
    let suspensions = suspended(&stack, Scope::All).await;
    stack.propose(resume("all")).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "pending two-of-sre", "everything is suspended but this");
    stack.assert_not_looked_at("a resume");
    let action: Action = stack.open(stack.decided().await.action.unwrap());
    assert_eq!(action.plan.pins["suspension"], suspensions.suspended_by().to_string());
    assert_eq!((action.plan.role.as_str(), action.plan.session_policy.as_str()), ("", ""));
    let fields = stack.review().await.what.fields;
    let shown: Vec<String> = fields.iter().map(|f| format!("{}: {}; {}", f.label, f.value, f.note)).collect();
    for line in
        ["Suspended: all; by bob, 2026-", "Runs as: Countersign itself", "Will call: countersign Resume"]
    {
        assert!(shown.iter().any(|found| found.starts_with(line)), "{line}: {shown:#?}");
    }
    let fixed = format!("Held fixed: {}", suspensions.suspended_by());
    assert!(shown.iter().any(|found| found.starts_with(&fixed)), "{shown:#?}");
}

/// What is not suspended cannot be resumed, an agent that is suspended cannot ask for it, and no rule makes it run unasked.
#[tokio::test]
async fn what_is_no_resume() {
    let stack = TestStack::new().await;
    stack.propose(resume("all")).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "denied cannot-plan");

    let stack = TestStack::new().await;
    let own = agent(&stack, "demo-agent");
    suspended(&stack, own.clone()).await;
    stack.propose(resume(&own.to_string())).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "denied suspended");

    let permit = "@id(\"agents-may-ask-to-resume\")";
    let unattended = format!("{permit}\n@unattended(\"a mistake\")");
    let stack = TestStack::edited(&[
        ("policies/suspensions.cedar", permit, &unattended),
        (
            "policies/suspensions.cedar",
            "resource)\nunless",
            "resource)\nwhen { context.change_freeze }\nunless",
        ),
    ])
    .await;
    suspended(&stack, Scope::All).await;
    stack.propose(resume("all")).await;
    stack.deliver().await.unwrap();
    assert_eq!(stack.gist().await, "denied resume-unasked");
}
