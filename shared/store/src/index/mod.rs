//! The index: for looking and for "already recorded", never for deciding. Rebuilt by applying the log again.

pub(crate) mod keys;
mod merge;
mod rows;
mod table;

pub use keys::{cursor_after, cursor_start, place};
pub use merge::{lists, merge, shows};
pub use table::IndexTable;
