//! What the state table says, read write by write.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ActionId, Chain, Event};
use store::StreamImage;
use wire::Item;

use super::Broken;
use super::life::Life;
use crate::world::World;

/// The table so far.
#[derive(Default)]
pub(super) struct Table {
    seen: usize,
    /// What is suspended at this moment, as its scopes say.
    suspensions: BTreeSet<String>,
    ends: BTreeMap<ActionId, (u32, Chain)>,
    pub(super) lives: BTreeMap<ActionId, Life>,
}

/// W4: nothing is claimed while a suspension that covers it stands.
fn free(suspensions: &BTreeSet<String>, id: &ActionId, life: &Life) -> Result<(), Broken> {
    let proposed = life.events.iter().find_map(|(event, _)| match event {
        Event::Proposed { action_type, .. } => Some(action_type.as_str()),
        _ => None,
    });
    let action_type = proposed.unwrap_or_default();
    let all = suspensions.contains("all") && action_type != "countersign-resume";
    match all || suspensions.contains(&format!("type:{action_type}")) {
        true => Err(format!("W4: {id} was claimed while it was suspended: {suspensions:?}")),
        false => Ok(()),
    }
}

impl Table {
    /// Reads what was written since. `honest` says whether only the functions' own code writes.
    ///
    /// # Errors
    /// P1 when a write lost what another had committed; what an event breaks.
    pub(super) fn look(&mut self, world: &World, honest: bool) -> Result<(), Broken> {
        if world.states.writes() == self.seen {
            return Ok(());
        }
        let records = world.states.stream_from(self.seen);
        self.seen += records.len();
        for record in records {
            match &record.image {
                StreamImage::Item(item) => match self.item(item) {
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

    fn item(&mut self, item: &Item) -> Result<(), Broken> {
        let id = item.id();
        let (sequence, chain) = self.ends.get(id).copied().unwrap_or((0, domain::ZERO_CHAIN));
        self.ends.insert(id.clone(), (item.sequence(), item.chain()));
        let life = self.lives.entry(id.clone()).or_default();
        if sequence > 0 && item.chain_at(sequence) != Some(chain) {
            // A forged item tells its own story from here on.
            *life = Life::default();
            let told = item.entries().iter().try_for_each(|e| life.add(id, e.event.clone(), e.at));
            return told.and(Err(format!("P1: what was committed of {id} is gone from the table")));
        }
        for entry in item.entries().iter().filter(|entry| entry.sequence > sequence) {
            match &entry.event {
                Event::Suspended { scope, .. } => drop(self.suspensions.insert(scope.to_string())),
                Event::Resumed { scope, .. } => drop(self.suspensions.remove(&scope.to_string())),
                Event::Claimed { .. } => free(&self.suspensions, id, life)?,
                _ => {}
            }
            life.add(id, entry.event.clone(), entry.at)?;
        }
        Ok(())
    }

    /// The table was put back: its items begin anew with what they are now.
    pub(super) fn restored(&mut self, world: &World) {
        let contents = world.states.contents();
        let items = contents.values().filter_map(|stored| store::image::item(stored).ok());
        (self.ends, self.lives, self.suspensions) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        // These events were looked at when they were written.
        items.for_each(|item| drop(self.item(&item)));
    }
}
