//! People of a provider that answers as Okta, Entra ID, Keycloak or Auth0 does. Run by `tests/providers/run`, once for each.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test's steps fail loudly")]

use flow::agent::AgentClient;
use flow::person::BrowserPerson;
use flow::stack::Stack;
use flow::workload::leave_out;
use flow::{cli, fresh};
use serde_json::{Value, json};

fn stack() -> Stack {
    Stack::running().expect("a running stack")
}

fn subject<'a>(stack: &'a Stack, name: &str) -> &'a str {
    stack.subjects.get(name).expect("a subject")
}

async fn pending(agent: &AgentClient, body: &Value) -> String {
    let answer = agent.propose(&fresh::name("provider"), body).await.expect("an answer");
    assert!(answer.status.is_success(), "{}", answer.body);
    let id = answer.text("id").to_owned();
    agent.wait_for(&id, &["pending"]).await.expect("pending");
    id
}

async fn export(agent: &AgentClient) -> String {
    let destination = format!("s3://partner-drop/{}.csv", fresh::name("provider"));
    let parameters = json!({ "source": "s3://customers/2026/q3.csv", "destination": destination });
    pending(agent, &json!({ "type": "s3-export", "parameters": parameters, "reason": "A quarterly report" }))
        .await
}

async fn privilege(agent: &AgentClient) -> String {
    let catalog = agent.get("/v1/catalog").await.expect("the catalogue").body;
    let types = catalog["types"].as_array().expect("types");
    let entry = types.iter().find(|entry| entry["type"] == "iam-attach-role-policy").expect("the type");
    pending(agent, &entry["example"]).await
}

async fn person(stack: &Stack, name: &str) -> (BrowserPerson, AgentClient) {
    let caller = BrowserPerson::new(stack, name).expect("a browser").api().await.expect("a token");
    (BrowserPerson::new(stack, name).expect("a browser"), caller)
}

/// C17, C18, C19, P5: an approver whom only a group in the token makes one signs in with the vendor's scopes, and decides with a
/// proof of the vendor; what was approved runs.
#[tokio::test]
#[ignore = "needs the stack of tests/providers/run"]
async fn an_approver_signs_in_and_decides_with_proof() {
    let stack = stack();
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let id = export(&agent).await;
    what_the_provider_leaves_out_is_told(&stack, &id).await;
    let mut alice = BrowserPerson::new(&stack, "alice").expect("a browser");
    let page = alice.open(&format!("/review/{id}")).await.expect("the page");
    let page = alice.press(&page, "approve", &[]).await.expect("approving");
    assert!(page.status.is_success(), "{}: {}", page.status, page.html);
    let done = agent.wait_for(&id, &["succeeded"]).await.expect("succeeded");
    let verdict = &done["verdicts"][0];
    assert_eq!(
        (verdict["proof"].as_str(), verdict["person"]["subject"].as_str()),
        (Some("idp"), Some(subject(&stack, "alice")))
    );
}

/// C19, C17: without the time of the sign-in nothing is decided, and the page names the claim; where groups are left out, the
/// page says that they are, instead of that she has none.
async fn what_the_provider_leaves_out_is_told(stack: &Stack, id: &str) {
    let mut alice = BrowserPerson::new(stack, "alice").expect("a browser");
    let page = alice.open(&format!("/review/{id}")).await.expect("the page");
    leave_out(stack, "alice", &["auth_time"]).await.expect("left out");
    let refused = alice.press(&page, "approve", &[]).await.expect("an answer");
    assert!(
        refused.status.is_client_error() && refused.html.contains("auth_time"),
        "{}: {}",
        refused.status,
        refused.html
    );
    let groups = stack.groups_claim.as_str();
    leave_out(stack, "alice", &[groups]).await.expect("left out");
    let mut alice = BrowserPerson::new(stack, "alice").expect("a browser");
    let page = alice.open(&format!("/review/{id}")).await.expect("the page");
    assert!(page.form("form.decide").is_err(), "nobody says that she is of the group");
    if groups == "groups" {
        assert!(page.html.contains("left your groups out"), "{}: {}", page.status, page.html);
    }
    leave_out(stack, "alice", &[]).await.expect("as before");
}

/// C1: the ID token of the page and the access token of the API and the command line are one person's: the second approval
/// is the first one again, and it takes another person to make two.
#[tokio::test]
#[ignore = "needs the stack of tests/providers/run"]
async fn one_human_is_one_person_on_page_api_and_cli() {
    let stack = stack();
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let id = privilege(&agent).await;
    let (mut bob, by_api) = person(&stack, "bob").await;
    let page = bob.open(&format!("/review/{id}")).await.expect("the page");
    let page = bob.press(&page, "approve", &[]).await.expect("approving");
    assert!(page.status.is_success(), "{}: {}", page.status, page.html);
    let review = by_api.get(&format!("/v1/actions/{id}/review")).await.expect("the review").body;
    let again = by_api.verdict(&id, "approve", &review).await.expect("an answer");
    assert!(again.status.is_success(), "he has said so already: {}", again.body);
    let now = agent.get(&format!("/v1/actions/{id}")).await.expect("the action").body;
    let people: Vec<_> =
        now["verdicts"].as_array().expect("verdicts").iter().map(|one| &one["person"]["subject"]).collect();
    assert_eq!((now["status"].as_str(), people), (Some("pending"), vec![&json!(subject(&stack, "bob"))]));
    assert_eq!(suspended_by_command_line(&stack, &by_api).await, subject(&stack, "bob"));
    let (mut carol, _) = person(&stack, "carol").await;
    let page = carol.open(&format!("/review/{id}")).await.expect("the page");
    carol.press(&page, "approve", &[]).await.expect("approving");
    agent.wait_for(&id, &["succeeded", "failed"]).await.expect("an end");
}

/// Who suspended an agent, as the list says, that this token's holder suspended by the command line.
async fn suspended_by_command_line(stack: &Stack, person: &AgentClient) -> String {
    let token = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(token.path(), person.token()).expect("written");
    let file = token.path().to_str().expect("a plain path");
    let scope = format!("{}|{}", stack.issuer, fresh::name("nobody"));
    let place = ["--api", &stack.api, "--token-file", file];
    let suspension = ["suspend", "--agent", &scope, "--reason", "It is gone", "--unknown-ok"];
    let (code, text) = cli::run(&[&suspension[..], &place[..]].concat()).await.expect("the CLI");
    assert_eq!(code, 0, "{text}");
    let list = person.get("/v1/suspensions").await.expect("the list").body;
    let all = list["items"].as_array().or_else(|| list["suspensions"].as_array()).expect("a list");
    let found = all.iter().find(|one| one["scope"].as_str().is_some_and(|one| one.ends_with(&scope)));
    found.expect("listed")["by"]["subject"].as_str().expect("a subject").to_owned()
}

/// C1, W4: the agent's owner may not decide, whichever of their tokens they come with.
#[tokio::test]
#[ignore = "needs the stack of tests/providers/run"]
async fn the_owner_may_decide_nowhere() {
    let stack = stack();
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let id = export(&agent).await;
    let (mut dana, by_api) = person(&stack, "dana").await;
    let page = dana.open(&format!("/review/{id}")).await.expect("the page");
    assert!(page.status.is_success() && page.form("form.decide").is_err(), "{}: {}", page.status, page.html);
    let review = by_api.get(&format!("/v1/actions/{id}/review")).await.expect("the review").body;
    assert_eq!(
        (review["may"].as_array().map(Vec::len), review["why_not"].as_str()),
        (Some(0), Some("own-request"))
    );
    for verdict in ["approve", "deny"] {
        let refused = by_api.verdict(&id, verdict, &review).await.expect("an answer");
        assert_eq!((refused.status.as_u16(), refused.text("code")), (403, "own-request"), "{}", refused.body);
    }
    agent.post(&format!("/v1/actions/{id}/cancel"), &json!({})).await.expect("cancelled");
}

/// C2: what a client of people gets for itself, by client credentials, is a machine's token and decides nothing.
#[tokio::test]
#[ignore = "needs the stack of tests/providers/run"]
async fn a_machine_of_a_person_client_decides_nothing() {
    let stack = stack();
    let agent = AgentClient::agent(&stack, "demo-agent").await.expect("a token");
    let id = export(&agent).await;
    let (_, alice) = person(&stack, "alice").await;
    let review = alice.get(&format!("/v1/actions/{id}/review")).await.expect("the review").body;
    let machine = AgentClient::agent(&stack, "countersign-pages").await.expect("a token");
    for verdict in ["approve", "deny"] {
        let refused = machine.verdict(&id, verdict, &review).await.expect("an answer");
        assert!(
            matches!(
                (refused.status.as_u16(), refused.text("code")),
                (403, "agent-cannot-decide") | (404, _)
            ),
            "{}",
            refused.body
        );
    }
    let suspension = json!({ "scope": "all", "reason": "A machine says so" });
    let refused = machine.post("/v1/suspensions", &suspension).await.expect("an answer");
    assert_eq!(refused.status.as_u16(), 403, "{}", refused.body);
    agent.post(&format!("/v1/actions/{id}/cancel"), &json!({})).await.expect("cancelled");
}
