//! Slack's Web API.

use std::fmt;

use async_trait::async_trait;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use domain::Fault;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::account::{Conversation, User};
use crate::address::{is_conversation, is_user};
use crate::codes::{NAME, passing, permanent};
use crate::render::{Rendered, render, render_notice};
use crate::transport::{Arguments, Transport};
use crate::views::View;

/// The address of Slack's Web API. Slack for government has `https://slack-gov.com/api`.
pub const SLACK_API: &str = "https://slack.com/api";

/// The app as it speaks to Slack.
///
/// It keeps nothing between calls and waits for nobody: the caller sends at most one message a second to one conversation
/// and comes again after [`DeliveryError::Passing`]. Slack has no key against doubles: a message whose answer was lost is
/// sent again and stands there twice. Presses on both count once, because a person's verdict on a review counts once.
pub struct SlackChannel(Transport);

impl fmt::Debug for SlackChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlackChannel").field("base", &self.0.base()).finish_non_exhaustive()
    }
}

impl SlackChannel {
    /// The app with this bot token, at [`SLACK_API`] or another address.
    ///
    /// # Errors
    /// A lasting [`Fault`] when the address is neither HTTPS nor this machine, or the token is none.
    pub fn new(base: &str, token: SecretString) -> Result<Self, Fault> {
        Transport::new(base, token).map(Self)
    }

    /// An account, looked up now, for [`judge`](crate::judge).
    ///
    /// # Errors
    /// [`DeliveryError`]; whoever cannot be looked up is refused.
    pub async fn user(&self, id: &str) -> Result<User, DeliveryError> {
        if !is_user(id) {
            return Err(permanent("user_not_found"));
        }
        let answer = self.0.call("users.info", Arguments::Form(&[("user", id)])).await?;
        part(&answer, "user")
    }

    /// A conversation, looked up now, for [`Conversation::check`].
    ///
    /// # Errors
    /// [`DeliveryError`].
    pub async fn conversation(&self, id: &str) -> Result<Conversation, DeliveryError> {
        if !is_conversation(id) {
            return Err(permanent("channel_not_found"));
        }
        let answer = self.0.call("conversations.info", Arguments::Form(&[("channel", id)])).await?;
        part(&answer, "channel")
    }

    /// Opens a modal for whoever pressed, with the press's trigger: once, within three seconds.
    ///
    /// # Errors
    /// [`DeliveryError`]; a trigger that is used up or too old is a permanent one.
    pub async fn open_view(&self, trigger: &str, view: &View) -> Result<(), DeliveryError> {
        let arguments = json!({ "trigger_id": trigger, "view": view.as_json() });
        self.0.call("views.open", Arguments::Json(&arguments)).await.map(drop)
    }

    /// The direct message with an account (`U…`, `W…`), made if there is none yet: where a message to them alone goes. It
    /// stays the same, so it can be stored.
    ///
    /// # Errors
    /// [`DeliveryError`].
    pub async fn open_conversation(&self, account: &str) -> Result<String, DeliveryError> {
        if !is_user(account) {
            return Err(permanent("channel_not_found"));
        }
        let arguments = json!({ "users": account });
        let answer = self.0.call("conversations.open", Arguments::Json(&arguments)).await?;
        let id = answer.pointer("/channel/id").and_then(Value::as_str).filter(|id| is_conversation(id));
        id.map(str::to_owned).ok_or_else(|| passing("no_conversation", 0))
    }

    /// The conversation to write to: a direct message is opened first where the address is an account.
    async fn conversation_of(&self, Address(to): &Address) -> Result<String, DeliveryError> {
        if is_conversation(to) { Ok(to.clone()) } else { self.open_conversation(to).await }
    }
}

/// One part of an answer; one that is missing or of another shape is a failure like any other.
fn part<T: DeserializeOwned>(answer: &Value, name: &str) -> Result<T, DeliveryError> {
    let part = answer.get(name).cloned().unwrap_or(Value::Null);
    serde_json::from_value(part).map_err(|_| passing("unreadable_answer", 0))
}

fn rendered(message: &Message) -> Result<Rendered, DeliveryError> {
    let rendered = match &message.card {
        Some(card) => render(card, &message.key, &message.link),
        None => render_notice(&message.text, &message.key, &message.link),
    };
    rendered.map_err(|_| permanent("unusable_link"))
}

#[async_trait]
impl Channel for SlackChannel {
    fn name(&self) -> &'static str {
        NAME
    }

    fn has_cards(&self) -> bool {
        true
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<Copy, DeliveryError> {
        let Rendered { blocks, text, .. } = rendered(message)?;
        let conversation = self.conversation_of(to).await?;
        let arguments = json!({
            "channel": conversation, "text": text, "blocks": blocks,
            "mrkdwn": false, "parse": "none", "link_names": false, "unfurl_links": false, "unfurl_media": false,
        });
        let answer = self.0.call("chat.postMessage", Arguments::Json(&arguments)).await?;
        let named = |name| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        match (named("channel").filter(|id| is_conversation(id)), named("ts")) {
            (Some(conversation), Some(message)) => Ok(Copy { conversation, message }),
            _ => Err(passing("no_message_id", 0)),
        }
    }

    async fn update(&self, copy: &Copy, message: &Message) -> Result<bool, DeliveryError> {
        // Blocks are always sent: without them Slack keeps the old ones, and with them the old buttons.
        let Rendered { blocks, text, .. } = rendered(message)?;
        let arguments = json!({
            "channel": copy.conversation, "ts": copy.message, "text": text, "blocks": blocks,
            "parse": "none", "link_names": false,
        });
        self.0.call("chat.update", Arguments::Json(&arguments)).await.map(|_| true)
    }
}
