//! The decision: the payload opened, the token verified, policy asked, the plan worked out and pinned, and all of it
//! committed with what people will see.
//!
//! Absent here: votes, minting, sending. What cannot be decided is denied with a reason, except what may pass: then the
//! message comes again, and the deadline takes care of the rest.

mod decide;
mod granted;
mod open;
mod plan;
mod write;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bundle::{InForce, PublisherKey, ReadBundles};
use connectors::Inspect;
use credentials::AssumeRole;
use domain::{Fault, State};
use identity::Verifier;
use runtime::Clock;
use runtime::sqs::HandleMessage;
use store::{
    ExtendState, Extended, OpenPayload, ReadDocuments, ReadIndex, ReadState, StateError, WriteDocuments,
};
use wire::message::{EffectName, Message};

/// The capabilities of this function's role.
pub struct Capabilities {
    /// Items.
    pub state: Arc<dyn ReadState>,
    /// Committing the decision.
    pub extend: Arc<dyn ExtendState>,
    /// Payload and request.
    pub documents: Arc<dyn ReadDocuments>,
    /// Decision, action and review.
    pub document_writer: Arc<dyn WriteDocuments>,
    /// Opening payloads.
    pub open: Arc<dyn OpenPayload>,
    /// What was done before.
    pub index: Arc<dyn ReadIndex>,
    /// Bundles.
    pub bundles: Arc<dyn ReadBundles>,
    /// Credentials of the inspection roles.
    pub assume: Arc<dyn AssumeRole>,
    /// Looking at targets with them.
    pub inspect: Arc<dyn Inspect>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The policy function.
pub struct Policy {
    capabilities: Capabilities,
    verifier: Verifier,
    publisher: PublisherKey,
    deployment: String,
    in_force: Mutex<Option<InForce>>,
}

impl Policy {
    /// A function that believes tokens as `verifier` does and bundles signed by `publisher`.
    #[must_use]
    pub fn new(
        capabilities: Capabilities,
        verifier: Verifier,
        publisher: PublisherKey,
        deployment: &str,
    ) -> Self {
        Self {
            capabilities,
            verifier,
            publisher,
            deployment: deployment.to_owned(),
            in_force: Mutex::new(None),
        }
    }

    /// The bundle in force now: the next manifest is asked for each time, the others are remembered.
    async fn rules(&self) -> Result<InForce, bundle::BundleFault> {
        let cached = self.in_force.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let found =
            InForce::load(self.capabilities.bundles.as_ref(), &self.publisher, cached.as_ref()).await?;
        *self.in_force.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
        Ok(found)
    }
}

#[async_trait]
impl HandleMessage for Policy {
    async fn handle(&self, message: &Message) -> Result<(), Fault> {
        if message.effect != EffectName::Decide {
            return Err(Fault::lasting("not a message for policy"));
        }
        let item = self.capabilities.state.item(&message.action).await.map_err(fault)?;
        let item = item.ok_or_else(|| Fault::lasting("there is no such action"))?;
        let State::Proposed(proposal) = item.state() else { return Ok(()) };
        if self.capabilities.clock.now() >= proposal.expires_at {
            return Ok(());
        }
        let decided = self.decide(&item, proposal).await?;
        let event = self.write(item.id(), proposal, decided).await?;
        let next = item.extend(event, self.capabilities.clock.now());
        let (next, _) =
            next.map_err(|refusal| Fault::lasting(format!("the decision is refused: {refusal}")))?;
        // Whoever was first has decided; the documents of the other are orphans.
        match self.capabilities.extend.extend(item.chain(), &next).await.map_err(fault)? {
            Extended::Updated | Extended::Differs(_) => Ok(()),
            Extended::Absent => Err(Fault::lasting("the action is gone")),
        }
    }
}

fn fault(error: StateError) -> Fault {
    match error {
        StateError::Fault(fault) => fault,
        StateError::Item(error) => Fault::lasting(error.to_string()),
    }
}
