//! What ties two actions: a decision that stands on another's promise, and the use that is counted there.

use domain::{ActionId, Digest, Event, Fault, Granted, Proposal, State};
use ledger::evidence::Rejection;
use store::StateError;
use wire::Item;

use crate::handler::Ledger;
use crate::memory::Memory;

type Checked = Result<Result<(), Rejection>, Fault>;

impl Ledger {
    /// Whether what the event says about another action is so.
    pub(crate) async fn ties(
        &self,
        item: &Item,
        before: &State,
        event: &Event,
        memory: &mut Memory,
    ) -> Checked {
        match event {
            Event::Decided { granted, .. } => {
                let Some(proposal) = before.proposal() else { return Ok(Ok(())) };
                for one in granted {
                    if let Err(rejection) = self.promised(proposal, one, memory).await? {
                        return Ok(Err(rejection));
                    }
                }
                Ok(Ok(()))
            }
            Event::GrantUsed { statement, by, attempt } => self.used(item, *statement, (by, attempt)).await,
            _ => Ok(Ok(())),
        }
    }

    /// The promise stands in the records of an action of the same agent and type.
    async fn promised(&self, proposal: &Proposal, granted: &Granted, memory: &mut Memory) -> Checked {
        let unproven = |detail: &str| Ok(Err(Rejection::new("grant-unproven", detail)));
        let row = self.row(&granted.action, memory).await?;
        let Some(row) = row.filter(|row| !row.quarantined) else {
            return unproven("nothing valid is recorded of the action whose approval is named");
        };
        let recorded = self.recorded(&granted.action, row.sequence, row.chain, memory).await?;
        let Some(recorded) = recorded else {
            return unproven("the records of the action whose approval is named do not lead there");
        };
        let agent = |proposal: &Proposal| (proposal.principal.clone(), proposal.action_type.clone());
        if recorded.state().proposal().map(agent) != Some(agent(proposal)) {
            return unproven("the promise was made to another agent or about another action type");
        }
        let review = recorded.state().review();
        if !review.is_some_and(|review| review.promise_stands(granted, &[])) {
            return unproven("no recorded approval promised it");
        }
        match review.is_some_and(|review| review.promise_stands(granted, &proposal.changed_by)) {
            true => Ok(Ok(())),
            false => unproven("whoever promised it has changed a parameter of the action"),
        }
    }

    /// The use belongs to the claim of an action that was decided on this promise. Both were written at once, so the item
    /// itself says; its record may come later than this one.
    async fn used(&self, item: &Item, statement: Digest, (by, attempt): (&ActionId, &str)) -> Checked {
        let other = match self.capabilities.state.item(by).await {
            Ok(other) => other,
            Err(StateError::Fault(fault)) => return Err(fault),
            Err(StateError::Item(_)) => None,
        };
        let claims = other.is_some_and(|other| stands_on(&other, (item.id(), statement), attempt));
        let rejection =
            || Rejection::new("grant-use-unproven", "no claim of the action that is named used it");
        Ok(if claims { Ok(()) } else { Err(rejection()) })
    }
}

/// Whether this attempt of the item was claimed under a decision that names the promise.
fn stands_on(item: &Item, (action, statement): (&ActionId, Digest), attempt: &str) -> bool {
    let (mut named, mut claimed) = (false, false);
    for entry in item.entries() {
        match &entry.event {
            Event::Decided { granted, .. } => {
                named = granted.iter().any(|one| one.action == *action && one.statement == statement);
            }
            Event::Claimed { attempt: of, .. } => claimed = named && of == attempt,
            _ => {}
        }
    }
    claimed
}
