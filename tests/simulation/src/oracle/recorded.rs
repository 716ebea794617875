//! What the locked log says, read object by object as it grows.

use std::collections::BTreeMap;

use bytes::Bytes;
use domain::{ActionId, Chain, Digest};
use wire::record::{DocumentLine, Record};

use super::broken::Broken;
use super::life::Life;
use crate::deployment::SimulatedDeployment;

/// The log so far.
#[derive(Default)]
pub(super) struct Recorded {
    changes: usize,
    objects: Vec<(u64, Bytes)>,
    pub(super) lives: BTreeMap<ActionId, Life>,
    pub(super) documents: BTreeMap<Digest, serde_json::Value>,
    /// Each event's chain and object.
    pub(super) places: BTreeMap<(ActionId, u32), (Chain, u64)>,
    /// The canonical lines of each action's events.
    pub(super) lines: BTreeMap<ActionId, Vec<String>>,
}

impl Recorded {
    /// Reads what is new, if anything is.
    ///
    /// # Errors
    /// P9 when the log is no extension of what it was; what an event breaks.
    pub(super) fn look(&mut self, deployment: &SimulatedDeployment) -> Result<(), Broken> {
        let changes = deployment.log.changes();
        if changes == self.changes {
            return Ok(());
        }
        self.changes = changes;
        let objects = deployment.log.objects();
        let same =
            |((now, bytes), (before, kept)): (&(u64, Bytes), &(u64, Bytes))| now == before && bytes == kept;
        if objects.len() < self.objects.len() || !objects.iter().zip(&self.objects).all(same) {
            return Err("P9: the log is no extension of what it was".to_owned());
        }
        let known = self.objects.len();
        self.objects = objects;
        let more = self.objects[known..].to_vec();
        // What a ledger under foreign control says twice is no reason not to hear the rest.
        let mut told = Ok(());
        for (number, bytes) in &more {
            told = told.and(self.read(*number, bytes));
        }
        told
    }

    fn read(&mut self, number: u64, bytes: &[u8]) -> Result<(), Broken> {
        let mut told = Ok(());
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Ok(document) = wire::json::parse::<DocumentLine>(line) {
                self.documents.insert(document.document, document.body);
            }
            match wire::json::parse::<Record>(line) {
                Ok(Record::Event { action, sequence, chain, entry, .. }) => {
                    let text = wire::json::canonical(&entry).map_err(|error| format!("P9: {error}"))?;
                    self.lines.entry(action.clone()).or_default().push(text.into_string());
                    self.places.insert((action.clone(), sequence), (chain, number));
                    if action == ActionId::suspensions() {
                        wire::read_suspension_entry(&entry).map_err(|error| format!("P9: {error}"))?;
                        if self.lives.get(&action).is_some_and(|life| life.quarantined) {
                            told = told
                                .and(Err("D16: the suspension list went on after a violation".to_owned()));
                        }
                        continue;
                    }
                    let (event, at) = wire::read_entry(&entry).map_err(|error| format!("P9: {error}"))?;
                    told = told.and(self.lives.entry(action.clone()).or_default().add(&action, event, at));
                }
                Ok(Record::Violation { action, .. }) => {
                    if let Ok(id) = action.parse() {
                        self.lives.entry(id).or_default().quarantined = true;
                    }
                }
                _ => {}
            }
        }
        told
    }
}
