//! Which approvals the rules' requirements amount to.

use std::collections::BTreeSet;

use bundle::{InForce, UNMAPPED_HUMAN};
use domain::Requirement;
use evaluation::Derived;

use crate::rejection::DecisionRejection;

/// The approvals that people have to give.
#[derive(Default)]
pub(crate) struct RequiredApprovals {
    pub(crate) requirements: Vec<Requirement>,
    /// The shortest deadline of them, in seconds.
    pub(crate) deadline: Option<i64>,
}

impl RequiredApprovals {
    /// D8: the requirements of these names. People are asked only where an owner answers for the agent and every human
    /// behind the token is known; otherwise the requester could be asked to approve their own request.
    pub(crate) fn new(
        in_force: &InForce,
        names: &BTreeSet<String>,
        derived: &Derived,
    ) -> Result<Self, DecisionRejection> {
        let mut required = Self::default();
        if names.is_empty() {
            return Ok(required);
        }
        if derived.requester.owner.is_none() {
            let message = "Nobody answers for this agent, so nobody can be asked for it.";
            return Err(DecisionRejection::new("no-owner", message));
        }
        if derived.unmapped {
            return Err(DecisionRejection::new("unmapped-human", UNMAPPED_HUMAN));
        }
        for name in names {
            let rule = in_force.bundle.requirement(name);
            let undefined = || DecisionRejection::new("policy-error", format!("`{name}` is no requirement."));
            let rule = rule.ok_or_else(undefined)?;
            if rule.confirm.is_some() && derived.requester.humans.is_empty() {
                let message = "The human the agent acts for has to confirm, and its token names none.";
                return Err(DecisionRejection::new("nobody-to-confirm", message));
            }
            required.requirements.push(rule.requirement());
            let deadline = i64::try_from(rule.deadline).unwrap_or(i64::MAX);
            required.deadline = Some(required.deadline.map_or(deadline, |earlier| earlier.min(deadline)));
        }
        Ok(required)
    }
}
