//! What came of it.

use domain::{ActionId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Cause;
use crate::text;

/// What an attempt did, redacted before anyone can read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// `countersign-outcome/1`.
    pub format: String,
    /// The action.
    #[serde(with = "text")]
    pub action: ActionId,
    /// The attempt's id.
    pub attempt: String,
    /// How it ended.
    pub status: OutcomeStatus,
    /// The target's answer, redacted; null if there is none.
    pub result: Value,
    /// What went wrong, if it failed.
    pub error: Option<OutcomeError>,
    /// When the first call was about to be made.
    #[serde(with = "text::time")]
    pub started_at: Timestamp,
    /// When the last answer was in.
    #[serde(with = "text::time")]
    pub finished_at: Timestamp,
    /// The STS session's name, for CloudTrail.
    pub session: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeStatus {
    /// The effect is there.
    Succeeded,
    /// The effect provably is not.
    Failed,
}

/// A technical failure, said without internals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeError {
    /// Stable code.
    pub code: String,
    /// What happened, redacted.
    pub detail: String,
}

/// What a target answered when it was asked, after the outcome of an attempt was lost, what that attempt had done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// `countersign-probe/1`.
    pub format: String,
    /// The action.
    #[serde(with = "text")]
    pub action: ActionId,
    /// The attempt.
    pub attempt: String,
    /// Whether it took effect.
    pub happened: bool,
    /// What was found at the target that says so, as a sentence, redacted.
    pub found: String,
    /// When the target was asked.
    #[serde(with = "text::time")]
    pub at: Timestamp,
}

/// Why execution refused an approved action before claiming it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusalNote {
    /// `countersign-refusal/1`.
    pub format: String,
    /// The action.
    #[serde(with = "text")]
    pub action: ActionId,
    /// Stable code, e.g. `changed-since-review`.
    pub code: String,
    /// What differs, redacted.
    pub detail: String,
    /// What was found at the target, if `detail` does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}
