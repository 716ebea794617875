//! The request, as the sealed payload and the agent's own token state it. Nothing else is believed.

use domain::{KeyRef, Proposal};
use identity::{AgentCaller, VerifiedCaller, caller_with_key, unverified_key_ref};
use store::DocumentFault;
use wire::Item;
use wire::documents::{DocumentKind, Payload, Request, SealedPayload, Statement};
use wire::patch::touched;

use crate::Policy;
use crate::rejection::{DecisionError, DecisionRejection};

/// A request whose payload was opened and whose token is valid.
pub(crate) struct Opened {
    pub(crate) payload: Payload,
    /// The statements of those who changed parameters since.
    pub(crate) changes: Vec<Statement>,
    pub(crate) request: Request,
    pub(crate) agent: AgentCaller,
}

impl Policy {
    /// D9, D17: opens the payload and verifies the agent's token as of the proposal; principal and claims come from it alone.
    pub(crate) async fn open(&self, item: &Item, proposal: &Proposal) -> Result<Opened, DecisionError> {
        let id = item.id();
        let sealed: SealedPayload = self.document(proposal.payload, "payload").await?;
        let request: Request = self.document(proposal.request, "request").await?;
        let now = self.capabilities.clock.now();
        let unreadable =
            |fault| DecisionError::of_fault(fault, "payload-unreadable", "The payload cannot be opened.");
        let opened = self.capabilities.open.open(&sealed, id, Proposal::SEALED, now).await;
        let payload = opened.map_err(unreadable)?;
        let agent = self.agent(&payload.token, proposal).await?;
        let same_revision = request.action == *id && request.revision == proposal.revision;
        let same_proposer =
            request.action_type == proposal.action_type && agent.principal == proposal.principal;
        if !(same_revision && same_proposer) {
            return Err(DecisionRejection::new(
                "request-mismatch",
                "The request is not the one that was proposed.",
            )
            .into());
        }
        let changes = self.changes(item).await?;
        Ok(Opened { payload, changes, request, agent })
    }

    /// The statements of those who changed parameters since. Their signatures are checked before they are recorded, and
    /// again before anything runs.
    async fn changes(&self, item: &Item) -> Result<Vec<Statement>, DecisionError> {
        let mut changes = Vec::new();
        for (_, verdict) in item.changes() {
            let statement: Statement = self.document(verdict.statement, "change").await?;
            let named = statement.patch.as_ref().map(touched);
            if statement.action != *item.id() || named.as_ref() != Some(&verdict.changed) {
                let message = "A change is not the one that was recorded.";
                return Err(DecisionRejection::new("request-mismatch", message).into());
            }
            changes.push(statement);
        }
        Ok(changes)
    }

    async fn agent(&self, token: &str, proposal: &Proposal) -> Result<AgentCaller, DecisionError> {
        let invalid = || DecisionRejection::new("token-invalid", "The agent's token does not hold.");
        let key_ref: KeyRef = unverified_key_ref(token).map_err(|_| invalid())?;
        if key_ref != proposal.token_key {
            return Err(invalid().into());
        }
        let unchecked =
            |fault| DecisionError::of_fault(fault, "token-invalid", "The agent's token cannot be checked.");
        let found = self.verifier.key(&key_ref, self.capabilities.clock.now()).await.map_err(unchecked)?;
        let key = found.ok_or_else(invalid)?;
        match caller_with_key(token, &key, self.verifier.issuers(), proposal.created_at) {
            Ok(VerifiedCaller::Agent(agent)) => Ok(agent),
            Ok(VerifiedCaller::Person(_)) | Err(_) => Err(invalid().into()),
        }
    }

    async fn document<T: DocumentKind>(
        &self,
        digest: domain::Digest,
        what: &str,
    ) -> Result<T, DecisionError> {
        let message = format!("The stored {what} cannot be read.");
        let missing = || DecisionRejection::new("document-missing", message.clone());
        let document = match self.capabilities.documents.document(digest).await {
            Ok(document) => document.ok_or_else(missing)?,
            Err(DocumentFault::Fault(fault)) => {
                return Err(DecisionError::of_fault(fault, "document-missing", &message));
            }
            Err(DocumentFault::Mismatch(_)) => return Err(missing().into()),
        };
        document.open().map_err(|_| missing().into())
    }
}
