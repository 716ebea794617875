//! From the ledger's queue to the queue of each channel, and from there to people.

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_lambda_events::sqs::SqsBatchResponse;
use bundle::{ChannelRules, Destination};
use domain::{ActionId, Fault};
use runtime::ChannelQueues;
use runtime::sqs::{HandleMessage, handle_batch};
use serde_json::Value;
use wire::message::{EffectName, Message};

use crate::Notify;
use crate::compose::Outgoing;
use crate::delivered::worst;
use crate::quiet::Waiting;

/// The channel that is served from the ledger's queue.
const AT_ONCE: &str = "console";

impl Notify {
    /// Handles a batch of one queue: what is in the queue of a channel is delivered by that channel alone.
    ///
    /// # Errors
    /// [`Fault`], as [`handle_batch`] says.
    pub async fn handle_event(&self, event: &Value) -> Result<SqsBatchResponse, Fault> {
        match queue_of(event) {
            Some(ChannelQueues::QUIET) => handle_batch(event, &Waiting(self)).await,
            Some(channel) => handle_batch(event, &AtChannel { notify: self, channel }).await,
            None => handle_batch(event, self).await,
        }
    }

    /// The channels with a queue that this message may concern: those that the directory names, and those whose earlier
    /// messages may have to be updated.
    fn concerned(&self, rules: &ChannelRules) -> BTreeSet<&'static str> {
        let updated = self.senders.iter().filter(|sender| sender.has_cards()).map(|sender| sender.name());
        let named = rules.names().into_iter().chain(updated);
        named.filter(|name| queued().any(|channel| channel == *name)).collect()
    }

    /// Hands a message to the queue of each channel that it may concern, and serves the console.
    pub(crate) async fn tell(&self, message: &Message) -> Result<(), Fault> {
        let rules = self.destinations.in_force().await?;
        let mut results = Vec::new();
        for channel in self.concerned(&rules) {
            results.push(self.queues.hand_out(channel, message).await);
        }
        let updated = self.channel(AT_ONCE).is_some_and(|sender| sender.has_cards());
        if updated || rules.names().contains(AT_ONCE) {
            results.push(self.serve(message, &rules, AT_ONCE).await);
        }
        worst(results)
    }

    /// Delivers a message on one channel, and updates what was sent there before.
    async fn serve(
        &self,
        message: &Message,
        rules: &ChannelRules,
        channel: &'static str,
    ) -> Result<(), Fault> {
        let outgoing = self.compose(message).await?;
        let served = self.deliver(message, &outgoing, rules, channel).await;
        // People who were told already must not read something that is no longer true because somebody else cannot be told.
        let updates = self.channel(channel).is_some_and(|sender| sender.has_cards());
        let updated = if updates { self.update(message, outgoing, channel).await } else { Ok(()) };
        worst(vec![served, updated])
    }

    async fn update(
        &self,
        message: &Message,
        outgoing: Outgoing,
        channel: &'static str,
    ) -> Result<(), Fault> {
        match message.effect {
            EffectName::SendReceipt if message.action == ActionId::suspensions() => Ok(()),
            EffectName::SendReceipt | EffectName::AnnounceEnd => {
                self.update_copies(&message.action, channel, outgoing.subject).await
            }
            EffectName::AskApprovers => self.update_what_moved_on(message, &outgoing, channel).await,
            _ => Ok(()),
        }
    }

    /// Whoever read the action before the message was sent looks again: an end that was announced meanwhile found no copy.
    async fn update_what_moved_on(
        &self,
        message: &Message,
        outgoing: &Outgoing,
        channel: &'static str,
    ) -> Result<(), Fault> {
        if outgoing.notices.is_empty() || self.item(message).await?.sequence() == message.sequence {
            return Ok(());
        }
        self.update_copies(&message.action, channel, None).await
    }
}

/// The ledger's queue: the message goes to the queue of each channel that it may concern, and to the console.
#[async_trait]
impl HandleMessage for Notify {
    async fn handle(&self, message: &Message) -> Result<(), Fault> {
        if matches!(message.effect, EffectName::Decide | EffectName::Execute | EffectName::ProbeOutcome) {
            return Err(Fault::lasting("not a message for people"));
        }
        let told = self.tell(message).await;
        worst(vec![told, self.wait_for_morning(message).await])
    }

    async fn postpone(&self, receipt: &str, seconds: u32) -> Result<(), Fault> {
        self.postpone.postpone(None, receipt, seconds).await
    }
}

/// The queue of one channel.
pub struct AtChannel<'a> {
    /// The function.
    pub notify: &'a Notify,
    /// The channel's name.
    pub channel: &'static str,
}

#[async_trait]
impl HandleMessage for AtChannel<'_> {
    async fn handle(&self, message: &Message) -> Result<(), Fault> {
        let rules = self.notify.destinations.in_force().await?;
        self.notify.serve(message, &rules, self.channel).await
    }

    async fn postpone(&self, receipt: &str, seconds: u32) -> Result<(), Fault> {
        self.notify.postpone.postpone(Some(self.channel), receipt, seconds).await
    }
}

/// The channels with a queue of their own.
pub(crate) fn queued() -> impl Iterator<Item = &'static str> {
    Destination::QUEUED.into_iter().map(|(name, _)| name)
}

/// The channel whose queue an event comes from, or that it comes from what waited; none for the ledger's queue. All records of an event come from one queue.
fn queue_of(event: &Value) -> Option<&'static str> {
    let source = event.pointer("/Records/0/eventSourceARN").and_then(Value::as_str)?;
    let (_, queue) = source.rsplit_once(':')?;
    queued().chain([ChannelQueues::QUIET]).find(|name| queue.ends_with(&format!("-notify-{name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C42: the queue that an event comes from says whose it is.
    #[test]
    fn the_queue_says_which_channel_it_is_of() {
        let of = |queue: &str| {
            let source = format!("arn:aws:sqs:eu-central-1:123456789012:{queue}");
            queue_of(&serde_json::json!({ "Records": [{ "eventSourceARN": source }] }))
        };
        assert_eq!(of("countersign-dev-notify"), None);
        assert_eq!(of("countersign-dev-notify-slack"), Some("slack"));
        assert_eq!(of("countersign-a-notify-slack-notify"), None, "the deployment's name says nothing");
        assert_eq!(of("countersign-a-notify-slack-notify-teams"), Some("teams"));
        assert_eq!(of("countersign-dev-notify-quiet"), Some("quiet"));
        assert_eq!(queue_of(&serde_json::json!({ "Records": [] })), None);
    }
}
