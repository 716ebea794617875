//! One rule: a static Cedar policy, its annotations and its place in a file.

use std::collections::BTreeSet;

use cedar_policy::{ActionConstraint, Effect, EntityUid, Policy, PrincipalConstraint};

use crate::vocabulary::{ActionWords, PRINCIPAL_TYPE, TEAM_TYPE};

/// The annotations there are; any other is refused when a bundle is built.
pub(crate) const ANNOTATIONS: [&str; 5] = ["id", "approval", "reason", "instead", "unattended"];

/// A parsed policy.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) policy: Policy,
    pub(crate) file: String,
    /// Byte offset of the policy in its file.
    pub(crate) offset: usize,
}

impl Rule {
    pub(crate) fn id(&self) -> &str {
        self.policy.annotation("id").unwrap_or_default()
    }

    pub(crate) fn is_permit(&self) -> bool {
        self.policy.effect() == Effect::Permit
    }

    /// The requirement that lifts it, if it is a hold.
    pub(crate) fn approval(&self) -> Option<&str> {
        self.policy.annotation("approval").filter(|_| !self.is_permit())
    }

    /// Whether its scope covers this action type.
    pub(crate) fn applies_to(&self, action: &ActionWords) -> bool {
        let covers = |uid: &EntityUid| {
            let id: &str = uid.id().unescaped();
            id == action.name || action.groups.contains(id)
        };
        match self.policy.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::In(uids) => uids.iter().any(covers),
            ActionConstraint::Eq(uid) => covers(&uid),
        }
    }

    /// Whether its scope could cover an agent of these teams; the agent's own id counts as a possible match.
    pub(crate) fn may_concern(&self, agent: &str, teams: &BTreeSet<String>) -> bool {
        let concerns = |uid: &EntityUid| {
            let id: &str = uid.id().unescaped();
            match uid.type_name().to_string().as_str() {
                TEAM_TYPE => teams.contains(id),
                PRINCIPAL_TYPE => id == agent,
                _ => false,
            }
        };
        match self.policy.principal_constraint() {
            PrincipalConstraint::Any => true,
            PrincipalConstraint::In(uid) | PrincipalConstraint::Eq(uid) => concerns(&uid),
            PrincipalConstraint::Is(kind) => kind.to_string() == PRINCIPAL_TYPE,
            PrincipalConstraint::IsIn(kind, uid) => kind.to_string() == PRINCIPAL_TYPE && concerns(&uid),
        }
    }
}
