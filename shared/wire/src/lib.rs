//! Everything that is written down: HTTP bodies, queue messages, documents, item entries and log records, and their one
//! canonical form. Beside `bundle` the only crate that derives `serde`.

pub mod action_documents;
pub mod bounds;
pub mod documents;
mod event;
mod history;
pub mod http;
mod item;
pub mod json;
pub mod message;
mod numbers;
mod parts;
pub mod patch;
pub mod record;
mod requirement;
pub mod text;

pub use history::{history_key, request_profile};
pub use item::{Entry, Item, ItemError, ROOM_FOR_CHANGES, ROOM_FOR_VOTES, read_entry};
