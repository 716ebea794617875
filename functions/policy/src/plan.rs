//! The plan and what people will see of it.

use bundle::{CatalogueEntry, InForce};
use connectors::{Derived, PlanError, Planner, filled_calls};
use domain::{ActionId, Digest, Suspension};
use wire::documents::{Action, Cause, DocumentKind, What};

use crate::Policy;
use crate::decide::{DecisionError, DecisionRejection, sentence};

/// What the digest is computed over, the digest, and *what* as people see it.
pub(crate) struct Shown {
    pub(crate) action: Action,
    pub(crate) digest: Digest,
    pub(crate) what: What,
}

impl Policy {
    /// `unasked`: whether the rules let this agent do it without anybody's consent.
    pub(crate) async fn plan(
        &self,
        (id, revision): (&ActionId, u32),
        in_force: &InForce,
        (entry, suspensions): (&CatalogueEntry, &[Suspension]),
        (derived, unasked): (&Derived, bool),
    ) -> Result<Shown, DecisionError> {
        let bundle = in_force.bundle.as_ref();
        let (assume, inspect) = (self.capabilities.assume.as_ref(), self.capabilities.inspect.as_ref());
        let known = &derived.known;
        let planner = Planner { in_force, deployment: &self.deployment, assume, inspect, suspensions, known };
        let shown = &derived.shown;
        let plan = planner.plan(id, entry, shown).await.map_err(|error| match error {
            PlanError::Fault(fault) if fault.is_passing() => DecisionError::Fault(fault),
            // E12: whoever needs nobody's consent could find out by doing it.
            PlanError::Target { cause, .. } if unasked => {
                DecisionRejection::new("cannot-plan", sentence(&cause)).into()
            }
            PlanError::Target { told, cause } => {
                let cause = Cause { detail: sentence(&cause), salt: derived.commitment };
                DecisionRejection {
                    cause: Some(cause),
                    ..DecisionRejection::new("cannot-plan", sentence(&told))
                }
                .into()
            }
            error => DecisionRejection::new("cannot-plan", sentence(&error)).into(),
        })?;
        // What is masked is longer or shorter than its mask.
        let filled = filled_calls(bundle, entry, &derived.parameters, &plan);
        filled.map_err(|error| DecisionRejection::new("cannot-plan", sentence(&error)))?;
        let what = review::what(entry, shown, &plan);
        let what = what.map_err(|error| DecisionRejection::new("cannot-plan", sentence(&error)))?;
        let action = derived.action((&self.deployment, id, revision), (bundle, entry), plan)?;
        let document =
            action.document().map_err(|error| DecisionRejection::new("cannot-plan", sentence(&error)))?;
        Ok(Shown { digest: document.digest(), action, what })
    }
}
