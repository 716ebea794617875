//! What ties two actions: a decision that stands on another's grant, and the use that is counted there.

use domain::{ActionId, Digest, Event, Granted, Proposal, Rejection, State};
use store::StateError;
use wire::{AnyItem, Item};

use crate::batch::Batch;
use crate::error::ExamineError;

/// One grant: the action that was approved, and the statement that made it.
#[derive(Debug, Clone, Copy)]
struct GrantRef<'a> {
    action: &'a ActionId,
    statement: Digest,
}

impl Batch<'_> {
    /// Whether what the event says about another action is so.
    pub(crate) async fn ties(
        &mut self,
        item: &Item,
        before: &State,
        event: &Event,
    ) -> Result<(), ExamineError> {
        match event {
            Event::Decided { granted, .. } => {
                let Some(proposal) = before.proposal() else { return Ok(()) };
                for one in granted {
                    self.check_grant(proposal, one).await?;
                }
                Ok(())
            }
            Event::GrantUsed { statement, by, attempt } => {
                self.used(GrantRef { action: item.id(), statement: *statement }, by, attempt).await
            }
            _ => Ok(()),
        }
    }

    /// The grant stands in the records of an action of the same agent and type.
    async fn check_grant(&mut self, proposal: &Proposal, granted: &Granted) -> Result<(), ExamineError> {
        let unproven = |detail: &str| Err(Rejection::new("grant-unproven", detail).into());
        let row = self.row(&granted.action).await?;
        let Some(row) = row.filter(|row| !row.quarantined) else {
            return unproven("nothing valid is recorded of the action whose approval is named");
        };
        let recorded = self.recorded(&granted.action, row.sequence, row.chain).await?;
        let Some(recorded) = recorded.as_ref().and_then(AnyItem::action) else {
            return unproven("the records of the action whose approval is named do not lead there");
        };
        let agent = |proposal: &Proposal| (proposal.principal.clone(), proposal.action_type.clone());
        if recorded.state().proposal().map(agent) != Some(agent(proposal)) {
            return unproven("the grant was made to another agent or about another action type");
        }
        let review = recorded.state().review();
        if !review.is_some_and(|review| review.grant_stands(granted, &[])) {
            return unproven("no recorded approval granted it");
        }
        match review.is_some_and(|review| review.grant_stands(granted, &proposal.changed_by)) {
            true => Ok(()),
            false => unproven("whoever granted it has changed a parameter of the action"),
        }
    }

    /// The use belongs to the claim of an action that was decided on this grant. Both were written at once, so the item
    /// itself says; its record may come later than this one.
    async fn used(&self, grant: GrantRef<'_>, by: &ActionId, attempt: &str) -> Result<(), ExamineError> {
        let other = match self.ledger.capabilities.state.item(by).await {
            Ok(other) => other,
            Err(StateError::Fault(fault)) => return Err(fault.into()),
            Err(StateError::Item(_)) => None,
        };
        if other.is_some_and(|other| stands_on(&other, grant, attempt)) {
            return Ok(());
        }
        Err(Rejection::new("grant-use-unproven", "no claim of the action that is named used it").into())
    }
}

/// Whether this attempt of the item was claimed under a decision that names the grant.
fn stands_on(item: &Item, grant: GrantRef<'_>, attempt: &str) -> bool {
    let (mut named, mut claimed) = (false, false);
    for entry in item.entries() {
        match &entry.event {
            Event::Decided { granted, .. } => {
                named =
                    granted.iter().any(|one| one.action == *grant.action && one.statement == grant.statement);
            }
            Event::Claimed { attempt: of, .. } => claimed = named && of == attempt,
            _ => {}
        }
    }
    claimed
}
