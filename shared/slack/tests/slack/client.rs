//! Calls of the Web API.

use channel::{Channel, Copy, DeliveryError, Message};
use secrecy::SecretString;
use slack::{SlackChannel, deny};

use crate::cards::{message, to};
use crate::limits;
use crate::server::{Server, answer, ok};

const TOKEN: &str = "xoxb-1-a-secret-token";

fn slack(base: &str) -> SlackChannel {
    SlackChannel::new(base, SecretString::from(TOKEN)).unwrap()
}

fn stored() -> Copy {
    Copy { conversation: "C0DATA".to_owned(), message: "1780000000.000100".to_owned() }
}

/// The one failure that this answer is.
async fn failure(answer: String) -> DeliveryError {
    let server = Server::answering(vec![answer]);
    let failed = slack(&server.base).send(&to("C0DATA"), &message()).await.unwrap_err();
    assert!(!format!("{failed} {failed:?}").contains("secret"), "{failed:?}");
    failed
}

fn passing(code: &str, retry_after: u32) -> DeliveryError {
    DeliveryError::Passing { channel: "slack", code: code.to_owned(), retry_after }
}

fn permanent(code: &str) -> DeliveryError {
    DeliveryError::Permanent { channel: "slack", code: code.to_owned() }
}

/// C33: what Slack calls the message is kept; the fixed text is all that could be interpreted, and is not.
#[tokio::test]
async fn a_message_is_sent() {
    let server = Server::answering(vec![ok(r#"{"ok":true,"channel":"C0DATA","ts":"1780000000.000100"}"#)]);
    assert_eq!(slack(&server.base).send(&to("C0DATA"), &message()).await, Ok(stored()));
    let request = server.next();
    assert!(request.line.starts_with("POST /api/chat.postMessage "), "{}", request.line);
    assert!(request.headers.to_lowercase().contains(&format!("authorization: bearer {TOKEN}")));
    let sent = request.json();
    limits::message(&sent["blocks"]);
    assert_eq!(sent["text"], "Approval needed: open the review");
    for name in ["mrkdwn", "link_names", "unfurl_links", "unfurl_media"] {
        assert_eq!(sent[name], false, "{name}");
    }
    assert_eq!(sent["parse"], "none");
}

/// C33: a copy is updated under the ids that were stored, always with blocks, so that old buttons go.
#[tokio::test]
async fn a_copy_is_updated() {
    let server = Server::answering(vec![ok(r#"{"ok":true,"channel":"C0DATA","ts":"1780000000.000100"}"#)]);
    let mut ended = message();
    ended.card.as_mut().unwrap().ending = Some("Approved by alice.".to_owned());
    assert_eq!(slack(&server.base).update(&stored(), &ended).await, Ok(true));
    let request = server.next();
    assert!(request.line.starts_with("POST /api/chat.update "));
    let sent = request.json();
    assert_eq!((&sent["channel"], &sent["ts"]), (&"C0DATA".into(), &"1780000000.000100".into()));
    assert!(limits::message(&sent["blocks"]).actions.is_empty());
    assert_eq!(sent["parse"], "none");
}

/// C33: a direct message is opened first, and the copy is where the answer says.
#[tokio::test]
async fn a_direct_message() {
    let server = Server::answering(vec![
        ok(r#"{"ok":true,"channel":{"id":"D0ALICE"}}"#),
        ok(r#"{"ok":true,"channel":"D0ALICE","ts":"1.2"}"#),
    ]);
    let copy = slack(&server.base).send(&to("U0ALICE"), &message()).await.unwrap();
    assert_eq!(copy.conversation, "D0ALICE");
    assert_eq!(server.next().json()["users"], "U0ALICE");
    assert_eq!(server.next().json()["channel"], "D0ALICE");
}

/// An address that is no id of Slack's, and a page that cannot be linked, are refused without a call.
#[tokio::test]
async fn addresses() {
    let server = Server::answering(vec![ok("{}")]);
    let channel = slack(&server.base);
    for address in ["", "general", "#general", "alice@example.com", "C", "c0data", "C0DATA&text=x"] {
        assert_eq!(
            channel.send(&to(address), &message()).await,
            Err(permanent("channel_not_found")),
            "{address}"
        );
    }
    let elsewhere = Message { link: "http://example.com/".to_owned(), ..message() };
    assert_eq!(channel.send(&to("C0DATA"), &elsewhere).await, Err(permanent("unusable_link")));
    assert!(channel.user("alice").await.is_err() && channel.conversation("general").await.is_err());
    assert!(server.is_quiet());
}

/// C42: HTTP 200 with `ok: false` is a failure; codes after which nothing can succeed end the attempts.
#[tokio::test]
async fn permanent_errors_end() {
    let codes = [
        "is_archived",
        "channel_not_found",
        "not_in_channel",
        "account_inactive",
        "token_revoked",
        "invalid_auth",
        "user_is_restricted",
        "cant_update_message",
        "edit_window_closed",
        "message_not_found",
        "missing_scope",
        "restricted_action",
        "msg_blocks_too_long",
        "invalid_blocks",
        "user_not_found",
        "expired_trigger_id",
    ];
    for code in codes {
        let found = failure(ok(&format!(r#"{{"ok":false,"error":"{code}"}}"#))).await;
        assert_eq!(found, permanent(code), "{code}");
    }
}

/// C42, F13: everything else may pass, what nobody has seen before among it; `Retry-After` is handed on.
#[tokio::test]
async fn other_errors_pass() {
    for code in
        ["ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "never_seen"]
    {
        let found = failure(ok(&format!(r#"{{"ok":false,"error":"{code}"}}"#))).await;
        assert_eq!(found, passing(code, 0));
    }
    let body = r#"{"ok":false,"error":"ratelimited"}"#;
    let limited = |header: &str| answer("429 Too Many Requests", header, body);
    assert_eq!(failure(limited("retry-after: 30\r\n")).await, passing("ratelimited", 30));
    assert_eq!(failure(limited("retry-after: soon\r\n")).await, passing("ratelimited", 0));
    assert_eq!(failure(limited("")).await, passing("ratelimited", 0));
    assert_eq!(failure(limited("retry-after: 999999\r\n")).await, passing("ratelimited", 3600));
    let waits = answer("200 OK", "retry-after: 7\r\n", body);
    assert_eq!(failure(waits).await, passing("ratelimited", 7));
    assert_eq!(failure(answer("503 Unavailable", "retry-after: 5\r\n", "")).await, passing("http_503", 5));
}

/// F13: answers that are none: no JSON, no ids, not `ok`, far too long, a redirect.
#[tokio::test]
async fn answers_that_are_none() {
    assert_eq!(failure(ok("<html>")).await, passing("not_json", 0));
    assert_eq!(failure(ok("{}")).await, passing("unknown_error", 0));
    assert_eq!(failure(ok(r#"{"ok":"true"}"#)).await, passing("unknown_error", 0));
    assert_eq!(failure(ok(r#"{"ok":true}"#)).await, passing("no_message_id", 0));
    assert_eq!(failure(ok(&format!("\"{}\"", "x".repeat(1024 * 1024)))).await, passing("answer_too_long", 0));
    let redirect = answer("302 Found", "location: https://elsewhere.example/\r\n", "");
    assert_eq!(failure(redirect).await, passing("http_302", 0));
    // Whoever sends the token back does not get it into a log.
    let echo = ok(&format!(r#"{{"ok":false,"error":"{TOKEN}"}}"#));
    assert_eq!(failure(echo).await, passing("unknown_error", 0));
}

/// Nobody answers.
#[tokio::test]
async fn nobody_there() {
    let found = slack("http://127.0.0.1:1/api").send(&to("C0DATA"), &message()).await;
    assert_eq!(found, Err(passing("unreachable", 0)));
}

/// The token is never printed; it is sent over TLS or on this machine only.
#[test]
fn the_token_stays_inside() {
    let channel = slack("https://slack.com/api");
    assert_eq!(format!("{channel:?}"), r#"SlackChannel { base: "https://slack.com/api", .. }"#);
    for base in [
        "http://slack.com/api",
        "https://user:word@slack.com/api",
        "slack.com",
        "http://127.0.0.1.example.com/",
    ] {
        let refused = SlackChannel::new(base, SecretString::from(TOKEN)).unwrap_err();
        assert!(!refused.is_passing() && !refused.to_string().contains("secret"), "{base}");
    }
    for token in ["", "xoxb-1\n", "two words"] {
        let refused = SlackChannel::new("https://slack.com/api", SecretString::from(token)).unwrap_err();
        assert!(!refused.is_passing(), "{token:?}");
    }
}

/// Accounts and conversations are looked up with a form, modals opened with JSON; a look-up without its part is a failure.
#[tokio::test]
async fn look_ups_and_modals() {
    let server = Server::answering(vec![
        ok(r#"{"ok":true,"user":{"id":"U0ALICE","profile":{}}}"#),
        ok(r#"{"ok":true}"#),
        ok(r#"{"ok":true,"channel":{"id":"C0DATA"}}"#),
        ok(r#"{"ok":true,"view":{}}"#),
    ]);
    let channel = slack(&server.base);
    channel.user("U0ALICE").await.unwrap();
    assert_eq!(channel.user("U0ALICE").await.unwrap_err(), passing("unreadable_answer", 0));
    channel.conversation("C0DATA").await.unwrap();
    channel.open_view("1.2.abc", &deny("reference").unwrap()).await.unwrap();
    let request = server.next();
    assert!(request.line.starts_with("POST /api/users.info "));
    assert_eq!(request.body, "user=U0ALICE");
    server.next();
    assert_eq!(server.next().body, "channel=C0DATA");
    let opened = server.next().json();
    assert_eq!(opened["trigger_id"], "1.2.abc");
    limits::view(&opened["view"]);
}
