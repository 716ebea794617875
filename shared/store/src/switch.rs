//! Reading the stop switch: a stop counts once it is written, a thaw once its record is locked.

use domain::{ActionId, Chain, Freeze, Principal, State};
use wire::{Item, ItemError};

use crate::{ReadIndex, ReadState, StateError};

/// Bytes of the stop switch's events from which on nothing narrower than everything is stopped. The item keeps every
/// stop and every end, and the table 400 KB of it. An end is shorter than the stop it ends: what was stopped below this
/// can also end, and there is room left to stop everything, and to end it, a hundred times.
pub const NARROW_STOPS: usize = 128 * 1024;

/// The stop switch as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Switch {
    /// Its item; none: nothing was ever stopped.
    pub item: Option<Item>,
    stops: Vec<Freeze>,
}

impl Switch {
    /// Reads it, consistently. Whoever may write the state table could write a thaw; what is recorded only the ledger
    /// writes, and it checks first. So what was stopped when the log last spoke stays stopped until it speaks again.
    ///
    /// # Errors
    /// [`StateError`]: what cannot be read, or is not what was recorded, may stop everything.
    pub async fn read(state: &dyn ReadState, index: &dyn ReadIndex) -> Result<Self, StateError> {
        let id = ActionId::switch();
        // The row first: it never speaks of more than the item read after it has.
        let row = index.row(&id).await?;
        let Some(item) = state.item(&id).await? else {
            return match row.filter(|row| row.quarantined || row.sequence > 0) {
                None => Ok(Self::default()),
                Some(_) => Err(other("the stop switch is recorded and gone")),
            };
        };
        let recorded = row.as_ref().map_or(0, |row| row.sequence);
        // A row before the first event is about attempts alone; its chain is the one that every item begins with.
        if row.is_some_and(|row| item.chain_at(row.sequence) != Some(row.chain)) {
            return Err(other("the stop switch is not the one that was recorded"));
        }
        let mut stops: Vec<Freeze> = Vec::new();
        for sequence in recorded..=item.sequence() {
            let State::Switch(then) = item.state_at(sequence).unwrap_or(State::Absent) else { continue };
            for stop in then {
                if !stops.contains(&stop) {
                    stops.push(stop);
                }
            }
        }
        Ok(Self { item: Some(item), stops })
    }

    /// The chain a claim has to find; none: there is no switch.
    #[must_use]
    pub fn chain(&self) -> Option<Chain> {
        self.item.as_ref().map(Item::chain)
    }

    /// Everything that counts as stopped.
    #[must_use]
    pub fn stops(&self) -> &[Freeze] {
        &self.stops
    }

    /// How many bytes the switch's events take, as the table counts them.
    #[must_use]
    pub fn bytes(item: &Item) -> usize {
        item.entries().iter().map(|entry| entry.line.len().saturating_add(1)).sum()
    }

    /// What stops an action of this type by this agent.
    #[must_use]
    pub fn stop(&self, principal: &Principal, action_type: &str) -> Option<&Freeze> {
        Freeze::covering(&self.stops, principal, action_type)
    }
}

fn other(why: &str) -> StateError {
    StateError::Item(ItemError::Malformed(0, why.to_owned()))
}
