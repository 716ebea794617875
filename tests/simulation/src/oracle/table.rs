//! What the state table says, read write by write.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ActionId, Chain, Event, SuspensionEvent};
use store::StreamImage;
use wire::{AnyItem, Item, SuspensionItem};

use super::broken::Broken;
use super::life::Life;
use crate::deployment::SimulatedDeployment;

/// The table so far.
#[derive(Default)]
pub(super) struct Table {
    seen: usize,
    /// What is suspended at this moment, as its scopes say.
    suspended: BTreeSet<String>,
    /// The actions that resumed something.
    pub(super) resumed: BTreeSet<ActionId>,
    ends: BTreeMap<ActionId, (u32, Chain)>,
    pub(super) lives: BTreeMap<ActionId, Life>,
}

/// W4: nothing is claimed while a suspension that covers it stands.
fn free(suspended: &BTreeSet<String>, id: &ActionId, life: &Life) -> Result<(), Broken> {
    let proposed = life.events.iter().find_map(|(event, _)| match event {
        Event::Proposed { action_type, .. } => Some(action_type.as_str()),
        _ => None,
    });
    let action_type = proposed.unwrap_or_default();
    let all = suspended.contains("all") && action_type != "countersign-resume";
    match all || suspended.contains(&format!("type:{action_type}")) {
        true => Err(format!("W4: {id} was claimed while it was suspended: {suspended:?}")),
        false => Ok(()),
    }
}

impl Table {
    /// Reads what was written since. `honest` says whether only the functions' own code writes.
    ///
    /// # Errors
    /// P1 when a write lost what another had committed; what an event breaks.
    pub(super) fn look(&mut self, deployment: &SimulatedDeployment, honest: bool) -> Result<(), Broken> {
        if deployment.states.writes() == self.seen {
            return Ok(());
        }
        let records = deployment.states.stream_from(self.seen);
        self.seen += records.len();
        for record in records {
            match &record.image {
                StreamImage::Item(item) => match self.any_item(item) {
                    Err(broken) if honest => return Err(broken),
                    _ => {}
                },
                StreamImage::Malformed { key, reason, .. } if honest => {
                    return Err(format!("P1: `{key}` is no item any more: {reason}"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn any_item(&mut self, item: &AnyItem) -> Result<(), Broken> {
        match item {
            AnyItem::Action(item) => self.item(item),
            AnyItem::Suspensions(list) => self.list(list),
            AnyItem::Account(account) => {
                Err(format!("P1: nobody in this simulation links the account {}", account.id()))
            }
        }
    }

    fn list(&mut self, list: &SuspensionItem) -> Result<(), Broken> {
        let (sequence, chain) = self.ends.get(list.id()).copied().unwrap_or((0, domain::ZERO_CHAIN));
        self.ends.insert(list.id().clone(), (list.sequence(), list.chain()));
        let active = list.state().active().iter();
        self.suspended = active.map(|suspension| suspension.scope.to_string()).collect();
        self.resumed.extend(list.entries().iter().filter_map(|entry| match &entry.event {
            SuspensionEvent::Resumed { by, .. } => Some(by.clone()),
            SuspensionEvent::Suspended { .. } => None,
        }));
        match sequence > 0 && list.chain_at(sequence) != Some(chain) {
            true => Err("P1: what was committed of the suspension list is gone from the table".to_owned()),
            false => Ok(()),
        }
    }

    fn item(&mut self, item: &Item) -> Result<(), Broken> {
        let id = item.id();
        let (sequence, chain) = self.ends.get(id).copied().unwrap_or((0, domain::ZERO_CHAIN));
        self.ends.insert(id.clone(), (item.sequence(), item.chain()));
        let life = self.lives.entry(id.clone()).or_default();
        if sequence > 0 && item.chain_at(sequence) != Some(chain) {
            // A forged item tells its own scenario from here on.
            *life = Life::default();
            let told = item.entries().iter().try_for_each(|e| life.add(id, e.event.clone(), e.at));
            return told.and(Err(format!("P1: what was committed of {id} is gone from the table")));
        }
        for entry in item.entries().iter().filter(|entry| entry.sequence > sequence) {
            if matches!(entry.event, Event::Claimed { .. }) {
                free(&self.suspended, id, life)?;
            }
            life.add(id, entry.event.clone(), entry.at)?;
        }
        Ok(())
    }

    /// The table was put back: its items begin anew with what they are now.
    pub(super) fn restored(&mut self, deployment: &SimulatedDeployment) {
        let contents = deployment.states.contents();
        let items = contents.values().filter_map(|stored| store::image::any_item(stored).ok());
        (self.ends, self.lives, self.suspended) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        self.resumed.clear();
        // These events were looked at when they were written.
        items.for_each(|item| drop(self.any_item(&item)));
    }
}
