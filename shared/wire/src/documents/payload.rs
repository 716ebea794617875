//! The full request, sealed: only policy and execution can open it.

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::text;

/// What intake seals: everything that may not be stored readable. It is never written anywhere but into a
/// [`SealedPayload`].
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// `countersign-payload/1`.
    pub format: String,
    /// The full parameters.
    pub parameters: Value,
    /// The raw reason.
    pub reason: String,
    /// The agent's bearer token.
    pub token: String,
    /// The commitment's key, base64 of 32 bytes.
    pub commitment_key: String,
}

impl Payload {
    /// The value of `format`.
    pub const FORMAT: &'static str = "countersign-payload/1";
}

/// AES-256-GCM over the payload's canonical bytes, action id, revision and expiry as associated data
/// (`act_…/1/2026-11-21T15:47:31.204Z` as UTF-8), under a data key that only the payload key opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedPayload {
    /// `countersign-sealed-payload/1`.
    pub format: String,
    /// The data key as KMS encrypted it, base64.
    pub key: String,
    /// 12 bytes, base64.
    pub nonce: String,
    /// Ciphertext and tag, base64.
    pub ciphertext: String,
    /// The time from which on nobody opens it: the proposal's own deadline.
    #[serde(with = "text::time")]
    pub expires_at: Timestamp,
}
