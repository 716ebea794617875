//! Queue messages. They are hints: every consumer reads the item and decides for itself.

use domain::{ActionId, Chain};
use serde::{Deserialize, Serialize};

use crate::text::{self, Identity};

/// What the ledger sends once a record is locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// `countersign-message/1`.
    pub format: String,
    /// What follows.
    pub effect: EffectName,
    /// The action.
    #[serde(with = "text")]
    pub action: ActionId,
    /// The sequence the record has in the action.
    pub sequence: u32,
    /// The chain after it.
    #[serde(with = "text")]
    pub chain: Chain,
    /// The log object that holds the Proposed record.
    pub proposed_object: u64,
    /// The log object that holds this record.
    pub object: u64,
    /// The voter, for a receipt.
    pub person: Option<Identity>,
}

impl Message {
    /// The value of `format`.
    pub const FORMAT: &'static str = "countersign-message/1";
}

/// Which effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectName {
    /// To policy.
    Decide,
    /// To notify.
    AskApprovers,
    /// To notify.
    SendReceipt,
    /// To execution.
    Execute,
    /// To notify.
    AnnounceEnd,
    /// To notify.
    AskReviewers,
    /// To notify.
    RaiseAlarm,
    /// To notify.
    AnnounceSuspensions,
    /// To execution.
    ProbeOutcome,
    /// To notify.
    AskResolvers,
}
