//! The lines of the log.

use domain::{ActionId, Chain, Digest, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text::{self, Identity};

/// The first line of a log object. Its shape never changes, so that any version can continue after any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// `countersign-log/1`.
    pub format: String,
    /// The object's own number; its key is `log/` and twenty digits.
    pub object: u64,
    /// SHA-256 of the previous object's bytes; null for object 0.
    #[serde(with = "text::option")]
    pub previous: Option<Digest>,
    /// The position of the first record here.
    pub first: u64,
    /// How many records follow.
    pub count: u64,
    /// The compact range of the tree before these records, largest subtree first.
    #[serde(with = "text::list")]
    pub range: Vec<Digest>,
    /// The tree's root after these records (RFC 6962).
    #[serde(with = "text")]
    pub root: Digest,
}

impl Head {
    /// The value of `format`.
    pub const FORMAT: &'static str = "countersign-log/1";
}

/// One record; its canonical line is one leaf of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case", deny_unknown_fields)]
pub enum Record {
    /// An event of an action: a pure function of the event.
    Event {
        /// `countersign-record/1`.
        format: String,
        /// The action.
        #[serde(with = "text")]
        action: ActionId,
        /// Its place among the action's events, from 1.
        sequence: u32,
        /// The chain before it.
        #[serde(with = "text")]
        previous: Chain,
        /// The chain after it.
        #[serde(with = "text")]
        chain: Chain,
        /// The item's entry, whose canonical bytes were hashed.
        entry: Value,
    },
    /// A public key that the ledger fetched itself, stored before the first record that needs it.
    Key {
        /// `countersign-record/1`.
        format: String,
        /// The issuer whose key set it was in.
        issuer: String,
        /// Its id there.
        kid: String,
        /// The JSON Web Key.
        jwk: Value,
        /// When it was fetched.
        #[serde(with = "text::time")]
        at: Timestamp,
    },
    /// Something that must not be: nothing of this action ever has effects again.
    Violation {
        /// `countersign-record/1`.
        format: String,
        /// The item's key as found (an id, or what stood in its place, cut to 80 characters).
        action: String,
        /// The place from which on it does not fit.
        sequence: u32,
        /// Stable code, e.g. `chain-differs`, `document-missing`, `envelope-invalid`.
        code: String,
        /// What was seen, without foreign text.
        detail: String,
        /// When it was seen.
        #[serde(with = "text::time")]
        at: Timestamp,
    },
    /// A signed-in caller was refused.
    #[serde(rename = "attempt")]
    RefusedVerdict {
        /// `countersign-record/1`.
        format: String,
        /// The action.
        #[serde(with = "text")]
        action: ActionId,
        /// Who tried.
        person: Identity,
        /// Why not, e.g. `not-an-approver`.
        code: String,
        /// How many times so far, bounded.
        count: u32,
        /// The latest time.
        #[serde(with = "text::time")]
        at: Timestamp,
    },
}

impl Record {
    /// The value of `format`.
    pub const FORMAT: &'static str = "countersign-record/1";
}

/// A document in the same log object as the records that name it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentLine {
    /// Its digest.
    #[serde(with = "text")]
    pub document: Digest,
    /// Its content, whose canonical bytes have that digest.
    pub body: Value,
}
