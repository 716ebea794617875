//! One claimed attempt.

use domain::Timestamp;
use wire::Item;

/// How often a call that has had no effect yet is tried.
pub(super) const TRIES: u32 = 3;

/// One claimed attempt to run an action.
pub(crate) struct ExecutionAttempt {
    pub(crate) id: String,
    pub(crate) lease_until: Timestamp,
    /// The item with the claim.
    pub(crate) item: Item,
}
