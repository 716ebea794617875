//! Items whose due time has come.

use std::collections::BTreeSet;

use domain::{ActionId, Fault, State, Timestamp, due};
use futures::StreamExt as _;
use store::{Extended, SHARDS, StateError};
use wire::{AnyItem, Item};

use crate::{Sweep, SweepReport};

/// How many items of one shard are read at once. A shard that has more gets its next turn once every other had one.
const BATCH: u32 = 100;
/// How many of them are handled at once.
const AT_ONCE: usize = 8;
/// For so many seconds a run takes further batches; the rest are still due at the next.
const WITHIN: i64 = 35;
/// The first look again, in seconds; it doubles with the time an item has waited, up to [`LONGEST`].
const SHORTEST: i64 = 60;
const LONGEST: i64 = 900;

impl Sweep {
    /// E9: everything that is due, as far as the time of a run reaches: one agent that proposes as fast as it may makes more
    /// due in a minute than one batch of each shard, and nobody else's deadline waits behind that.
    pub(crate) async fn sweep_shards(&self, report: &mut SweepReport) -> Result<(), Fault> {
        let until = self.clock.now().plus_seconds(WITHIN);
        let (mut swept, mut seen) = (Ok(()), BTreeSet::new());
        let mut shards: Vec<u32> = (0..SHARDS).collect();
        loop {
            let mut more = Vec::new();
            for shard in shards {
                let due = self.due.due(shard, self.clock.now(), BATCH).await;
                let due = due.unwrap_or_else(|fault| {
                    swept = Err(fault);
                    Vec::new()
                });
                let full = u32::try_from(due.len()).is_ok_and(|count| count >= BATCH);
                // The index is behind its table: what was moved on a moment ago may be listed once more.
                let fresh: Vec<ActionId> = due.into_iter().filter(|id| seen.insert(id.clone())).collect();
                if full && !fresh.is_empty() {
                    more.push(shard);
                }
                self.sweep_items(fresh, report).await;
            }
            if more.is_empty() || self.clock.now() >= until {
                return swept;
            }
            shards = more;
        }
    }

    async fn sweep_items(&self, ids: Vec<ActionId>, report: &mut SweepReport) {
        let sweep = |id: ActionId| async move { (self.sweep_item(&id).await, id) };
        let mut swept = futures::stream::iter(ids).map(sweep).buffered(AT_ONCE);
        while let Some((outcome, id)) = swept.next().await {
            report.seen = report.seen.saturating_add(1);
            match outcome {
                Ok(true) => report.committed = report.committed.saturating_add(1),
                Ok(false) => {}
                Err(error) => {
                    report.failed = report.failed.saturating_add(1);
                    tracing::error!(alarm = true, action = %id, %error, "an item could not be swept");
                }
            }
        }
    }

    /// Whether an event was committed.
    async fn sweep_item(&self, id: &ActionId) -> Result<bool, StateError> {
        let now = self.clock.now();
        let Some(item) = self.due.requeue(id, now.plus_seconds(SHORTEST)).await? else { return Ok(false) };
        let decided = item.action().and_then(|action| Some((action, due(action.state(), now)?)));
        let Some((item, event)) = decided else {
            self.look_again(&item, now).await?;
            return Ok(false);
        };
        let extended = item.extend(event, now);
        let (next, _) =
            extended.map_err(|refusal| Fault::lasting(format!("time cannot decide: {refusal}")))?;
        // An item that has moved on meanwhile is looked at again when it is due.
        Ok(self.state.extend(item.chain(), &next).await? == Extended::Updated)
    }

    async fn look_again(&self, item: &AnyItem, now: Timestamp) -> Result<(), Fault> {
        let row = self.index.row(item.id()).await?;
        let recorded = row.is_some_and(|row| row.sequence >= item.sequence());
        let next = next_look(item.action().map(Item::state), recorded, item.touched_at().unwrap_or(now), now);
        if next == Some(now.plus_seconds(SHORTEST)) {
            return Ok(());
        }
        self.due.reschedule(item.id(), item.chain(), next).await
    }
}

/// When to look at an item again that time does not decide yet; never, once it is over and recorded. The suspension list, which
/// has no state of an action, waits for nothing but its record.
fn next_look(state: Option<&State>, recorded: bool, touched: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let waited = now.seconds().saturating_sub(touched.seconds());
    let soon = now.plus_seconds(waited.clamp(SHORTEST, LONGEST));
    match (recorded, state.and_then(State::deadline)) {
        (false, _) => Some(now.plus_seconds(SHORTEST)),
        (true, None) => None,
        // People and attempts may take their time; policy and execution are expected to answer.
        (true, Some(deadline)) => match state.is_some_and(|state| state.status().changes_soon()) {
            true => Some(soon.min(deadline)),
            false => Some(deadline),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P1, F25: what waits for a machine is looked at again and again, ever less often, and never after its deadline.
    #[test]
    fn waiting_items_are_looked_at_again() {
        let at = |seconds| Timestamp::from_millis(0).plus_seconds(seconds);
        let proposal = domain::Proposal {
            revision: 1,
            action_type: "t".into(),
            principal: domain::Principal { issuer: "i".into(), subject: "s".into() },
            payload: domain::ZERO_CHAIN,
            request: domain::ZERO_CHAIN,
            token_key: domain::KeyRef { issuer: "i".into(), kid: "k".into() },
            created_at: at(0),
            expires_at: at(3600),
            decision: None,
            changed_by: Vec::new(),
        };
        let (waiting, over) =
            (State::Proposed(proposal.clone()), State::Cancelled(domain::Unstarted::Proposed(proposal)));
        let cases = [
            ("not recorded", &waiting, false, 60, Some(at(120))),
            ("recorded, a minute old", &waiting, true, 60, Some(at(120))),
            ("recorded, ten minutes old", &waiting, true, 600, Some(at(1200))),
            ("recorded, near its deadline", &waiting, true, 3000, Some(at(3600))),
            ("over, not recorded", &over, false, 60, Some(at(120))),
            ("over and recorded", &over, true, 60, None),
        ];
        for (name, state, recorded, now, expected) in cases {
            assert_eq!(next_look(Some(state), recorded, at(0), at(now)), expected, "{name}");
        }
    }
}
