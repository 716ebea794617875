//! The index: for searching and for "already recorded", never for deciding. It can be rebuilt by applying the log
//! again.

pub(crate) mod capabilities;
mod entries;
pub(crate) mod keys;
mod merge;
mod recent;
mod rows;
mod table;
mod transaction;

pub use entries::{MAX_ENTRIES, StoredEntry, stored_entry};
pub(crate) use entries::{profile, read_profile};
pub use keys::{cursor_after, cursor_start, place, same_list};
pub use merge::{lists, merge, shows};
pub use recent::{HistoryQuery, recent_history, request_history};
pub use table::IndexTable;
pub use transaction::fits;
