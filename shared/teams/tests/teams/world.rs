//! One bot in one organisation, Bob at it, and everything that Teams sends when he presses.

use std::sync::Arc;

use channel::{Card, Control, Deadline, Fact, Message, Quotation, Span};
use domain::{Fault, Timestamp};
use runtime::{Clock, Random};
use serde_json::{Map, Value, json};
use teams::{Cloud, Refused, TeamsSettings, Verified, verify};

use crate::signer::{Signer, framework};

pub const APP: &str = "11111111-2222-4333-8444-555555555555";
pub const TENANT: &str = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
pub const BOB: &str = "b0b00000-0000-4000-8000-000000000001";
pub const REFERENCE: &str = "ref_0123456789abcdef";
pub const SERVICE: &str = "https://smba.trafficmanager.net/emea/";
pub const LINK: &str = "https://countersign.example.com/review/act_1";
pub const NOW: i64 = 1_796_000_000;

pub fn settings() -> TeamsSettings {
    let cloud = Cloud::named("public").unwrap();
    TeamsSettings { app: APP.to_owned(), tenant: TENANT.to_owned(), cloud }
}

pub fn now() -> Timestamp {
    Timestamp::from_millis(NOW * 1000)
}

pub struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        now()
    }
}

impl Random for Fixed {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Fault> {
        buffer.fill(7);
        Ok(())
    }
}

pub fn clock() -> Arc<dyn Clock> {
    Arc::new(Fixed)
}

pub fn random() -> Arc<dyn Random> {
    Arc::new(Fixed)
}

/// The value with these fields over it, to any depth; null takes one away.
pub fn merged(base: Value, over: &Value) -> Value {
    let (Value::Object(mut fields), Value::Object(over)) = (base, over) else { return over.clone() };
    for (name, value) in over {
        let below = fields.remove(name).unwrap_or_else(|| Value::Object(Map::new()));
        let value = if value.is_object() { merged(below, value) } else { value.clone() };
        fields.insert(name.clone(), value);
    }
    fields.retain(|_, value| !value.is_null());
    Value::Object(fields)
}

/// The activity of a press of "approve".
pub fn approve() -> Value {
    json!({
        "type": "invoke", "name": "adaptiveCard/action", "channelId": "msteams", "serviceUrl": SERVICE,
        "id": "f:1", "replyToId": "1796000000000",
        "from": { "id": "29:bob", "name": "Bob", "aadObjectId": BOB },
        "recipient": { "id": format!("28:{APP}"), "name": "Countersign" },
        "conversation": { "id": "19:room@thread.tacv2", "conversationType": "channel", "tenantId": TENANT, "isGroup": true },
        "channelData": { "tenant": { "id": TENANT }, "team": { "id": "19:team@thread.tacv2" } },
        "value": {
            "action": { "type": "Action.Execute", "title": "Approve", "verb": "approve", "data": { "ref": REFERENCE } },
            "trigger": "manual",
        },
    })
}

/// The activity of a press of a button that opens a form (`task/fetch`), or of the form's own (`task/submit`).
pub fn task(name: &str, data: &Value) -> Value {
    let mut activity = merged(approve(), &json!({ "name": name, "value": null }));
    activity["value"] = json!({ "data": data, "context": { "theme": "default" } });
    activity
}

pub fn header() -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": "framework-1", "x5t": "abc" })
}

pub fn claims() -> Value {
    json!({
        "iss": "https://api.botframework.com", "aud": APP, "serviceurl": SERVICE,
        "nbf": NOW - 60, "exp": NOW + 3600,
    })
}

/// What the bot says to this activity with this header and these claims over the usual ones.
pub fn signed(
    signer: &Signer,
    header_over: &Value,
    claims_over: &Value,
    activity: &Value,
) -> Result<Verified, Refused> {
    let token = signer.sign(&merged(header(), header_over), &merged(claims(), claims_over));
    let keys = [framework().jwk(&json!(["webchat", "msteams"]))];
    verify(Some(&format!("Bearer {token}")), activity.to_string().as_bytes(), now(), &keys, &settings())
}

/// An activity that Teams sent.
pub fn verified(activity: &Value) -> Verified {
    signed(&framework(), &json!({}), &json!({}), activity).unwrap()
}

/// A card that shows everything.
pub fn card() -> Card {
    let span = |text: &str, value: bool| Span { text: text.to_owned(), value };
    let fact = |label: &str, value: &str| Fact::new(label, value);
    Card {
        title: "Customer data wants to leave".to_owned(),
        sentence: vec![
            span("Copy ", false),
            span("q3.csv", true),
            span(" into ", false),
            span("partner-drop", true),
        ],
        quotation: Some(Quotation {
            introduction: "In the agent's words (demo-agent, proved by its token)".to_owned(),
            words: "Quarterly report,\nask ‹email 1›.".to_owned(),
        }),
        facts: vec![fact("Contains", "12,408 rows"), fact("Can be undone", "No")],
        deadline: Some(Deadline {
            before: "One of data-owners must agree before ".to_owned(),
            at: Timestamp::from_millis(1_796_226_000_000),
            after: ". Nobody has yet.".to_owned(),
        }),
        ending: None,
        controls: vec![
            Control::Open { label: "Review".to_owned() },
            Control::Approve { label: "Approve: customer data leaves".to_owned() },
            Control::Deny,
            Control::Change,
            Control::Ask,
        ],
        reference: Some(REFERENCE.to_owned()),
        whole: true,
    }
}

pub fn message(card: Option<Card>) -> Message {
    Message {
        key: "message-1".to_owned(),
        text: "Approval needed: customer data wants to leave".to_owned(),
        about: channel::About {
            action: "act_aaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
            kind: "ask",
            audience: "group:data-owners".to_owned(),
            at: domain::Timestamp::from_millis(1_796_226_000_000),
            words: "Copy q3.csv out of customers".to_owned(),
        },
        link: LINK.to_owned(),
        card,
    }
}
