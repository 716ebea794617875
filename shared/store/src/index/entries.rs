//! What one record adds to somebody's past: pure, the same for the table and its double.
//!
//! A history entry is an item of its own, named by its event: whoever applies the record, however often and in whatever order, it
//! counts once, and no two writers ever wait for each other.

use std::collections::HashMap;

use domain::{ActionId, Digest, HistoryEntry, HistoryKind, RequestProfile, Timestamp};

use crate::attributes::{AttributeError, AttributeValue, Attributes, Reader, named, number, text};
use crate::{IndexRow, Position};

/// More history entries than this in seven days are not counted: who does more than one a minute has no history.
pub const MAX_ENTRIES: usize = 10_000;

/// A history entry and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Whose past.
    pub history_key: Digest,
    /// The action.
    pub action: ActionId,
    /// The event's place.
    pub sequence: u32,
    /// When, and what.
    pub history_entry: HistoryEntry,
    /// Of what ran: how it looked.
    pub profile: Option<RequestProfile>,
}

/// The history entry that a record adds, if it adds one.
#[must_use]
pub fn stored_entry(position: &Position, row: &IndexRow) -> Option<StoredEntry> {
    let (kind, history_key) = (position.history_entry?, row.history_key?);
    let profile = (kind == HistoryKind::Executed).then(|| row.profile.clone().unwrap_or_default());
    let history_entry = HistoryEntry { at: position.at, kind };
    Some(StoredEntry {
        history_key,
        action: row.action.clone(),
        sequence: position.sequence,
        history_entry,
        profile,
    })
}

/// The attributes of a history entry, without keys: about 200 bytes.
pub(crate) fn counted(stored_entry: &StoredEntry) -> Attributes {
    named([
        ("action", text(stored_entry.action.as_str())),
        ("at", number(stored_entry.history_entry.at.millis())),
        ("kind", text(stored_entry.history_entry.kind.name())),
    ])
}

/// How what ran looked, without keys: about 100 bytes for each parameter.
pub(crate) fn seen(action: &ActionId, seen: &RequestProfile) -> Attributes {
    named([("action", text(action.as_str())), ("profile", profile(seen))])
}

/// The action and the history entry that these attributes hold.
pub(crate) fn read_entry(attributes: &Attributes) -> Result<(ActionId, HistoryEntry), AttributeError> {
    let reader = Reader(attributes);
    let at = Timestamp::from_millis(reader.number("at")?);
    let kind = HistoryKind::named(reader.text("kind")?);
    let kind = kind.ok_or_else(|| AttributeError::other("kind", "kind of history entry"))?;
    Ok((reader.parsed("action", "action id")?, HistoryEntry { at, kind }))
}

/// The action and how it looked.
pub(crate) fn read_seen(attributes: &Attributes) -> Result<(ActionId, RequestProfile), AttributeError> {
    let profile = attributes.get("profile").ok_or_else(no_profile)?;
    Ok((Reader(attributes).parsed("action", "action id")?, read_profile(profile)?))
}

/// A look as one attribute.
pub(crate) fn profile(profile: &RequestProfile) -> AttributeValue {
    let digest = |digest: &Digest| text(digest.to_string());
    let parameters = profile
        .parameters
        .iter()
        .map(|(name, value)| (name.clone(), value.as_ref().map_or(AttributeValue::Null(true), digest)));
    let proven = profile.proven.iter().map(|(name, value)| (name.clone(), digest(value)));
    AttributeValue::M(named([
        ("parameters", AttributeValue::M(parameters.collect())),
        ("proven", AttributeValue::M(proven.collect())),
    ]))
}

/// The look this attribute holds.
pub(crate) fn read_profile(value: &AttributeValue) -> Result<RequestProfile, AttributeError> {
    let AttributeValue::M(parts) = value else { return Err(no_profile()) };
    let digest = |value: &AttributeValue| match value {
        AttributeValue::Null(true) => Ok(None),
        AttributeValue::S(text) => text.parse().map(Some).map_err(|_| no_profile()),
        _ => Err(no_profile()),
    };
    let part = |name: &str| match parts.get(name) {
        Some(AttributeValue::M(values)) => Ok(values),
        _ => Err(no_profile()),
    };
    let each = |values: &HashMap<String, AttributeValue>| {
        values.iter().map(|(name, value)| Ok((name.clone(), digest(value)?))).collect::<Result<Vec<_>, _>>()
    };
    let proven = each(part("proven")?)?.into_iter();
    Ok(RequestProfile {
        parameters: each(part("parameters")?)?.into_iter().collect(),
        proven: proven.filter_map(|(name, digest)| Some((name, digest?))).collect(),
    })
}

fn no_profile() -> AttributeError {
    AttributeError::other("profile", "set of digests")
}
