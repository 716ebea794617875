//! Steps 6 and 7: one conditional write and one create-only object. There are two locks because a table can be restored from
//! a backup, and a locked bucket cannot.

use bytes::Bytes;
use data_encoding::HEXLOWER;
use domain::{ActionId, Chain, Digest, Event, EventRejection, Fault, LossReason, Review, State};
use ledger::Claimed;
use serde_json::json;
use store::{ClaimConditions, ClaimedState, StateError};
use wire::Item;
use wire::json::{JsonError, canonical};

use super::attempt::{ExecutionAttempt, TRIES};
use super::outcome::Ended;
use crate::check::{Counted, VerifiedAction};
use crate::error::ExecutionError;
use crate::{Execution, LEASE};

/// What came of one try to claim.
enum Try {
    /// The claim is there, and it is ours.
    Ours,
    /// The action has moved on, by somebody else.
    Theirs,
    /// Nothing was written, and the action may still be claimed.
    Again(Fault),
}

/// How often a counted claim is tried: each of the attempts that run at once may come first.
const TRIES_COUNTED: u32 = 20;

fn tries(counted: Option<&Counted>) -> u32 {
    if counted.is_some() { TRIES_COUNTED } else { TRIES }
}

impl Execution {
    /// W18, W19: claims the action for a new attempt, on exactly the chain that was checked. None when somebody else was
    /// first or it expired meanwhile.
    pub(super) async fn claim(
        &self,
        item: &Item,
        review: &Review,
        verified: &VerifiedAction,
    ) -> Result<Option<ExecutionAttempt>, ExecutionError> {
        let mut bytes = [0; 16];
        self.capabilities.random.fill(&mut bytes)?;
        let id = HEXLOWER.encode(&bytes);
        let now = self.capabilities.clock.now();
        let lease_until = now.plus_seconds(LEASE);
        let event = Event::Claimed { attempt: id.clone(), lease_until, bundle: verified.bundle };
        let claimed = match item.extend(event, now) {
            Ok((claimed, _)) => claimed,
            Err(EventRejection::Expired) => return Ok(None),
            Err(rejection) => {
                return Err(Fault::lasting(format!("the claim cannot follow: {rejection}")).into());
            }
        };
        let (mut tried, mut grant_in_use, mut counted) =
            (1, verified.grant_in_use.clone(), verified.counted.clone());
        loop {
            let suspensions = self.not_suspended(review).await?;
            let used = grant_in_use
                .as_ref()
                .map(|grant_in_use| grant_in_use.used(item.id(), &id, now))
                .transpose()?;
            let stood_on = grant_in_use.as_ref().zip(used.as_ref());
            let grant = stood_on.map(|(grant_in_use, used)| (grant_in_use.item.chain(), used));
            let conditions =
                ClaimConditions { suspensions, grant, counted: counted.as_ref().map(Counted::claim) };
            match self.try_claim(item, &claimed, &conditions).await? {
                Try::Ours => return Ok(Some(ExecutionAttempt { id, lease_until, item: claimed })),
                Try::Theirs => return Ok(None),
                Try::Again(fault) if tried >= tries(counted.as_ref()) => return Err(fault.into()),
                Try::Again(_) if counted.is_some() => self.step_aside().await?,
                Try::Again(_) => self.wait(tried).await,
            }
            tried += 1;
            if let Some(before) = counted {
                counted = self.ask_again(item, before).await?;
            }
            grant_in_use = match grant_in_use {
                Some(grant_in_use) => Some(self.again(grant_in_use).await?),
                None => None,
            };
        }
    }

    /// Claims of one history succeed one after the other. Each waits for a random time, so that they do not collide again.
    async fn step_aside(&self) -> Result<(), Fault> {
        let mut moment = [0];
        self.capabilities.random.fill(&mut moment)?;
        self.capabilities.pause.pause(moment.into_iter().map(|byte: u8| 20 + u64::from(byte)).sum()).await;
        Ok(())
    }

    /// The suspension list as the claim has to find it. What it suspends is denied for good, so that nothing runs by itself after
    /// the resume.
    async fn not_suspended(&self, review: &Review) -> Result<Option<Chain>, ExecutionError> {
        let suspensions = self.suspensions().await?;
        let proposal = &review.proposal;
        match suspensions.covering(&proposal.principal, &proposal.action_type) {
            Some(suspension) => {
                Err(ExecutionError::rejection("suspended", review::describe_suspension(suspension)))
            }
            None => Ok(suspensions.chain()),
        }
    }

    async fn try_claim(
        &self,
        item: &Item,
        claimed: &Item,
        conditions: &ClaimConditions<'_>,
    ) -> Result<Try, Fault> {
        match self.capabilities.claim.claim(item.chain(), claimed, conditions).await {
            Ok(ClaimedState::Updated) => Ok(Try::Ours),
            Ok(ClaimedState::Differs(stored)) if stored.chain() == claimed.chain() => Ok(Try::Ours),
            Ok(ClaimedState::Differs(_)) => Ok(Try::Theirs),
            Ok(ClaimedState::Absent) => Err(Fault::lasting("the item is gone")),
            Ok(ClaimedState::SuspensionsMoved) => {
                Ok(Try::Again(Fault::passing("the suspension list keeps moving")))
            }
            Ok(ClaimedState::HistoryMoved) => {
                Ok(Try::Again(Fault::passing("other claims of this history keep coming first")))
            }
            Ok(ClaimedState::GrantMoved) => Ok(Try::Again(Fault::passing("the grant keeps moving"))),
            Err(StateError::Fault(fault)) if fault.is_passing() => self.look(claimed, fault).await,
            Err(error) => Err(error.into()),
        }
    }

    /// F9: the answer was lost, so the item is read. Only our own write leads to this attempt's chain.
    async fn look(&self, claimed: &Item, lost: Fault) -> Result<Try, Fault> {
        let stored = self.capabilities.state.item(claimed.id()).await?;
        Ok(match stored {
            Some(stored) if stored.chain() == claimed.chain() => Try::Ours,
            Some(stored) if matches!(stored.state(), State::Approved(_)) => Try::Again(lost),
            _ => Try::Theirs,
        })
    }

    /// D11: a table restored from a backup would allow a second claim. The locked bucket does not.
    pub(super) async fn claim_object(
        &self,
        attempt: &ExecutionAttempt,
        review: &Review,
    ) -> Result<(), Ended> {
        let unclaimed = || Ended::not_done("no-claim", "the claim could not be locked");
        let bytes =
            written(attempt.item.id(), &attempt.id, review.decision.action).map_err(|_| unclaimed())?;
        let mut tried = 1;
        loop {
            match self.capabilities.claims.claim(attempt.item.id(), bytes.clone()).await {
                Ok(Claimed::Created) => return Ok(()),
                Ok(Claimed::Taken(held)) if held == bytes => return Ok(()),
                Ok(Claimed::Taken(_)) => {
                    tracing::error!(alarm = true, action = %attempt.item.id(), "another attempt holds the claim");
                    return Err(Ended::Lost(LossReason::ClaimedElsewhere));
                }
                Err(fault) if fault.is_passing() && tried < TRIES => self.wait(tried).await,
                Err(fault) => {
                    tracing::error!(action = %attempt.item.id(), %fault, "the claim could not be locked");
                    return Err(unclaimed());
                }
            }
            tried += 1;
        }
    }
}

/// The claim's object: which attempt may do what was approved.
fn written(action: &ActionId, attempt: &str, digest: Digest) -> Result<Bytes, JsonError> {
    let claim = json!({
        "format": "countersign-claim/1",
        "action": action.to_string(),
        "attempt": attempt,
        "digest": digest.to_string(),
    });
    Ok(Bytes::from(canonical(&claim)?.into_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../../docs/formats.md");

    /// The example of `docs/formats.md` is what is written.
    #[test]
    fn the_documented_claim() {
        let example = PAGE.split("```json\n").find(|rest| rest.contains("countersign-claim/1")).unwrap();
        let example = example.split("```").next().unwrap();
        let example = wire::json::parse_value(example.as_bytes()).unwrap();
        let text = |name: &str| example.get(name).unwrap().as_str().unwrap();
        let (action, digest) = (text("action").parse().unwrap(), text("digest").parse().unwrap());
        let bytes = written(&action, text("attempt"), digest).unwrap();
        assert_eq!(bytes, canonical(&example).unwrap().into_string());
    }
}
