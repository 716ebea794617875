//! The stored form of one entry of an item.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::json::{self, JsonError};
use crate::text;

/// The version of every entry; a reader leaves an entry of a newer version alone.
pub(crate) const VERSION: u32 = 1;

/// An entry as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryJson<J> {
    pub(crate) v: u32,
    pub(crate) seq: u32,
    #[serde(with = "text::time")]
    pub(crate) at: Timestamp,
    pub(crate) event: J,
}

/// What every version of an entry says first.
#[derive(Deserialize)]
pub(crate) struct VersionJson {
    pub(crate) v: u32,
}

/// The canonical line of an entry.
pub(crate) fn encode<J: Serialize>(seq: u32, event: J, at: Timestamp) -> Result<String, JsonError> {
    let entry = EntryJson { v: VERSION, seq, at, event };
    json::canonical(&entry).map(json::Canonical::into_string)
}
