//! The conversations with one person each that were opened before: opened once, stored, and used again.

use std::sync::Arc;

use channel::DeliveryError;
use domain::Fault;
use runtime::Clock;
use store::Channels;

/// For how many seconds an opened conversation is used before it is asked for again: 90 days.
const KEPT: i64 = 90 * 86_400;

pub(crate) struct Opened {
    pub(crate) channel: &'static str,
    pub(crate) channels: Arc<dyn Channels>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Opened {
    /// The address of the conversation with this person, if it was opened before.
    pub(crate) async fn recall(&self, person: &str) -> Result<Option<String>, DeliveryError> {
        self.channels.recall(&self.topic(), person).await.map_err(|fault| self.passing(&fault))
    }

    /// Stores it. Of two processes that opened it at the same time the first is remembered; both mean the same conversation.
    pub(crate) async fn remember(&self, person: &str, address: &str) -> Result<(), DeliveryError> {
        let until = self.clock.now().plus_seconds(KEPT);
        let stored = self.channels.remember_until(&self.topic(), person, address, until).await;
        stored.map(drop).map_err(|fault| self.passing(&fault))
    }

    fn topic(&self) -> String {
        format!("conversation/{}", self.channel)
    }

    /// Nothing was sent yet, so the message comes again.
    fn passing(&self, fault: &Fault) -> DeliveryError {
        tracing::error!(channel = self.channel, %fault, "a conversation could not be looked up");
        DeliveryError::Passing {
            channel: self.channel,
            code: "no-channels-table".to_owned(),
            retry_after: fault.retry_after(),
        }
    }
}
