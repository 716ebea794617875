//! New rules in force through the front door: proposed by a pipeline, agreed to by two people, decided by from then on.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use aws_sdk_s3::Client as S3;
use domain::Digest;
use flow::agent::AgentClient;
use flow::person::BrowserPerson;
use flow::stack::Stack;
use flow::{aws, cli, fresh};
use serde_json::{Value, json};

/// The catalogue's example as it is; where its number is taken already, the same rules staged anew.
async fn proposal(stack: &Stack, s3: &S3, example: &Value) -> Value {
    let key = key_of(stack, example);
    if aws::object(s3, &stack.bundles_bucket, &key).await.expect("the bucket").is_none() {
        return example.clone();
    }
    let name = fresh::name("flow");
    let arguments = ["bundle", "publish", "--stage", &name, "--json", "--bucket", &stack.bundles_bucket];
    let rules = ["--key", &stack.publisher_key_file, "--issuer", &stack.issuer];
    let (code, text) = cli::run_on(stack, &[&arguments[..], &rules[..]].concat()).await.expect("the CLI");
    assert_eq!(code, 0, "{text}");
    wire::json::parse_value(text.as_bytes()).expect("a proposal")
}

/// The key in the bundles' bucket where the proposal puts it.
fn key_of(stack: &Stack, body: &Value) -> String {
    let address = body.pointer("/parameters/destination").and_then(Value::as_str).expect("a destination");
    let key = address.strip_prefix(&format!("s3://{}/", stack.bundles_bucket));
    key.expect("in the bundles' bucket").to_owned()
}

async fn catalog(agent: &AgentClient) -> Vec<Value> {
    let catalog = agent.get("/v1/catalog").await.expect("the catalogue").body;
    catalog.get("types").and_then(Value::as_array).expect("types").clone()
}

async fn propose(agent: &AgentClient, body: &Value) -> String {
    let answer = agent.propose(&fresh::name("publishing"), body).await.expect("an answer");
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.text("id").to_owned()
}

/// D2, F16, P3, W25: an agent that publishes nothing may not propose rules and does not see that one could. A pipeline
/// proposes what is staged; two of sre see its number and what changes, and agree; from then on it decides, under its own
/// name. The same once more is refused with a sentence.
#[tokio::test]
async fn new_rules_come_into_force_by_consent() {
    let stack = Stack::running().expect("a running stack");
    let _alone = flow::fresh::alone_with_the_rules().expect("nobody else publishes");
    let s3 = aws::s3(&aws::root(&stack).await);
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let pipeline = AgentClient::agent(&stack, "ci-agent").await.expect("a token");
    assert!(catalog(&agent).await.iter().all(|entry| entry["type"] != "bundle-publish"));
    let types = catalog(&pipeline).await;
    let entry = types.iter().find(|entry| entry["type"] == "bundle-publish").expect("in its catalogue");
    let body = proposal(&stack, &s3, &entry["example"]).await;

    let refused = propose(&agent, &body).await;
    let refused = agent.wait_for(&refused, &["denied"]).await.expect("denied");
    assert_eq!(refused["denial"]["code"], "no-permit", "{refused}");

    let id = propose(&pipeline, &body).await;
    let pending = pipeline.wait_for(&id, &["pending"]).await.expect("pending");
    assert_eq!(pending["requirements"][0]["needed"], 2, "{pending}");
    let key = key_of(&stack, &body);
    for name in ["bob", "carol"] {
        assert_eq!(aws::object(&s3, &stack.bundles_bucket, &key).await.expect("the bucket"), None, "{name}");
        let mut person = BrowserPerson::new(&stack, name).expect("a person");
        let page = person.open(&format!("/review/{id}")).await.expect("the page");
        assert!(page.html.contains("What changes") && page.html.contains("nothing"), "{}", page.html);
        let number = key.trim_start_matches("bundles/").trim_start_matches('0');
        assert!(page.html.contains(&format!("number {number}")), "{}", page.html);
        let page = person.press(&page, "approve", &[]).await.expect("approving");
        assert!(page.status.is_success(), "{name} {}: {}", page.status, page.html);
    }
    let done = pipeline.wait_for(&id, &["succeeded"]).await.expect("it ran");
    assert_eq!(done["digest"], pending["digest"], "{done}");
    let manifest =
        aws::object(&s3, &stack.bundles_bucket, &key).await.expect("the bucket").expect("it is there");

    let job = json!({
        "type": "lambda-invoke",
        "parameters": { "function": "demo-retrain", "version": "1" },
        "reason": "The first under the new rules",
    });
    let job = propose(&agent, &job).await;
    let decided = agent.wait_for(&job, &["pending"]).await.expect("pending");
    assert_eq!(decided["decision"]["bundle"], json!(Digest::of(&manifest).to_string()), "{decided}");
    agent.post(&format!("/v1/actions/{job}/cancel"), &json!({})).await.expect("an answer");

    let again = propose(&pipeline, &body).await;
    let again = pipeline.wait_for(&again, &["denied"]).await.expect("denied");
    assert_eq!(again["denial"]["code"], "cannot-plan", "{again}");
    let message = again["denial"]["message"].as_str().expect("a message");
    assert!(message.contains("is not the next one"), "{message}");
}
