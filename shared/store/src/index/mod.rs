//! The index: for looking and for "already recorded", never for deciding. Rebuilt by applying the log again.

pub(crate) mod capabilities;
mod deeds;
pub(crate) mod keys;
mod merge;
mod past;
mod rows;
mod table;
mod transaction;

pub use deeds::{Done, MAX_DEEDS, done};
pub(crate) use deeds::{look, read_look};
pub use keys::{cursor_after, cursor_start, place};
pub use merge::{lists, merge, shows};
pub use past::recent_past;
pub use table::IndexTable;
pub use transaction::fits;
