//! Reading the suspension list. A suspension takes effect once it is written; it is lifted only once the log contains the resume.

use domain::{ActionId, Chain, Principal, Suspension};
use wire::{ItemError, SuspensionItem};

use crate::{ReadIndex, ReadState, StateError};

/// Bytes of the suspension list's events from which on nothing narrower than everything is suspended. The item keeps every
/// suspension and every end, and the table 400 KB of it. An end is shorter than the suspension it ends: what was suspended below this
/// can also end, and there is room left to suspend everything, and to end it, a hundred times.
pub const NARROW_SUSPENSIONS: usize = 128 * 1024;

/// The suspensions in effect, as they were read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EffectiveSuspensions {
    /// Its item; none: nothing was ever suspended.
    pub item: Option<SuspensionItem>,
    suspensions: Vec<Suspension>,
}

impl EffectiveSuspensions {
    /// Reads it, consistently. Whoever may write the state table could write a resume; what is recorded only the ledger
    /// writes, and it checks first. So what was suspended when the log last spoke stays suspended until it speaks again.
    ///
    /// # Errors
    /// [`StateError`]: what cannot be read, or is not what was recorded, may suspend everything.
    pub async fn read(state: &dyn ReadState, index: &dyn ReadIndex) -> Result<Self, StateError> {
        // The row first: it never speaks of more than the item read after it has.
        let row = index.row(&ActionId::suspensions()).await?;
        let Some(item) = state.suspensions().await? else {
            return match row.filter(|row| row.quarantined || row.sequence > 0) {
                None => Ok(Self::default()),
                Some(_) => Err(other("the suspension list is recorded and gone")),
            };
        };
        let recorded = row.as_ref().map_or(0, |row| row.sequence);
        // A row before the first event is about attempts alone; its chain is the one that every item begins with.
        if row.is_some_and(|row| item.chain_at(row.sequence) != Some(row.chain)) {
            return Err(other("the suspension list is not the one that was recorded"));
        }
        let mut suspensions: Vec<Suspension> = Vec::new();
        for sequence in recorded..=item.sequence() {
            let then = item.state_at(sequence).unwrap_or_default();
            for suspension in then.active() {
                if !suspensions.contains(suspension) {
                    suspensions.push(suspension.clone());
                }
            }
        }
        Ok(Self { item: Some(item), suspensions })
    }

    /// The chain a claim has to find; none: there is no suspension list.
    #[must_use]
    pub fn chain(&self) -> Option<Chain> {
        self.item.as_ref().map(SuspensionItem::chain)
    }

    /// Every suspension in effect, the earliest first.
    #[must_use]
    pub fn all(&self) -> &[Suspension] {
        &self.suspensions
    }

    /// How many bytes the suspension list's events take, as the table counts them.
    #[must_use]
    pub fn bytes(item: &SuspensionItem) -> usize {
        item.entries().iter().map(|entry| entry.line.len().saturating_add(1)).sum()
    }

    /// The first suspension in effect that covers an action of this type by this agent.
    #[must_use]
    pub fn covering(&self, principal: &Principal, action_type: &str) -> Option<&Suspension> {
        Suspension::covering(&self.suspensions, principal, action_type)
    }
}

fn other(why: &str) -> StateError {
    StateError::Item(ItemError::Malformed(0, why.to_owned()))
}
