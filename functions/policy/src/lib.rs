//! Policy: opens the payload, verifies the token, evaluates the rules, derives and pins the plan, and commits all of
//! it with the document that people will see.
//!
//! It gives no verdicts, requests no credentials for running, and sends nothing. What cannot be decided is denied
//! with a reason. If the cause may pass, the message is delivered again, and the deadline bounds the attempts.

mod approvals;
mod decide;
mod decision;
mod granted;
mod open;
mod plan;
mod rejection;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use bundle::{InForce, PublisherKey, ReadBundles, Remembered};
use connectors::Inspect;
use credentials::AssumeRole;
use domain::{Fault, State};
use identity::Verifier;
use runtime::Clock;
use runtime::sqs::HandleMessage;
use store::{ExtendState, Extended, OpenPayload, ReadDocuments, ReadIndex, ReadState, WriteDocuments};
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
    /// The history of earlier actions.
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
    in_force: Remembered,
}

impl Policy {
    /// A function that accepts tokens that `verifier` accepts and bundles that `publisher` signed.
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
            in_force: Remembered::default(),
        }
    }

    /// The bundle in force now. The next manifest is looked for each time; earlier ones are remembered.
    async fn rules(&self) -> Result<InForce, bundle::BundleFault> {
        self.in_force.in_force(self.capabilities.bundles.as_ref(), &self.publisher).await
    }
}

#[async_trait]
impl HandleMessage for Policy {
    async fn handle(&self, message: &Message) -> Result<(), Fault> {
        if message.effect != EffectName::Decide {
            return Err(Fault::lasting("not a message for policy"));
        }
        let stored = self.capabilities.state.item(&message.action).await?;
        let item = stored.ok_or_else(|| Fault::lasting("there is no such action"))?;
        let State::Proposed(proposal) = item.state() else { return Ok(()) };
        if self.capabilities.clock.now() >= proposal.expires_at {
            return Ok(());
        }
        let decided = self.decide(&item, proposal).await?;
        let event = self.write(item.id(), proposal, decided).await?;
        let impossible = |rejection| Fault::lasting(format!("the decision is not possible: {rejection}"));
        let (next, _) = item.extend(event, self.capabilities.clock.now()).map_err(impossible)?;
        // The first write decides. The documents of a decision that came later stay unused.
        match self.capabilities.extend.extend(item.chain(), &next).await? {
            Extended::Updated | Extended::Differs(_) => Ok(()),
            Extended::Absent => Err(Fault::lasting("the action is gone")),
        }
    }
}
