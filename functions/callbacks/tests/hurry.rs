//! Emergencies, the look at them afterwards, and the yes of the human an agent acts for.

#![allow(clippy::panic, clippy::expect_used, reason = "a test's helper functions fail loudly")]

mod stack;

use axum::http::StatusCode;
use domain::{Event, Proof, State, VerdictKind};
use serde_json::json;
use stack::{Browser, TestStack};
use testkit::SampleRequirement;

async fn signed_in(stack: &TestStack, subject: &str, groups: &[&str]) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(stack, subject, groups).await;
    browser
}

/// Presses the button and comes back from the provider as the same person.
async fn prove(
    stack: &TestStack,
    browser: &mut Browser,
    who: (&str, &[&str]),
    verdict: &str,
) -> stack::Answer {
    let left = browser.press(stack, verdict, &[("reason", "Customers cannot pay")]).await;
    assert_eq!(left.status, StatusCode::OK, "{}", left.body);
    stack.clock.pass(20);
    browser.finish_sign_in(stack, &left, who.0, who.1, Some(stack.now())).await
}

/// W4, W5, P5: it runs at once on a fresh sign-in of who may, it is marked, and only somebody else closes its review.
#[tokio::test]
async fn an_emergency_is_proven_marked_and_looked_at() {
    let stack = TestStack::asking(SampleRequirement::OrInEmergency).await;
    let sre: &[&str] = &["sre"];
    let mut bob = signed_in(&stack, "bob", sre).await;
    let page = bob.get(&stack, &stack.page()).await;
    assert!(page.body.contains("Run it now") && !page.body.contains("value=\"approve\""), "{}", page.body);
    let left = bob.press(&stack, "emergency", &[("reason", "Customers cannot pay")]).await;
    let demanded = (left.parameter("max_age"), left.parameter("prompt"));
    assert_eq!(demanded, (Some("300".into()), Some("login".into())));
    let back = prove(&stack, &mut bob, ("bob", sre), "emergency").await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    let item = stack.item().await;
    let State::Approved(review) = item.state() else { panic!("{:?}", item.state()) };
    let emergency = review.emergency.as_ref().expect("it is marked");
    assert_eq!((emergency.vote.person.subject.as_str(), emergency.open()), ("bob", true));
    assert!(review.votes.is_empty(), "an emergency is no vote");
    let page = bob.get(&stack, &stack.page()).await;
    assert!(page.body.contains("ran it at once, as an emergency"), "{}", page.body);
    assert!(!page.body.contains("value=\"close\""), "nobody looks at their own emergency");
    let own = stack.verdict(&stack.person("bob", sre), json!({"verdict": "close", "reason": "Fine"})).await;
    assert_eq!((own.status.as_u16(), own.code().as_str()), (403, "own-request"));
    let mut alice = signed_in(&stack, "alice", &["data-owners"]).await;
    let back = prove(&stack, &mut alice, ("alice", &["data-owners"]), "close").await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    let item = stack.item().await;
    let closed = item.state().review().and_then(|review| review.emergency.clone()?.closed);
    assert_eq!(closed.expect("somebody looked").person.subject, "alice");
}

/// W4: an emergency without words, by API alone, by who may not, or on the own request is none.
#[tokio::test]
async fn what_is_no_emergency() {
    let stack = TestStack::asking(SampleRequirement::OrInEmergency).await;
    let mut bob = signed_in(&stack, "bob", &["sre"]).await;
    let silent = bob.press(&stack, "emergency", &[]).await;
    assert!(silent.body.contains("An emergency needs a reason"), "{}", silent.body);
    let wish = json!({"verdict": "emergency", "reason": "Customers cannot pay"});
    for (subject, groups, code) in [
        ("bob", ["sre"], "step-up-required"),
        ("alice", ["data-owners"], "not-an-approver"),
        ("dana", ["sre"], "own-request"),
    ] {
        let answer = stack.verdict(&stack.person(subject, &groups), wish.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, code), "{subject}");
    }
    let plain = TestStack::asking(SampleRequirement::DataOwner).await;
    let answer = plain.verdict(&plain.person("bob", &["sre"]), wish).await;
    assert_ne!(answer.status, StatusCode::OK);
    assert_eq!((stack.status().await, plain.status().await), ("pending", "pending"));
}

/// P5: the human behind confirms what was asked in their name; that is no vote, and no vote replaces it.
#[tokio::test]
async fn the_human_behind_confirms() {
    let stack = TestStack::asking(SampleRequirement::Confirmed).await;
    let frank = stack.person("frank", &["sre"]);
    let approve = stack.verdict(&frank, json!({})).await;
    assert_eq!((approve.status.as_u16(), approve.code().as_str()), (403, "own-request"));
    let bob = stack.verdict(&stack.person("bob", &["sre"]), json!({})).await;
    assert_eq!((bob.status, stack.status().await), (StatusCode::OK, "pending"), "{}", bob.body);
    let not_theirs = stack.verdict(&stack.person("carol", &["sre"]), json!({"verdict": "confirm"})).await;
    assert_eq!(not_theirs.code(), "not-an-approver");
    let confirm = stack.verdict(&frank, json!({"verdict": "confirm"})).await;
    assert_eq!((confirm.status, stack.status().await), (StatusCode::OK, "approved"), "{}", confirm.body);
    let item = stack.item().await;
    let Some(Event::VerdictGiven(verdict)) = item.entries().last().map(|entry| entry.event.clone()) else {
        panic!("the last event is the confirmation")
    };
    assert_eq!((verdict.kind, verdict.proof), (VerdictKind::Confirm, Proof::Service));
    let review = item.state().review().expect("it was decided");
    assert_eq!(review.votes.len(), 1, "a confirmation is not counted");
}
