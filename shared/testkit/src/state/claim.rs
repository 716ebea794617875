//! Claims, and the suspension list they look at.

use async_trait::async_trait;
use domain::{ActionId, Activity, Chain, Digest, Fault};
use store::{
    ClaimConditions, ClaimState, ClaimedState, Extended, ReadActivity, StateError, SuspendState, image,
};
use wire::{Item, SuspensionItem};

use super::{States, Table, chain};

#[async_trait]
impl ClaimState for States {
    async fn claim(
        &self,
        from: Chain,
        item: &Item,
        conditions: &ClaimConditions<'_>,
    ) -> Result<ClaimedState, StateError> {
        self.gate.before("state.claim").await?;
        let claimed = self.claim_now(from, item, conditions);
        self.gate.after("state.claim").await?;
        claimed
    }
}

#[async_trait]
impl ReadActivity for States {
    async fn activity(&self, history: Digest) -> Result<Activity, Fault> {
        self.gate.before("activity.get").await?;
        let activity = self.table().activity.get(&history).cloned().unwrap_or_default();
        self.gate.after("activity.get").await?;
        Ok(activity)
    }
}

#[async_trait]
impl SuspendState for States {
    async fn suspend(
        &self,
        from: Option<Chain>,
        list: &SuspensionItem,
    ) -> Result<Extended<SuspensionItem>, StateError> {
        image::is_suspensions(list)?;
        self.gate.before("state.suspend").await?;
        let suspended = self.suspend_now(from, list);
        self.gate.after("state.suspend").await?;
        suspended
    }
}

impl States {
    /// All of it or nothing; the action's own condition is looked at first.
    fn claim_now(
        &self,
        from: Chain,
        item: &Item,
        conditions: &ClaimConditions<'_>,
    ) -> Result<ClaimedState, StateError> {
        image::apart(item, conditions)?;
        image::extension(from, item)?;
        let mut table = self.table();
        let stands = |table: &Table, id: &ActionId, as_read: Option<Chain>| {
            table.items.get(id.as_str()).map(chain) == as_read.map(|chain| Some(chain.to_string()))
        };
        if !stands(&table, item.id(), Some(from)) {
            return Ok(match self.extend_now(&mut table, from, item, image::item)? {
                Extended::Updated => ClaimedState::Updated,
                Extended::Differs(stored) => ClaimedState::Differs(stored),
                Extended::Absent => ClaimedState::Absent,
            });
        }
        if !stands(&table, &ActionId::suspensions(), conditions.suspensions) {
            return Ok(ClaimedState::SuspensionsMoved);
        }
        if let Some((from, grant)) = conditions.grant {
            image::extension(from, grant)?;
            if !stands(&table, grant.id(), Some(from)) {
                return Ok(ClaimedState::GrantMoved);
            }
        }
        if let Some(counted) = &conditions.counted {
            let stored = table.activity.get(&counted.history).map_or(0, |activity| activity.version);
            if stored.checked_add(1) != Some(counted.next.version) {
                return Ok(ClaimedState::HistoryMoved);
            }
        }
        if let Some((from, grant)) = conditions.grant {
            self.extend_now(&mut table, from, grant, image::item)?;
        }
        if let Some(counted) = &conditions.counted {
            table.activity.insert(counted.history, counted.next.clone());
        }
        self.extend_now(&mut table, from, item, image::item)?;
        Ok(ClaimedState::Updated)
    }

    fn suspend_now(
        &self,
        from: Option<Chain>,
        item: &SuspensionItem,
    ) -> Result<Extended<SuspensionItem>, StateError> {
        let mut table = self.table();
        let Some(from) = from else {
            return match table.items.get(item.id().as_str()) {
                Some(stored) => Ok(image::extended(item, image::suspensions(stored)?)),
                None => {
                    self.write(&mut table, item.id().as_str().to_owned(), image::created(item));
                    Ok(Extended::Updated)
                }
            };
        };
        self.extend_now(&mut table, from, item, image::suspensions)
    }
}
