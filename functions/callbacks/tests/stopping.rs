//! The stop switch by API and on the inbox.
#![expect(clippy::unwrap_used, reason = "a test's steps fail loudly")]

mod world;

use axum::http::{Method, StatusCode};
use domain::{ActionId, State};
use serde_json::{Value, json};
use store::ReadState;
use testkit::{Ask, Gate, Moment, Story};
use world::{Browser, World};

async fn stop(world: &World, token: &str, body: Value) -> world::Answer {
    world.call(Method::POST, "/v1/freezes", Some(token), Some(body)).await
}

async fn stops(world: &World) -> usize {
    match world.states.item(&ActionId::switch()).await.unwrap().as_ref().map(wire::Item::state) {
        Some(State::Switch(stops)) => stops.len(),
        _ => 0,
    }
}

/// Somebody of a group that may stop things stops them, with their reason, once; everybody signed in reads it.
#[tokio::test]
async fn somebody_stops_everything() {
    let world = World::asking(Ask::TwoOfSre).await;
    let bob = world.person("bob", &[]);
    let body = || json!({ "scope": "all", "reason": "An agent went wild at dana@example.com" });
    for _ in 0..2 {
        let answer = stop(&world, &bob, body()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let items = answer.json()["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), 1);
        assert_eq!((&items[0]["scope"], &items[0]["by"]["subject"]), (&json!("all"), &json!("bob")));
        assert_eq!(items[0]["reason"], "An agent went wild at ‹email 1›", "words are redacted");
    }
    let agent = format!("agent:{}|demo-agent", world.story.issuer.name());
    for scope in ["type:s3-export", &agent] {
        let answer = stop(&world, &bob, json!({ "scope": scope, "reason": "Both" })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    assert_eq!(stops(&world).await, 3);
    let alice = world.person("alice", &[]);
    let told = world.call(Method::GET, "/v1/freezes", Some(&alice), None).await;
    assert_eq!(told.json()["items"].as_array().unwrap().len(), 3);
    let mut browser = Browser::default();
    browser.sign_in(&world, "alice", &[]).await;
    let inbox = browser.get(&world, "/").await.body;
    assert!(inbox.contains("bob stopped everything"), "{inbox}");
    assert!(inbox.contains("countersign-thaw"), "{inbox}");
}

/// W4, W15: agents never, people only whom the directory names; who tried is kept. What does not exist is not stopped.
#[tokio::test]
async fn who_may_not_stop_and_what() {
    let world = World::asking(Ask::TwoOfSre).await;
    let (bob, mallory) = (world.person("bob", &[]), world.person("mallory", &["data-owners"]));
    let agent = world.story.issuer.agent("demo-agent", world.now());
    let all = json!({ "scope": "all", "reason": "Because" });
    let mut codes = Vec::new();
    for (token, body) in [
        (&agent, all.clone()),
        (&mallory, all.clone()),
        (&bob, json!({ "scope": "all", "reason": " " })),
        (&bob, json!({ "scope": "all" })),
        (&bob, json!({ "scope": "most", "reason": "Because" })),
        (&bob, json!({ "scope": "type:no-such-type", "reason": "Because" })),
        (&bob, json!({ "scope": "type:countersign-thaw", "reason": "Because" })),
        (&bob, json!({ "scope": "agent:https://nowhere.example|x", "reason": "Because" })),
        (&bob, json!({ "scope": "all", "reason": "Because", "until": "noon" })),
    ] {
        codes.push(stop(&world, token, body).await.code());
    }
    codes.push(world.call(Method::POST, "/v1/freezes", None, Some(all)).await.code());
    codes.push(world.call(Method::GET, "/v1/freezes", None, None).await.code());
    let invalid = "invalid-parameters";
    let expected = ["agent-cannot-decide", "not-an-approver", invalid, invalid, invalid, "unknown-type"];
    assert_eq!(codes[..6], expected);
    assert_eq!(codes[6..], [invalid, invalid, "unknown-field", "missing-token", "missing-token"]);
    assert_eq!(stops(&world).await, 0);
    assert_eq!(world.attempts(), ["demo-agent agent-cannot-decide 1", "mallory not-an-approver 1"]);
}

/// F9: an answer that was lost is found out; the stop is there once.
#[tokio::test]
async fn a_lost_answer() {
    let mut story = Story::new("lost");
    story.propose();
    let lost = std::sync::atomic::AtomicBool::new(false);
    let gate = Gate::new(move |point, moment| {
        let strikes = point == "state.stop" && moment == Moment::After;
        let lose = strikes && !lost.swap(true, std::sync::atomic::Ordering::SeqCst);
        let answer = if lose { Err(domain::Fault::passing("lost")) } else { Ok(()) };
        Box::pin(std::future::ready(answer))
    });
    let world = World::of(story, gate).await;
    let bob = world.person("bob", &[]);
    let answer = stop(&world, &bob, json!({ "scope": "all", "reason": "Because" })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(stops(&world).await, 1);
}
