//! Small values inside events: who asks, what a grant satisfies, why an outcome is lost.

use domain::{ActionId, Digest, Granted, LossReason, ProbeGap, RequesterSet};
use serde::{Deserialize, Serialize};

use crate::text::{self, Identity};

/// A requirement that a live grant meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantedJson {
    /// The requirement.
    pub requirement: String,
    /// The action whose approval granted it.
    #[serde(with = "text")]
    pub action: ActionId,
    /// The statement that did.
    #[serde(with = "text")]
    pub statement: Digest,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequesterJson {
    agent: Identity,
    owner: Option<Identity>,
    humans: Vec<Identity>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LossJson {
    LeaseLost,
    ClaimedElsewhere,
    NoAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProbeGapJson {
    NoProbe,
    CannotTell,
    TimedOut,
}

impl From<Granted> for GrantedJson {
    fn from(granted: Granted) -> Self {
        let Granted { requirement, action, statement } = granted;
        Self { requirement, action, statement }
    }
}

impl From<GrantedJson> for Granted {
    fn from(granted: GrantedJson) -> Self {
        let GrantedJson { requirement, action, statement } = granted;
        Self { requirement, action, statement }
    }
}

impl From<&RequesterSet> for RequesterJson {
    fn from(set: &RequesterSet) -> Self {
        Self {
            agent: (&set.agent).into(),
            owner: set.owner.as_ref().map(Into::into),
            humans: set.humans.iter().map(Into::into).collect(),
        }
    }
}

impl From<RequesterJson> for RequesterSet {
    fn from(set: RequesterJson) -> Self {
        Self {
            agent: set.agent.into(),
            owner: set.owner.map(Into::into),
            humans: set.humans.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<LossReason> for LossJson {
    fn from(reason: LossReason) -> Self {
        match reason {
            LossReason::LeaseLost => Self::LeaseLost,
            LossReason::ClaimedElsewhere => Self::ClaimedElsewhere,
            LossReason::NoAnswer => Self::NoAnswer,
        }
    }
}

impl From<ProbeGap> for ProbeGapJson {
    fn from(reason: ProbeGap) -> Self {
        match reason {
            ProbeGap::NoProbe => Self::NoProbe,
            ProbeGap::CannotTell => Self::CannotTell,
            ProbeGap::TimedOut => Self::TimedOut,
        }
    }
}

impl From<ProbeGapJson> for ProbeGap {
    fn from(reason: ProbeGapJson) -> Self {
        match reason {
            ProbeGapJson::NoProbe => Self::NoProbe,
            ProbeGapJson::CannotTell => Self::CannotTell,
            ProbeGapJson::TimedOut => Self::TimedOut,
        }
    }
}

impl From<LossJson> for LossReason {
    fn from(reason: LossJson) -> Self {
        match reason {
            LossJson::LeaseLost => Self::LeaseLost,
            LossJson::ClaimedElsewhere => Self::ClaimedElsewhere,
            LossJson::NoAnswer => Self::NoAnswer,
        }
    }
}
