//! When sweep first looks at an item, and in which shard it finds it. This is housekeeping, and no function relies on
//! it.

use domain::{ActionId, Digest, Timestamp};
use wire::{Aggregate, ChainedItem};

use crate::SHARDS;

/// Seconds after a write until sweep looks whether it was recorded and has made progress.
const FIRST_LOOK: i64 = 60;

/// The first look after the item's last event: in a minute, or at its deadline if that comes sooner. Final items are
/// looked at once too, so that what the stream lost is recorded all the same.
#[must_use]
pub fn first_look<A: Aggregate>(item: &ChainedItem<A>) -> Timestamp {
    let touched = item.touched_at().unwrap_or(Timestamp::from_millis(0));
    let soon = touched.plus_seconds(FIRST_LOOK);
    item.state().next_deadline().map_or(soon, |deadline| deadline.min(soon))
}

/// The shard of the `due` index this action is in, 0 to [`SHARDS`]−1.
#[must_use]
pub fn shard(id: &ActionId) -> u32 {
    let first = Digest::of(id.as_str().as_bytes()).as_bytes().first().copied().unwrap_or(0);
    u32::from(first) % SHARDS
}
