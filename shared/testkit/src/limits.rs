//! Intake's table of limits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::{ActionId, Fault, Timestamp};
use store::{Bodies, Entered, FirstBody, Limit, Rate, Taken};

use crate::Gate;

/// Limits and fingerprints. Clones share them.
#[derive(Clone)]
pub struct Limits {
    gate: Gate,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    due: BTreeMap<String, i64>,
    sets: BTreeMap<String, BTreeSet<String>>,
    bodies: BTreeMap<ActionId, String>,
}

impl Limits {
    /// Nothing used yet.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        Self { gate, table: Arc::default() }
    }

    /// The same limits, reached through another gate.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    /// Every fingerprint.
    #[must_use]
    pub fn bodies(&self) -> BTreeMap<ActionId, String> {
        self.table().bodies.clone()
    }

    /// Forgets every fingerprint: a table that was lost.
    pub fn forget_bodies(&self) {
        self.table().bodies.clear();
    }

    /// Every set that has members.
    #[must_use]
    pub fn sets(&self) -> BTreeMap<String, BTreeSet<String>> {
        self.table().sets.clone()
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_now(&self, name: &str, rate: Rate, many: u32, now: Timestamp) -> Taken {
        let mut table = self.table();
        let due = table.due.entry(name.to_owned()).or_insert(i64::MIN);
        if *due < rate.micros(now) {
            *due = rate.micros(now).saturating_add(rate.time_for(many));
            return Taken::Granted;
        }
        match rate.wait(*due, now) {
            Some(seconds) => Taken::Wait(seconds),
            None => {
                *due = due.saturating_add(rate.time_for(many));
                Taken::Granted
            }
        }
    }

    fn enter_now(&self, name: &str, member: &str, most: u32) -> Entered {
        let mut table = self.table();
        let set = table.sets.entry(name.to_owned()).or_default();
        if u32::try_from(set.len()).unwrap_or(u32::MAX) >= most {
            return Entered::Full(set.iter().cloned().collect());
        }
        set.insert(member.to_owned());
        Entered::In(set.iter().cloned().collect())
    }
}

#[async_trait]
impl Limit for Limits {
    async fn take(&self, name: &str, rate: Rate, many: u32, now: Timestamp) -> Result<Taken, Fault> {
        self.gate.before("limits.take").await?;
        let taken = self.take_now(name, rate, many, now);
        self.gate.after("limits.take").await?;
        Ok(taken)
    }

    async fn enter(&self, name: &str, member: &str, most: u32) -> Result<Entered, Fault> {
        self.gate.before("limits.enter").await?;
        let entered = self.enter_now(name, member, most);
        self.gate.after("limits.enter").await?;
        Ok(entered)
    }

    async fn leave(&self, name: &str, gone: &[String]) -> Result<(), Fault> {
        self.gate.before("limits.leave").await?;
        if let Some(set) = self.table().sets.get_mut(name) {
            set.retain(|member| !gone.contains(member));
        }
        self.gate.after("limits.leave").await
    }
}

#[async_trait]
impl Bodies for Limits {
    async fn body(&self, action: &ActionId) -> Result<Option<String>, Fault> {
        self.gate.before("limits.get").await?;
        let body = self.table().bodies.get(action).cloned();
        self.gate.after("limits.get").await?;
        Ok(body)
    }

    async fn keep_body(&self, action: &ActionId, fingerprint: &str) -> Result<FirstBody, Fault> {
        self.gate.before("limits.put").await?;
        let mut same = true;
        {
            let mut table = self.table();
            let kept = table.bodies.entry(action.clone()).or_insert_with(|| fingerprint.to_owned());
            same &= kept == fingerprint;
        }
        self.gate.after("limits.put").await?;
        Ok(if same { FirstBody::This } else { FirstBody::Other })
    }
}
