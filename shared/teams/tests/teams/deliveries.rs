//! Sending, updating and asking, at a Connector that refuses in every way.

use channel::{Address, Channel, Copy, DeliveryError};
use serde_json::{Value, json};
use teams::{Cloud, Credential, TeamsChannel, TeamsSettings, read};

use crate::server::{Asked, Server, Told};
use crate::world::{APP, BOB, TENANT, approve, card, clock, merged, message, random, settings, verified};

/// A Connector that answers so, with Entra ID at the same address.
pub fn connector(answer: impl Fn(&Asked) -> Told + Send + 'static) -> Server {
    Server::answering(move |asked| match asked.line.ends_with("/token") {
        true => (
            200,
            String::new(),
            r#"{"access_token":"our-token","token_type":"Bearer","expires_in":3600}"#.to_owned(),
        ),
        false => answer(asked),
    })
}

pub fn settings_at(server: &Server) -> TeamsSettings {
    let cloud = Cloud {
        login: server.base.clone(),
        service_url: format!("{}/teams/", server.base),
        service_hosts: vec![server.base.replace("http://", "")],
        ..settings().cloud
    };
    TeamsSettings { cloud, ..settings() }
}

fn channel(server: &Server) -> TeamsChannel {
    let secret = Credential::secret("our-secret".to_owned().into());
    TeamsChannel::new(settings_at(server), secret, clock(), random()).unwrap()
}

fn room() -> Address {
    Address("19:room@thread.tacv2".to_owned())
}

fn body(asked: &Asked) -> Value {
    wire::json::parse_value(asked.body.as_bytes()).unwrap()
}

/// C33: a message is sent, and what comes back is enough to replace it later.
#[tokio::test]
async fn sent_and_replaced() {
    let server = connector(|_| (201, String::new(), r#"{"id":"1796/1"}"#.to_owned()));
    let channel = channel(&server);
    let copy = channel.send(&room(), &message(Some(card()))).await.unwrap();
    let conversation = format!("{}/teams/v3/conversations/19%3Aroom%40thread.tacv2", server.base);
    assert_eq!(copy, Copy { conversation, message: "1796/1".to_owned() });
    assert!(channel.update(&copy, &message(Some(card()))).await.unwrap());
    let asked = server.asked();
    assert_eq!(asked[1].line, "POST /teams/v3/conversations/19%3Aroom%40thread.tacv2/activities");
    assert_eq!(asked[2].line, "PUT /teams/v3/conversations/19%3Aroom%40thread.tacv2/activities/1796%2F1");
    let sent = body(&asked[1]);
    assert_eq!(sent["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
    assert_eq!(sent["summary"], "Approval needed: customer data wants to leave");
    assert_eq!(body(&asked[2]), merged(sent, &json!({"id": "1796/1"})));
}

/// C42, F13: what ends, what passes, and for how long Teams wants to be left alone.
#[tokio::test]
async fn what_ends_and_what_passes() {
    let permanent = |code: &str| DeliveryError::Permanent { channel: "teams", code: code.to_owned() };
    let passing = |code: &str, retry_after: u32| DeliveryError::Passing {
        channel: "teams",
        code: code.to_owned(),
        retry_after,
    };
    let error = |code: &str| json!({ "error": { "code": code, "message": "…" } }).to_string();
    let cases = [
        (403, "", error("MessageWritesBlocked"), permanent("MessageWritesBlocked")),
        (403, "", error("BotNotInConversationRoster"), permanent("BotNotInConversationRoster")),
        (403, "", error("BotDisabledByAdmin"), permanent("BotDisabledByAdmin")),
        (404, "", error("ActivityNotFoundInConversation"), permanent("ActivityNotFoundInConversation")),
        (404, "", "<html>".to_owned(), permanent("status-404")),
        (413, "", error("MessageSizeTooBig"), permanent("MessageSizeTooBig")),
        (400, "", error("BadSyntax"), permanent("BadSyntax")),
        (403, "", error("a sentence, not a code"), permanent("status-403")),
        (412, "", error("PreconditionFailed"), passing("PreconditionFailed", 0)),
        (429, "retry-after: 17\r\n", error("Throttled"), passing("Throttled", 17)),
        (429, "retry-after: 99999999\r\n", String::new(), passing("status-429", 3600)),
        (429, "retry-after: soon\r\n", String::new(), passing("status-429", 0)),
        (500, "", String::new(), passing("status-500", 0)),
        (502, "", String::new(), passing("status-502", 0)),
        (503, "retry-after: 2\r\n", String::new(), passing("status-503", 2)),
        (504, "", String::new(), passing("status-504", 0)),
        (302, "location: http://127.0.0.1:1/\r\n", String::new(), passing("status-302", 0)),
        (201, "", "{}".to_owned(), permanent("no-id")),
        (201, "", json!({ "id": "1", "more": "x".repeat(100_000) }).to_string(), permanent("no-id")),
    ];
    for (status, headers, body, wanted) in cases {
        let told = (status, headers.to_owned(), body);
        let server = connector(move |_| told.clone());
        assert_eq!(channel(&server).send(&room(), &message(None)).await, Err(wanted), "{status}");
    }
    let server = connector(|_| (200, String::new(), String::new()));
    let copy = Copy { conversation: room().0, message: "1".to_owned() };
    assert_eq!(channel(&server).update(&copy, &message(None)).await, Ok(true));
}

/// A token that the Connector no longer accepts is got anew for the next attempt.
#[tokio::test]
async fn a_token_that_is_not_accepted() {
    let server = connector(|_| (401, String::new(), String::new()));
    let channel = channel(&server);
    for _ in 0..2 {
        let error = channel.send(&room(), &message(None)).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Passing { .. }));
    }
    assert_eq!(server.asked().iter().filter(|asked| asked.line.ends_with("/token")).count(), 2);
}

/// Our token is sent to no address that is not on the list, whatever is stored or answered.
#[tokio::test]
async fn the_token_stays_with_the_listed_hosts() {
    let elsewhere = connector(|_| (201, String::new(), r#"{"id":"1"}"#.to_owned()));
    let named = elsewhere.base.clone();
    let server =
        connector(move |_| (201, String::new(), json!({"id": "a:1", "serviceUrl": named}).to_string()));
    let channel = channel(&server);
    for host in [
        elsewhere.base.as_str(),
        "https://mallory.example",
        "http://smba.trafficmanager.net",
        "https://127.0.0.1",
    ] {
        let address = format!("{host}/v3/conversations/19%3Aroom");
        let error = channel.send(&Address(address.clone()), &message(None)).await.unwrap_err();
        assert_eq!(
            error,
            DeliveryError::Permanent { channel: "teams", code: "address-not-allowed".to_owned() }
        );
        let copy = Copy { conversation: address, message: "1".to_owned() };
        assert!(channel.update(&copy, &message(None)).await.is_err());
    }
    let opened = channel.open_conversation(BOB).await.unwrap();
    assert_eq!(opened.address().0, format!("{}/teams/v3/conversations/a%3A1", server.base));
    assert!(elsewhere.asked().is_empty());
    for id in ["", "..", "a b", "a\u{e9}"] {
        assert!(channel.send(&Address(id.to_owned()), &message(None)).await.is_err(), "{id:?}");
    }
}

#[tokio::test]
async fn a_conversation_with_one_person() {
    let server = connector(|_| (201, String::new(), r#"{"id":"a:bob"}"#.to_owned()));
    channel(&server).open_conversation("29:bob").await.unwrap();
    let asked = server.asked();
    assert_eq!(asked[1].line, "POST /teams/v3/conversations");
    let wanted = json!({
        "bot": { "id": format!("28:{APP}") }, "members": [{ "id": "29:bob" }],
        "tenantId": TENANT, "channelData": { "tenant": { "id": TENANT } },
    });
    assert_eq!(body(&asked[1]), wanted);
}

/// C36, C43: the look-up asks for exactly the account that pressed, where it pressed.
#[tokio::test]
async fn the_member_that_pressed() {
    let found = json!({ "id": "29:bob", "objectId": BOB, "tenantId": TENANT, "userPrincipalName": "Bob@Example.com", "userRole": "user" });
    let server = connector(move |_| (200, String::new(), found.to_string()));
    let mut press = read(&verified(&approve()), &settings()).unwrap();
    press.presser.conversation = teams::Conversation::parse(&room(), &settings_at(&server).cloud).unwrap();
    let member = channel(&server).member(&press.presser).await.unwrap();
    assert_eq!(member.sign_in_name.as_deref(), Some("bob@example.com"));
    assert!(teams::judge(&press.presser, Ok(&member)).is_ok());
    assert_eq!(
        server.asked()[1].line,
        "GET /teams/v3/conversations/19%3Aroom%40thread.tacv2/members/29%3Abob"
    );
    let nobody = connector(|_| (200, String::new(), r#"{"id":"29:bob"}"#.to_owned()));
    press.presser.conversation = teams::Conversation::parse(&room(), &settings_at(&nobody).cloud).unwrap();
    assert!(channel(&nobody).member(&press.presser).await.is_err(), "an answer without ids confirms nothing");
}

/// Every cloud asks its own login, its own issuer and its own Connector.
#[test]
fn clouds() {
    let hosts = |name: &str| Cloud::named(name).unwrap().service_hosts.join(",");
    assert_eq!(hosts("public"), "smba.trafficmanager.net");
    assert_eq!(hosts("gcc"), "smba.infra.gcc.teams.microsoft.com");
    assert_eq!(hosts("gcc-high"), "smba.infra.gov.teams.microsoft.us");
    assert_eq!(hosts("dod"), "smba.infra.dod.teams.microsoft.us");
    assert_eq!(hosts("china"), "");
    assert_eq!(Cloud::named("gcc").unwrap().issuer, "https://api.botframework.com");
    assert_eq!(Cloud::named("dod").unwrap().issuer, "https://api.botframework.us");
    assert_eq!(Cloud::named("china").unwrap().scope, "https://api.botframework.azure.cn/.default");
    assert_eq!(Cloud::named("mars"), None);
    let secret = || Credential::secret("our-secret".to_owned().into());
    let plain = Cloud { login: "http://login.example".to_owned(), ..settings().cloud };
    assert!(
        TeamsChannel::new(TeamsSettings { cloud: plain, ..settings() }, secret(), clock(), random()).is_err()
    );
    assert!(
        TeamsChannel::new(TeamsSettings { app: "x".to_owned(), ..settings() }, secret(), clock(), random())
            .is_err()
    );
}
