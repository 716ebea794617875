//! What a person says to link a chat account.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::account::AccountJson;
use crate::text::{self, Identity};

/// A person's statement that a chat account answers in their name. Its own digest is the `nonce` of the sign-in that proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkStatement {
    /// `countersign-link/1`.
    pub format: String,
    /// The deployment's name.
    pub deployment: String,
    /// The account.
    pub account: AccountJson,
    /// The account's name as the platform showed it, which the person saw.
    pub shown_as: String,
    /// The person expected to prove this.
    pub person: Identity,
    /// The client through which they sign in.
    pub client: String,
    /// When they pressed the button.
    #[serde(with = "text::time")]
    pub at: Timestamp,
    /// 128 random bits, 32 hex digits.
    pub salt: String,
}
