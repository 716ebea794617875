//! The JSON of requirements.

use domain::{EmergencyRule, Escalation, GrantLimit, GroupCount, Proof, Requirement, Terms};
use serde::{Deserialize, Serialize};

use crate::documents::ProofName;

/// A requirement as events and decision documents write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementJson {
    /// The name.
    pub name: String,
    /// Groups and counts.
    pub groups: Vec<GroupJson>,
    /// The weakest proof of an approval.
    pub proof: ProofName,
    /// Seconds since sign-in at most.
    pub max_age: Option<u32>,
    /// Whether the provider asks for the credentials again.
    pub prompt_login: bool,
    /// Everything beyond the count; absent when there is nothing.
    #[serde(default, skip_serializing_if = "TermsJson::is_empty")]
    pub terms: TermsJson,
}

/// So many people of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupJson {
    /// The group.
    pub group: String,
    /// How many.
    pub count: u32,
}

/// What a requirement says beyond groups, counts and proof. Seconds are counted from the decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TermsJson {
    /// When those who have not answered are reminded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder: Option<u32>,
    /// Who may stand in, and from when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation: Option<EscalationJson>,
    /// Votes stay hidden until the action is decided.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub blind: bool,
    /// The human for whom the agent acts must agree too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub confirm: bool,
    /// What an approval may grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantLimitJson>,
    /// Who may run it at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyJson>,
    /// Seconds without anybody asking after which it is not begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abandoned_after: Option<u32>,
    /// Pointers of parameters a reviewer may change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may_change: Vec<String>,
    /// Whether a person who changed a parameter may approve the result.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub who_changed_may_approve: bool,
}

/// Groups that may fill the same places after a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationJson {
    /// Seconds.
    pub after: u32,
    /// The groups.
    pub groups: Vec<String>,
}

/// How far an approval may reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantLimitJson {
    /// Seconds from the approval, at most.
    pub seconds: u32,
    /// Uses, at most.
    pub uses: u32,
    /// Pointers of parameters that must be the same.
    pub fixed: Vec<String>,
}

/// Who may run an action at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyJson {
    /// Groups, one of which the person belongs to.
    pub groups: Vec<String>,
    /// Seconds until somebody else must have closed the review.
    pub review_within: u32,
}

impl TermsJson {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl From<&Requirement> for RequirementJson {
    fn from(requirement: &Requirement) -> Self {
        let group = |wanted: &GroupCount| GroupJson { group: wanted.group.clone(), count: wanted.count };
        Self {
            name: requirement.name.clone(),
            groups: requirement.groups.iter().map(group).collect(),
            proof: requirement.proof.into(),
            max_age: requirement.max_age,
            prompt_login: requirement.prompt_login,
            terms: requirement.terms.clone().into(),
        }
    }
}

impl From<RequirementJson> for Requirement {
    fn from(requirement: RequirementJson) -> Self {
        let groups = requirement.groups.into_iter();
        Self {
            name: requirement.name,
            groups: groups.map(|wanted| GroupCount { group: wanted.group, count: wanted.count }).collect(),
            proof: Proof::from(requirement.proof),
            max_age: requirement.max_age,
            prompt_login: requirement.prompt_login,
            terms: requirement.terms.into(),
        }
    }
}

impl From<Terms> for TermsJson {
    fn from(terms: Terms) -> Self {
        let escalation = |Escalation { after, groups }| EscalationJson { after, groups };
        let grant = |GrantLimit { seconds, uses, fixed }| GrantLimitJson { seconds, uses, fixed };
        let emergency = |EmergencyRule { groups, review_within }| EmergencyJson { groups, review_within };
        Self {
            reminder: terms.reminder,
            escalation: terms.escalation.map(escalation),
            blind: terms.blind,
            confirm: terms.confirm,
            grant: terms.grant.map(grant),
            emergency: terms.emergency.map(emergency),
            abandoned_after: terms.abandoned_after,
            may_change: terms.may_change,
            who_changed_may_approve: terms.who_changed_may_approve,
        }
    }
}

impl From<TermsJson> for Terms {
    fn from(terms: TermsJson) -> Self {
        let escalation = |EscalationJson { after, groups }| Escalation { after, groups };
        let grant = |GrantLimitJson { seconds, uses, fixed }| GrantLimit { seconds, uses, fixed };
        let emergency = |EmergencyJson { groups, review_within }| EmergencyRule { groups, review_within };
        Self {
            reminder: terms.reminder,
            escalation: terms.escalation.map(escalation),
            blind: terms.blind,
            confirm: terms.confirm,
            grant: terms.grant.map(grant),
            emergency: terms.emergency.map(emergency),
            abandoned_after: terms.abandoned_after,
            may_change: terms.may_change,
            who_changed_may_approve: terms.who_changed_may_approve,
            standing_in: Vec::new(),
        }
    }
}
