//! When a proposer last asked for an action, stored apart from the item for the page and for `execution`. It is not
//! audited.

use domain::Principal;
use store::POLL_INTERVAL;
use wire::Item;

use crate::Intake;

impl Intake {
    /// D15: the proposer asks for an action that has not begun to run. If the time cannot be written, only the time
    /// is missing: the caller still gets an answer.
    pub(crate) async fn record_poll(&self, caller: &Principal, item: &Item) {
        let waits = item.state().status().phase().is_waiting();
        let Some(proposal) = item.state().proposal().filter(|_| waits) else { return };
        let now = self.capabilities.clock.now();
        // The proposal itself says it for the first minute.
        let recent = proposal.created_at.plus_seconds(POLL_INTERVAL) > now;
        if proposal.principal != *caller || recent || self.recorded_polls.is_recent(item.id(), now) {
            return;
        }
        match self.capabilities.polls.record_poll(item.id(), now).await {
            Ok(()) => self.recorded_polls.remember(item.id(), now),
            Err(fault) => tracing::warn!(action = %item.id(), %fault, "that it was asked for is not marked"),
        }
    }
}
