//! The vote as the locked record has it.

use domain::{ActionId, Fault, Scope, Timestamp, Verdict};
use wire::record::Record;
use wire::{ItemError, json};

/// A recorded vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) verdict: Verdict,
    pub(crate) at: Timestamp,
    /// What it suspends; absent for a vote on an action.
    pub(crate) scope: Option<Scope>,
}

/// Finds the vote of this action and sequence among the records of a log object.
pub(crate) fn read(object: &[u8], action: &ActionId, sequence: u32) -> Result<Receipt, Fault> {
    let missing = || Fault::lasting("the log object does not hold the vote");
    let records =
        object.split(|byte| *byte == b'\n').filter_map(|line| json::parse_stored::<Record>(line).ok());
    let entry = records.into_iter().find_map(|record| match record {
        Record::Event { action: found, sequence: at, entry, .. } if found == *action && at == sequence => {
            Some(entry)
        }
        _ => None,
    });
    let (entry, malformed) =
        (entry.ok_or_else(missing)?, |error: ItemError| Fault::lasting(error.to_string()));
    let (verdict, scope, at) = if *action == ActionId::suspensions() {
        let (event, at) = wire::read_suspension_entry(&entry).map_err(malformed)?;
        (event.verdict().cloned(), Some(event.scope().clone()), at)
    } else {
        let (event, at) = wire::read_entry(&entry).map_err(malformed)?;
        (event.verdict().cloned(), None, at)
    };
    Ok(Receipt { verdict: verdict.ok_or_else(missing)?, at, scope })
}
