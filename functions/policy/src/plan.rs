//! The plan and what people will see of it.

use bundle::Rules;
use domain::{ActionRef, Digest, Suspension};
use evaluation::{Derived, PlanError, Planner, filled_calls};
use wire::documents::{Action, Cause, DocumentKind, What};

use crate::Policy;
use crate::rejection::{DecisionError, DecisionRejection, sentence};

/// What is planned.
pub(crate) struct Subject<'a> {
    pub(crate) action: ActionRef<'a>,
    pub(crate) rules: Rules<'a>,
    pub(crate) derived: &'a Derived,
    /// Whether the rules let this agent run it without anybody's approval.
    pub(crate) unasked: bool,
}

/// What the digest is computed over, the digest, and *what* as people see it.
pub(crate) struct Shown {
    pub(crate) action: Action,
    pub(crate) digest: Digest,
    pub(crate) what: What,
}

impl Policy {
    /// Inspects the target and plans the action.
    pub(crate) async fn plan(
        &self,
        subject: &Subject<'_>,
        suspensions: &[Suspension],
    ) -> Result<Shown, DecisionError> {
        let Subject { action, rules, derived, .. } = *subject;
        let entry = rules.entry;
        let planner = Planner {
            in_force: rules.in_force,
            deployment: &self.deployment,
            assume: self.capabilities.assume.as_ref(),
            inspect: self.capabilities.inspect.as_ref(),
            suspensions,
            known: &derived.known,
        };
        let shown = &derived.shown;
        let planned = planner.plan(action.id, entry, shown).await;
        let plan = planned.map_err(|error| unplanned(error, subject))?;
        let cannot_plan = |error: &dyn std::fmt::Display| DecisionRejection::cannot_plan(error);
        // A masked value is longer or shorter than its mask, so the limits are checked with the full values too.
        filled_calls(&rules.in_force.bundle, entry, &derived.parameters, &plan)
            .map_err(|error| cannot_plan(&error))?;
        let what = review::what(entry, shown, &plan).map_err(|error| cannot_plan(&error))?;
        let action = derived.action(action, rules, plan)?;
        let document = action.document().map_err(|error| cannot_plan(&error))?;
        Ok(Shown { digest: document.digest(), action, what })
    }
}

fn unplanned(error: PlanError, subject: &Subject<'_>) -> DecisionError {
    match error {
        PlanError::Fault(fault) if fault.is_passing() => DecisionError::Fault(fault),
        // E12: an agent that needs nobody's approval could find out by running it, so it is told what was found.
        PlanError::Target { cause, .. } if subject.unasked => DecisionRejection::cannot_plan(&cause).into(),
        PlanError::Target { told, cause } => {
            let cause = Cause { detail: sentence(&cause), salt: subject.derived.commitment };
            DecisionRejection { cause: Some(cause), ..DecisionRejection::cannot_plan(&told) }.into()
        }
        error => DecisionRejection::cannot_plan(&error).into(),
    }
}
