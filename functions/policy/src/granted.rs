//! Whether people have agreed already: live grants that earlier approvals of this agent's actions made.

use std::collections::BTreeSet;

use domain::{Fault, Granted};
use evaluation::{Covered, grant_covers, grants_for};
use policy::{Decision, Facts, Reason};
use store::{DocumentFault, IndexRow, Listing};
use wire::Item;
use wire::documents::Action;

use crate::Policy;
use crate::rejection::DecisionError;

/// Granting actions of the agent that are looked at in the index, the newest first, and those that are read.
const LOOKED_AT: u32 = 50;
const READ: usize = 10;

/// Grants that together stand for everybody who would have to be asked, and whose they are.
pub(crate) struct CoveringGrants {
    pub(crate) granted: Vec<Granted>,
    pub(crate) reasons: Vec<Reason>,
}

impl Policy {
    /// Grants of one earlier action that meet all of these requirements, if with them the rules permit it; none when
    /// they do not reach for all: who is asked anyway is asked about everything.
    pub(crate) async fn covering_grants(
        &self,
        covered: &Covered<'_>,
        facts: &Facts,
        names: &BTreeSet<String>,
    ) -> Result<Option<CoveringGrants>, DecisionError> {
        let Some(found) = self.found(covered, names).await? else { return Ok(None) };
        Ok(match covered.bundle.engine().decide(facts, names) {
            Decision::Permit { reasons } => {
                Some(CoveringGrants { reasons: [found.reasons, reasons].concat(), ..found })
            }
            _ => None,
        })
    }

    /// The index finds them, the item itself is believed.
    async fn found(
        &self,
        covered: &Covered<'_>,
        names: &BTreeSet<String>,
    ) -> Result<Option<CoveringGrants>, DecisionError> {
        let rules = names.iter().map(|name| covered.bundle.requirement(name));
        let mut granted = rules.map(|rule| rule.is_some_and(|rule| rule.requirement().may_be_granted()));
        if names.is_empty() || !granted.all(|may| may) {
            return Ok(None);
        }
        let listing = Listing::Granting((&covered.derived.caller.principal).into());
        let page = match self.capabilities.index.list(&listing, None, LOOKED_AT).await {
            Ok(page) => page,
            Err(fault) => return unseen(fault),
        };
        let like = |row: &IndexRow| !row.quarantined && row.action_type == covered.entry.action_type;
        for row in page.rows.into_iter().filter(like).take(READ) {
            let item = match self.capabilities.state.item(&row.action).await.map_err(Fault::from) {
                Ok(item) => item,
                Err(fault) if fault.is_passing() => return Err(DecisionError::Fault(fault)),
                Err(_) => None,
            };
            let Some(item) = item else { continue };
            if let Some(covering_grants) = self.grants_of(&item, covered, names).await? {
                return Ok(Some(covering_grants));
            }
        }
        Ok(None)
    }

    async fn grants_of(
        &self,
        item: &Item,
        covered: &Covered<'_>,
        names: &BTreeSet<String>,
    ) -> Result<Option<CoveringGrants>, DecisionError> {
        let Some(granted) = grants_for(item, names, covered.now) else { return Ok(None) };
        let Some(review) = item.state().review() else { return Ok(None) };
        let document = match self.capabilities.documents.document(review.decision.action).await {
            Ok(document) => document,
            Err(DocumentFault::Fault(fault)) => return unseen(fault),
            Err(DocumentFault::Mismatch(_)) => None,
        };
        let reviewed: Option<Action> = document.and_then(|document| document.open().ok());
        let Some(reviewed) = reviewed else { return Ok(None) };
        if let Err(why) = grant_covers(item, &reviewed, &granted, covered) {
            tracing::info!(action = %covered.action, granting = %item.id(), %why, "a grant is about something else");
            return Ok(None);
        }
        let reasons = granted.iter().filter_map(|one| {
            let grant = review.grants.iter().find(|grant| grant.vote.statement == one.statement)?;
            let left = grant.terms.uses.saturating_sub(grant.used);
            let (who, uses) = (&grant.vote.person.subject, grant.terms.uses);
            let message =
                format!("Granted by {who}'s approval of {}: {left} of {uses} uses left", one.action);
            Some(Reason { policy: one.requirement.clone(), message, instead: None })
        });
        Ok(Some(CoveringGrants { reasons: reasons.collect(), granted }))
    }
}

/// What cannot be seen is no grant: people are asked. What may pass is tried again.
fn unseen(fault: Fault) -> Result<Option<CoveringGrants>, DecisionError> {
    if fault.is_passing() {
        return Err(DecisionError::Fault(fault));
    }
    tracing::warn!(%fault, "grants cannot be looked up; people are asked");
    Ok(None)
}
