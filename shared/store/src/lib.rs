//! State, documents, index and channels in DynamoDB; sealing of payloads.
//!
//! Capabilities are traits, one per permission: a handler's signature says what its role must allow.

mod accounts;
mod action_documents;
mod activity;
mod attributes;
pub mod capabilities;
mod channels;
mod claim;
mod documents;
mod dynamo;
mod fault;
pub mod image;
pub mod index;
mod limit;
mod limits;
mod payload_key;
pub mod schedule;
pub mod sealing;
mod shown_document;
mod state;
mod suspensions;

pub use accounts::{AccountState, Linked, LinkedAccounts, ReadAccounts, WriteAccounts};
pub use action_documents::action_documents;
pub use attributes::{AttributeError, AttributeValue, Attributes};
pub use capabilities::*;
pub use channels::ChannelsTable;
pub use documents::{DocumentsTable, document_fits, document_taken};
pub use domain::{AccountLink, ChatAccount, LinkProof};
pub use image::StreamImage;
pub use index::capabilities::*;
pub use index::{HistoryQuery, IndexTable, MAX_ENTRIES, recent_history, request_history};
pub use limit::*;
pub use limits::LimitsTable;
pub use payload_key::{OpeningKey, SealingKey};
pub use shown_document::{ShownDocument, shown_document};
pub use state::StateTable;
pub use suspensions::{EffectiveSuspensions, NARROW_SUSPENSIONS};
