//! Slack as a test sees it: accounts, modals, signed requests, and messages as the function that sends them makes them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws_lc_rs::hmac;
use axum::body::Body;
use axum::http::{Request, header};
use channel::DeliveryError;
use data_encoding::HEXLOWER;
use domain::{Person, Timestamp};
use fn_callbacks::{SlackApp, SlackPlatform};
use runtime::Clock;
use secrecy::SecretString;
use serde_json::{Value, json};
use slack::{Home, SigningSecrets, User, View};
use store::AccountLink;
use testkit::{Accounts, Gate, SampleRequirement};
use wire::Item;

use super::chat::{PEOPLE, approvable};
use super::{Answer, Groups, TestStack};

pub const SECRET: &str = "signing-secret-of-the-double";
pub const APP: &str = "A0COUNTERSIGN";

/// Slack: what it says about accounts, and the modals that were opened. Clones share them.
#[derive(Clone)]
pub struct SlackDouble {
    links: Accounts,
    users: Arc<Mutex<BTreeMap<String, Value>>>,
    opened: Arc<Mutex<Vec<(String, Value)>>>,
    /// Methods that fail, e.g. `users.info`; with `slow:` before them they never answer.
    pub broken: Arc<Mutex<BTreeSet<&'static str>>>,
    gate: Gate,
}

/// A message with buttons, as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    pub reference: String,
    pub rendering: String,
    /// Whether the message has an approve button.
    pub whole: bool,
}

/// An action whose card can be approved by one press, and everybody's linked account.
pub async fn with_slack(ask: SampleRequirement, gate: Gate, directory: Groups) -> TestStack {
    let stack = approvable(ask, gate, directory).await;
    for subject in PEOPLE {
        stack.slack.join(subject);
        stack.slack.link(subject, &stack.scenario.person(subject));
    }
    stack
}

/// The account of this person in the workspace.
pub fn account(subject: &str) -> String {
    format!("U0{}", subject.to_uppercase())
}

impl SlackDouble {
    pub fn new(gate: Gate, links: Accounts) -> Self {
        Self { links, users: Arc::default(), opened: Arc::default(), broken: Arc::default(), gate }
    }

    pub fn app(&self) -> SlackApp {
        SlackApp {
            signing: SigningSecrets::new(&SecretString::from(SECRET), None).unwrap(),
            app: APP.to_owned(),
            home: Home { team: Some("T0HOME".to_owned()), enterprise: None },
            platform: Arc::new(self.clone()),
        }
    }

    /// An ordinary member of the workspace.
    pub fn join(&self, subject: &str) {
        self.describe(subject, json!({}));
    }

    /// A member whom `users.info` describes with these differences.
    pub fn describe(&self, subject: &str, over: Value) {
        let mut user = json!({
            "id": account(subject), "team_id": "T0HOME", "name": subject, "deleted": false, "is_bot": false,
            "is_restricted": false, "is_ultra_restricted": false,
        });
        user.as_object_mut().unwrap().extend(over.as_object().unwrap().clone());
        self.users.lock().unwrap().insert(account(subject), user);
    }

    pub fn link(&self, subject: &str, person: &Person) -> AccountLink {
        self.links.set("slack", &format!("T0HOME/{}", account(subject)), person)
    }

    pub async fn unlink(&self, link: &AccountLink) {
        let ended = store::WriteAccounts::unlink(&self.links, link, &link.person, link.at).await;
        assert!(ended.unwrap());
    }

    /// Every modal that was opened, the last one at the end.
    pub fn opened(&self) -> Vec<Value> {
        self.opened.lock().unwrap().iter().map(|(_, view)| view.clone()).collect()
    }

    /// The sentence of the last modal that was opened; empty when there is none.
    pub fn told(&self) -> String {
        self.opened().last().map(sentence).unwrap_or_default()
    }

    fn breaks(&self, method: &'static str) -> bool {
        self.broken.lock().unwrap().contains(method)
    }

    async fn call(&self, method: &'static str, slow: &'static str) -> Result<(), DeliveryError> {
        if self.breaks(slow) {
            std::future::pending::<()>().await;
        }
        let failed =
            || DeliveryError::Passing { channel: "slack", code: "fatal_error".into(), retry_after: 0 };
        self.gate.before(method).await.map_err(|_| failed())?;
        if self.breaks(method) { Err(failed()) } else { Ok(()) }
    }
}

/// The sentence of a modal that only tells something.
pub fn sentence(view: &Value) -> String {
    view.pointer("/blocks/0/text/text").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[async_trait]
impl SlackPlatform for SlackDouble {
    async fn user(&self, id: &str) -> Result<User, DeliveryError> {
        self.call("users.info", "slow:users.info").await?;
        let user = self.users.lock().unwrap().get(id).cloned();
        let user =
            user.ok_or(DeliveryError::Permanent { channel: "slack", code: "user_not_found".into() })?;
        Ok(serde_json::from_value(user).unwrap())
    }

    async fn open_view(&self, trigger: &str, view: &View) -> Result<(), DeliveryError> {
        self.call("views.open", "slow:views.open").await?;
        self.opened.lock().unwrap().push((trigger.to_owned(), view.as_json().clone()));
        Ok(())
    }
}

/// The payload of a press.
pub fn press(subject: &str, action: &str, sent: &Sent) -> Value {
    json!({
        "type": "block_actions", "api_app_id": APP, "trigger_id": "13345224609.738474920.8088930838d88f008e0",
        "user": { "id": account(subject), "team_id": "T0HOME", "username": subject },
        "actions": [{
            "type": "button", "action_id": action, "block_id": format!("{}-answers", sent.rendering),
            "value": sent.reference,
        }],
    })
}

/// The payload of a submitted modal with these inputs, by block and name.
pub fn submission(subject: &str, callback: &str, sent: &Sent, inputs: &[(&str, &str, &str)]) -> Value {
    let input = |(block, name, text): &(&str, &str, &str)| {
        ((*block).to_owned(), json!({ *name: { "type": "plain_text_input", "value": text } }))
    };
    let values: serde_json::Map<String, Value> = inputs.iter().map(input).collect();
    json!({
        "type": "view_submission", "api_app_id": APP, "user": { "id": account(subject), "team_id": "T0HOME" },
        "view": { "callback_id": callback, "private_metadata": sent.reference, "state": { "values": values } },
    })
}

/// The body and the headers that Slack would sign it with at this time.
pub fn signed(payload: &Value, at: Timestamp) -> (String, [(&'static str, String); 3]) {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &payload.to_string())
        .finish();
    let time = at.seconds().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = hmac::sign(&key, format!("v0:{time}:{body}").as_bytes());
    let headers = [
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("x-slack-request-timestamp", time),
        ("x-slack-signature", format!("v0={}", HEXLOWER.encode(tag.as_ref()))),
    ];
    (body, headers)
}

impl TestStack {
    /// The message about the action as it stands now, with a reference of this letter.
    pub async fn message(&self, letter: char) -> Sent {
        self.message_of(&self.item().await, letter).await
    }

    /// The same about this item.
    pub async fn message_of(&self, item: &Item, letter: char) -> Sent {
        let unsent = self.unsent(item, letter).await;
        let rendered = slack::render(&unsent.card, &unsent.message, &unsent.page).unwrap();
        Sent { reference: unsent.reference, rendering: rendered.rendering, whole: rendered.whole }
    }

    /// What a request of Slack with this payload is answered, sent at the next second: no two requests are the same.
    pub async fn slack(&self, payload: &Value) -> Answer {
        self.clock.pass(1);
        self.send(self.slack_request(payload, self.clock.now())).await
    }

    pub fn slack_request(&self, payload: &Value, at: Timestamp) -> Request<Body> {
        let (body, headers) = signed(payload, at);
        let mut request = Request::post("/callbacks/slack");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.body(Body::from(body)).unwrap()
    }

    pub async fn press(&self, subject: &str, action: &str, sent: &Sent) -> Answer {
        self.slack(&press(subject, action, sent)).await
    }

    pub async fn deny_in_slack(&self, subject: &str, sent: &Sent, reason: &str) -> Answer {
        let inputs = [("reason", "reason", reason)];
        self.slack(&submission(subject, "countersign_deny", sent, &inputs)).await
    }
}
