//! A reviewer sends it elsewhere: changed on the page, decided anew, and run as it was changed.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use flow::agent::Caller;
use flow::person::Person;
use flow::stack::Stack;
use flow::{aws, fresh, log};
use serde_json::{Value, json};

async fn verdict(person: &Caller, id: &str, shown: &Value, more: Value) -> Value {
    let mut said = json!({
        "verdict": "approve",
        "action_digest": shown["action_digest"],
        "review_digest": shown["review_digest"],
    });
    said.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    person.post(&format!("/v1/actions/{id}/verdicts"), &said).await.expect("an answer").body
}

/// D6, D14, P12, W16: Alice changes the destination through her sign-in; what was shown before is stale, she agrees to what
/// became of it, and the object lies where she sent it and nowhere else. The log says so and verifies.
#[tokio::test]
async fn alice_sends_it_elsewhere() {
    let stack = Stack::running().expect("a running stack");
    let agent = Caller::agent(&stack, "demo-agent").await.expect("a token");
    let (wanted, changed) =
        (format!("{}.csv", fresh::name("wanted")), format!("{}.csv", fresh::name("changed")));
    let body = json!({
        "type": "s3-export",
        "parameters": { "source": "s3://customers/2026/q3.csv", "destination": format!("s3://partner-drop/{wanted}") },
        "reason": "Quarterly report for the partner programme",
    });
    let answer = agent.propose(&fresh::name("changing"), &body).await.expect("an answer");
    let id = answer.text("id").to_owned();
    let before = agent.wait_for(&id, &["pending"]).await.expect("pending");

    let mut alice = Person::new(&stack, "alice").expect("alice");
    let by_api = Person::new(&stack, "alice").expect("alice").api().await.expect("a token");
    let shown = by_api.get(&format!("/v1/actions/{id}/review")).await.expect("the review").body;
    assert_eq!(shown["may_change"], json!(["/destination"]), "{shown}");
    let patch =
        json!({ "verdict": "modify", "patch": { "destination": format!("s3://partner-drop/{changed}") } });
    assert_eq!(verdict(&by_api, &id, &shown, patch).await["code"], "step-up-required");

    let page = alice.open(&format!("/review/{id}")).await.expect("the page");
    let to = format!("s3://partner-drop/{changed}");
    let page = alice.change(&page, &[("change/destination", &to)]).await.expect("changing it");
    assert!(page.status.is_success(), "{}: {}", page.status, page.html);
    agent.wait_for(&id, &["pending"]).await.expect("it is asked about anew");
    let after = agent.get(&format!("/v1/actions/{id}")).await.expect("the action").body;
    assert_eq!((&after["revision"], &after["parameters"]["destination"]), (&json!(2), &json!(to)), "{after}");
    assert_ne!(after["digest"], before["digest"]);
    assert_eq!(after["changes"][0]["by"]["subject"], "alice", "{after}");
    assert!(after["agent_message"].as_str().expect("a message").contains("alice changed"), "{after}");
    assert_eq!(verdict(&by_api, &id, &shown, json!({})).await["code"], "stale-digest");

    let page = alice.open(&format!("/review/{id}")).await.expect("the page of the second revision");
    assert!(page.html.contains("What was changed"), "{}", page.html);
    let page = alice.press(&page, "approve", &[]).await.expect("approving");
    assert!(page.status.is_success(), "{}: {}", page.status, page.html);
    let done = agent.wait_for(&id, &["succeeded"]).await.expect("it ran");
    assert_eq!(done["digest"], after["digest"]);
    let s3 = aws::s3(&aws::root(&stack).await);
    let at = async |key: &str| aws::object(&s3, "partner-drop", key).await.expect("the bucket");
    assert!(at(&changed).await.is_some(), "it lies where Alice sent it");
    assert_eq!(at(&wanted).await, None, "and not where the agent wanted it");

    let folder = std::env::temp_dir().join(fresh::name("changed-log"));
    log::download(&stack, &folder).await.expect("the log");
    let (code, text) = log::verify(&folder).await.expect("a verdict of the verifier");
    assert_eq!(code, 0, "{text}");
    std::fs::remove_dir_all(&folder).expect("the download");
}
