//! Step 3: the rules in force now, asked with the approvals really given.

use std::collections::BTreeSet;

use bundle::{Bundle, InForce, RequestContext};
use domain::{Digest, RequestProfile, Requirement, Review, satisfied};
use policy::Facts;
use wire::documents::Request;
use wire::{Item, history_key};

use super::counted::{Counted, Question};
use super::plan::RecomputedPlan;
use crate::Execution;
use crate::error::ExecutionError;

impl Execution {
    /// D2, F16: the next number is asked for again. None when the rules are others than a moment ago, when the plan was
    /// worked out: then everything is checked again.
    pub(crate) async fn still_in_force(
        &self,
        recomputed: &RecomputedPlan,
    ) -> Result<Option<InForce>, ExecutionError> {
        let in_force = self.in_force().await?;
        Ok((in_force.manifest == recomputed.in_force.manifest).then_some(in_force))
    }

    /// D2, E4: the rules in force allow it with what was really agreed to, in person or by a promise that was checked
    /// before. Answers what they counted, which the claim has to find unchanged.
    pub(crate) async fn allowed(
        &self,
        item: &Item,
        review: &Review,
        recomputed: &RecomputedPlan,
        in_force: &InForce,
    ) -> Result<Option<Counted>, ExecutionError> {
        let (bundle, derived) = (&in_force.bundle, &recomputed.derived);
        let (principal, claims) = (&derived.caller.principal, derived.claims());
        let now = self.capabilities.clock.now();
        let emergency = review.emergency.is_some();
        let context = RequestContext { emergency, ..RequestContext::new(&claims, now) };
        let facts = bundle.facts(principal, &recomputed.entry, &derived.parameters, &context);
        let facts = facts.map_err(|error| no_longer(error.to_string()))?;
        let decision = &review.decision;
        let asked = !decision.requirements.is_empty() || !decision.granted.is_empty();
        if asked && (derived.requester.owner.is_none() || derived.unmapped) {
            return Err(no_longer("nobody can say who belongs to the requester set"));
        }
        let mut approvals = approvals(bundle, review);
        approvals.extend(decision.granted.iter().map(|granted| granted.requirement.clone()));
        let history = self.history(review, bundle, &facts).await?;
        self.ask(item, Question { bundle: bundle.clone(), facts, approvals, history }).await
    }

    /// The name of what was done before, and what this request is compared by; none where no rule that may speak asks.
    async fn history(
        &self,
        review: &Review,
        bundle: &Bundle,
        facts: &Facts,
    ) -> Result<Option<(Digest, RequestProfile)>, ExecutionError> {
        if !bundle.engine().reads_history(&facts.agent, &facts.action) {
            return Ok(None);
        }
        let request: Request = self.open(review.proposal.request).await?;
        let name = history_key(&request.principal, &facts.action, &facts.resource.name());
        Ok(name.ok().map(|name| (name, request.profile())))
    }
}

pub(super) fn no_longer(detail: impl Into<String>) -> ExecutionError {
    ExecutionError::refuse("no-longer-allowed", detail)
}

/// The names of requirements that are met. One that is defined otherwise now than when people were asked is not: they
/// agreed under other terms, and the item's own word for what was asked is policy's alone.
fn approvals(bundle: &Bundle, review: &Review) -> BTreeSet<String> {
    let asked = &review.decision.requirements;
    let same = |asked: &Requirement| {
        bundle.requirement(&asked.name).is_some_and(|rule| rule.requirement() == asked.as_decided())
    };
    let unchanged: Vec<Requirement> = asked.iter().filter(|asked| same(asked)).cloned().collect();
    // Whoever ran it at once, which the people step checks, stands for all that were asked under these terms. Otherwise an
    // approved item has met all that were asked, so also any part of them.
    if review.emergency.is_some() || satisfied(&unchanged, &review.votes) {
        return unchanged.into_iter().map(|requirement| requirement.name).collect();
    }
    BTreeSet::new()
}
