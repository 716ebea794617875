//! Groups that are not to be woken are told once their quiet hours have ended.
//!
//! What asks such a group is also put into a queue of its own. There it waits until nobody who is asked is quiet any more, and
//! is then handed to the channels once more: each of them serves whom it has not served.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::{Event, Fault, State};
use runtime::ChannelQueues;
use runtime::sqs::HandleMessage;
use wire::message::{EffectName, Message};

use crate::Notify;

/// The longest time for which SQS keeps a message back, in seconds, with some time for receiving it.
const LONGEST: u32 = 43_000;

impl Notify {
    /// For how many seconds a group that this message asks is still quiet: the shortest time; `None` if none of them is.
    pub(crate) async fn quiet_for(&self, message: &Message) -> Result<Option<u32>, Fault> {
        let quiet = match message.effect {
            EffectName::AskApprovers => self.destinations.quiet(self.clock.now()).await?,
            _ => return Ok(None),
        };
        if quiet.is_empty() {
            return Ok(None);
        }
        let item = self.item(message).await?;
        let State::Pending(review) = item.state() else { return Ok(None) };
        let asks_later =
            |event: &Event| matches!(event, Event::Decided { .. } | Event::Reminded | Event::Escalated);
        if item.entries().iter().any(|entry| entry.sequence > message.sequence && asks_later(&entry.event)) {
            return Ok(None);
        }
        let asked = &review.decision.requirements;
        let groups = asked.iter().flat_map(|one| one.groups.iter().map(|wanted| &wanted.group));
        let groups: BTreeSet<&String> =
            groups.chain(asked.iter().flat_map(|one| &one.terms.standing_in)).collect();
        Ok(groups.into_iter().filter_map(|name| quiet.get(name)).min().copied())
    }

    /// Puts a message for a group that is quiet where it waits.
    pub(crate) async fn wait_for_morning(&self, message: &Message) -> Result<(), Fault> {
        match self.quiet_for(message).await? {
            Some(_) => self.queues.hand_out(ChannelQueues::QUIET, message).await,
            None => Ok(()),
        }
    }
}

/// The queue of what waits.
pub(crate) struct Waiting<'a>(pub(crate) &'a Notify);

#[async_trait]
impl HandleMessage for Waiting<'_> {
    async fn handle(&self, message: &Message) -> Result<(), Fault> {
        self.0.tell(message).await?;
        match self.0.quiet_for(message).await? {
            Some(seconds) => Err(Fault::passing("a group is not to be woken yet").after(seconds)),
            None => Ok(()),
        }
    }

    async fn postpone(&self, receipt: &str, seconds: u32) -> Result<(), Fault> {
        self.0.postpone.postpone(Some(ChannelQueues::QUIET), receipt, seconds).await
    }

    fn longest_postponement(&self) -> u32 {
        LONGEST
    }
}
