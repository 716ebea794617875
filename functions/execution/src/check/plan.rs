//! Step 2: the plan, recomputed from the sealed request. It must be the same bytes that were shown.

use std::collections::BTreeMap;

use bundle::{CatalogueEntry, InForce, Rules};
use domain::{ActionRef, Rejection, Review};
use evaluation::{Derived, PlanError, Planner, ShownDecision, derive, filled_calls, review_context};
use store::EffectiveSuspensions;
use wire::Item;
use wire::documents::{self, Action, Call, DocumentKind, Plan, Request, Statement};

use super::request::Sealed;
use crate::Execution;
use crate::error::ExecutionError;

/// The plan that the sealed request results in today.
pub(crate) struct RecomputedPlan {
    pub(crate) in_force: InForce,
    pub(crate) entry: CatalogueEntry,
    pub(crate) derived: Derived,
    /// The statements of those who changed parameters since it was proposed, in order.
    pub(crate) changes: Vec<Statement>,
    pub(crate) action: Action,
    pub(crate) calls: Vec<Call>,
}

/// What the plan is recomputed from.
struct Inputs {
    in_force: InForce,
    entry: CatalogueEntry,
    derived: Derived,
    changes: Vec<Statement>,
}

impl Inputs {
    fn rules(&self) -> Rules<'_> {
        Rules { in_force: &self.in_force, entry: &self.entry }
    }
}

impl Execution {
    /// Works the plan out again. It must be, byte for byte, what was reviewed.
    pub(crate) async fn recompute(
        &self,
        item: &Item,
        review: &Review,
        sealed: &Sealed,
    ) -> Result<RecomputedPlan, ExecutionError> {
        let in_force = self.in_force().await?;
        let unknown = || ExecutionError::changed("the catalogue no longer has this type");
        let entry = in_force.bundle.entry(&review.proposal.action_type).ok_or_else(unknown)?.clone();
        let changes = self.changes(item).await?;
        let rules = Rules { in_force: &in_force, entry: &entry };
        let derived = self.derived(item, review, sealed, &changes, rules).await?;
        let known = derived.known.clone();
        let inputs = Inputs { in_force, entry, derived, changes };
        let recomputed = self.recompute_from(item, review, inputs).await;
        recomputed.map_err(|error| error.redacted(&known))
    }

    async fn recompute_from(
        &self,
        item: &Item,
        review: &Review,
        inputs: Inputs,
    ) -> Result<RecomputedPlan, ExecutionError> {
        let plan = self.plan(item, &inputs.derived, inputs.rules()).await?;
        let full = &inputs.derived.parameters;
        let calls = filled_calls(&inputs.in_force.bundle, &inputs.entry, full, &plan)
            .map_err(|error| ExecutionError::changed(error.to_string()))?;
        let (deployment, revision) = (self.config.deployment.as_str(), review.proposal.revision);
        let name = ActionRef { deployment, id: item.id(), revision };
        let action = inputs
            .derived
            .action(name, inputs.rules(), plan)
            .map_err(|rejection| ExecutionError::changed(rejection.detail))?;
        self.same_action(review, &action).await?;
        let Inputs { in_force, entry, derived, changes } = inputs;
        let recomputed = RecomputedPlan { in_force, entry, derived, changes, action, calls };
        self.same_review(review, &recomputed).await?;
        Ok(recomputed)
    }

    async fn derived(
        &self,
        item: &Item,
        review: &Review,
        sealed: &Sealed,
        changes: &[Statement],
        rules: Rules<'_>,
    ) -> Result<Derived, ExecutionError> {
        let rejected = |rejection: Rejection| ExecutionError::rejection(rejection.code, rejection.detail);
        let (caller, bundle) = (sealed.caller.clone(), &rules.in_force.bundle);
        let derived = derive(&sealed.payload, changes, caller, rules.entry, bundle, &self.config.issuers)
            .map_err(rejected)?;
        let request: Request = self.open(review.proposal.request).await?;
        derived.agrees_with(&request, item.id(), review.proposal.revision).map_err(rejected)?;
        Ok(derived)
    }

    async fn plan(&self, item: &Item, derived: &Derived, rules: Rules<'_>) -> Result<Plan, ExecutionError> {
        let suspensions = match rules.entry.is_built_in() {
            true => self.suspensions().await?,
            false => EffectiveSuspensions::default(),
        };
        let planner = Planner {
            suspensions: suspensions.all(),
            known: &derived.known,
            in_force: rules.in_force,
            deployment: &self.config.deployment,
            assume: self.capabilities.assume.as_ref(),
            inspect: self.capabilities.inspect.as_ref(),
        };
        let plan = planner.plan(item.id(), rules.entry, &derived.shown).await;
        plan.map_err(|error| match error {
            PlanError::Cannot(why) => ExecutionError::changed(format!("it can no longer be planned: {why}")),
            PlanError::Target { told, cause } => {
                let cause = format!("it can no longer be planned: {cause}");
                let told = format!("it can no longer be planned: {told}");
                ExecutionError::at_target(told, cause, derived.commitment)
            }
            PlanError::Fault(fault) => ExecutionError::Fault(fault),
        })
    }

    /// D4, W16: pins, parameters, roles, session policy, calls, catalogue entry: one byte differs, and nothing runs.
    async fn same_action(&self, review: &Review, action: &Action) -> Result<(), ExecutionError> {
        let document = action.document().map_err(|error| ExecutionError::changed(error.to_string()))?;
        if document.digest() == review.decision.action {
            return Ok(());
        }
        let reviewed: Action = self.open(review.decision.action).await?;
        Err(difference(&reviewed, action))
    }

    /// D3: people saw this plan and no other, put by this principal and no other.
    async fn same_review(&self, review: &Review, recomputed: &RecomputedPlan) -> Result<(), ExecutionError> {
        let shown: documents::ReviewDocument = self.open(review.decision.review).await?;
        let (action, entry) = (&recomputed.action, &recomputed.entry);
        let what = review::what(entry, &action.parameters, &action.plan)
            .map_err(|error| ExecutionError::changed(error.to_string()))?;
        if shown.action != review.decision.action || shown.what != what {
            return Err(ExecutionError::changed("what was shown is not what would run"));
        }
        // Whoever agreed, or granted it earlier, agreed to what nobody could read.
        let unasked = review.decision.requirements.is_empty() && review.decision.granted.is_empty();
        if !what.is_whole() && !unasked {
            return Err(ExecutionError::rejection(
                "not-shown-whole",
                "what would change cannot be shown whole",
            ));
        }
        let request: Request = self.open(review.proposal.request).await?;
        let decided = ShownDecision {
            rules: shown.context.rules.clone(),
            requirements: &review.decision.requirements,
            bundle: shown.context.bundle,
            expires_at: review.proposal.expires_at,
        };
        let bundle = &recomputed.in_force.bundle;
        let context = review_context(&request, &recomputed.derived, &recomputed.changes, bundle, decided);
        if shown.context == context {
            Ok(())
        } else {
            Err(ExecutionError::changed("who was shown to ask, why or by when is not what the request says"))
        }
    }
}

/// The first thing that differs, in words. What was found at the target is for people.
fn difference(reviewed: &Action, now: &Action) -> ExecutionError {
    let (before, after) = (&reviewed.plan, &now.plan);
    let named =
        first_difference(&before.pins, &after.pins).or(first_difference(&before.effects, &after.effects));
    if let Some((name, before, after)) = named {
        let cause = format!("`{name}` is `{after}`, `{before}` was reviewed");
        if reviewed.plan.role.is_empty() {
            // Countersign's own: there is no target that anybody could find out about.
            return ExecutionError::changed(cause);
        }
        return ExecutionError::at_target(
            "what is at the target is not what was reviewed",
            cause,
            reviewed.commitment,
        );
    }
    let parts = [
        (reviewed.entry != now.entry, "the catalogue entry has changed"),
        (before.session_policy != after.session_policy, "the permissions would be others"),
        (before.role != after.role, "the role would be another"),
        (before.calls != after.calls, "the calls would be others"),
        (before.differences != after.differences, "the differences are others than those that were shown"),
        (reviewed.parameters != now.parameters, "the parameters are others"),
        (reviewed.commitment != now.commitment, "the sealed parameters are others"),
    ];
    let first = parts.iter().find(|(differs, _)| *differs);
    ExecutionError::changed(first.map_or("the action is not the one that was reviewed", |(_, words)| words))
}

fn first_difference(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Option<(String, String, String)> {
    let absent = || "absent".to_owned();
    let get = |facts: &BTreeMap<String, String>, name: &str| facts.get(name).cloned().unwrap_or_else(absent);
    let names = before.keys().chain(after.keys());
    let name = names.into_iter().find(|name| before.get(*name) != after.get(*name))?;
    Some((name.clone(), get(before, name), get(after, name)))
}
