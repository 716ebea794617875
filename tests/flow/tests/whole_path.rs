//! The whole path through the front door: every example of the catalogue, the page, the pins, the log.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use std::collections::BTreeSet;

use flow::agent::AgentClient;
use flow::person::BrowserPerson;
use flow::planted::everything_readable;
use flow::stack::Stack;
use flow::{aws, fresh};
use serde_json::{Value, json};

fn stack() -> Stack {
    Stack::running().expect("a running stack")
}

fn export(source: &str) -> (Value, String) {
    let key = format!("{}.csv", fresh::name("path"));
    let parameters = json!({ "source": source, "destination": format!("s3://partner-drop/{key}") });
    (json!({ "type": "s3-export", "parameters": parameters, "reason": "For reports@partner.example" }), key)
}

async fn propose(agent: &AgentClient, body: &Value) -> String {
    let answer = agent.propose(&fresh::name("path"), body).await.expect("an answer");
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.text("id").to_owned()
}

/// P1–P5, P12: every example of the catalogue runs as it is, once those who are asked have agreed on the page.
#[tokio::test]
async fn every_example_runs_as_it_is() {
    let stack = stack();
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let _alone = flow::alone::alone("prod/payments/db").expect("nobody else changes it");
    let catalog = agent.get("/v1/catalog").await.expect("the catalogue").body;
    let types = catalog["types"].as_array().expect("types").clone();
    // Everything that there is but what publishers alone may propose.
    let actions = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/policies/actions");
    let files = std::fs::read_dir(actions).expect("the sample").filter_map(Result::ok);
    let all = files.filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()));
    let expected: BTreeSet<String> = all.filter(|name| name != "bundle-publish").collect();
    let shown = types.iter().filter_map(|entry| entry["type"].as_str().map(str::to_owned)).collect();
    assert_eq!(expected, shown, "{catalog}");
    for entry in types {
        let mut body = entry["example"].clone();
        // An example that was copied before finds its destination taken: the path is the example's, the name our own.
        if entry["type"] == "s3-export" {
            body["parameters"]["destination"] =
                json!(format!("s3://partner-drop/{}.csv", fresh::name("example")));
        }
        // What is to run again was suspended before: an agent of this test alone.
        if entry["type"] == "countersign-resume" {
            let scope = format!("agent:{}|{}", stack.issuer, fresh::name("gone"));
            body["parameters"]["scope"] = json!(scope);
            let bob = BrowserPerson::new(&stack, "bob").expect("bob").api().await.expect("a token");
            let suspension = json!({ "scope": scope, "reason": "It went wrong" });
            let suspended = bob.post("/v1/suspensions", &suspension).await.expect("an answer");
            assert!(suspended.status.is_success(), "{}", suspended.body);
        }
        let id = propose(&agent, &body).await;
        let pending = agent.wait_for(&id, &["pending"]).await.expect("pending");
        let asked = pending["requirements"][0]["name"].as_str().expect("a requirement").to_owned();
        let people: &[&str] = if asked == "data-owners" { &["alice"] } else { &["bob", "carol"] };
        for name in people {
            let now = agent.get(&format!("/v1/actions/{id}")).await.expect("the action").body;
            if now["status"] != "pending" {
                break;
            }
            let mut person = BrowserPerson::new(&stack, name).expect("a person");
            let page = person.open(&format!("/review/{id}")).await.expect("the page");
            let page = person.press(&page, "approve", &[]).await.expect("approving");
            assert!(page.status.is_success(), "{} {}: {}", entry["type"], page.status, page.html);
        }
        let done = agent.wait_for(&id, &["succeeded"]).await.expect("succeeded");
        assert_eq!(done["digest"], pending["digest"], "{}", entry["type"]);
    }
}

/// P12, D4, W16: the object changes after the review; nothing runs, and the agent learns why.
#[tokio::test]
async fn what_changed_since_the_review_does_not_run() {
    let stack = stack();
    let s3 = aws::s3(&aws::root(&stack).await);
    let object = fresh::name("changing");
    aws::put(&s3, "customers", &object, b"email\nreports@partner.example\n".to_vec())
        .await
        .expect("the source");
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let (body, key) = export(&format!("s3://customers/{object}"));
    let id = propose(&agent, &body).await;
    agent.wait_for(&id, &["pending"]).await.expect("pending");
    let mut alice = BrowserPerson::new(&stack, "alice").expect("alice");
    let page = alice.open(&format!("/review/{id}")).await.expect("the page");
    aws::put(&s3, "customers", &object, b"email\nmany,more\n".to_vec()).await.expect("another version");
    alice.press(&page, "approve", &[]).await.expect("approving");
    let denied = agent.wait_for(&id, &["denied"]).await.expect("denied");
    assert_eq!(denied["denial"]["code"], "changed-since-review", "{denied}");
    assert_eq!(aws::object(&s3, "partner-drop", &key).await.expect("the bucket"), None);
}

/// O11: a denial on the page needs a reason and reaches the agent; deny is final (P6).
#[tokio::test]
async fn a_denial_teaches_the_agent() {
    let stack = stack();
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let (body, _) = export("s3://customers/2026/q3.csv");
    let id = propose(&agent, &body).await;
    agent.wait_for(&id, &["pending"]).await.expect("pending");
    let mut alice = BrowserPerson::new(&stack, "alice").expect("alice");
    let page = alice.open(&format!("/review/{id}")).await.expect("the page");
    let wordless = alice.press(&page, "deny", &[]).await.expect("an answer");
    assert!(wordless.status.is_client_error(), "{}", wordless.status);
    let page = alice.open(&format!("/review/{id}")).await.expect("the page");
    alice
        .press(&page, "deny", &[("reason_code", "wrong-target"), ("reason", "not a partner's bucket")])
        .await
        .expect("denying");
    let denied = agent.wait_for(&id, &["denied"]).await.expect("denied");
    assert_eq!(denied["denial"]["by"], "approver");
    assert!(denied["agent_message"].as_str().expect("a message").contains("not a partner"), "{denied}");
    let late = alice.open(&format!("/review/{id}")).await.expect("the timeline");
    assert!(late.form("form.decide").is_err(), "a decided action still has its buttons");
}

/// P8: what is masked is readable nowhere but at the target: tables, log, queues, console.
#[tokio::test]
async fn masked_values_are_readable_nowhere() {
    let stack = stack();
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let _alone = flow::alone::alone("prod/payments/db").expect("nobody else changes it");
    let canary = format!("canary{}", fresh::name("x").replace('-', ""));
    let mut body = json!({ "type": "secret-put-value", "parameters": { "secret": "prod/payments/db", "value": canary },
        "reason": format!("New password, asked for by {canary}@partner.example") });
    let id = propose(&agent, &body).await;
    agent.wait_for(&id, &["pending"]).await.expect("pending");
    let mut bob = BrowserPerson::new(&stack, "bob").expect("bob");
    let page = bob.open(&format!("/review/{id}")).await.expect("the page");
    assert!(!page.html.contains(&canary), "the page shows it");
    for name in ["bob", "carol"] {
        let mut person = BrowserPerson::new(&stack, name).expect("a person");
        let page = person.open(&format!("/review/{id}")).await.expect("the page");
        if page.form("form.decide").is_ok() {
            person.press(&page, "approve", &[]).await.expect("approving");
        }
    }
    agent.wait_for(&id, &["succeeded"]).await.expect("succeeded");
    body["parameters"] = Value::Null;
    let secrets = aws_sdk_secretsmanager::Client::new(&aws::root(&stack).await);
    let value = secrets.get_secret_value().secret_id("prod/payments/db").send().await.expect("the secret");
    assert_eq!(value.secret_string(), Some(canary.as_str()), "the target has the new value");
    let mut places = everything_readable(&stack).await.expect("everything");
    places.push((
        "the action".into(),
        agent.get(&format!("/v1/actions/{id}")).await.expect("the action").body.to_string(),
    ));
    for (place, text) in places {
        assert!(!text.contains(&canary), "{place} holds the masked value");
    }
}
