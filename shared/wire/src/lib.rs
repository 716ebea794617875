//! Everything that is written down: HTTP bodies, queue messages, documents, item entries and log records, and their
//! canonical form. The requirement is written as `domain` defines it.

mod account;
pub mod action_documents;
mod aggregate;
mod any_item;
pub mod bounds;
mod card_reference;
pub mod documents;
mod entry;
mod event;
mod history;
pub mod http;
mod item;
pub mod json;
pub mod message;
mod numbers;
mod parts;
pub mod patch;
pub mod pointer;
pub mod record;
mod suspension;
pub mod text;
mod undeliverable;
mod verdict;

pub use account::AccountJson;
pub use aggregate::{Aggregate, ROOM_FOR_CHANGES, ROOM_FOR_VOTES};
pub use any_item::AnyItem;
pub use card_reference::{CardReference, REFERENCE_BYTES, REFERENCE_LENGTH};
pub use history::{history_key, request_profile};
pub use item::{
    AccountItem, ChainedItem, Entry, Item, ItemError, SuspensionItem, read_entry, read_suspension_entry,
};
pub use undeliverable::Undeliverable;
