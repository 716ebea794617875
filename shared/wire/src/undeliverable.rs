//! An address that refused a message for good.

use domain::{ActionId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::json::{self, JsonError};
use crate::text;

/// What is listed under [`Undeliverable::topic`] in the table of channels, with the key [`Undeliverable::key`]: of each day the
/// first message to this audience that this address refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undeliverable {
    /// The action that the message was about.
    #[serde(with = "text")]
    pub action: ActionId,
    /// Who should have received it: `group:<name>` or `person:<subject>`.
    pub audience: String,
    /// The platform's word for why.
    pub code: String,
}

impl Undeliverable {
    /// The topic of this time's day (UTC), so that old lists are left behind by themselves.
    #[must_use]
    pub fn topic(now: Timestamp) -> String {
        let day = text::rfc3339(now);
        format!("undeliverable/{}", day.get(..10).unwrap_or(&day))
    }

    /// The key: `<audience>/<channel>/<address>`.
    #[must_use]
    pub fn key(&self, channel: &str, address: &str) -> String {
        format!("{}/{channel}/{address}", self.audience)
    }

    /// The channel and the address that a key names.
    #[must_use]
    pub fn address<'a>(&self, key: &'a str) -> Option<(&'a str, &'a str)> {
        key.strip_prefix(self.audience.as_str())?.strip_prefix('/')?.split_once('/')
    }

    /// The stored text.
    ///
    /// # Errors
    /// [`JsonError`], never in practice: every field has a JSON form.
    pub fn to_stored(&self) -> Result<String, JsonError> {
        json::canonical(self).map(json::Canonical::into_string)
    }

    /// Reads what [`Undeliverable::to_stored`] wrote.
    ///
    /// # Errors
    /// [`JsonError`] when the text has another shape or an unknown field.
    pub fn parse(stored: &str) -> Result<Self, JsonError> {
        json::parse_stored(stored.as_bytes())
    }
}
