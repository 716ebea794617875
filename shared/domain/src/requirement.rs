//! What must be approved, by whom, how soon, and what else a requirement allows.
//!
//! Decision documents, review documents and events hold a requirement exactly as it is defined here, so these types also
//! define its JSON.

use serde::{Deserialize, Serialize};

use crate::Proof;

/// What must be approved and by whom: every group in the list must give its count of distinct people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The name policies and people use, e.g. `data-owners`.
    pub name: String,
    /// The groups, and how many people of each.
    pub groups: Vec<GroupCount>,
    /// The weakest proof that an approval may have.
    pub proof: Proof,
    /// With `idp`: the greatest age of the person's sign-in, in seconds.
    pub max_age: Option<u32>,
    /// Whether the provider must be told to ask for the credentials again.
    pub prompt_login: bool,
    /// Everything beyond the count. Nothing in it makes a count smaller. Not written when there is nothing.
    #[serde(default, skip_serializing_if = "Terms::is_empty")]
    pub terms: Terms,
}

/// A number of people of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupCount {
    /// The group's name at the people's issuer or in the directory.
    pub group: String,
    /// How many distinct people. Nobody can ever satisfy zero, so it does not build.
    pub count: u32,
}

/// What a requirement says beyond groups, counts and proof.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// Seconds after the decision at which those who have not answered are reminded, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder: Option<u32>,
    /// Which groups may approve instead, and from when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// Votes stay hidden from other voters until the action is decided.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub blind: bool,
    /// The human for whom the agent acts must agree too. This is recorded separately and never counted in the
    /// quorum.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub confirm: bool,
    /// What an approval may grant for later actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantLimit>,
    /// Who may run the action at once in an emergency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyRule>,
    /// After how many seconds without a question from its agent an approved action is no longer run; without it,
    /// the action runs anyway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abandoned_after: Option<u32>,
    /// Pointers of the parameters that a reviewer may change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may_change: Vec<String>,
    /// Whether a person who changed a parameter may approve the result.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub who_changed_may_approve: bool,
    /// The groups that may approve instead since the escalation. A state has them, a decision never does, so they are
    /// not written.
    #[serde(skip)]
    pub standing_in: Vec<String>,
}

/// Groups that may fill the same places after a while. The count stays the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Seconds after the decision.
    pub after: u32,
    /// The groups.
    pub groups: Vec<String>,
}

/// The limits of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantLimit {
    /// The longest time from the approval, in seconds.
    pub seconds: u32,
    /// The largest number of uses.
    pub uses: u32,
    /// Pointers of the parameters that must be the same at every use.
    pub fixed: Vec<String>,
}

/// Who may run an action at once, and how soon somebody else must review it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyRule {
    /// The groups; the person belongs to one of them.
    pub groups: Vec<String>,
    /// Seconds until somebody else must have closed the review.
    pub review_within: u32,
}

impl Terms {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Requirement {
    /// Whether a member of these groups may vote here now.
    #[must_use]
    pub fn concerns(&self, groups: &[String]) -> bool {
        self.groups.iter().any(|wanted| groups.contains(&wanted.group))
            || self.terms.standing_in.iter().any(|group| groups.contains(group))
    }

    /// Whether the vote of a person who changed a parameter, or who did not, can count here.
    #[must_use]
    pub fn takes_a_vote(&self, changed_it: bool) -> bool {
        !changed_it || self.terms.who_changed_may_approve
    }

    /// The requirement as policy decided it, before any escalation.
    #[must_use]
    pub fn as_decided(&self) -> Self {
        Self { terms: Terms { standing_in: Vec::new(), ..self.terms.clone() }, ..self.clone() }
    }

    /// Whether a grant may ever satisfy it: it needs one person's approval and nobody else's.
    #[must_use]
    pub fn may_be_granted(&self) -> bool {
        self.terms.grant.is_some() && self.needed() == 1 && !self.terms.confirm
    }

    /// How many people it needs.
    #[must_use]
    pub fn needed(&self) -> u32 {
        self.groups.iter().fold(0, |sum, wanted| sum.saturating_add(wanted.count))
    }
}
