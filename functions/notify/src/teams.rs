//! Teams: a chat with one person is opened once and stored; two messages a second in each conversation.

use std::sync::Arc;

use async_trait::async_trait;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use domain::Fault;
use runtime::{Clock, Pause, Random};
use store::Channels;
use teams::{Credentials, TeamsChannel, is_guid};

use crate::opened::Opened;
use crate::pace::Pace;

const NAME: &str = "teams";
/// Teams takes 7 messages in one second, 8 in two and 60 in thirty to one conversation: two a second fit all three.
const GAP: i64 = 500;

/// Teams as this deployment uses it.
pub struct TeamsSender {
    teams: TeamsChannel,
    opened: Opened,
    pace: Pace,
}

impl TeamsSender {
    /// The bot that the credentials name. Chats that were opened are remembered in `channels`.
    ///
    /// # Errors
    /// A lasting [`Fault`] when the credentials cannot be used.
    pub fn new(
        credentials: Credentials,
        channels: Arc<dyn Channels>,
        clock: Arc<dyn Clock>,
        pause: Arc<dyn Pause>,
        random: Arc<dyn Random>,
    ) -> Result<Self, Fault> {
        let Credentials { settings, credential } = credentials;
        Ok(Self {
            teams: TeamsChannel::new(settings, credential, clock.clone(), random)?,
            opened: Opened { channel: NAME, channels, clock: clock.clone() },
            pace: Pace::new(GAP, clock, pause),
        })
    }

    /// The chat with this person.
    async fn chat(&self, person: &str) -> Result<Address, DeliveryError> {
        if let Some(address) = self.opened.recall(person).await? {
            return Ok(Address(address));
        }
        let address = self.teams.open_conversation(person).await?.address();
        self.opened.remember(person, &address.0).await?;
        Ok(address)
    }

    async fn turn(&self, conversation: &str) -> Result<(), DeliveryError> {
        let paced =
            |retry_after| DeliveryError::Passing { channel: NAME, code: "paced".to_owned(), retry_after };
        self.pace.turn(conversation).await.map_err(paced)
    }
}

#[async_trait]
impl Channel for TeamsSender {
    fn name(&self) -> &'static str {
        NAME
    }

    fn has_cards(&self) -> bool {
        true
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<Copy, DeliveryError> {
        let to = match is_guid(&to.0) {
            true => self.chat(&to.0).await?,
            false => to.clone(),
        };
        self.turn(&to.0).await?;
        self.teams.send(&to, message).await
    }

    async fn update(&self, copy: &Copy, message: &Message) -> Result<bool, DeliveryError> {
        self.turn(&copy.conversation).await?;
        self.teams.update(copy, message).await
    }
}
