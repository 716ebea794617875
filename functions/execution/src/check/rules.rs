//! Step 3: the rules in force now are evaluated with the approvals that were given.

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
    /// D2, F16: looks for the next manifest again. None when other rules are in force than when the plan was recomputed:
    /// then everything is checked again.
    pub(crate) async fn still_in_force(
        &self,
        recomputed: &RecomputedPlan,
    ) -> Result<Option<InForce>, ExecutionError> {
        let in_force = self.in_force().await?;
        Ok((in_force.manifest == recomputed.in_force.manifest).then_some(in_force))
    }

    /// D2, E4: the rules in force allow it with what was really agreed to, in person or by a grant that was checked
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
        let facts = bundle
            .facts(principal, &recomputed.entry, &derived.parameters, &context)
            .map_err(|error| ExecutionError::no_longer_allowed(error.to_string()))?;
        let decision = &review.decision;
        let asked = !decision.requirements.is_empty() || !decision.granted.is_empty();
        if asked && (derived.requester.owner.is_none() || derived.unmapped) {
            return Err(ExecutionError::no_longer_allowed("nobody can say who belongs to the requester set"));
        }
        let mut approvals = approvals(bundle, review);
        approvals.extend(decision.granted.iter().map(|granted| granted.requirement.clone()));
        let history = self.history(review, bundle, &facts).await?;
        let counted = self.ask(item, Question { bundle: bundle.clone(), facts, approvals, history }).await?;
        resolvers_stand(review, bundle.resolvers(&recomputed.entry, &decision.granted))?;
        Ok(counted)
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

/// Where nobody was asked, only policy says in the item who may say what became of a lost attempt, so it is computed again.
fn resolvers_stand(review: &Review, now: Vec<Requirement>) -> Result<(), ExecutionError> {
    let decision = &review.decision;
    if decision.requirements.is_empty() && decision.resolvers != now {
        return Err(ExecutionError::changed(
            "those who may say what became of a lost attempt are others now",
        ));
    }
    Ok(())
}

/// The names of requirements that are met. A requirement whose definition changed since people were asked is not met: they
/// agreed under other terms, and only policy says in the item what was asked.
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
