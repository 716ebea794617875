//! Secrets in everything that agents, people and targets say, the whole way.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use aws_sdk_lambda::primitives::Blob;
use flow::agent::AgentClient;
use flow::person::BrowserPerson;
use flow::planted::{Planted, everything_readable, zip};
use flow::stack::Stack;
use flow::{aws, fresh};
use serde_json::{Value, json};

/// A version of the function that says everything it was given and knows, or fails with it.
async fn talkative(stack: &Stack, planted: &Planted) -> String {
    let code = format!(
        "import json\n\ndef handler(event, context):\n    said = {:?}\n    if event.get('fail'):\n        \
         raise Exception(said + json.dumps(event))\n    return {{'echo': event, 'said': said, 'inner': json.dumps({{'password': \
         event.get('password'), 'said': said}}), 'lines': [said, said]}}\n",
        planted.line()
    );
    let functions = aws_sdk_lambda::Client::new(&aws::root(stack).await);
    let zipped = Blob::new(zip("retrain.py", &code));
    functions
        .update_function_code()
        .function_name("demo-retrain")
        .zip_file(zipped)
        .send()
        .await
        .expect("code");
    let published =
        functions.publish_version().function_name("demo-retrain").send().await.expect("a version");
    published.version().expect("its number").to_owned()
}

struct Scene {
    stack: Stack,
    agent: AgentClient,
    planted: Planted,
    /// Everything that was answered.
    answers: Vec<(String, String)>,
}

impl Scene {
    fn keep(&mut self, place: &str, text: impl Into<String>) {
        self.answers.push((place.to_owned(), text.into()));
    }

    /// An action with secrets wherever its proposer may write something; its id.
    async fn propose(&mut self, action_type: &str, parameters: Value) -> String {
        let Planted { token, key, address, value, .. } = &self.planted;
        // Of what the catalogue does not mark here nobody but its name says that it is secret.
        let value = if action_type == "secret-put-value" { value } else { token };
        let body = json!({
            "type": action_type, "parameters": parameters,
            "reason": format!("{}; the value is {value}", self.planted.line()),
            "provenance": {
                "run_url": format!("https://ci.example/run?access_token={token}&x=1"), "branch": format!("fix/{key}"),
                "author": address, "commit_message": self.planted.line(), "log": format!("wrote {value}"),
            },
            "correlation": fresh::name("run"),
        });
        let answer = self.agent.propose(&fresh::name("secrets"), &body).await.expect("an answer");
        assert!(answer.status.is_success(), "{}", answer.body);
        self.keep("the proposal's answer", answer.body.to_string());
        answer.text("id").to_owned()
    }

    /// Waits until people are asked, has them answer in words with secrets, and waits for the end.
    async fn decide(&mut self, id: &str, verdict: &str, end: &str) {
        self.agent.wait_for(id, &["pending"]).await.expect("pending");
        for name in ["bob", "carol"] {
            let mut person = BrowserPerson::new(&self.stack, name).expect("a person");
            let page = person.open(&format!("/review/{id}")).await.expect("the page");
            self.keep("the review page", page.html.clone());
            if page.form("form.decide").is_ok() {
                let reason = self.planted.line();
                let after =
                    person.press(&page, verdict, &[("reason", reason.as_str())]).await.expect("an answer");
                self.keep("the page after the verdict", after.html.clone());
            }
        }
        let ended = self.agent.wait_for(id, &[end]).await.expect("the end");
        self.keep("the action", ended.to_string());
        let mut bob = BrowserPerson::new(&self.stack, "bob").expect("bob");
        self.keep("the timeline", bob.open(&format!("/review/{id}")).await.expect("the page").html);
        self.keep("the inbox", bob.open("/").await.expect("the inbox").html);
    }
}

/// P8: secrets of five kinds in every text that agents, approvers and targets may write, through success, failure, denial and
/// suspension: none is readable in a table, an object of the log, a notice, a page, an answer or a function's log lines, neither
/// as it is nor as base64.
#[tokio::test]
async fn secrets_are_readable_nowhere_whoever_wrote_them() {
    let stack = Stack::running().expect("a running stack");
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let planted = Planted::new();
    let version = talkative(&stack, &planted).await;
    let mut scene = Scene { stack, agent, planted, answers: Vec::new() };

    let alone = flow::alone::alone("prod/payments/db").expect("nobody else changes it");
    let value = scene.planted.value.clone();
    let id = scene.propose("secret-put-value", json!({ "secret": "prod/payments/db", "value": value })).await;
    scene.decide(&id, "approve", "succeeded").await;
    drop(alone);

    let Planted { password, token, address, .. } = &scene.planted;
    let event =
        json!({ "model": "churn", "password": password, "token": token, "note": format!("for {address}") });
    let failing = json!({ "fail": true, "model": "churn", "password": password, "note": address });
    for (payload, end) in [(event, "succeeded"), (failing, "succeeded")] {
        let parameters =
            json!({ "function": "demo-retrain", "version": version, "payload": payload.to_string() });
        let id = scene.propose("lambda-invoke", parameters).await;
        scene.decide(&id, "approve", end).await;
    }
    let parameters = json!({ "function": "demo-retrain", "version": version });
    let id = scene.propose("lambda-invoke", parameters.clone()).await;
    scene.decide(&id, "deny", "denied").await;
    let id = scene.propose("lambda-invoke", parameters).await;
    let cancelled =
        scene.agent.post(&format!("/v1/actions/{id}/cancel"), &json!({})).await.expect("an answer");
    scene.keep("the cancelled action", cancelled.body.to_string());

    let scope = format!("agent:{}|{}", scene.stack.issuer, fresh::name("gone"));
    let bob = BrowserPerson::new(&scene.stack, "bob").expect("bob").api().await.expect("a token");
    let suspension = json!({ "scope": scope, "reason": scene.planted.line() });
    let suspended = bob.post("/v1/suspensions", &suspension).await.expect("an answer");
    assert!(suspended.status.is_success(), "{}", suspended.body);
    scene.keep("what is suspended", suspended.body.to_string());

    let mut places = everything_readable(&scene.stack).await.expect("everything");
    let logs =
        places.iter().filter(|(place, text)| place.starts_with("the log lines") && text.contains("REPORT"));
    assert!(logs.count() >= 6, "the functions' log lines are read too");
    places.append(&mut scene.answers);
    let found = scene.planted.readable_in(&places);
    assert!(found.is_empty(), "{found:#?}");
}
