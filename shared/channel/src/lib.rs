//! What a message to people is, whichever channel delivers it, and what every channel has to be able to do.
//!
//! `review` makes a [`Card`] from the review document; a channel renders it and decides nothing. One crate implements
//! [`Channel`] for each platform.

mod card;
mod error;
mod secret;

use async_trait::async_trait;
use domain::Timestamp;
use serde::{Deserialize, Serialize};

pub use card::{Card, Control, Deadline, Fact, Quotation, Span};
pub use error::DeliveryError;
pub use secret::ChatSecret;

/// Where a message goes, in the channel's own form: a conversation id of Slack or Teams, an HTTPS address of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(pub String);

/// A message that was delivered: what the platform calls it. It is stored, so that every copy can be updated later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// The conversation as the platform's answer named it; a later update needs this one.
    pub conversation: String,
    /// The message within it.
    pub message: String,
}

/// What a message is about, for a channel that says it in fields of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The action's id.
    pub action: String,
    /// `ask`, `receipt`, `end`, `resolve`, `emergency`, `alarm` or `suspensions`.
    pub kind: &'static str,
    /// `group:<name>` or `person:<subject>`.
    pub audience: String,
    /// When it happened.
    pub at: Timestamp,
    /// The message in full, on one line, hidden characters spelled out. It names what an agent chose, so it is shown as
    /// plain text and never interpreted.
    pub words: String,
}

/// One message to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The same for every attempt at delivering this message, and for no other message: at most 200 ASCII characters.
    pub key: String,
    /// One line of plain text that is safe to show in a notification: no text of an agent.
    pub text: String,
    /// What it is about, and its words in full.
    pub about: About,
    /// The page it leads to.
    pub link: String,
    /// The review, when the message is about one. A channel without cards sends text and link.
    pub card: Option<Card>,
}

/// A way to reach people.
#[async_trait]
pub trait Channel: Send + Sync {
    /// `console`, `slack`, `teams` or `webhook`: what `directory.yaml` calls it.
    fn name(&self) -> &'static str;

    /// Whether its messages show cards, whose controls people can press, and can be updated afterwards.
    fn has_cards(&self) -> bool {
        false
    }

    /// Sends the message. Success means that the platform has accepted it, and nothing else does.
    ///
    /// # Errors
    /// [`DeliveryError`]: whether it can succeed later.
    async fn send(&self, to: &Address, message: &Message) -> Result<Copy, DeliveryError>;

    /// Replaces a message that was sent. A channel whose messages cannot be changed answers `Ok(false)`.
    ///
    /// # Errors
    /// [`DeliveryError`]: whether it can succeed later.
    async fn update(&self, copy: &Copy, message: &Message) -> Result<bool, DeliveryError>;
}
