//! What must be agreed, by whom, how soon, and what else a requirement allows.

use crate::Proof;

/// What must be agreed and by whom: every group in the list must give its count of distinct people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requirement {
    /// The name policies and people use, e.g. `data-owners`.
    pub name: String,
    /// Groups and how many of each.
    pub groups: Vec<GroupCount>,
    /// The weakest proof an approval may carry.
    pub proof: Proof,
    /// How many seconds ago the person may have signed in, for `idp`.
    pub max_age: Option<u32>,
    /// Whether the provider must be told to ask for the password again.
    pub prompt_login: bool,
    /// Everything beyond the count; nothing of it makes a count smaller.
    pub terms: Terms,
}

/// So many people of this group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCount {
    /// The group's name at the people's issuer or in the directory.
    pub group: String,
    /// How many distinct people; zero is met by nobody ever (it does not build).
    pub count: u32,
}

/// What a requirement says beyond groups, counts and proof.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// Seconds after the decision when those who have not answered are reminded, once.
    pub reminder: Option<u32>,
    /// Who may stand in, and from when.
    pub escalation: Option<Escalation>,
    /// Votes stay hidden from other voters until the action is decided.
    pub blind: bool,
    /// The human the agent acts for must say yes too. Recorded apart, never counted in the quorum.
    pub confirm: bool,
    /// What an approval may grant for the time after it.
    pub grant: Option<GrantLimit>,
    /// Who may run it at once in an emergency.
    pub emergency: Option<EmergencyRule>,
    /// Seconds without anybody asking for the action after which it is not begun; absent: it runs.
    pub abandoned_after: Option<u32>,
    /// Pointers of parameters a reviewer may change.
    pub may_change: Vec<String>,
    /// Whether somebody who changed a parameter may approve what they made of it.
    pub who_changed_may_approve: bool,
    /// Groups that stand in since the escalation. A state has them, a decision never.
    pub standing_in: Vec<String>,
}

/// Groups that may fill the same places after a while. The count stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Seconds after the decision.
    pub after: u32,
    /// The groups.
    pub groups: Vec<String>,
}

/// How far an approval may reach beyond its own action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantLimit {
    /// Seconds from the approval, at most.
    pub seconds: u32,
    /// Uses, at most.
    pub uses: u32,
    /// Pointers of parameters that must be the same at every use.
    pub fixed: Vec<String>,
}

/// Who may run an action at once, and how soon somebody else must look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmergencyRule {
    /// Groups, one of which the person belongs to.
    pub groups: Vec<String>,
    /// Seconds until the review must be closed by somebody else.
    pub review_within: u32,
}

impl Requirement {
    /// Whether a person of these groups has a say here now.
    #[must_use]
    pub fn concerns(&self, groups: &[String]) -> bool {
        self.groups.iter().any(|wanted| groups.contains(&wanted.group))
            || self.terms.standing_in.iter().any(|group| groups.contains(group))
    }

    /// Whether the vote of somebody who changed a parameter of the action, or did not, can count here.
    #[must_use]
    pub fn takes_a_vote(&self, changed_it: bool) -> bool {
        !changed_it || self.terms.who_changed_may_approve
    }

    /// As policy decided it, before anybody stood in.
    #[must_use]
    pub fn as_decided(&self) -> Self {
        Self { terms: Terms { standing_in: Vec::new(), ..self.terms.clone() }, ..self.clone() }
    }

    /// Whether a grant may ever stand for it: one person's yes, and nobody else's.
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
