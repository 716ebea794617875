//! Records as pure functions of what they record.

use domain::{ActionId, KeyRef, Timestamp};
use serde_json::Value;
use wire::AnyItem;
use wire::bounds;
use wire::json;
use wire::record::Record;
use wire::text::Identity;

/// The record of the item's event with this place, from 1; none beyond its end.
#[must_use]
pub fn event(item: &AnyItem, sequence: u32) -> Option<Record> {
    let line = item.line(sequence)?;
    Some(Record::Event {
        format: Record::FORMAT.to_owned(),
        action: item.id().clone(),
        sequence,
        previous: item.chain_at(sequence.checked_sub(1)?)?,
        chain: item.chain_at(sequence)?,
        entry: json::parse_stored_value(line.as_bytes()).ok()?,
    })
}

/// The record of a public key that was fetched at this time.
#[must_use]
pub fn key(key: &KeyRef, jwk: Value, at: Timestamp) -> Record {
    let (issuer, kid) = (key.issuer.clone(), key.kid.clone());
    Record::Key { format: Record::FORMAT.to_owned(), issuer, kid, jwk, at }
}

/// The record of something that must not be, found under this key at this place. Foreign text in it is cut.
#[must_use]
pub fn violation(action: &str, sequence: u32, code: &str, detail: String, at: Timestamp) -> Record {
    Record::Violation {
        format: Record::FORMAT.to_owned(),
        action: action.chars().take(80).collect(),
        sequence,
        code: bounds::cut(code, bounds::CODE),
        detail: bounds::cut(&detail, bounds::DETAIL),
        at,
    }
}

/// The record of a refused attempt.
#[must_use]
pub fn refused_verdict(
    action: &ActionId,
    person: &Identity,
    code: &str,
    count: u32,
    at: Timestamp,
) -> Record {
    let (action, person, code) = (action.clone(), person.clone(), code.to_owned());
    Record::RefusedVerdict { format: Record::FORMAT.to_owned(), action, person, code, count, at }
}
