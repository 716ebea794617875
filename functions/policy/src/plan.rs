//! The plan and what people will see of it.

use bundle::{CatalogueEntry, InForce};
use connectors::{Derived, PlanError, Planner};
use domain::{ActionId, Digest, Freeze};
use wire::documents::{Action, Kind, What};

use crate::Policy;
use crate::decide::{Denial, Halt, sentence};

/// What the digest is computed over, the digest, and *what* as people see it.
pub(crate) struct Shown {
    pub(crate) action: Action,
    pub(crate) digest: Digest,
    pub(crate) what: What,
}

impl Policy {
    pub(crate) async fn plan(
        &self,
        (id, revision): (&ActionId, u32),
        in_force: &InForce,
        (entry, stops): (&CatalogueEntry, &[Freeze]),
        derived: &Derived,
    ) -> Result<Shown, Halt> {
        let bundle = in_force.bundle.as_ref();
        let (assume, inspect) = (self.can.assume.as_ref(), self.can.inspect.as_ref());
        let planner = Planner { in_force, deployment: &self.deployment, assume, inspect, stops };
        let shown = &derived.shown;
        let plan = planner.plan(id, entry, shown).await.map_err(|error| match error {
            PlanError::Fault(fault) if fault.is_passing() => Halt::Fault(fault),
            error => Denial::new("cannot-plan", sentence(&error)).into(),
        })?;
        let what = review::what(entry, shown, &plan);
        let what = what.map_err(|error| Denial::new("cannot-plan", sentence(&error)))?;
        let action = derived.action((&self.deployment, id, revision), (bundle, entry), plan)?;
        let document = action.document().map_err(|error| Denial::new("cannot-plan", sentence(&error)))?;
        Ok(Shown { digest: document.digest(), action, what })
    }
}
