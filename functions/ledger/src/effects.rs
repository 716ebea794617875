//! What follows from a recorded event, and to which queue it goes. Pure. No other place defines this.

use domain::{Effect, standing_effects};
use runtime::Queue;
use wire::AnyItem as Item;
use wire::message::{EffectName, Message};
use wire::text::Identity;

/// A message and where it goes.
pub type Sending = (Queue, Message);

/// Where an event of an item is recorded.
#[derive(Debug, Clone, Copy)]
pub struct RecordedEvent {
    /// The event's place, from 1.
    pub sequence: u32,
    /// The log object of the item's first event.
    pub proposed_object: u64,
    /// The log object of this event.
    pub object: u64,
}

/// The effects of the item's event with this place, from 1.
#[must_use]
pub fn of_event(item: &Item, sequence: u32) -> Vec<Effect> {
    item.effects(sequence)
}

/// What the item's present state waits for.
#[must_use]
pub fn standing(item: &Item) -> Vec<Effect> {
    item.action().map(|action| standing_effects(action.state())).unwrap_or_default()
}

/// The message for an effect of this event of the item.
#[must_use]
pub fn sending(effect: &Effect, item: &Item, recorded: RecordedEvent) -> Option<Sending> {
    let RecordedEvent { sequence, proposed_object, object } = recorded;
    let (queue, name, person) = match effect {
        Effect::Decide => (Queue::Policy, EffectName::Decide, None),
        Effect::Execute => (Queue::Execution, EffectName::Execute, None),
        Effect::AskApprovers => (Queue::Notify, EffectName::AskApprovers, None),
        Effect::SendReceipt(person) => (Queue::Notify, EffectName::SendReceipt, Some(Identity::from(person))),
        Effect::AnnounceEnd => (Queue::Notify, EffectName::AnnounceEnd, None),
        Effect::AskReviewers => (Queue::Notify, EffectName::AskReviewers, None),
        Effect::RaiseAlarm => (Queue::Notify, EffectName::RaiseAlarm, None),
        Effect::AnnounceSuspensions => (Queue::Notify, EffectName::AnnounceSuspensions, None),
        Effect::ProbeOutcome => (Queue::Execution, EffectName::ProbeOutcome, None),
        Effect::AskResolvers => (Queue::Notify, EffectName::AskResolvers, None),
    };
    let message = Message {
        format: Message::FORMAT.to_owned(),
        effect: name,
        action: item.id().clone(),
        sequence,
        chain: item.chain_at(sequence)?,
        proposed_object,
        object,
        person,
    };
    Some((queue, message))
}
