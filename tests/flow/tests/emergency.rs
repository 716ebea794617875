//! When there is no second: one runs it at once, another looks at it afterwards.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use flow::agent::AgentClient;
use flow::person::BrowserPerson;
use flow::stack::{Stack, local_dir};
use flow::{fresh, log};
use serde_json::{Value, json};

/// W4, W5, P5: two of sre are asked; Bob alone runs it on a fresh sign-in, it is marked wherever it is read, Carol closes
/// its review, and Bob may not. What the log tells of it holds.
#[tokio::test]
async fn one_runs_it_and_another_looks_at_it() {
    let stack = Stack::running().expect("a running stack");
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let body = json!({
        "type": "iam-attach-role-policy",
        "parameters": {
            "role": "arn:aws:iam::000000000000:role/etl-nightly",
            "policy": "arn:aws:iam::000000000000:policy/reports-read",
        },
        "reason": "The nightly job cannot read its reports",
    });
    let answer = agent.propose(&fresh::name("emergency"), &body).await.expect("an answer");
    let id = answer.text("id").to_owned();
    let pending = agent.wait_for(&id, &["pending"]).await.expect("pending");
    assert_eq!(pending["requirements"][0]["needed"], 2, "{pending}");
    let page = format!("/review/{id}");

    let mut bob = BrowserPerson::new(&stack, "bob").expect("bob");
    let shown = bob.open(&page).await.expect("the page");
    let silent = bob.press(&shown, "emergency", &[]).await.expect("an answer");
    assert!(silent.html.contains("An emergency needs a reason"), "{}", silent.html);
    let ran = bob.press(&shown, "emergency", &[("reason", "The job fails and nobody else is awake")]).await;
    let ran = ran.expect("an answer");
    assert!(ran.status.is_success(), "{}: {}", ran.status, ran.html);
    let done = agent.wait_for(&id, &["succeeded"]).await.expect("it ran");
    assert_eq!(done["requirements"][0]["given"], 0, "an emergency is no vote: {done}");
    assert_eq!(done["verdicts"][0]["verdict"], "emergency", "{done}");
    assert_eq!(done["verdicts"][0]["proof"], "idp", "{done}");

    let own = bob.open(&page).await.expect("the timeline");
    assert!(own.html.contains("ran it at once, as an emergency"), "{}", own.html);
    assert!(own.form("form.decide").is_err(), "nobody looks at their own emergency");
    let review = bob.api().await.expect("a token");
    let shown = review.get(&format!("/v1/actions/{id}/review")).await.expect("the review").body;
    let own = review.verdict(&id, "close", &shown).await.expect("an answer");
    assert_eq!(own.text("code"), "own-request", "{}", own.body);

    let mut carol = BrowserPerson::new(&stack, "carol").expect("carol");
    let shown = carol.open(&page).await.expect("the timeline");
    let closed = carol.press(&shown, "close", &[("reason", "It was right")]).await.expect("an answer");
    assert!(closed.status.is_success(), "{}: {}", closed.status, closed.html);
    let after = carol.open(&page).await.expect("the timeline");
    assert!(after.html.contains("looked at the emergency") && after.form("form.decide").is_err());

    recorded(&agent, &id).await;
    let folder = local_dir().join("emergency-log");
    log::download(&stack, &folder).await.expect("the log");
    let (code, text) = log::verify(&folder).await.expect("the CLI");
    assert_eq!(code, 0, "{text}");
}

/// Waits until everything the action is made of is in the log.
async fn recorded(agent: &AgentClient, id: &str) {
    for _ in 0..120 {
        let records = agent.get(&format!("/v1/actions/{id}/records")).await.expect("records").body;
        let events = records.get("items").and_then(Value::as_array).into_iter().flatten();
        // Proposed, decided, the emergency, the claim, the outcome, and its review.
        if events.filter(|record| record.get("sequence").and_then(Value::as_u64) == Some(6)).count() > 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    unreachable!("the review was not recorded within half a minute");
}
