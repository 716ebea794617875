//! What is stopped is denied, on the record; what ends a stop is decided by people.

use domain::{ActionId, Principal, Scope};
use serde_json::json;
use store::{CreateState, image};
use testkit::{Gate, Story};
use wire::documents::Action;

use crate::ask::Ask;
use crate::support::World;

fn thaw(scope: &str) -> Ask {
    Ask { action_type: "countersign-thaw", parameters: json!({ "scope": scope }), ..Ask::summary() }
}

async fn stopped(world: &World, scope: Scope) -> Story {
    let mut switch = Story::switch();
    switch.freeze("bob", &["sre"], scope).await;
    world.states.through(Gate::open()).create(&switch.item).await.unwrap();
    switch
}

fn agent(world: &World, subject: &str) -> Scope {
    Scope::Agent(Principal { issuer: world.people.name().to_owned(), subject: subject.to_owned() })
}

/// Read at every proposal: a stop that covers it denies it, before anything is looked at, and says who stopped what.
#[tokio::test]
async fn what_is_stopped_is_denied() {
    let world = World::new().await;
    let exports = Scope::Type("s3-export".into());
    for scope in [Scope::All, exports, agent(&world, "demo-agent")] {
        let world = World::new().await;
        stopped(&world, scope).await;
        world.propose(Ask::summary()).await;
        world.deliver().await.unwrap();
        assert_eq!(world.gist().await, "denied frozen");
        let said = world.decision().await.reasons[0].message.clone();
        assert!(said.starts_with("bob stopped every"), "{said}");
        world.assert_not_looked_at("stopped");
    }
    for scope in [Scope::Type("lambda-invoke".into()), agent(&world, "ci-agent")] {
        let world = World::new().await;
        stopped(&world, scope).await;
        world.propose(Ask::summary()).await;
        world.deliver().await.unwrap();
        assert_eq!(world.gist().await, "approved");
    }
}

/// P10: a switch that is none denies.
#[tokio::test]
async fn a_switch_that_cannot_be_read() {
    let world = World::new().await;
    world.propose(Ask::summary()).await;
    let mut forged = image::created(&world.item().await);
    let id = ActionId::switch().to_string();
    forged.insert("id".to_owned(), store::AttributeValue::S(id.clone()));
    world.states.forge(&id, forged);
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "denied switch-unreadable");
}

/// P12: whoever thaws is shown the very stop that ends; nothing of it needs a role, and no target is looked at.
#[tokio::test]
async fn a_thaw_shows_and_pins_the_stop() {
    let world = World::new().await;
    let switch = stopped(&world, Scope::All).await;
    world.propose(thaw("all")).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "pending two-of-sre", "everything is stopped but this");
    world.assert_not_looked_at("a thaw");
    let action: Action = world.open(world.decided().await.action.unwrap());
    assert_eq!(action.plan.pins["freeze"], switch.stopped_by().to_string());
    assert_eq!((action.plan.role.as_str(), action.plan.session_policy.as_str()), ("", ""));
    let fields = world.review().await.what.fields;
    let shown: Vec<String> = fields.iter().map(|f| format!("{}: {}; {}", f.label, f.value, f.note)).collect();
    for line in ["Stopped: all; by bob, 2026-", "Runs as: Countersign itself", "Will call: countersign Thaw"]
    {
        assert!(shown.iter().any(|found| found.starts_with(line)), "{line}: {shown:#?}");
    }
    let fixed = format!("Held fixed: {}", switch.stopped_by());
    assert!(shown.iter().any(|found| found.starts_with(&fixed)), "{shown:#?}");
}

/// What is not stopped cannot be thawed, an agent that is stopped cannot ask for it, and no rule makes it run unasked.
#[tokio::test]
async fn what_is_no_thaw() {
    let world = World::new().await;
    world.propose(thaw("all")).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "denied cannot-plan");

    let world = World::new().await;
    let own = agent(&world, "demo-agent");
    stopped(&world, own.clone()).await;
    world.propose(thaw(&own.to_string())).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "denied frozen");

    let permit = "@id(\"agents-may-ask-for-a-thaw\")";
    let unattended = format!("{permit}\n@unattended(\"a mistake\")");
    let world = World::edited(&[
        ("policies/stops.cedar", permit, &unattended),
        ("policies/stops.cedar", "resource)\nunless", "resource)\nwhen { context.freeze }\nunless"),
    ])
    .await;
    stopped(&world, Scope::All).await;
    world.propose(thaw("all")).await;
    world.deliver().await.unwrap();
    assert_eq!(world.gist().await, "denied thaw-unasked");
}
