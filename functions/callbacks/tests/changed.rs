//! After a change: how many are left, and who may answer what it made.

mod stack;

use axum::http::{Method, StatusCode};
use domain::Proof;
use serde_json::{Value, json};
use stack::{Browser, TestStack};
use testkit::{Gate, SampleRequirement, Scenario};

const ELSEWHERE: &str = "s3://partner-drop/inbox/q3.csv";

fn to(destination: &str) -> Value {
    json!({"verdict": "modify", "patch": { "destination": destination }})
}

/// E21: how many changes are left is told before there are none, by API and on the page; then a change is refused by its own
/// code, nothing is written, and the action can still be answered.
#[tokio::test]
async fn changes_that_are_left() {
    let mut scenario = Scenario::new("changed often");
    scenario.propose();
    scenario.decide(SampleRequirement::Changing);
    for n in 1..domain::Proposal::MOST_REVISIONS - 1 {
        let patch = json!({ "destination": format!("s3://partner-drop/{n}/q3.csv") });
        scenario.change("bob", &["sre"], &patch, Proof::Service).await;
        scenario.decide(SampleRequirement::Changing);
    }
    let stack = TestStack::of(scenario, Gate::open()).await;
    let bob = stack.person("bob", &[]);
    let review = format!("/v1/actions/{}/review", stack.id());
    let told = stack.call(Method::GET, &review, Some(&bob), None).await.json();
    assert_eq!((&told["changes_left"], &told["may_change"]), (&json!(1), &json!(["/destination"])));
    let mut browser = Browser::default();
    browser.sign_in(&stack, "bob", &[]).await;
    let page = browser.get(&stack, &stack.page()).await.body;
    assert!(page.contains("It may be changed once more."), "{page}");

    let mut last = stack.scenario.clone();
    let patch = json!({ "destination": ELSEWHERE });
    last.change("bob", &["sre"], &patch, Proof::Service).await;
    last.decide(SampleRequirement::Changing);
    let stack = TestStack::of(last, Gate::open()).await;
    let told = stack.call(Method::GET, &review, Some(&bob), None).await.json();
    assert_eq!((&told["changes_left"], &told["may"]), (&Value::Null, &json!(["deny"])));
    let before = stack.item().await;
    let refused = stack.verdict(&bob, to("s3://partner-drop/once/more.csv")).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "too-many-changes"));
    assert_eq!(stack.item().await, before);
    let carol = stack.person("carol", &["sre"]);
    assert_eq!(stack.verdict(&carol, json!({})).await.json()["status"], "approved");
}

/// E5: whoever changed it is told, by API and on the page, why they may not approve what they made of it; they may still deny
/// it and change it again. Somebody else approves it.
#[tokio::test]
async fn whoever_changed_it_does_not_approve_it() {
    let mut scenario = Scenario::new("own change");
    scenario.propose();
    scenario.decide(SampleRequirement::Changing);
    scenario.change("bob", &["sre"], &json!({ "destination": ELSEWHERE }), Proof::Service).await;
    scenario.decide(SampleRequirement::Changing);
    let stack = TestStack::of(scenario, Gate::open()).await;
    let bob = stack.person("bob", &[]);
    let path = format!("/v1/actions/{}/review", stack.id());
    let told = stack.call(Method::GET, &path, Some(&bob), None).await.json();
    assert_eq!((&told["may"], &told["why_not"]), (&json!(["deny", "modify"]), &json!("own-change")));
    let answer = stack.verdict(&bob, json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "own-change"), "{}", answer.body);
    assert_eq!(stack.attempts(), ["bob own-change 1"]);
    let mut browser = Browser::default();
    browser.sign_in(&stack, "bob", &[]).await;
    let page = browser.get(&stack, &stack.page()).await;
    assert!(page.body.contains("You changed this, so somebody else has to approve"), "{}", page.body);
    assert!(
        !page.body.contains("value=\"approve\"") && page.body.contains("value=\"deny\""),
        "{}",
        page.body
    );
    let pressed = browser.press_on(&stack, &page, "approve", &[]).await;
    assert_eq!(pressed.status.as_u16(), 403, "{}", pressed.body);
    assert_eq!(stack.status().await, "pending");
    let carol = stack.verdict(&stack.person("carol", &["sre"]), json!({})).await;
    assert_eq!((carol.status.as_u16(), &carol.json()["status"]), (200, &json!("approved")), "{}", carol.body);
}
