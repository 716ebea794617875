//! Presses in Slack that count for nothing: whoever presses is told why, and nothing is recorded.

mod stack;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use data_encoding::BASE64;
use domain::{Fault, Person, VerdictKind};
use serde_json::{Value, json};
use stack::{Groups, Sent, TestStack, press, signed, with_slack};
use store::Channels;
use testkit::{Gate, Moment, SampleRequirement, Scenario};
use tower::ServiceExt;

/// Within the three seconds that Slack waits.
const WITHIN: std::time::Duration = std::time::Duration::from_secs(2);

async fn sre() -> TestStack {
    with_slack(SampleRequirement::TwoOfSre, Gate::open(), Groups::default()).await
}

/// Nothing was written, and the last sentence has these words.
async fn refused(stack: &TestStack, words: &str) {
    let told = stack.slack.told();
    assert!(told.contains(words), "{words}: {told}");
    assert_eq!(stack.item().await, stack.scenario.item, "{words}");
}

/// W9, W4, W15, W20, E20: who may not decide is told why in the page's words, and the attempt is kept.
#[tokio::test]
async fn who_may_not_decide() {
    let stack = sre().await;
    let sent = stack.message('a').await;
    for (who, words) in [
        ("mallory", "You are not in any group that is asked here."),
        ("alice", "You are not in any group that is asked here."),
        ("dana", "You belong to the requester set of this request"),
    ] {
        for button in ["approve", "deny"] {
            assert_eq!(stack.press(who, button, &sent).await.status, 200);
            refused(&stack, words).await;
        }
        let shown = stack.deny_in_slack(who, &sent, "No").await.json();
        assert!(shown["view"]["blocks"][0]["text"]["text"].as_str().unwrap().contains(words), "{shown}");
    }
    assert_eq!(stack.attempts().len(), 9);
    stack.press("bob", "change", &sent).await;
    refused(&stack, "Nothing here is for you to change.").await;
    // W15: whose account it is, the signed id alone says.
    let mut payload = press("mallory", "approve", &sent);
    for (pointer, name) in [("username", json!("bob")), ("name", json!("bob"))] {
        payload["user"][pointer] = name;
    }
    payload["message"] = json!({ "user": "U0BOB" });
    payload["container"] = json!({ "user": { "id": "U0BOB" } });
    stack.slack(&payload).await;
    refused(&stack, "You are not in any group that is asked here.").await;
    // W20: a link to somebody of another issuer, an agent for instance, votes for nobody.
    let foreign = Person { issuer: "https://agents.example".into(), subject: "bob".into() };
    stack.slack.link("mallory", &foreign);
    stack.press("mallory", "approve", &sent).await;
    refused(&stack, "Nothing was decided").await;
}

/// W10, W9: an account that is linked to nobody, or no longer, answers for nobody; the same for a person who has left the directory.
#[tokio::test]
async fn links_and_memberships_that_ended() {
    let stack = sre().await;
    let sent = stack.message('a').await;
    stack.slack.join("newcomer");
    stack.press("newcomer", "approve", &sent).await;
    refused(&stack, "not linked").await;
    let link = stack.slack.link("bob", &stack.scenario.person("bob"));
    stack.slack.unlink(&link).await;
    stack.press("bob", "approve", &sent).await;
    refused(&stack, "not linked").await;

    let mut left = Groups { listed: vec!["sre".to_owned()], ..Groups::default() };
    left.given.remove("bob");
    let stack = with_slack(SampleRequirement::TwoOfSre, Gate::open(), left).await;
    let sent = stack.message('a').await;
    stack.press("bob", "approve", &sent).await;
    refused(&stack, "You are not in any group that is asked here.").await;
    assert!(!stack.slack.told().contains("sign-in"), "every group that is asked is listed");
}

/// C36, C43, W20: strangers, guests, bots and accounts that left or could not be looked up count for nothing.
#[tokio::test]
async fn accounts_that_are_not_the_organisations() {
    let stack = sre().await;
    let sent = stack.message('a').await;
    let ours = "only the accounts of this organisation's own members";
    for (over, words) in [
        (json!({ "team_id": "T0OTHER" }), ours),
        (json!({ "is_stranger": true }), ours),
        (json!({ "is_restricted": true }), ours),
        (json!({ "is_ultra_restricted": true }), ours),
        (json!({ "is_bot": true }), ours),
        (json!({ "deleted": true }), ours),
        (json!({ "id": "U0CAROL" }), "Slack did not say whose account this is"),
        (json!({ "is_restricted": null }), "Slack did not say whose account this is"),
    ] {
        stack.slack.describe("bob", over);
        stack.press("bob", "approve", &sent).await;
        refused(&stack, words).await;
    }
    stack.slack.join("bob");
    for method in ["users.info", "slow:users.info"] {
        stack.slack.broken.lock().unwrap().insert(method);
        let pressed = tokio::time::timeout(WITHIN, stack.press("bob", "approve", &sent)).await;
        assert_eq!(pressed.unwrap().status, 200, "within the three seconds");
        refused(&stack, "Slack did not say whose account this is").await;
    }
    let mut payload = press("carol", "approve", &sent);
    payload["user"]["team_id"] = json!("T0OTHER");
    stack.slack.broken.lock().unwrap().clear();
    stack.slack(&payload).await;
    refused(&stack, ours).await;
}

/// W6, W24: where the message has no approve button, a press that says it was one approves nothing.
#[tokio::test]
async fn a_message_without_an_approve_button() {
    let mut scenario = Scenario::new("hidden");
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    let masked = TestStack::of(scenario, Gate::open()).await;
    let long = Scenario { reason: LONG, ..Scenario::new("long") };
    let long = TestStack::of(decided(long), Gate::open()).await;
    for stack in [masked, long] {
        stack.slack.join("bob");
        stack.slack.link("bob", &stack.scenario.person("bob"));
        let sent = stack.message('a').await;
        assert!(!sent.whole);
        stack.press("bob", "approve", &sent).await;
        refused(&stack, "This message does not show everything").await;
        assert!(stack.slack.told().contains(&stack.id()), "{}", stack.slack.told());
        assert_eq!(stack.deny_in_slack("bob", &sent, "No").await.body, "{}");
    }
}

/// More than a message can show.
const LONG: &str = include_str!("../src/pages/review.rs");

fn decided(mut scenario: Scenario) -> Scenario {
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    scenario
}

/// C39, F13: a reference that is not known, is not one, or was written by somebody else; a message that showed something else.
#[tokio::test]
async fn references_that_are_not_ours() {
    let stack = sre().await;
    let sent = stack.message('a').await;
    for reference in ["b".repeat(32), "a".to_owned(), format!("../{}", sent.reference)] {
        stack.press("bob", "approve", &Sent { reference, ..sent.clone() }).await;
        refused(&stack, "No review belongs to this button").await;
    }
    let other = Sent { rendering: "0123456789abcdef01234567".to_owned(), ..sent.clone() };
    stack.press("bob", "approve", &other).await;
    refused(&stack, "The review has changed since it was shown to you").await;
    let topic = format!("reference/{}", "c".repeat(32));
    stack.channels.remember(&topic, "card", &json!({ "action": stack.id() }).to_string()).await.unwrap();
    stack.press("bob", "approve", &Sent { reference: "c".repeat(32), ..sent }).await;
    refused(&stack, "Nothing was decided. Press again in a few seconds").await;
}

/// A reference of an action that has ended: who presses is told how.
#[tokio::test]
async fn an_action_that_has_ended() {
    let stack = sre().await;
    let sent = stack.message('a').await;
    assert_eq!(stack.deny_in_slack("carol", &sent, "No").await.body, "{}");
    let ended = stack.item().await;
    for button in ["approve", "deny"] {
        stack.press("bob", button, &sent).await;
        let told = stack.slack.told();
        assert!(told.contains("Denied by carol") && told.contains("Nothing ran."), "{told}");
    }
    assert_eq!(stack.item().await, ended);
}

/// C35, C36: when another system fails nothing is recorded, and the person is told to press again; where not even that can be told,
/// Slack shows that the press failed.
#[tokio::test]
async fn when_something_fails() {
    for point in [
        "channels.put",
        "channels.get",
        "accounts.get",
        "state.get",
        "signer.sign",
        "documents.put",
        "state.extend",
    ] {
        let gate = Gate::new(move |reached, moment| {
            let fails = reached == point && moment == Moment::Before;
            Box::pin(std::future::ready(if fails { Err(Fault::passing("down")) } else { Ok(()) }))
        });
        let up = sre().await;
        let sent = up.message('a').await;
        let stack = with_slack(SampleRequirement::TwoOfSre, gate, Groups::default()).await;
        for ((topic, key), value) in up.channels.contents() {
            stack.channels.forge(&topic, &key, &value);
        }
        let answer = stack.press("bob", "approve", &sent).await;
        assert_eq!(answer.status, 200, "{point}");
        let told = stack.slack.told();
        assert!(told.contains("Nothing was decided. Press again in a few seconds"), "{point}: {told}");
        assert_eq!(stack.item().await, stack.scenario.item, "{point}");
    }
    let nobody = Groups { unreachable: true, ..Groups::default() };
    let stack = with_slack(SampleRequirement::TwoOfSre, Gate::open(), nobody).await;
    let sent = stack.message('a').await;
    stack.press("bob", "approve", &sent).await;
    refused(&stack, "Nothing was decided. Press again in a few seconds").await;
    for method in ["views.open", "slow:views.open"] {
        stack.slack.broken.lock().unwrap().insert(method);
        assert_eq!(stack.press("bob", "approve", &sent).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}

/// W11, O2, W21: what is not signed by Slack just now, for this app, is refused before it is read; other methods and bodies too.
#[tokio::test]
async fn requests_that_are_not_slacks() {
    let stack = sre().await;
    let sent = stack.message('a').await;
    let payload = press("bob", "approve", &sent);
    let now = stack.now();
    for seconds in [-301, 301] {
        let answer = stack.send(stack.slack_request(&payload, now.plus_seconds(seconds))).await;
        assert_eq!(answer.status, 401, "{seconds}");
    }
    let (body, headers) = signed(&payload, now);
    let send = |body: String, kind: &str, signature: &str| {
        let request = Request::post("/callbacks/slack")
            .header("content-type", kind)
            .header("x-slack-request-timestamp", headers[1].1.clone())
            .header("x-slack-signature", signature)
            .body(Body::from(body))
            .unwrap();
        stack.send(request)
    };
    let (form, signature) = (headers[0].1.as_str(), headers[2].1.as_str());
    let zeros = format!("v0={}", "0".repeat(64));
    assert_eq!(send(body.clone(), form, &zeros).await.status, 401);
    assert_eq!(send(format!("{body}&x=1"), form, signature).await.status, 401);
    assert_eq!(send(body.clone(), "application/json", signature).await.status, 415);
    assert_eq!(send("x".repeat(600 * 1024), form, signature).await.status, 413);
    let mut other = payload.clone();
    other["api_app_id"] = json!("A0OTHER");
    assert_eq!(stack.slack(&other).await.status, 400);
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT] {
        let request = Request::builder().method(method).uri("/callbacks/slack").body(Body::empty()).unwrap();
        assert_eq!(stack.send(request).await.status, 405);
    }
    assert_eq!(stack.item().await, stack.scenario.item);
    assert!(stack.slack.opened().is_empty());
    assert!(!stack.channels.contents().keys().any(|(topic, _)| topic.starts_with("request/")));
    assert_eq!(send(body, form, signature).await.status, 200);
    assert_eq!(stack.item().await.sequence(), 3);
}

/// O2: a deployment without a secret of Slack takes nothing in Slack's name, whatever it is signed with.
#[tokio::test]
async fn without_a_secret() {
    let stack = sre().await;
    let sent = stack.message('a').await;
    let request = stack.slack_request(&press("bob", "approve", &sent), stack.now());
    assert_eq!(stack.without_slack.clone().oneshot(request).await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(stack.item().await, stack.scenario.item);
    assert!(stack.slack.opened().is_empty());
}

/// O2, W11: the signature is that of the bytes as they came over the wire, also where the gateway sends them in base64.
#[tokio::test]
async fn base64_of_the_gateway() {
    let stack = sre().await;
    let sent = stack.message('a').await;
    let (body, headers) = signed(&press("bob", "approve", &sent), stack.now());
    let headers: Value = headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let event = json!({
        "version": "2.0", "routeKey": "POST /callbacks/slack", "rawPath": "/callbacks/slack", "rawQueryString": "",
        "isBase64Encoded": true, "body": BASE64.encode(body.as_bytes()), "headers": headers,
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "domainName": "127.0.0.1", "domainPrefix": "api",
            "requestId": "r", "routeKey": "POST /callbacks/slack", "stage": "$default",
            "time": "21/Nov/2026:11:06:40 +0000", "timeEpoch": 1_795_000_000_000_u64,
            "http": {
                "method": "POST", "path": "/callbacks/slack", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t",
            },
        },
    });
    let request: lambda_http::Request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let answer = stack.send(request.map(|body| Body::from(body.to_vec()))).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
    let given = stack.item().await.entries().last().unwrap().event.verdict().unwrap().kind;
    assert_eq!(given, VerdictKind::Approve);
}
