//! Sending what follows, once it is locked and indexed. Sending twice is harmless, never sending is not.

use std::collections::BTreeSet;

use domain::{ActionId, Digest, Effect, Fault};
use ledger::{record, record_line};
use store::{Position, StreamImage};
use wire::Item;

use crate::effects;
use crate::handler::Ledger;
use crate::memory::{Memory, Placed};
use crate::stream::StreamRecord;

/// What this invocation has sent: action, place of the event, effect.
type Sent = BTreeSet<(ActionId, u32, String)>;

impl Ledger {
    /// Sends the effects of everything in the batch that is validly recorded, whether by this invocation or before: a
    /// batch that comes again, or an item that was requeued, means that somebody may have died before sending. What cannot
    /// be sent keeps nothing else from being sent.
    pub(crate) async fn dispatch(&self, batch: &[StreamRecord], memory: &mut Memory) -> Result<(), Fault> {
        let mut sent = BTreeSet::new();
        let mut dispatched = Ok(());
        for image in batch {
            let StreamImage::Item(item) = &image.image else { continue };
            let one = self.dispatch_item(item, &mut sent, memory).await;
            dispatched = dispatched.and(one);
        }
        dispatched
    }

    async fn dispatch_item(&self, item: &Item, sent: &mut Sent, memory: &mut Memory) -> Result<(), Fault> {
        let Some(row) = self.row(item.id(), memory).await? else { return Ok(()) };
        let recorded = item.sequence() <= row.sequence;
        if row.quarantined || !recorded || !self.stands(item, memory).await? {
            return Ok(());
        }
        let current = item.sequence() == row.sequence;
        let mut dispatched = Ok(());
        for (sequence, effect) in following(item, current) {
            // Events recorded together are sent together; those of earlier objects were sent with theirs.
            let Some(Placed { object, .. }) = memory.placed(item.id(), sequence) else { continue };
            if sent.insert((item.id().clone(), sequence, format!("{effect:?}"))) {
                let one = self.send(&effect, item, sequence, row.proposed_object, object).await;
                dispatched = dispatched.and(one);
            }
        }
        dispatched
    }

    async fn send(
        &self,
        effect: &Effect,
        item: &Item,
        sequence: u32,
        proposed_object: u64,
        object: u64,
    ) -> Result<(), Fault> {
        match effects::sending(effect, item, sequence, proposed_object, object) {
            Some((queue, message)) => self.capabilities.queues.send(queue, &message).await,
            None => Ok(()),
        }
    }

    /// Whether the item's last event, and with its chain everything before, is recorded as the item has it. An item that was
    /// written anew under a recorded place sends nothing.
    async fn stands(&self, item: &Item, memory: &mut Memory) -> Result<bool, Fault> {
        let sequence = item.sequence();
        let record = record::event(item, sequence).ok_or_else(|| Fault::lasting("no such event"))?;
        let line = record_line(&record).map_err(|error| Fault::lasting(error.to_string()))?;
        if memory.placed(item.id(), sequence).is_none() {
            let positions = self.capabilities.index.positions(item.id()).await?;
            let object = positions.iter().find(|one| one.sequence == sequence).map(|one| one.object);
            let together = |one: &&Position| Some(one.object) == object && one.sequence > 0;
            for one in positions.iter().filter(together) {
                let placed = Placed { object: one.object, digest: one.digest };
                memory.set_placed(item.id(), one.sequence, placed);
            }
        }
        Ok(memory.placed(item.id(), sequence).is_some_and(|placed| placed.digest == Digest::of(&line)))
    }
}

/// Everything that follows from the item's events, and what its state waits for if that is the present one.
fn following(item: &Item, current: bool) -> Vec<(u32, Effect)> {
    let events = (1..=item.sequence()).flat_map(|sequence| {
        effects::of_event(item, sequence).into_iter().map(move |effect| (sequence, effect))
    });
    let standing = effects::standing(item).into_iter().filter(|_| current);
    events.chain(standing.map(|effect| (item.sequence(), effect))).collect()
}
