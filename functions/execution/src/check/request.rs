//! Step 1: the sealed request, and the agent's token at the time of the record that says when it was proposed.

use domain::{Proposal, Review};
use identity::{AgentCaller, VerifiedCaller, caller_with_key, unverified_key_ref};
use wire::Item;
use wire::documents::{Payload, SealedPayload};
use wire::message::Message;

use super::record;
use crate::Execution;
use crate::error::ExecutionError;

/// The opened request and its proposer.
pub(crate) struct Sealed {
    pub(crate) payload: Payload,
    pub(crate) caller: AgentCaller,
}

impl Execution {
    /// D9, D17: principal and claims come only from the agent's own token. The token is verified with the key that the
    /// ledger fetched and locked when the action was proposed.
    pub(crate) async fn sealed(
        &self,
        item: &Item,
        review: &Review,
        message: &Message,
    ) -> Result<Sealed, ExecutionError> {
        let proposal = &review.proposal;
        let (object, recorded_at) = self.locked_since(message.proposed_object, proposal.created_at).await?;
        record::stands(&object, item, 1)?;
        record::proposed_then(proposal.created_at, recorded_at)?;
        let unrecorded = || {
            let detail = "the key of the agent's token is not recorded before its proposal";
            ExecutionError::evidence("key-not-recorded", detail)
        };
        let key = object.key(&proposal.token_key).cloned().ok_or_else(unrecorded)?;
        let payload = self.payload(item, review).await?;
        let key_ref = unverified_key_ref(&payload.token).map_err(|error| invalid(error.code()))?;
        if key_ref != proposal.token_key {
            return Err(ExecutionError::rejection(
                "request-mismatch",
                "the sealed token is not the one that was recorded",
            ));
        }
        let caller = caller_with_key(&payload.token, &key, &self.config.issuers, proposal.created_at);
        match caller.map_err(|error| invalid(error.code()))? {
            VerifiedCaller::Agent(caller) if caller.principal == proposal.principal => {
                Ok(Sealed { payload, caller })
            }
            _ => {
                Err(ExecutionError::rejection("request-mismatch", "the sealed token is not the principal's"))
            }
        }
    }

    async fn payload(&self, item: &Item, review: &Review) -> Result<Payload, ExecutionError> {
        let proposal = &review.proposal;
        let sealed: SealedPayload = self.open(proposal.payload).await?;
        let now = self.capabilities.clock.now();
        match self.capabilities.payloads.open(&sealed, item.id(), Proposal::SEALED, now).await {
            Ok(payload) => Ok(payload),
            Err(fault) if fault.is_passing() => Err(ExecutionError::Fault(fault)),
            Err(fault) => Err(ExecutionError::evidence("payload-unreadable", fault.to_string())),
        }
    }
}

fn invalid(check: &str) -> ExecutionError {
    ExecutionError::rejection("invalid-token", format!("the agent's token does not hold ({check})"))
}
