//! A reviewer changes it: on the page, decided anew by somebody else, and run as it was changed.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use flow::agent::AgentClient;
use flow::person::BrowserPerson;
use flow::stack::Stack;
use flow::{fresh, log};
use serde_json::{Value, json};

async fn verdict(person: &AgentClient, id: &str, shown: &Value, more: Value) -> Value {
    let mut said = json!({
        "verdict": "approve",
        "action_digest": shown["action_digest"],
        "review_digest": shown["review_digest"],
    });
    said.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    person.post(&format!("/v1/actions/{id}/verdicts"), &said).await.expect("an answer").body
}

/// D6, D14, P12, W16, E5: Bob changes what the job is given; what was shown before is stale, and he may not approve what he made
/// of it, neither on the page nor by API. Carol agrees to it, and it runs as he changed it. The log says so and verifies.
#[tokio::test]
async fn bob_changes_it_and_carol_approves() {
    let stack = Stack::running().expect("a running stack");
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let changed = format!("{{\"model\":\"{}\"}}", fresh::name("changed"));
    let body = json!({
        "type": "lambda-invoke",
        "parameters": { "function": "demo-retrain", "version": "1", "payload": "{\"model\":\"churn\"}" },
        "reason": "The churn model is two weeks old",
    });
    let answer = agent.propose(&fresh::name("changing"), &body).await.expect("an answer");
    let id = answer.text("id").to_owned();
    let before = agent.wait_for(&id, &["pending"]).await.expect("pending");

    let mut bob = BrowserPerson::new(&stack, "bob").expect("bob");
    let by_api = BrowserPerson::new(&stack, "bob").expect("bob").api().await.expect("a token");
    let review = format!("/v1/actions/{id}/review");
    let shown = by_api.get(&review).await.expect("the review").body;
    assert_eq!(shown["may_change"], json!(["/payload"]), "{shown}");
    let page = bob.open(&format!("/review/{id}")).await.expect("the page");
    let page = bob.change(&page, &[("change/payload", &changed)]).await.expect("changing it");
    assert!(page.status.is_success(), "{}: {}", page.status, page.html);
    agent.wait_for(&id, &["pending"]).await.expect("it is asked about anew");
    let after = agent.get(&format!("/v1/actions/{id}")).await.expect("the action").body;
    assert_eq!(
        (&after["revision"], &after["parameters"]["payload"]),
        (&json!(2), &json!(changed)),
        "{after}"
    );
    assert_ne!(after["digest"], before["digest"]);
    assert_eq!(after["changes"][0]["by"]["subject"], "bob", "{after}");
    assert!(after["agent_message"].as_str().expect("a message").contains("bob changed"), "{after}");
    let of_carol = BrowserPerson::new(&stack, "carol").expect("carol").api().await.expect("a token");
    assert_eq!(verdict(&of_carol, &id, &shown, json!({})).await["code"], "stale-digest");

    let anew = by_api.get(&review).await.expect("the review").body;
    assert_eq!(
        (&anew["may"], &anew["why_not"]),
        (&json!(["deny", "modify"]), &json!("own-change")),
        "{anew}"
    );
    assert_eq!(verdict(&by_api, &id, &anew, json!({})).await["code"], "own-change");
    let page = bob.open(&format!("/review/{id}")).await.expect("the page of the second revision");
    assert!(page.html.contains("You changed this, so somebody else has to approve"), "{}", page.html);
    let page = bob.press(&page, "approve", &[]).await.expect("approving");
    assert_eq!(page.status.as_u16(), 403, "{}", page.html);

    let mut carol = BrowserPerson::new(&stack, "carol").expect("carol");
    let page = carol.open(&format!("/review/{id}")).await.expect("the page of the second revision");
    assert!(page.html.contains("What was changed"), "{}", page.html);
    let page = carol.press(&page, "approve", &[]).await.expect("approving");
    assert!(page.status.is_success(), "{}: {}", page.status, page.html);
    let done = agent.wait_for(&id, &["succeeded"]).await.expect("it ran");
    assert_eq!(done["digest"], after["digest"]);

    let folder = std::env::temp_dir().join(fresh::name("changed-log"));
    log::download(&stack, &folder).await.expect("the log");
    let (code, text) = log::verify(&folder).await.expect("a verdict of the verifier");
    assert_eq!(code, 0, "{text}");
    std::fs::remove_dir_all(&folder).expect("the download");
}

/// E5: the only owner of the data sends it elsewhere. Nobody approves it in the first half hour: not she, because she changed it,
/// and nobody of sre, because nobody stands in yet.
#[tokio::test]
async fn alice_sends_it_elsewhere_and_approves_nothing() {
    let stack = Stack::running().expect("a running stack");
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let (wanted, changed) = (fresh::name("wanted"), fresh::name("changed"));
    let body = json!({
        "type": "s3-export",
        "parameters": { "source": "s3://customers/2026/q3.csv", "destination": format!("s3://partner-drop/{wanted}.csv") },
        "reason": "Quarterly report for the partner programme",
    });
    let answer = agent.propose(&fresh::name("changing"), &body).await.expect("an answer");
    assert!(answer.status.is_success(), "{}", answer.body);
    let id = answer.text("id").to_owned();
    agent.wait_for(&id, &["pending"]).await.expect("pending");
    let mut alice = BrowserPerson::new(&stack, "alice").expect("alice");
    let page = alice.open(&format!("/review/{id}")).await.expect("the page");
    let to = format!("s3://partner-drop/{changed}.csv");
    let page = alice.change(&page, &[("change/destination", &to)]).await.expect("changing it");
    assert!(page.status.is_success(), "{}: {}", page.status, page.html);
    agent.wait_for(&id, &["pending"]).await.expect("it is asked about anew");
    let page = alice.open(&format!("/review/{id}")).await.expect("the page of the second revision");
    let page = alice.press(&page, "approve", &[]).await.expect("approving");
    assert_eq!(page.status.as_u16(), 403, "{}", page.html);
    let owner = BrowserPerson::new(&stack, "dana").expect("dana").api().await.expect("a token");
    let shown = owner.get(&format!("/v1/actions/{id}/review")).await.expect("the review").body;
    let bob = BrowserPerson::new(&stack, "bob").expect("bob").api().await.expect("a token");
    assert_eq!(verdict(&bob, &id, &shown, json!({})).await["code"], "not-an-approver");
    let answer = agent.post(&format!("/v1/actions/{id}/cancel"), &json!({})).await.expect("an answer");
    assert_eq!(answer.body["status"], "cancelled", "{}", answer.body);
}
