//! Recent claims that the index may not contain yet, as the claims themselves count them.
//!
//! The index follows the log, so it is some seconds behind. What is claimed in these seconds is kept here, in one
//! item per agent, action type and resource. Every claim reads that item and replaces it in its own transaction, so
//! each of several simultaneous claims counts all that came before it.

use crate::{ActionId, ActivityHistory, HistoryEntry, HistoryKind, LastRun, Timestamp};

/// One claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentClaim {
    /// The action.
    pub action: ActionId,
    /// When it was claimed, by the clock of the function that claimed it.
    pub at: Timestamp,
}

/// Recent claims of one agent, action type and resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// How often the item was replaced; 0 before the first claim, when there is no item.
    pub version: u64,
    /// In the order in which they were written.
    pub claims: Vec<RecentClaim>,
    /// The claim that was written last; `None` before the first.
    pub last: Option<LastRun>,
}

/// There are more simultaneous claims than an [`Activity`] can hold. None may be forgotten, so nothing more is
/// claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {} claims are recent", Activity::MOST)]
pub struct ActivityFull;

impl Activity {
    /// The most claims it holds: about 50 KB.
    pub const MOST: usize = 1_000;
    /// For how many seconds a claim that the index already has is kept here. This is longer than any two clocks
    /// differ, so that a reader with a slow clock, for whom the index has the claim in the future, still counts it.
    pub const KEPT: i64 = 900;

    /// What was done before `now` by the index and by this together, each action once and `but` left out. What stands
    /// here was claimed before, whatever the clock of its claimer said.
    #[must_use]
    pub fn merged(&self, recorded: &ActivityHistory, but: &ActionId, now: Timestamp) -> ActivityHistory {
        let mut history = recorded.clone();
        let just_before = Timestamp::from_millis(now.millis().saturating_sub(1));
        for claim in &self.claims {
            if claim.action != *but && history.claimed.insert(claim.action.clone()) {
                history
                    .entries
                    .push(HistoryEntry { at: claim.at.min(just_before), kind: HistoryKind::Executed });
            }
        }
        history.last = self.last_of(recorded, but);
        history
    }

    /// The last claim. The order of writes counts where both claims are known here; clocks count only where one is
    /// not.
    fn last_of(&self, recorded: &ActivityHistory, but: &ActionId) -> Option<LastRun> {
        let here = self.last.as_ref().filter(|last| last.action != *but);
        let (Some(here), Some(there)) = (here, recorded.last.as_ref()) else {
            return here.or(recorded.last.as_ref()).cloned();
        };
        let knows = self.claims.iter().any(|claim| claim.action == there.action);
        Some(if knows || here.at >= there.at { here.clone() } else { there.clone() })
    }

    /// The item with one more claim, and without those that the index has had long enough or that are older than a
    /// week.
    ///
    /// # Errors
    /// [`ActivityFull`].
    pub fn with(&self, claim: LastRun, recorded: &ActivityHistory) -> Result<Self, ActivityFull> {
        let now = claim.at.millis();
        let counts = |old: &&RecentClaim| {
            let age = now.saturating_sub(old.at.millis());
            let indexed = recorded.claimed.contains(&old.action) && age > Self::KEPT * 1_000;
            old.action != claim.action && !indexed && age <= ActivityHistory::WEEK
        };
        let mut claims: Vec<RecentClaim> = self.claims.iter().filter(counts).cloned().collect();
        if claims.len() >= Self::MOST {
            return Err(ActivityFull);
        }
        claims.push(RecentClaim { action: claim.action.clone(), at: claim.at });
        Ok(Self { version: self.version.saturating_add(1), claims, last: Some(claim) })
    }
}
