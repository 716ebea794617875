//! After a change: how many are left, and who may answer what it made.

mod world;

use axum::http::{Method, StatusCode};
use domain::Proof;
use serde_json::{Value, json};
use testkit::{Ask, Gate, Story};
use world::{Browser, World};

const ELSEWHERE: &str = "s3://partner-drop/inbox/q3.csv";

fn to(destination: &str) -> Value {
    json!({"verdict": "modify", "patch": { "destination": destination }})
}

/// E21: how many changes are left is told before there are none, by API and on the page; then a change is refused by its own
/// code, nothing is written, and the action can still be answered.
#[tokio::test]
async fn changes_that_are_left() {
    let mut story = Story::new("changed often");
    story.propose();
    story.decide(Ask::Changing);
    for n in 1..domain::Proposal::MOST_REVISIONS - 1 {
        let patch = json!({ "destination": format!("s3://partner-drop/{n}/q3.csv") });
        story.change("bob", &["sre"], &patch, Proof::Service).await;
        story.decide(Ask::Changing);
    }
    let world = World::of(story, Gate::open()).await;
    let bob = world.person("bob", &[]);
    let review = format!("/v1/actions/{}/review", world.id());
    let told = world.call(Method::GET, &review, Some(&bob), None).await.json();
    assert_eq!((&told["changes_left"], &told["may_change"]), (&json!(1), &json!(["/destination"])));
    let mut browser = Browser::default();
    browser.sign_in(&world, "bob", &[]).await;
    let page = browser.get(&world, &world.page()).await.body;
    assert!(page.contains("It may be changed once more."), "{page}");

    let mut last = world.story.clone();
    let patch = json!({ "destination": ELSEWHERE });
    last.change("bob", &["sre"], &patch, Proof::Service).await;
    last.decide(Ask::Changing);
    let world = World::of(last, Gate::open()).await;
    let told = world.call(Method::GET, &review, Some(&bob), None).await.json();
    assert_eq!((&told["changes_left"], &told["may"]), (&Value::Null, &json!(["deny"])));
    let before = world.item().await;
    let refused = world.verdict(&bob, to("s3://partner-drop/once/more.csv")).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "too-many-changes"));
    assert_eq!(world.item().await, before);
    let carol = world.person("carol", &["sre"]);
    assert_eq!(world.verdict(&carol, json!({})).await.json()["status"], "approved");
}

/// E5: whoever changed it is told, by API and on the page, why they may not approve what they made of it; they may still deny
/// it and change it again. Somebody else approves it.
#[tokio::test]
async fn whoever_changed_it_does_not_approve_it() {
    let mut story = Story::new("own change");
    story.propose();
    story.decide(Ask::Changing);
    story.change("bob", &["sre"], &json!({ "destination": ELSEWHERE }), Proof::Service).await;
    story.decide(Ask::Changing);
    let world = World::of(story, Gate::open()).await;
    let bob = world.person("bob", &[]);
    let path = format!("/v1/actions/{}/review", world.id());
    let told = world.call(Method::GET, &path, Some(&bob), None).await.json();
    assert_eq!((&told["may"], &told["why_not"]), (&json!(["deny", "modify"]), &json!("own-change")));
    let answer = world.verdict(&bob, json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "own-change"), "{}", answer.body);
    assert_eq!(world.attempts(), ["bob own-change 1"]);
    let mut browser = Browser::default();
    browser.sign_in(&world, "bob", &[]).await;
    let page = browser.get(&world, &world.page()).await;
    assert!(page.body.contains("You changed this, so somebody else has to approve"), "{}", page.body);
    assert!(
        !page.body.contains("value=\"approve\"") && page.body.contains("value=\"deny\""),
        "{}",
        page.body
    );
    let pressed = browser.press_on(&world, &page, "approve", &[]).await;
    assert_eq!(pressed.status.as_u16(), 403, "{}", pressed.body);
    assert_eq!(world.status().await, "pending");
    let carol = world.verdict(&world.person("carol", &["sre"]), json!({})).await;
    assert_eq!((carol.status.as_u16(), &carol.json()["status"]), (200, &json!("approved")), "{}", carol.body);
}
