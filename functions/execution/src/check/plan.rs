//! Step 2: everything that was shown, worked out again. What comes out must be the same bytes.

use std::collections::BTreeMap;

use bundle::{CatalogueEntry, InForce};
use connectors::{Derived, PlanError, Planner, agent_name, derive, filled_calls};
use domain::{Requirement, Review};
use review::Asked;
use store::EffectiveSuspensions;
use wire::Item;
use wire::documents::{self, Action, Call, Change, DocumentKind, Plan, Request, Statement};

use super::request::Sealed;
use crate::Execution;
use crate::error::ExecutionError;

/// What the sealed request comes to today.
pub(crate) struct RecomputedPlan {
    pub(crate) in_force: InForce,
    pub(crate) entry: CatalogueEntry,
    pub(crate) derived: Derived,
    /// What reviewers changed since it was proposed.
    pub(crate) changed: Vec<Change>,
    pub(crate) action: Action,
    pub(crate) calls: Vec<Call>,
}

impl Execution {
    pub(crate) async fn recompute(
        &self,
        item: &Item,
        review: &Review,
        sealed: &Sealed,
    ) -> Result<RecomputedPlan, ExecutionError> {
        let in_force = self.in_force().await?;
        let proposal = &review.proposal;
        let entry = in_force.bundle.entry(&proposal.action_type);
        let entry =
            entry.ok_or_else(|| ExecutionError::changed("the catalogue no longer has this type"))?.clone();
        let changes = self.changes(item).await?;
        let derived = self.derived(item, review, (sealed, &changes), (&in_force, &entry)).await?;
        let known = derived.known.clone();
        let recomputed = self.recompute_from(item, review, (in_force, entry), (derived, &changes)).await;
        recomputed.map_err(|stop| stop.redacted(&known))
    }

    async fn recompute_from(
        &self,
        item: &Item,
        review: &Review,
        (in_force, entry): (InForce, CatalogueEntry),
        (derived, changes): (Derived, &[Statement]),
    ) -> Result<RecomputedPlan, ExecutionError> {
        let proposal = &review.proposal;
        let changed = review::changes(&derived.redacted.parameters, changes);
        let plan = self.plan(item, &derived, (&in_force, &entry)).await?;
        let calls = filled_calls(&in_force.bundle, &entry, &derived.parameters, &plan);
        let calls = calls.map_err(|error| ExecutionError::changed(error.to_string()))?;
        let names = (self.config.deployment.as_str(), item.id(), proposal.revision);
        let action = derived.action(names, (&in_force.bundle, &entry), plan);
        let action = action.map_err(|rejection| ExecutionError::changed(rejection.detail))?;
        self.same_action(review, &action).await?;
        let recomputed = RecomputedPlan { in_force, entry, derived, changed, action, calls };
        self.same_review(review, &recomputed).await?;
        Ok(recomputed)
    }

    async fn derived(
        &self,
        item: &Item,
        review: &Review,
        (sealed, changes): (&Sealed, &[Statement]),
        (in_force, entry): (&InForce, &CatalogueEntry),
    ) -> Result<Derived, ExecutionError> {
        let caller = sealed.caller.clone();
        let derived = derive(&sealed.payload, changes, caller, entry, &in_force.bundle, &self.config.issuers);
        let derived =
            derived.map_err(|rejection| ExecutionError::refuse(rejection.code, rejection.detail))?;
        let request: Request = self.open(review.proposal.request).await?;
        let agrees = derived.agrees_with(&request, item.id(), review.proposal.revision);
        agrees.map_err(|rejection| ExecutionError::refuse(rejection.code, rejection.detail))?;
        Ok(derived)
    }

    async fn plan(
        &self,
        item: &Item,
        derived: &Derived,
        (in_force, entry): (&InForce, &CatalogueEntry),
    ) -> Result<Plan, ExecutionError> {
        let suspensions = match entry.is_built_in() {
            true => self.suspensions().await?,
            false => EffectiveSuspensions::default(),
        };
        let planner = Planner {
            suspensions: suspensions.all(),
            known: &derived.known,
            in_force,
            deployment: &self.config.deployment,
            assume: self.capabilities.assume.as_ref(),
            inspect: self.capabilities.inspect.as_ref(),
        };
        let plan = planner.plan(item.id(), entry, &derived.shown).await;
        plan.map_err(|error| match error {
            PlanError::Cannot(why) => ExecutionError::changed(format!("it can no longer be planned: {why}")),
            PlanError::Target { told, cause } => {
                let cause = format!("it can no longer be planned: {cause}");
                ExecutionError::at_target(
                    format!("it can no longer be planned: {told}"),
                    cause,
                    derived.commitment,
                )
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
        let what = review::what(entry, &action.parameters, &action.plan);
        let what = what.map_err(|error| ExecutionError::changed(error.to_string()))?;
        if shown.action != review.decision.action || shown.what != what {
            return Err(ExecutionError::changed("what was shown is not what would run"));
        }
        // Whoever agreed, or granted it earlier, agreed to what nobody could read.
        let unasked = review.decision.requirements.is_empty() && review.decision.granted.is_empty();
        if !what.is_whole() && !unasked {
            return Err(ExecutionError::refuse("not-shown-whole", "what would change cannot be shown whole"));
        }
        let request: Request = self.open(review.proposal.request).await?;
        let requirements: Vec<Requirement> = review.decision.requirements.clone();
        let context = review::context(&Asked {
            request: &request,
            agent: &agent_name(&recomputed.in_force.bundle, &recomputed.derived.caller),
            owner: recomputed.derived.requester.owner.as_ref(),
            changed: recomputed.changed.clone(),
            rules: shown.context.rules.clone(),
            requirements: &requirements,
            bundle: shown.context.bundle,
            expires_at: review.proposal.expires_at,
        });
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
