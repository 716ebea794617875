//! When a proposer last asked for an action: a mark beside it, for who decides and who runs it. Never more than a mark.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::{ActionId, Principal, State, Timestamp};
use store::MARK_EVERY;
use wire::Item;

use crate::Intake;

/// So many actions are remembered; then all are forgotten and marked once more.
const REMEMBERED: usize = 1024;

/// What this process marked, so that most readings write nothing.
#[derive(Default)]
pub(crate) struct Marked(Mutex<HashMap<ActionId, Timestamp>>);

impl Marked {
    fn is_recent(&self, action: &ActionId, now: Timestamp) -> bool {
        let marked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        marked.get(action).is_some_and(|at| at.plus_seconds(MARK_EVERY) > now)
    }

    fn remember(&self, action: &ActionId, now: Timestamp) {
        let mut marked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if marked.len() >= REMEMBERED {
            marked.clear();
        }
        marked.insert(action.clone(), now);
    }
}

impl Intake {
    /// D15: its proposer asks for it, and it has not begun. A mark that cannot be written is missed, and nothing else:
    /// whoever asks gets their answer.
    pub(crate) async fn mark(&self, caller: &Principal, item: &Item) {
        let waits = matches!(item.state(), State::Proposed(_) | State::Pending(_) | State::Approved(_));
        let Some(proposal) = item.state().proposal().filter(|_| waits) else { return };
        let now = self.can.clock.now();
        // The proposal itself says it for the first minute.
        let recent = proposal.created_at.plus_seconds(MARK_EVERY) > now;
        if proposal.principal != *caller || recent || self.marked.is_recent(item.id(), now) {
            return;
        }
        match self.can.asked.mark(item.id(), now).await {
            Ok(()) => self.marked.remember(item.id(), now),
            Err(fault) => tracing::warn!(action = %item.id(), %fault, "that it was asked for is not marked"),
        }
    }
}
