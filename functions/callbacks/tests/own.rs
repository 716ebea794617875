//! What is not an agent's own, seen from its side of the door.

#![allow(clippy::indexing_slicing, reason = "a test's own functions fail loudly")]

mod stack;

use axum::http::Method;
use serde_json::{Value, json};
use stack::{Answer, TestStack};
use testkit::SampleRequirement;

const ABSENT: &str = "act_aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Everything of an answer that a caller can compare.
fn told(answer: &Answer) -> (u16, axum::http::HeaderMap, Value) {
    let mut body = answer.json();
    body["instance"] = json!("");
    (answer.status.as_u16(), answer.headers.clone(), body)
}

/// E20: to another agent, and to the same agent for another human, an action is as absent as one that does not exist: the
/// review and the verdict alike; and nothing is written about it, however often it is tried.
#[tokio::test]
async fn anothers_action_is_not_there() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let (issuer, now) = (&stack.scenario.issuer, stack.now());
    let for_frank = json!({"sub": "frank", "client_id": "demo-agent", "act": {"sub": "demo-agent"}});
    let tokens = [issuer.agent("ci-agent", now), issuer.access(&for_frank, now)];
    let (action, review) = stack.digests();
    let body = json!({
        "verdict": "approve", "action_digest": action.to_string(), "review_digest": review.to_string(),
    });
    let before = stack.states.contents();
    for token in &tokens {
        for _ in 0..3 {
            let ask = async |method: Method, id: &str, what: &str, body: Option<Value>| {
                stack.call(method, &format!("/v1/actions/{id}/{what}"), Some(token), body).await
            };
            let read = [
                ask(Method::GET, &stack.id(), "review", None).await,
                ask(Method::GET, ABSENT, "review", None).await,
            ];
            let said = [
                ask(Method::POST, &stack.id(), "verdicts", Some(body.clone())).await,
                ask(Method::POST, ABSENT, "verdicts", Some(body.clone())).await,
            ];
            for [there, absent] in [read, said] {
                assert_eq!(told(&there), told(&absent));
                assert_eq!((there.status.as_u16(), there.code().as_str()), (404, "not-found"));
            }
        }
    }
    assert_eq!(stack.states.contents(), before, "nothing is written about it");
    let own = stack.verdict(&issuer.agent("demo-agent", now), json!({})).await;
    assert_eq!(own.code(), "agent-cannot-decide", "its own is another matter, and recorded");
    assert_eq!(stack.attempts(), ["demo-agent agent-cannot-decide 1"]);
}

/// E20: an agent reads of suspensions those that concern it, without the words that people wrote for people.
#[tokio::test]
async fn suspensions_that_concern_an_agent() {
    let stack = TestStack::asking(SampleRequirement::TwoOfSre).await;
    let bob = stack.person("bob", &[]);
    let issuer = &stack.scenario.issuer;
    let of = |agent: &str| format!("agent:{}|{agent}", issuer.name());
    for scope in ["type:s3-export", &of("demo-agent"), &of("ci-agent")] {
        let body = json!({ "scope": scope, "reason": "We are looking into ci-agent" });
        let answer = stack.call(Method::POST, "/v1/suspensions", Some(&bob), Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let read = async |token: &str| {
        let answer = stack.call(Method::GET, "/v1/suspensions", Some(token), None).await.json();
        let items = answer["items"].as_array().unwrap().clone();
        let scopes: Vec<String> =
            items.iter().map(|item| item["scope"].as_str().unwrap().to_owned()).collect();
        (scopes, items.iter().all(|item| item["reason"].is_null()))
    };
    let agent = |name: &str| issuer.agent(name, stack.now());
    assert_eq!(read(&agent("demo-agent")).await, (vec!["type:s3-export".to_owned(), of("demo-agent")], true));
    assert_eq!(read(&agent("mallory-agent")).await, (vec![], true), "it may propose nothing");
    let (scopes, wordless) = read(&stack.person("alice", &[])).await;
    assert_eq!((scopes.len(), wordless), (3, false), "people read everything");
}
