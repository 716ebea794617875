//! Step 5, which other steps use too: the locked record.

use domain::Timestamp;
use ledger::Object;
use ledger::evidence::timely;
use wire::Item;
use wire::json::canonical;
use wire::message::Message;

use crate::Execution;
use crate::error::ExecutionError;

/// Seconds by which a lock may end earlier than computed: events are recorded shortly after their own time.
const SLACK: i64 = 300;
const DAY: i64 = 86_400;

impl Execution {
    /// P4, D1, D16: the event that makes it run is locked, no violation of this action is recorded, and what was recorded is
    /// a prefix of the item.
    pub(crate) async fn recorded(&self, item: &Item, message: &Message) -> Result<(), ExecutionError> {
        let at = item
            .touched_at()
            .ok_or_else(|| ExecutionError::evidence("chain-differs", "an item without events"))?;
        let object = self.locked(message.object, at).await?;
        stands(&object, item, message.sequence)?;
        self.is_prefix(item).await
    }

    /// Whether what is recorded of it is a prefix of the item, and no violation of it is recorded.
    pub(crate) async fn is_prefix(&self, item: &Item) -> Result<(), ExecutionError> {
        let unknown = || ExecutionError::evidence("record-missing", "the index does not know the action");
        let row = self.capabilities.index.row(item.id()).await?.ok_or_else(unknown)?;
        if row.quarantined {
            return Err(ExecutionError::evidence(
                "action-quarantined",
                "a violation of this action is recorded",
            ));
        }
        if item.chain_at(row.sequence) != Some(row.chain) {
            return Err(ExecutionError::evidence(
                "chain-differs",
                "what is recorded is not a prefix of the item",
            ));
        }
        Ok(())
    }

    /// The object with this number, under a COMPLIANCE lock as long as the bucket's default makes it.
    pub(crate) async fn locked(&self, number: u64, recorded_at: Timestamp) -> Result<Object, ExecutionError> {
        Ok(self.locked_since(number, recorded_at).await?.0)
    }

    /// The same, and when it was locked by the bucket's own clock: the lock lasts the configured days from then on, and
    /// nobody may set another.
    pub(crate) async fn locked_since(
        &self,
        number: u64,
        recorded_at: Timestamp,
    ) -> Result<(Object, Timestamp), ExecutionError> {
        let found = self.capabilities.log.locked_object(number).await?;
        let missing =
            || ExecutionError::evidence("record-missing", format!("there is no log object {number}"));
        let (bytes, lock) = found.ok_or_else(missing)?;
        let days = i64::from(self.config.retention_days);
        let least = recorded_at.plus_seconds(days.saturating_mul(DAY).saturating_sub(SLACK));
        if !lock.compliance || lock.until < least || lock.until <= self.capabilities.clock.now() {
            return Err(ExecutionError::evidence(
                "record-not-locked",
                format!("log object {number} is not locked as it must be"),
            ));
        }
        let object = Object::read(number, &bytes).map_err(|error| {
            ExecutionError::evidence("record-malformed", format!("log object {number}: {error}"))
        })?;
        Ok((object, lock.until.plus_seconds(days.saturating_mul(DAY).saturating_neg())))
    }
}

/// E3: whether the action was proposed when it says, by the lock of its record. Whoever may write the state table could
/// date a proposal back to a time when a token that they have kept was still valid.
pub(crate) fn proposed_then(created_at: Timestamp, recorded_at: Timestamp) -> Result<(), ExecutionError> {
    timely(created_at, recorded_at)
        .map_err(|rejection| ExecutionError::rejection(rejection.code, rejection.detail))
}

/// Whether the message is about the item as it is now. An older message is superseded. A newer one, or one about another
/// chain, means that the item was set back.
pub(crate) fn is_about(message: &Message, item: &Item) -> Result<(), ExecutionError> {
    match item.chain_at(message.sequence) {
        Some(chain) if chain != message.chain => {
            Err(ExecutionError::evidence("chain-differs", "the item is not the one that was recorded"))
        }
        None => Err(ExecutionError::evidence(
            "item-behind-record",
            "the item has fewer events than were recorded",
        )),
        Some(_) if message.sequence == item.sequence() => Ok(()),
        Some(_) => Err(ExecutionError::Superseded),
    }
}

/// Whether the item's event with this place is recorded here, in the very chain the item has.
pub(crate) fn stands(object: &Object, item: &Item, sequence: u32) -> Result<(), ExecutionError> {
    let missing = || {
        ExecutionError::evidence(
            "record-missing",
            format!("event {sequence} is not recorded where it should be"),
        )
    };
    let record = object.event(item.id(), sequence).ok_or_else(missing)?;
    let line = canonical(record.entry)
        .map_err(|error| ExecutionError::evidence("record-malformed", error.to_string()))?;
    let follows = record.previous.extend(line.as_bytes()) == *record.chain;
    let ours = item.chain_at(sequence) == Some(*record.chain)
        && sequence.checked_sub(1).and_then(|before| item.chain_at(before)) == Some(*record.previous);
    if follows && ours {
        Ok(())
    } else {
        Err(ExecutionError::evidence("chain-differs", format!("event {sequence} was recorded otherwise")))
    }
}
