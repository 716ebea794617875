//! The plan of a batch as it grows: what will be recorded, and what is left for later.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ActionId, Chain, Digest, Fault};
use store::StreamImage;
use wire::AnyItem;

use crate::unit::Unit;

/// What is to be recorded, and what will be recorded of each action once it is.
#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) units: Vec<Unit>,
    pub(crate) ahead: BTreeMap<ActionId, Ahead>,
    /// The refused verdicts in it, by the digests of their records.
    pub(crate) refused: Vec<Digest>,
    /// Actions left out because of a fault. Their later events wait with the first.
    pub(crate) later: BTreeSet<ActionId>,
    /// The first fault of something that only the stream brings again.
    pub(crate) failed: Option<Fault>,
}

/// What is recorded, or will be recorded, of an action.
#[derive(Debug, Clone)]
pub(crate) struct Ahead {
    pub(crate) sequence: u32,
    pub(crate) chain: Chain,
    pub(crate) quarantined: bool,
    /// The violations that this plan records of it, by what was found.
    pub(crate) said: Vec<Digest>,
}

impl Plan {
    /// Leaves this out of the plan. An item comes again, because sweep looks for what is not recorded. Everything else
    /// comes again only with the whole batch, so the batch fails, unless the fault lasts and repeating would never help.
    pub(crate) fn leave(&mut self, image: &StreamImage, fault: Fault) {
        let passing = fault.is_passing();
        match image {
            StreamImage::Item(item) if passing => {
                tracing::warn!(action = %item.id(), %fault, "an item is left for later");
            }
            StreamImage::Item(item) => {
                tracing::error!(alarm = true, action = %item.id(), %fault, "an item cannot be recorded");
            }
            _ => tracing::error!(alarm = true, %fault, passing, "something could not be recorded"),
        }
        match image {
            StreamImage::Item(item) => {
                self.later.insert(item.id().clone());
            }
            _ if passing => {
                self.failed.get_or_insert(fault);
            }
            _ => {}
        }
    }

    /// Adds the unit that records this event of the item.
    pub(crate) fn push(&mut self, item: &AnyItem, sequence: u32, unit: Unit) {
        self.units.push(unit);
        if let Some(chain) = item.chain_at(sequence) {
            let ahead = Ahead { sequence, chain, quarantined: false, said: Vec::new() };
            self.ahead.insert(item.id().clone(), ahead);
        }
    }
}
