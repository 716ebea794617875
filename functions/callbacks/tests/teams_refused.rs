//! Presses in Teams that count for nothing: whoever presses is told why, and nothing is recorded.

mod stack;

use axum::body::Body;
use axum::http::{Method, Request};
use domain::{Fault, Person};
use serde_json::{Value, json};
use stack::{BOT, Groups, TestStack, Told, execute, merged, with_teams};
use store::Channels;
use teams::Member;
use testkit::{Algorithm, Gate, Issuer, Moment, SampleRequirement, Scenario};

async fn sre() -> TestStack {
    with_teams(SampleRequirement::TwoOfSre, Gate::open(), Groups::default()).await
}

/// Nothing was written, and this was said.
async fn refused(stack: &TestStack, told: &Told, words: &str) {
    assert!(told.says(words), "{words}: {told:?}");
    assert_eq!(stack.item().await, stack.scenario.item, "{words}");
}

/// W9, C34: who may not decide is told why in the page's words, never that they approved, and the attempt is kept.
#[tokio::test]
async fn who_may_not_decide() {
    let stack = sre().await;
    let (sent, _) = stack.card_in_teams('a').await;
    for (who, words) in [
        ("mallory", "You are not in any group that is asked here."),
        ("alice", "You are not in any group that is asked here."),
        ("dana", "You belong to the requester set of this request"),
    ] {
        for told in [
            stack.approve_in_teams(who, &sent).await,
            stack.open_in_teams(who, &sent, "deny").await,
            stack.deny_in_teams(who, &sent, "No").await,
        ] {
            refused(&stack, &told, words).await;
            assert_eq!(told.buttons(), [format!("http://127.0.0.1:8080/review/{}", stack.id())]);
        }
    }
    assert_eq!(stack.attempts().len(), 9);
    let told = stack.open_in_teams("bob", &sent, "change").await;
    refused(&stack, &told, "Nothing here is for you to change.").await;
    // W20: a link to somebody of another issuer, an agent for instance, votes for nobody.
    let foreign = Person { issuer: "https://agents.example".into(), subject: "bob".into() };
    stack.teams.link("mallory", &foreign);
    let told = stack.approve_in_teams("mallory", &sent).await;
    refused(&stack, &told, "Nothing was decided").await;
}

/// W9, W10: an account that is linked to nobody, or no longer, answers for nobody; the same for a person who has left the directory.
#[tokio::test]
async fn links_and_memberships_that_ended() {
    let stack = sre().await;
    let (sent, _) = stack.card_in_teams('a').await;
    let link = stack.teams.link("bob", &stack.scenario.person("bob"));
    stack.teams.unlink(&link).await;
    let told = stack.approve_in_teams("bob", &sent).await;
    refused(&stack, &told, "not linked").await;

    let mut left = Groups { listed: vec!["sre".to_owned()], ..Groups::default() };
    left.given.remove("bob");
    let stack = with_teams(SampleRequirement::TwoOfSre, Gate::open(), left).await;
    let (sent, _) = stack.card_in_teams('a').await;
    let told = stack.approve_in_teams("bob", &sent).await;
    refused(&stack, &told, "You are not in any group that is asked here.").await;
}

/// How a test describes an account.
type Described = fn(&mut Member);

/// Within the time that Teams waits.
const WITHIN: std::time::Duration = std::time::Duration::from_secs(4);

/// W20, C36, C43: strangers, guests, agents, bots and accounts that could not be looked up count for nothing, whatever the link says.
#[tokio::test]
async fn accounts_that_are_not_the_organisations() {
    let stack = sre().await;
    let (sent, _) = stack.card_in_teams('a').await;
    let cases: [(Described, &str); 6] = [
        (|bob| bob.tenant = BOT.to_owned(), "only people of this organisation"),
        (|bob| bob.role = Some("guest".to_owned()), "guests cannot answer"),
        (|bob| bob.role = Some("anonymous".to_owned()), "guests cannot answer"),
        (|bob| bob.sign_in_name = Some("bob_else#ext#@example.com".to_owned()), "guests cannot answer"),
        (|bob| bob.person = false, "only a person can answer"),
        (|bob| bob.object = BOT.to_owned(), "did not confirm your account"),
    ];
    for (over, words) in cases {
        stack.teams.describe("bob", over);
        for told in
            [stack.approve_in_teams("bob", &sent).await, stack.deny_in_teams("bob", &sent, "No").await]
        {
            refused(&stack, &told, words).await;
        }
    }
    stack.teams.join("bob");
    for broken in ["member", "slow:member"] {
        stack.teams.broken.lock().unwrap().insert(broken);
        let told = tokio::time::timeout(WITHIN, stack.approve_in_teams("bob", &sent)).await.unwrap();
        refused(&stack, &told, "did not confirm your account").await;
    }
    stack.teams.broken.lock().unwrap().clear();
    for (over, words) in [
        (json!({ "from": { "agenticUserId": "x" } }), "only a person can answer"),
        (json!({ "from": { "role": "agenticUser" } }), "only a person can answer"),
        (json!({ "recipient": { "agenticAppId": "x" } }), "only a person can answer"),
        (json!({ "from": { "id": "28:bot" } }), "only a person can answer"),
        (json!({ "from": { "aadObjectId": "bob@example.com" } }), "only a person can answer"),
        (json!({ "channelData": { "tenant": { "id": BOT } } }), "only people of this organisation"),
        (json!({ "conversation": { "tenantId": BOT } }), "only people of this organisation"),
    ] {
        let press = merged(execute("bob", "approve", &json!({ "ref": sent })), &over);
        refused(&stack, &stack.invoke(&press).await, words).await;
    }
}

/// W8, W6, W24: where the message has no approve button, a press that says it was one approves nothing.
#[tokio::test]
async fn a_message_without_an_approve_button() {
    for mut scenario in [Scenario::new("hidden"), Scenario { reason: LONG, ..Scenario::new("long") }] {
        scenario.propose();
        scenario.decide(SampleRequirement::TwoOfSre);
        let stack = TestStack::of(scenario, Gate::open()).await;
        stack.teams.join("bob");
        stack.teams.link("bob", &stack.scenario.person("bob"));
        let (sent, whole) = stack.card_in_teams('a').await;
        assert!(!whole);
        let told = stack.approve_in_teams("bob", &sent).await;
        refused(&stack, &told, "This message does not show everything").await;
        assert!(stack.deny_in_teams("bob", &sent, "No").await.says("Denied by bob"));
    }
}

/// More than a message can show.
const LONG: &str = include_str!("../src/pages/review.rs");

/// C39, F13: a reference that is not known, is not one, or was written by somebody else; an action that was named along with it.
#[tokio::test]
async fn references_that_are_not_ours() {
    let stack = sre().await;
    let (sent, _) = stack.card_in_teams('a').await;
    let told = stack.approve_in_teams("bob", &"b".repeat(32)).await;
    refused(&stack, &told, "No review belongs to this button").await;
    for reference in ["a".to_owned(), format!("../{sent}"), stack.id()] {
        let told = stack.approve_in_teams("bob", &reference).await;
        assert!(told.says("Nothing was recorded.") || told.says("No review belongs"), "{told:?}");
        assert_eq!(stack.item().await, stack.scenario.item);
    }
    let topic = format!("reference/{}", "c".repeat(32));
    stack.channels.remember(&topic, "card", &json!({ "action": stack.id() }).to_string()).await.unwrap();
    let told = stack.approve_in_teams("bob", &"c".repeat(32)).await;
    refused(&stack, &told, "Nothing was recorded. Try again").await;
}

/// C31, C34: a reference of an action that has ended: who presses is told how.
#[tokio::test]
async fn an_action_that_has_ended() {
    let stack = sre().await;
    let (sent, _) = stack.card_in_teams('a').await;
    stack.deny_in_teams("carol", &sent, "No").await;
    let ended = stack.item().await;
    for told in [stack.approve_in_teams("bob", &sent).await, stack.open_in_teams("bob", &sent, "deny").await]
    {
        assert!(told.says("Denied by carol") && told.says("Nothing ran."), "{told:?}");
    }
    assert_eq!(stack.item().await, ended);
}

/// C36: when another system fails nothing is recorded, and the person is told to press again; the card stays.
#[tokio::test]
async fn when_something_fails() {
    for point in ["channels.get", "accounts.get", "state.get", "signer.sign", "documents.put", "state.extend"]
    {
        let gate = Gate::new(move |reached, moment| {
            let fails = reached == point && moment == Moment::Before;
            Box::pin(std::future::ready(if fails { Err(Fault::passing("down")) } else { Ok(()) }))
        });
        let up = sre().await;
        let (sent, _) = up.card_in_teams('a').await;
        let stack = with_teams(SampleRequirement::TwoOfSre, gate, Groups::default()).await;
        for ((topic, key), value) in up.channels.contents() {
            stack.channels.forge(&topic, &key, &value);
        }
        let told = stack.approve_in_teams("bob", &sent).await;
        assert_eq!(
            (told.0["statusCode"].as_u64(), told.card()["actions"].is_null()),
            (Some(500), true),
            "{point}"
        );
        refused(&stack, &told, "Nothing was recorded. Try again").await;
    }
    let stack = sre().await;
    stack.teams.broken.lock().unwrap().insert("keys");
    let (sent, _) = stack.card_in_teams('a').await;
    let answer = stack.teams(&execute("bob", "approve", &json!({ "ref": sent }))).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (503, ""));
    assert_eq!(stack.item().await, stack.scenario.item);
}

/// O3: a token with another issuer (Entra ID's own, a skill's, the emulator's), audience or service address, one that has ended or is not
/// yet valid, and one of a key that may not sign for Teams: all are refused before anything is looked at.
#[tokio::test]
async fn requests_that_are_not_teams() {
    let stack = sre().await;
    let (sent, _) = stack.card_in_teams('a').await;
    let press = execute("bob", "approve", &json!({ "ref": sent }));
    let now = stack.now().seconds();
    let entra = "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/";
    for (over, status) in [
        (
            json!({ "iss": "https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0" }),
            401,
        ),
        (json!({ "iss": entra }), 401),
        (json!({ "iss": null }), 401),
        (json!({ "aud": "22222222-2222-4333-8444-555555555555" }), 401),
        (json!({ "aud": null }), 401),
        (json!({ "exp": now - 301 }), 401),
        (json!({ "exp": null }), 401),
        (json!({ "nbf": now + 301 }), 401),
        (json!({ "serviceurl": "https://smba.trafficmanager.net/amer/" }), 403),
        (json!({ "serviceurl": null }), 403),
    ] {
        let answer = stack.send(stack.teams_request(&stack.teams_token(&over), &press)).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (status, ""), "{over}");
    }
    let token = stack.teams_token(&json!({}));
    for other in
        ["", "Bearer ", "Bearer x.y.z", token.replace("Bearer", "Basic").as_str(), &token[..token.len() - 4]]
    {
        assert_eq!(stack.send(stack.teams_request(other, &press)).await.status, 401, "{other}");
    }
    let stranger = Issuer::new(stack.teams.framework.name(), Algorithm::Es256);
    let claims = json!({
        "iss": stranger.name(), "aud": BOT, "nbf": now - 60, "exp": now + 3600,
        "serviceurl": "https://smba.trafficmanager.net/emea/",
    });
    for algorithm in ["RS256", "ES256", "HS256", "none"] {
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": stack.teams.framework.jwk()["kid"] });
        let forged = format!("Bearer {}", stranger.sign(&header, &claims));
        assert_eq!(stack.send(stack.teams_request(&forged, &press)).await.status, 401, "{algorithm}");
    }
    for (over, status) in [
        (json!({ "channelId": "emulator" }), 403),
        (json!({ "channelId": "webchat" }), 403),
        (json!({ "serviceUrl": "https://attacker.example/" }), 403),
        (json!({ "serviceUrl": null }), 403),
    ] {
        assert_eq!(stack.teams(&merged(press.clone(), &over)).await.status, status, "{over}");
    }
    assert_eq!(stack.item().await, stack.scenario.item);
    assert_eq!(stack.send(stack.teams_request(&token, &press)).await.status, 200);
    assert_eq!(stack.item().await.sequence(), 3);
    for endorsements in [json!(["webchat"]), json!([]), json!(null)] {
        let stack = sre().await;
        *stack.teams.endorsements.lock().unwrap() = endorsements.clone();
        let (sent, _) = stack.card_in_teams('a').await;
        let answer = stack.teams(&execute("bob", "approve", &json!({ "ref": sent }))).await;
        assert_eq!(answer.status, 403, "{endorsements}");
        assert_eq!(stack.item().await, stack.scenario.item);
    }
}

/// W21: other methods, types and lengths of a body.
#[tokio::test]
async fn bodies_that_are_none() {
    let stack = sre().await;
    let (sent, _) = stack.card_in_teams('a').await;
    let press = execute("bob", "approve", &json!({ "ref": sent })).to_string();
    let token = stack.teams_token(&json!({}));
    let send = |kind: &str, body: String| {
        let request = Request::post("/callbacks/teams").header("authorization", token.as_str());
        stack.send(request.header("content-type", kind).body(Body::from(body)).unwrap())
    };
    let json = "application/json";
    assert_eq!(send("text/plain", press.clone()).await.status, 415);
    assert_eq!(send(json, "x".repeat(300 * 1024)).await.status, 413);
    for body in ["", "[]", "null", "{\"type\":"] {
        assert_eq!(send(json, body.to_owned()).await.status, 400, "{body}");
    }
    let twice = press.replacen('{', "{\"channelId\":\"msteams\",", 1);
    assert_eq!(send(json, twice).await.status, 400, "a member that is there twice");
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT] {
        let request = Request::builder().method(method).uri("/callbacks/teams").body(Body::empty()).unwrap();
        assert_eq!(stack.send(request).await.status, 405);
    }
    let untyped: Value = json!({ "type": "invoke", "name": "adaptiveCard/action" });
    assert_eq!(send(json, untyped.to_string()).await.status, 403);
    assert_eq!(stack.item().await, stack.scenario.item);
}
