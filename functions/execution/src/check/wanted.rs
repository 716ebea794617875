//! Whether the agent still waits for the action, where a requirement demands that.

use domain::Review;
use wire::Item;
use wire::text::rfc3339;

use crate::Execution;
use crate::error::ExecutionError;

impl Execution {
    /// D15: what its agent has stopped asking for is not begun, if a requirement says so. Whoever may write the table can
    /// forge a mark; that only runs what was approved all the same, or keeps it from running.
    pub(crate) async fn wanted(&self, item: &Item, review: &Review) -> Result<(), ExecutionError> {
        if review.abandonment_timeout().is_none() {
            return Ok(());
        }
        let last_polled_at = self.capabilities.state.last_polled_at(item.id()).await?;
        match review.abandoned_since(last_polled_at, self.capabilities.clock.now()) {
            None => Ok(()),
            Some(since) => {
                let since = rfc3339(since);
                let detail =
                    format!("its agent last asked for it at {since}, and what nobody waits for is not begun");
                Err(ExecutionError::rejection("abandoned", detail))
            }
        }
    }
}
