//! Somebody in front of Slack.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{PAUSE, TRIES, get, post, texts};
use crate::stack::Stack;
use crate::{FlowResult, FlowStep, fail};

/// An account of the double's workspace.
pub struct SlackUser {
    http: reqwest::Client,
    base: String,
    account: String,
}

/// A message with its buttons, as it is now.
#[derive(Debug, Clone)]
pub struct SlackMessage {
    /// Where it stands.
    pub channel: String,
    /// Its id there.
    pub ts: String,
    /// Its blocks.
    pub blocks: Value,
}

impl SlackMessage {
    /// The buttons' names, e.g. `deny`.
    #[must_use]
    pub fn buttons(&self) -> Vec<&str> {
        let blocks = self.blocks.as_array().into_iter().flatten();
        let elements = blocks.filter_map(|block| block.get("elements")?.as_array()).flatten();
        elements.filter_map(|element| element.get("action_id")?.as_str()).collect()
    }

    /// Whether people read this somewhere in it.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        texts(&self.blocks).contains(words)
    }
}

impl SlackUser {
    /// The account of this person; none on a stack without Slack.
    #[must_use]
    pub fn of(stack: &Stack, person: &str) -> Option<Self> {
        let base = stack.slack.clone()?;
        Some(Self { http: reqwest::Client::new(), base, account: format!("U0{}", person.to_uppercase()) })
    }

    /// The request about this action, once it was sent.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn asked(&self, action: &str) -> FlowResult<SlackMessage> {
        self.newest(|sent, _| texts(sent).contains(action)).await
    }

    /// The same message, once it is as it should be.
    ///
    /// # Errors
    /// When it does not become so.
    pub async fn until(
        &self,
        message: &SlackMessage,
        fits: impl Fn(&SlackMessage) -> bool,
    ) -> FlowResult<SlackMessage> {
        let same = |now: &SlackMessage| now.ts == message.ts && now.channel == message.channel;
        self.newest(|_, now| same(now) && fits(now)).await
    }

    /// The newest of these messages. Every update of a message is an entry of its own, so the last entry is the message as it is now.
    async fn newest(&self, fits: impl Fn(&Value, &SlackMessage) -> bool) -> FlowResult<SlackMessage> {
        let read = |entry: &Value| {
            let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
            let blocks = entry.pointer("/arguments/blocks")?.clone();
            Some(SlackMessage { channel: text("channel")?, ts: text("ts")?, blocks })
        };
        for _ in 0..TRIES {
            let told = get(&self.http, &format!("{}/messages?after=0", self.base)).await?;
            let sent = told.get("messages").and_then(Value::as_array).step("Slack's messages")?;
            let known: BTreeMap<String, (&Value, SlackMessage)> = sent
                .iter()
                .filter_map(|entry| read(entry).map(|message| (message.ts.clone(), (entry, message))))
                .collect();
            if let Some((_, message)) = known.into_values().rfind(|(entry, message)| fits(entry, message)) {
                return Ok(message);
            }
            tokio::time::sleep(PAUSE).await;
        }
        fail(format!("Slack has no such message; see {}", self.base))
    }

    /// Presses a button of a message. Returns the modal that was opened, if one was.
    ///
    /// # Errors
    /// When the press is not answered with HTTP 200 within Slack's three seconds.
    pub async fn press(&self, message: &SlackMessage, button: &str) -> FlowResult<Option<Value>> {
        let before = self.modals().await?.len();
        let asked = json!({
            "user": self.account, "channel": message.channel, "ts": message.ts, "action_id": button,
        });
        self.answered("press", &asked).await?;
        Ok(self.modals().await?.into_iter().skip(before).next_back())
    }

    /// The request of a press, signed and not sent.
    ///
    /// # Errors
    /// When there is no such button.
    pub async fn signed(&self, message: &SlackMessage, button: &str) -> FlowResult<Value> {
        let asked = json!({
            "user": self.account, "channel": message.channel, "ts": message.ts, "action_id": button, "deliver": false,
        });
        post(&self.http, &format!("{}/press", self.base), &asked).await
    }

    /// Submits a modal. Returns the answer's body: null closes it.
    ///
    /// # Errors
    /// When it is not answered with HTTP 200 within Slack's three seconds.
    pub async fn submit(&self, view: &Value, values: &Value) -> FlowResult<Value> {
        let asked = json!({ "user": self.account, "view_id": view.get("id").step("a modal's id")?, "values": values });
        let answer = self.answered("submit", &asked).await?;
        let body = answer.get("body").and_then(Value::as_str).unwrap_or_default();
        if body.is_empty() {
            Ok(Value::Null)
        } else {
            wire::json::parse_value(body.as_bytes()).step("a modal's answer")
        }
    }

    async fn answered(&self, control: &str, asked: &Value) -> FlowResult<Value> {
        let answer = post(&self.http, &format!("{}/{control}", self.base), asked).await?;
        match answer.get("status").and_then(Value::as_u64) {
            Some(200) => Ok(answer),
            _ => fail(format!("Slack's {control} was answered {answer}")),
        }
    }

    /// The modals that are open for this account, the last one at the end.
    ///
    /// # Errors
    /// When the double does not answer.
    pub async fn modals(&self) -> FlowResult<Vec<Value>> {
        let told = get(&self.http, &format!("{}/views", self.base)).await?;
        let views = told.get("views").and_then(Value::as_array).step("Slack's modals")?;
        let own = |view: &&Value| view.get("for").and_then(Value::as_str) == Some(self.account.as_str());
        Ok(views.iter().filter(own).cloned().collect())
    }
}
