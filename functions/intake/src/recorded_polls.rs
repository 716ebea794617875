//! Which polls this process has recorded already.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::{ActionId, Timestamp};
use store::POLL_INTERVAL;

/// The number of actions that are remembered; beyond it all are forgotten and written once more.
const REMEMBERED: usize = 1024;

/// What this process has written already, so that most reads write nothing.
#[derive(Default)]
pub(crate) struct RecordedPolls(Mutex<HashMap<ActionId, Timestamp>>);

impl RecordedPolls {
    pub(crate) fn is_recent(&self, action: &ActionId, now: Timestamp) -> bool {
        let polls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        polls.get(action).is_some_and(|at| at.plus_seconds(POLL_INTERVAL) > now)
    }

    pub(crate) fn remember(&self, action: &ActionId, now: Timestamp) {
        let mut polls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if polls.len() >= REMEMBERED {
            polls.clear();
        }
        polls.insert(action.clone(), now);
    }
}
