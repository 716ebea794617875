//! Spaces the messages that one process sends to one conversation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use runtime::{Clock, Pause};

/// The longest time for which an invocation waits for its turn, in milliseconds. Whoever would wait longer comes again.
const LONGEST: i64 = 5_000;

/// When each conversation may be written to next. Other processes are not known here: where they write to the same
/// conversation at the same time, the platform says how long to wait.
pub(crate) struct Pace {
    gap: i64,
    clock: Arc<dyn Clock>,
    pause: Arc<dyn Pause>,
    next: Mutex<BTreeMap<String, i64>>,
}

impl Pace {
    /// At most one message to a conversation in so many milliseconds.
    pub(crate) fn new(gap: i64, clock: Arc<dyn Clock>, pause: Arc<dyn Pause>) -> Self {
        Self { gap, clock, pause, next: Mutex::default() }
    }

    /// Comes back when it is this conversation's turn; at once with the seconds until then where that is too long.
    pub(crate) async fn turn(&self, conversation: &str) -> Result<(), u32> {
        let wait = self.reserve(conversation)?;
        if wait > 0 {
            self.pause.pause(wait).await;
        }
        Ok(())
    }

    /// Takes the next turn: for how many milliseconds to wait for it.
    fn reserve(&self, conversation: &str) -> Result<u64, u32> {
        let now = self.clock.now().millis();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.retain(|_, at| *at > now);
        let turn = next.get(conversation).copied().unwrap_or(now);
        let wait = turn.saturating_sub(now);
        if wait > LONGEST {
            return Err(u32::try_from(wait.div_euclid(1000).saturating_add(1)).unwrap_or(u32::MAX));
        }
        next.insert(conversation.to_owned(), turn.saturating_add(self.gap));
        Ok(u64::try_from(wait).unwrap_or(0))
    }
}
