//! Slack: each conversation checked before it is written to, at most one message a second in each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use domain::{Fault, Timestamp};
use runtime::{Clock, Pause};
use slack::{Credentials, Refused, SlackChannel, is_user};
use store::Channels;

use crate::opened::Opened;
use crate::pace::Pace;

const NAME: &str = "slack";
/// Slack takes one message a second and conversation.
const GAP: i64 = 1_000;
/// For how many seconds a conversation that was looked at counts as one that may be written to: an hour. Somebody may share
/// it with another organisation at any time.
const CHECKED: i64 = 3_600;

/// Slack as this deployment uses it.
pub struct SlackSender {
    slack: SlackChannel,
    opened: Opened,
    pace: Pace,
    clock: Arc<dyn Clock>,
    checked: Mutex<BTreeMap<String, Timestamp>>,
}

impl SlackSender {
    /// The app that the credentials name. Direct messages that were opened are remembered in `channels`.
    ///
    /// # Errors
    /// A lasting [`Fault`] when the credentials cannot be used.
    pub fn new(
        credentials: Credentials,
        channels: Arc<dyn Channels>,
        clock: Arc<dyn Clock>,
        pause: Arc<dyn Pause>,
    ) -> Result<Self, Fault> {
        Ok(Self {
            slack: SlackChannel::new(&credentials.api, credentials.token)?,
            opened: Opened { channel: NAME, channels, clock: clock.clone() },
            pace: Pace::new(GAP, clock.clone(), pause),
            clock,
            checked: Mutex::default(),
        })
    }

    /// The direct message with this account.
    async fn direct_message(&self, account: &str) -> Result<String, DeliveryError> {
        if let Some(conversation) = self.opened.recall(account).await? {
            return Ok(conversation);
        }
        let conversation = self.slack.open_conversation(account).await?;
        self.opened.remember(account, &conversation).await?;
        Ok(conversation)
    }

    /// Refuses a conversation that is archived, that the app is no member of, or that another organisation reads along in.
    async fn check(&self, conversation: &str) -> Result<(), DeliveryError> {
        let now = self.clock.now();
        let checked = |until: &Timestamp| now < *until;
        if self.checked.lock().unwrap_or_else(PoisonError::into_inner).get(conversation).is_some_and(checked)
        {
            return Ok(());
        }
        let found = self.slack.conversation(conversation).await?.check();
        found.map_err(|why| match why {
            Refused::SharedConversation => permanent("shared_with_another_organisation"),
            Refused::ClosedConversation => permanent("archived_or_not_a_member"),
            _ => passing("conversation_unknown", 0),
        })?;
        let until = now.plus_seconds(CHECKED);
        self.checked.lock().unwrap_or_else(PoisonError::into_inner).insert(conversation.to_owned(), until);
        Ok(())
    }
}

fn permanent(code: &str) -> DeliveryError {
    DeliveryError::Permanent { channel: NAME, code: code.to_owned() }
}

fn passing(code: &str, retry_after: u32) -> DeliveryError {
    DeliveryError::Passing { channel: NAME, code: code.to_owned(), retry_after }
}

#[async_trait]
impl Channel for SlackSender {
    fn name(&self) -> &'static str {
        NAME
    }

    fn has_cards(&self) -> bool {
        true
    }

    async fn send(&self, Address(to): &Address, message: &Message) -> Result<Copy, DeliveryError> {
        let conversation = match is_user(to) {
            true => self.direct_message(to).await?,
            false => {
                self.check(to).await?;
                to.clone()
            }
        };
        self.pace.turn(&conversation).await.map_err(|seconds| passing("paced", seconds))?;
        self.slack.send(&Address(conversation), message).await
    }

    /// Slack limits updates for a workspace as a whole and not for a conversation, so they are not spaced here.
    async fn update(&self, copy: &Copy, message: &Message) -> Result<bool, DeliveryError> {
        self.slack.update(copy, message).await
    }
}
