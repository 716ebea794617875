//! What is suspended is denied, on the record; what ends a suspension is decided by people.

use domain::{ActionId, Principal, Scope};
use serde_json::json;
use store::{SuspendState, image};
use testkit::{Gate, Story};
use wire::documents::Action;

use crate::ask::Ask;
use crate::support::World;

fn resume(scope: &str) -> Ask {
    Ask { action_type: "countersign-resume", parameters: json!({ "scope": scope }), ..Ask::summary() }
}

async fn suspended(world: &World, scope: Scope) -> Story {
    let mut suspensions = Story::suspensions();
    suspensions.suspend("bob", &["sre"], scope).await;
    world.states.through(Gate::open()).suspend(None, &suspensions.list).await.unwrap();
    suspensions
}

fn agent(world: &World, subject: &str) -> Scope {
    Scope::Agent(Principal { issuer: world.people.name().to_owned(), subject: subject.to_owned() })
}

/// Read at every proposal: a suspension that covers it denies it, before anything is looked at, and says who suspended what.
#[tokio::test]
async fn what_is_suspended_is_denied() {
    let world = World::new().await;
    let exports = Scope::Type("s3-export".into());
    for scope in [Scope::All, exports, agent(&world, "demo-agent")] {
        let world = World::new().await;
        suspended(&world, scope).await;
        world.propose(Ask::summary()).await;
        world.deliver().await.unwrap();
        assert_eq!(world.gist().await, "denied suspended");
        let said = world.decision().await.reasons[0].message.clone();
        assert!(said.starts_with("bob suspended every"), "{said}");
        world.assert_not_looked_at("suspended");
    }
    for scope in [Scope::Type("lambda-invoke".into()), agent(&world, "ci-agent")] {
        let world = World::new().await;
        suspended(&world, scope).await;
        world.propose(Ask::summary()).await;
        world.deliver().await.unwrap();
        assert_eq!(world.gist().await, "approved");
    }
}

/// P10: a suspension list that is none denies.
#[tokio::test]
async fn suspensions_that_cannot_be_read() {
    let world = World::new().await;
    world.propose(Ask::summary()).await;
    let mut forged = image::created(&world.item().await);
    let id = ActionId::suspensions().to_string();
    forged.insert("id".to_owned(), store::AttributeValue::S(id.clone()));
    world.states.forge(&id, forged);
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "denied suspensions-unreadable");
}

/// P12: whoever resumes is shown the very suspension that ends; nothing of it needs a role, and no target is looked at.
#[tokio::test]
async fn a_resume_shows_and_pins_the_suspension() {
    let world = World::new().await;
    let suspensions = suspended(&world, Scope::All).await;
    world.propose(resume("all")).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "pending two-of-sre", "everything is suspended but this");
    world.assert_not_looked_at("a resume");
    let action: Action = world.open(world.decided().await.action.unwrap());
    assert_eq!(action.plan.pins["suspension"], suspensions.suspended_by().to_string());
    assert_eq!((action.plan.role.as_str(), action.plan.session_policy.as_str()), ("", ""));
    let fields = world.review().await.what.fields;
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
    let world = World::new().await;
    world.propose(resume("all")).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "denied cannot-plan");

    let world = World::new().await;
    let own = agent(&world, "demo-agent");
    suspended(&world, own.clone()).await;
    world.propose(resume(&own.to_string())).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "denied suspended");

    let permit = "@id(\"agents-may-ask-to-resume\")";
    let unattended = format!("{permit}\n@unattended(\"a mistake\")");
    let world = World::edited(&[
        ("policies/suspensions.cedar", permit, &unattended),
        (
            "policies/suspensions.cedar",
            "resource)\nunless",
            "resource)\nwhen { context.change_freeze }\nunless",
        ),
    ])
    .await;
    suspended(&world, Scope::All).await;
    world.propose(resume("all")).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "denied resume-unasked");
}
