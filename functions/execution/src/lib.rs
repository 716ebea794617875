//! Execution: trusts no other function. It checks everything again, claims the action, obtains credentials for
//! exactly one plan, runs it, and commits the outcome.
//!
//! The order matters: nothing is claimed before every check, no credentials for running are requested before the
//! claim, and no command is sent twice. A failure before the claim has one of three results. If it may pass, the
//! message is delivered again. If a rule forbids the action, it is denied with a code. If evidence is not valid,
//! nothing is written, and the message ends in the dead-letter queue, where people see it.

mod act;
mod check;
mod config;
mod error;
mod probe;

use std::sync::Arc;

use async_trait::async_trait;
use bundle::{InForce, ReadBundles, Remembered};
use connectors::{Inspect, RunPlan};
use credentials::AssumeRole;
use domain::{Fault, Rejection, State};
use ledger::{PutClaim, ReadLocked};
use runtime::sqs::HandleMessage;
use runtime::{Clock, Pause, Random};
use store::{
    ClaimState, EffectiveSuspensions, ExtendState, OpenPayload, ReadActivity, ReadDocuments, ReadIndex,
    ReadState, WriteDocuments,
};
use wire::message::{EffectName, Message};

pub use config::Config;
use error::ExecutionError;

/// What execution may do, one capability per permission.
#[derive(Clone)]
pub struct Capabilities {
    /// Reading items.
    pub state: Arc<dyn ReadState>,
    /// Claiming.
    pub claim: Arc<dyn ClaimState>,
    /// Claims that the index may not have yet.
    pub activity: Arc<dyn ReadActivity>,
    /// Refusing and committing outcomes.
    pub extend: Arc<dyn ExtendState>,
    /// Reading documents, sealed payloads too.
    pub documents: Arc<dyn ReadDocuments>,
    /// Keeping outcomes and refusals.
    pub document_writer: Arc<dyn WriteDocuments>,
    /// Opening sealed payloads.
    pub payloads: Arc<dyn OpenPayload>,
    /// Where records are, and whether a violation was recorded.
    pub index: Arc<dyn ReadIndex>,
    /// Log objects and their locks.
    pub log: Arc<dyn ReadLocked>,
    /// Claim objects.
    pub claims: Arc<dyn PutClaim>,
    /// The bundle in force.
    pub bundles: Arc<dyn ReadBundles>,
    /// Credentials of inspection and run roles.
    pub assume: Arc<dyn AssumeRole>,
    /// Targets, to look at.
    pub inspect: Arc<dyn Inspect>,
    /// Targets, to act on.
    pub run: Arc<dyn RunPlan>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Attempt ids.
    pub random: Arc<dyn Random>,
    /// Waiting between repeated writes of an outcome.
    pub pause: Arc<dyn Pause>,
}

/// Seconds after which an attempt is given up: longer than the function may run.
pub const LEASE: i64 = 300;

/// The handler. One per process.
pub struct Execution {
    pub(crate) capabilities: Capabilities,
    pub(crate) config: Config,
    in_force: Remembered,
}

#[async_trait]
impl HandleMessage for Execution {
    async fn handle(&self, message: &Message) -> Result<(), Fault> {
        if !matches!(message.effect, EffectName::Execute | EffectName::ProbeOutcome) {
            return Err(Fault::lasting("not a message for execution"));
        }
        let stored = self.capabilities.state.item(&message.action).await?;
        let item = stored.ok_or_else(|| Fault::passing("there is no such item"))?;
        if message.effect == EffectName::ProbeOutcome {
            return self.probe(&item, message).await;
        }
        // An action that executes belongs to the attempt that claimed it until its lease is lost. In every other state it is
        // over, or not approved yet.
        let State::Approved(review) = item.state() else { return Ok(()) };
        if self.capabilities.clock.now() >= review.proposal.expires_at {
            return Ok(());
        }
        let acted = match self.check(&item, review, message).await {
            Ok(verified) => self.act(&item, review, &verified).await,
            Err(error) => Err(error),
        };
        match acted {
            Ok(()) | Err(ExecutionError::Superseded) => Ok(()),
            Err(ExecutionError::Rejection(rejection)) => self.deny(&item, &rejection).await,
            Err(ExecutionError::Evidence(Rejection { code, detail })) => {
                tracing::error!(alarm = true, action = %item.id(), code, detail, "evidence does not hold; nothing runs");
                Err(Fault::lasting(format!("{code}: {detail}")))
            }
            Err(ExecutionError::Fault(fault)) => Err(fault),
        }
    }
}

impl Execution {
    /// An execution function with these capabilities.
    #[must_use]
    pub fn new(capabilities: Capabilities, config: Config) -> Self {
        Self { capabilities, config, in_force: Remembered::default() }
    }

    pub(crate) async fn suspensions(&self) -> Result<EffectiveSuspensions, Fault> {
        Ok(EffectiveSuspensions::read(self.capabilities.state.as_ref(), self.capabilities.index.as_ref())
            .await?)
    }

    /// The bundle in force. The next manifest is looked for each time.
    pub(crate) async fn in_force(&self) -> Result<InForce, ExecutionError> {
        let found = self.in_force.in_force(self.capabilities.bundles.as_ref(), &self.config.publisher).await;
        found.map_err(|fault| match fault.is_passing() {
            true => ExecutionError::Fault(fault.into()),
            false => ExecutionError::evidence("no-bundle", fault.to_string()),
        })
    }
}
