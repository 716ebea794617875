//! What is remembered of a delivery, in the channels table.

use channel::Copy;
use domain::{ActionId, Fault};
use serde::{Deserialize, Serialize};
use wire::json;

/// One message at one address: accepted, or refused for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delivered {
    /// The kind of message, e.g. `ask`.
    pub(crate) kind: String,
    /// `group:<name>` or `person:<subject>`.
    pub(crate) audience: String,
    /// The channel's name.
    pub(crate) channel: String,
    /// What the platform calls the message; absent when it was not accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) copy: Option<Copy>,
    /// The platform's word for why it never will be; absent when it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) undeliverable: Option<String>,
}

impl Delivered {
    /// As it is stored.
    pub(crate) fn text(&self) -> Result<String, json::JsonError> {
        json::canonical(self).map(json::Canonical::into_string)
    }

    /// Reads what was stored.
    pub(crate) fn read(text: &str) -> Result<Self, json::JsonError> {
        json::parse_stored(text.as_bytes())
    }
}

/// For how many seconds a message is remembered, and with it every copy that may be updated: 90 days.
pub(crate) const KEPT: i64 = 90 * 86_400;
/// For how many seconds a day's list of addresses that refused messages is kept: 30 days.
pub(crate) const REPORTED: i64 = 30 * 86_400;

/// The topic under which all messages about an action are remembered.
pub(crate) fn topic(action: &ActionId) -> String {
    format!("messages/{action}")
}

/// The key that says of a message at an address that it cannot be updated any more.
pub(crate) fn unreachable(key: &str) -> String {
    format!("unreachable/{key}")
}

/// Success only if all succeeded; else the first fault, with the longest time that anybody asked for.
pub(crate) fn worst(results: Vec<Result<(), Fault>>) -> Result<(), Fault> {
    let faults: Vec<Fault> = results.into_iter().filter_map(Result::err).collect();
    let after = faults.iter().map(Fault::retry_after).max().unwrap_or(0);
    faults.into_iter().next().map_or(Ok(()), |fault| Err(fault.after(after)))
}
