//! An approval that holds for a while: asked once, used, taken back.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use flow::agent::AgentClient;
use flow::fresh;
use flow::person::BrowserPerson;
use flow::stack::Stack;
use serde_json::{Value, json};

async fn propose(agent: &AgentClient, model: &str) -> String {
    let body = json!({
        "type": "lambda-invoke",
        "parameters": { "function": "demo-retrain", "version": "1", "payload": format!("{{\"model\":\"{model}\"}}") },
        "reason": "The models are two weeks old",
    });
    let answer = agent.propose(&fresh::name("granted"), &body).await.expect("an answer");
    answer.text("id").to_owned()
}

/// W4, P3: Bob agrees once and for the next minutes; the second job asks nobody and is counted, the third is beyond the
/// grant, and once he takes it back nothing runs on it any more.
#[tokio::test]
async fn asked_once_for_a_while() {
    let stack = Stack::running().expect("a running stack");
    let agent = AgentClient::agent(&stack, "ci-agent").await.expect("a token");
    let bob = BrowserPerson::new(&stack, "bob").expect("bob").api().await.expect("a token");

    let first = propose(&agent, "churn").await;
    agent.wait_for(&first, &["pending"]).await.expect("the first asks");
    let review = bob.get(&format!("/v1/actions/{first}/review")).await.expect("the review").body;
    let verdict = |name: &str, grant: Value| {
        let mut said = json!({
            "verdict": name,
            "action_digest": review["action_digest"],
            "review_digest": review["review_digest"],
            "reason_code": null,
            "reason": null,
        });
        if !grant.is_null() {
            said["grant"] = grant;
        }
        said
    };
    let verdicts = format!("/v1/actions/{first}/verdicts");
    let too_long = verdict("approve", json!({ "seconds": 86_400, "uses": 1 }));
    let refused = bob.post(&verdicts, &too_long).await.expect("an answer");
    assert!(refused.status.is_client_error(), "beyond what the requirement allows: {}", refused.body);
    let agreed = verdict("approve", json!({ "seconds": 300, "uses": 1 }));
    let agreed = bob.post(&verdicts, &agreed).await.expect("an answer");
    assert!(agreed.status.is_success(), "{}", agreed.body);
    agent.wait_for(&first, &["succeeded"]).await.expect("the first ran");

    let second = propose(&agent, "revenue").await;
    let done = agent.wait_for(&second, &["succeeded"]).await.expect("the second asks nobody");
    assert_eq!(done["verdicts"], json!([]), "{done}");
    let listed = agent.get("/v1/grants").await.expect("the list").body;
    let grants = listed["items"].as_array().cloned().unwrap_or_default();
    let grant = grants.iter().find(|grant| grant["action"] == json!(first)).expect("it is listed");
    assert_eq!((&grant["grant"]["used"], &grant["grant"]["live"]), (&json!(1), &json!(false)), "{grant}");

    let third = propose(&agent, "churn").await;
    agent.wait_for(&third, &["pending"]).await.expect("beyond its uses people are asked");
    let back = bob.post(&verdicts, &verdict("revoke", Value::Null)).await.expect("an answer");
    assert!(back.status.is_success(), "{}", back.body);
    let cancelled = agent.post(&format!("/v1/actions/{third}/cancel"), &json!({})).await.expect("an answer");
    assert!(cancelled.status.is_success(), "{}", cancelled.body);
}
