//! Claims the action, mints credentials, runs the plan and commits the outcome: in this order, once.

mod attempt;
mod claim;
mod commit;
mod outcome;
mod resume;

use connectors::{Command, RunError};
use credentials::{Credentials, RunRole, run_session};
use domain::{Fault, Review};
use wire::Item;

use crate::Execution;
use crate::check::VerifiedAction;
use crate::error::ExecutionError;
use attempt::{ExecutionAttempt, TRIES};
use outcome::Ended;

impl Execution {
    pub(crate) async fn act(
        &self,
        item: &Item,
        review: &Review,
        verified: &VerifiedAction,
    ) -> Result<(), ExecutionError> {
        let Some(attempt) = self.claim(item, review, verified).await? else { return Ok(()) };
        let started_at = self.capabilities.clock.now();
        let ended = match self.claim_object(&attempt, review).await {
            Err(ended) => ended,
            Ok(()) => self.run(&attempt, verified).await,
        };
        Ok(self.commit(&attempt, verified, ended, started_at).await?)
    }

    /// Nothing can have happened until the command is sent, so whatever goes wrong before is a failure. From then on only
    /// the target's answer says what happened.
    async fn run(&self, attempt: &ExecutionAttempt, verified: &VerifiedAction) -> Ended {
        if let Some(suspension) = resume::Suspended::of(&verified.calls) {
            return self.resume(attempt, &suspension).await;
        }
        let credentials = match self.mint(attempt, verified).await {
            Ok(credentials) => credentials,
            Err(fault) => {
                tracing::error!(action = %attempt.item.id(), %fault, "no credentials for the plan");
                return Ended::not_done("no-credentials", "no credentials could be had for the plan");
            }
        };
        if self.capabilities.clock.now() >= attempt.lease_until {
            return Ended::not_done("too-late", "the attempt's time was over before it began");
        }
        let command = Command {
            account: &verified.plan.account,
            region: &verified.plan.region,
            calls: &verified.calls,
            attempt: &attempt.id,
        };
        match self.capabilities.run.run(&command, &credentials).await {
            Ok(ran) => Ended::Done(ran),
            Err(RunError::NotDone { code, detail }) => Ended::NotDone { code, detail },
            Err(RunError::NoAnswer) => Ended::NoAnswer,
        }
    }

    /// P11: the plan's role, narrowed to the plan's policy and the attempt's time, and marked with the action.
    async fn mint(
        &self,
        attempt: &ExecutionAttempt,
        verified: &VerifiedAction,
    ) -> Result<Credentials, Fault> {
        let role = RunRole { arn: &verified.plan.role, policy: &verified.plan.session_policy };
        let session = run_session(role, attempt.item.id(), &attempt.id, attempt.lease_until)
            .map_err(|error| Fault::lasting(error.to_string()))?;
        let mut tried = 1;
        loop {
            match self.capabilities.assume.assume(&session).await {
                Err(fault) if fault.is_passing() && tried < TRIES => self.wait(tried).await,
                answer => return answer,
            }
            tried += 1;
        }
    }

    pub(crate) async fn wait(&self, tried: u32) {
        self.capabilities.pause.pause(200 << tried.min(5)).await;
    }
}
