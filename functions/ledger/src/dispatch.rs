//! Sends what follows from an event, once the event is locked and indexed. Sending twice is harmless; never sending is not.

use std::collections::BTreeSet;

use domain::{ActionId, Digest, Effect, Fault};
use ledger::{record, record_line};
use store::{Position, StreamImage};
use wire::AnyItem as Item;

use crate::batch::Batch;
use crate::effects::{self, RecordedEvent};
use crate::memory::Placed;

/// What this invocation has sent: action, place of the event, effect.
type Sent = BTreeSet<(ActionId, u32, String)>;

impl Batch<'_> {
    /// Sends the effects of everything in the batch that is validly recorded, by this invocation or by an earlier one: when
    /// a batch or an item comes again, an earlier invocation may have ended before it sent. A message that cannot be sent
    /// keeps no other from being sent.
    pub(crate) async fn dispatch(&mut self) -> Result<(), Fault> {
        let mut sent = BTreeSet::new();
        let mut dispatched = Ok(());
        for record in self.records {
            let StreamImage::Item(item) = &record.image else { continue };
            let one = self.dispatch_item(item, &mut sent).await;
            dispatched = dispatched.and(one);
        }
        dispatched
    }

    async fn dispatch_item(&mut self, item: &Item, sent: &mut Sent) -> Result<(), Fault> {
        let Some(row) = self.row(item.id()).await? else { return Ok(()) };
        let recorded = item.sequence() <= row.sequence;
        if row.quarantined || !recorded || !self.stands(item).await? {
            return Ok(());
        }
        let current = item.sequence() == row.sequence;
        let mut dispatched = Ok(());
        for (sequence, effect) in following(item, current) {
            // Events recorded together are sent together; those of earlier objects were sent with theirs.
            let Some(Placed { object, .. }) = self.memory.placed(item.id(), sequence) else { continue };
            if sent.insert((item.id().clone(), sequence, format!("{effect:?}"))) {
                let recorded = RecordedEvent { sequence, proposed_object: row.proposed_object, object };
                let one = self.send(&effect, item, recorded).await;
                dispatched = dispatched.and(one);
            }
        }
        dispatched
    }

    async fn send(&self, effect: &Effect, item: &Item, recorded: RecordedEvent) -> Result<(), Fault> {
        match effects::sending(effect, item, recorded) {
            Some((queue, message)) => self.ledger.capabilities.queues.send(queue, &message).await,
            None => Ok(()),
        }
    }

    /// Whether the item's last event is recorded as the item has it, and so, by its chain, everything before it. An item that
    /// was rewritten sends nothing.
    async fn stands(&mut self, item: &Item) -> Result<bool, Fault> {
        let sequence = item.sequence();
        let record = record::event(item, sequence).ok_or_else(|| Fault::lasting("no such event"))?;
        let line = record_line(&record).map_err(|error| Fault::lasting(error.to_string()))?;
        if self.memory.placed(item.id(), sequence).is_none() {
            let positions = self.ledger.capabilities.index.positions(item.id()).await?;
            let object = positions.iter().find(|one| one.sequence == sequence).map(|one| one.object);
            let together = |one: &&Position| Some(one.object) == object && one.sequence > 0;
            for one in positions.iter().filter(together) {
                let placed = Placed { object: one.object, digest: one.digest };
                self.memory.set_placed(item.id(), one.sequence, placed);
            }
        }
        Ok(self.memory.placed(item.id(), sequence).is_some_and(|placed| placed.digest == Digest::of(&line)))
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
