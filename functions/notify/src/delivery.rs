//! One message to every address of its audience, each at least once, remembered only after it was accepted.

use bundle::{ChannelRules, Destination};
use channel::{About, Address, Channel, Copy, DeliveryError};
use domain::{ActionId, Digest, Fault, Timestamp};
use futures::future::join_all;
use wire::Undeliverable;
use wire::message::Message;

use crate::compose::{Outgoing, Subject};
use crate::delivered::{Delivered, KEPT, REPORTED, topic, worst};
use crate::{Notice, Notify};

/// A message at one address.
struct At<'a> {
    notice: &'a Notice,
    destination: Destination,
    message: channel::Message,
    key: String,
}

impl Notify {
    /// Delivers the notices to every address on this channel that has not received them. An address that fails keeps no other from being
    /// served: each is tried, and the fault comes afterwards.
    ///
    /// # Errors
    /// [`Fault`] when any address was not served and may be later: the queue brings the message again.
    pub(crate) async fn deliver(
        &self,
        about: &Message,
        outgoing: &Outgoing,
        rules: &ChannelRules,
        channel: &'static str,
    ) -> Result<(), Fault> {
        let mut addressed = Vec::new();
        for notice in &outgoing.notices {
            let message = notice.message(&about.action, about.sequence, outgoing.at);
            let told = notice.told.clone().unwrap_or_else(|| rules.destinations(&notice.audience));
            for destination in told.into_iter().filter(|to| to.channel() == channel) {
                let address = destination.address();
                let head = format!("{}/{}", about.sequence, notice.kind);
                let key = format!("{head}/{}/{channel}/{address}", notice.audience);
                addressed.push(At { notice, destination, message: message.clone(), key });
            }
        }
        let subject = outgoing.subject.as_ref();
        worst(join_all(addressed.iter().map(|one| self.deliver_once(&about.action, one, subject))).await)
    }

    /// At least once; remembered once it has been accepted or refused for good, and only then. The log says whom nobody told.
    async fn deliver_once(
        &self,
        action: &ActionId,
        at: &At<'_>,
        subject: Option<&Subject>,
    ) -> Result<(), Fault> {
        if self.channels.recall(&topic(action), &at.key).await?.is_some() {
            return Ok(());
        }
        let (channel, kind) = (at.destination.channel(), at.notice.kind);
        let sent = match self.channel(channel) {
            Some(sender) => {
                let to = Address(at.destination.address().to_owned());
                sender.send(&to, &self.shown(sender, at, subject).await?).await
            }
            None => Err(not_configured(channel)),
        };
        match sent {
            Ok(copy) => self.remember(action, at, Some(copy), None).await,
            Err(DeliveryError::Permanent { code, .. }) => {
                tracing::error!(alarm = true, %action, kind, channel, code, "somebody cannot be told there");
                self.report(action, at, &code).await?;
                self.remember(action, at, None, Some(code)).await
            }
            Err(error @ DeliveryError::Passing { retry_after, .. }) => {
                tracing::error!(alarm = true, %action, kind, channel, %error, "somebody could not be told");
                Err(Fault::passing(error.to_string()).after(retry_after))
            }
        }
    }

    /// The message as this channel shows it: a request with its card.
    async fn shown(
        &self,
        sender: &dyn Channel,
        at: &At<'_>,
        subject: Option<&Subject>,
    ) -> Result<channel::Message, Fault> {
        let mut message = at.message.clone();
        if let Some(subject) = subject.filter(|_| sender.has_cards() && at.notice.kind == "ask") {
            message.card = self.card(&subject.item, &subject.view, &message.key).await?;
        }
        Ok(message)
    }

    /// Stores a fact for so many seconds; false when it was there.
    pub(crate) async fn store(&self, topic: &str, key: &str, value: &str, kept: i64) -> Result<bool, Fault> {
        let until = self.clock.now().plus_seconds(kept);
        self.channels.remember_until(topic, key, value, until).await
    }

    /// The channel of this name, if this deployment has it.
    pub(crate) fn channel(&self, name: &str) -> Option<&dyn Channel> {
        self.senders.iter().map(AsRef::as_ref).find(|sender| sender.name() == name)
    }

    async fn remember(
        &self,
        action: &ActionId,
        at: &At<'_>,
        copy: Option<Copy>,
        undeliverable: Option<String>,
    ) -> Result<(), Fault> {
        let second = copy.as_ref().map(|copy| format!("{}/{}", at.key, copy.message));
        let delivered = Delivered {
            kind: at.notice.kind.to_owned(),
            audience: at.notice.audience.clone(),
            channel: at.destination.channel().to_owned(),
            copy,
            undeliverable,
        };
        let text = delivered.text().map_err(|error| Fault::lasting(error.to_string()))?;
        let first = self.store(&topic(action), &at.key, &text, KEPT).await?;
        if let Some(second) = second.filter(|_| !first) {
            // Another process sent it at the same time: this copy is one more, and is updated like every other.
            self.store(&topic(action), &second, &text, KEPT).await?;
        }
        Ok(())
    }

    /// Says where people look at every action that this address refuses messages.
    async fn report(&self, action: &ActionId, at: &At<'_>, code: &str) -> Result<(), Fault> {
        let (topic, audience) = (Undeliverable::topic(self.clock.now()), at.notice.audience.clone());
        let (channel, address) = (at.destination.channel(), at.destination.address());
        let fact = Undeliverable { action: action.clone(), audience, code: code.to_owned() };
        let stored = fact.to_stored().map_err(|error| Fault::lasting(error.to_string()))?;
        self.store(&topic, &fact.key(channel, address), &stored, REPORTED).await.map(drop)
    }
}

/// The channel is named by the directory, and this deployment has none of that name: nothing is ever delivered. Each message
/// comes again and ends in the dead-letter queue, from where it can be sent once there is a channel.
fn not_configured(channel: &'static str) -> DeliveryError {
    DeliveryError::Passing { channel, code: "no such channel is configured".to_owned(), retry_after: 0 }
}

impl Notice {
    /// As a channel receives it: on one line, and what nobody would see is spelled out, names from tokens too.
    #[must_use]
    pub fn message(&self, action: &ActionId, sequence: u32, at: Timestamp) -> channel::Message {
        let same = format!("{action}/{sequence}/{}/{}", self.kind, self.audience);
        channel::Message {
            key: format!("msg_{}", Digest::of(same.as_bytes()).hex()),
            text: self.heading().to_owned(),
            about: About {
                action: action.to_string(),
                kind: self.kind,
                audience: self.audience.clone(),
                at,
                words: redaction::escape_line(&self.text).text,
            },
            link: self.link.clone(),
            card: None,
        }
    }
}
