//! The vote as the locked record has it.

use domain::{ActionId, Fault, Scope, Timestamp, Verdict};
use wire::json;
use wire::record::Record;

/// A recorded vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) verdict: Verdict,
    pub(crate) at: Timestamp,
    /// What it suspends; absent for a vote on an action.
    pub(crate) suspensions: Option<Scope>,
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
    let (event, at) =
        wire::read_entry(&entry.ok_or_else(missing)?).map_err(|e| Fault::lasting(e.to_string()))?;
    let verdict = event.verdict().cloned().ok_or_else(missing)?;
    Ok(Receipt { verdict, at, suspensions: event.suspends().cloned() })
}
