//! Presses of the doubles of Slack and Teams, as those platforms send them, on the running stack.
#![expect(clippy::expect_used, reason = "a test's steps fail loudly")]

use flow::agent::AgentClient;
use flow::chat::{SlackUser, TeamsUser, link_slack, link_teams};
use flow::fresh;
use flow::person::BrowserPerson;
use flow::stack::Stack;
use serde_json::{Value, json};

async fn propose(stack: &Stack, agent: &str, body: &Value) -> (AgentClient, String) {
    let agent = AgentClient::agent(stack, agent).await.expect("a token");
    let answer = agent.propose(&fresh::name("in-chat"), body).await.expect("an answer");
    assert!(answer.status.is_success(), "{}", answer.body);
    (agent, answer.text("id").to_owned())
}

fn export() -> Value {
    json!({
        "type": "s3-export",
        "parameters": {
            "source": "s3://customers/2026/q3.csv",
            "destination": format!("s3://partner-drop/{}.csv", fresh::name("in-chat")),
        },
        "reason": "The quarterly report",
    })
}

/// Slack's request as it was signed, sent by anybody.
async fn send(stack: &Stack, request: &Value, body: &str) -> u16 {
    let mut sent =
        reqwest::Client::new().post(format!("{}/callbacks/slack", stack.api)).body(body.to_owned());
    for (name, value) in request["headers"].as_object().expect("headers") {
        sent = sent.header(name, value.as_str().expect("a text"));
    }
    sent.send().await.expect("an answer").status().as_u16()
}

/// W9, W10, W11, D7, F13: an account counts once it is linked to its person, a request counts once and as it was signed, and where the
/// provider has to prove an approval the message has no button for it; a denial ends the action, and the message says so.
#[tokio::test]
async fn a_denial_in_slack() {
    let stack = Stack::running().expect("a running stack");
    let Some(slack) = SlackUser::of(&stack, "alice") else {
        return println!("NOT RUN: this stack has no Slack");
    };
    let (agent, id) = propose(&stack, "demo-agent", &export()).await;
    let message = slack.asked(&id).await.expect("the message");
    assert_eq!(message.buttons(), ["open", "deny", "change"]);
    let mut alice = BrowserPerson::new(&stack, "alice").expect("a browser");
    link_slack(&stack, &mut alice, &slack, &message).await.expect("a linked account");
    let request = slack.signed(&message, "deny").await.expect("a request");
    let body = request["body"].as_str().expect("a body").to_owned();
    assert_eq!(send(&stack, &request, &format!("{body}&x=1")).await, 401, "not what was signed");
    let before = slack.modals().await.expect("modals").len();
    assert_eq!(send(&stack, &request, &body).await, 200);
    assert_eq!(slack.modals().await.expect("modals").len(), before + 1, "the form of a denial");
    assert_eq!(send(&stack, &request, &body).await, 200);
    let modals = slack.modals().await.expect("modals");
    assert_eq!(modals.len(), before + 1, "the same request again opens nothing");
    let form = modals.last().expect("the form");
    slack.submit(form, &json!({ "reason": "Not this quarter" })).await.expect("an answer");
    let denied = agent.wait_for(&id, &["denied"]).await.expect("an end");
    assert_eq!(denied["denial"]["message"], "Not this quarter");
    slack.until(&message, |now| now.buttons().is_empty()).await.expect("a message without buttons");
}

/// W9, C34, O3: one press of a linked account in Teams approves where the platform's proof suffices; a second press of the same button, by the
/// same person, decides nothing more, and nobody else's account counts as Bob's.
#[tokio::test]
async fn an_approval_in_teams() {
    let stack = Stack::running().expect("a running stack");
    let Some(teams) = TeamsUser::of(&stack, "bob") else {
        return println!("NOT RUN: this stack has no Teams");
    };
    let agent = AgentClient::agent(&stack, "ci-agent").await.expect("a token");
    let catalog = agent.get("/v1/catalog").await.expect("a catalogue").body;
    let types = catalog["types"].as_array().expect("types");
    let example =
        types.iter().find(|one| one["type"] == "lambda-invoke").expect("the type")["example"].clone();
    let (agent, id) = propose(&stack, "ci-agent", &example).await;
    let message = teams.asked(&id).await.expect("the message");
    let mut bob = BrowserPerson::new(&stack, "bob").expect("a browser");
    link_teams(&stack, &mut bob, &teams, &message).await.expect("a linked account");
    let stranger = TeamsUser::of(&stack, "stranger").expect("an account");
    let title = message.buttons().into_iter().find(|title| title.starts_with("Approve")).expect("a button");
    assert!(
        stranger.press(&message, title).await.expect("an answer").get("card").is_none(),
        "of no organisation of ours"
    );
    let pending = agent.get(&format!("/v1/actions/{id}")).await.expect("the action").body;
    assert_eq!(pending["status"], "pending");
    for _ in 0..2 {
        let told = teams.press(&message, title).await.expect("an answer");
        assert!(told.get("card").is_some(), "{told}");
    }
    agent.wait_for(&id, &["succeeded"]).await.expect("an end");
    teams.until(&message, |now| now.buttons().is_empty()).await.expect("a card without buttons");
}
