//! Steps 6 and 7: one conditional write, one create-only object. Two locks, because a table can be restored.

use bytes::Bytes;
use data_encoding::HEXLOWER;
use domain::{ActionId, Digest, Event, Fault, LossReason, Refusal, Review, State};
use ledger::Claimed;
use serde_json::json;
use store::{Extended, StateError};
use wire::Item;
use wire::json::{JsonError, canonical};

use super::outcome::Ended;
use super::{Attempt, TRIES};
use crate::check::Cleared;
use crate::{Execution, LEASE, state_fault};

impl Execution {
    /// W18, W19: claims the action for a new attempt, on exactly the chain that was checked. None when somebody else was
    /// first or it expired meanwhile.
    pub(super) async fn claim(&self, item: &Item, cleared: &Cleared) -> Result<Option<Attempt>, Fault> {
        let mut id = [0; 16];
        self.can.random.fill(&mut id)?;
        let id = HEXLOWER.encode(&id);
        let now = self.can.clock.now();
        let lease_until = now.plus_seconds(LEASE);
        let event = Event::Claimed { attempt: id.clone(), lease_until, bundle: cleared.bundle };
        let claimed = match item.extend(event, now) {
            Ok((claimed, _)) => claimed,
            Err(Refusal::Expired) => return Ok(None),
            Err(refusal) => return Err(Fault::lasting(format!("the claim cannot follow: {refusal}"))),
        };
        let ours = match self.can.extend.extend(item.chain(), &claimed).await {
            Ok(Extended::Updated) => true,
            Ok(Extended::Differs(stored)) => stored.chain() == claimed.chain(),
            Ok(Extended::Absent) => return Err(Fault::lasting("the item is gone")),
            Err(StateError::Fault(fault)) if fault.is_passing() => self.is_stored(&claimed, fault).await?,
            Err(error) => return Err(state_fault(error)),
        };
        Ok(ours.then_some(Attempt { id, lease_until, item: claimed }))
    }

    /// F9: the answer was lost; the item says whether the write was not. Ours alone has this attempt's chain.
    async fn is_stored(&self, claimed: &Item, lost: Fault) -> Result<bool, Fault> {
        let stored = self.can.state.item(claimed.id()).await.map_err(state_fault)?;
        match stored {
            Some(stored) if stored.chain() == claimed.chain() => Ok(true),
            Some(stored) if matches!(stored.state(), State::Approved(_)) => Err(lost),
            _ => Ok(false),
        }
    }

    /// D11: a restored table approves again, the locked bucket does not.
    pub(super) async fn claim_object(&self, attempt: &Attempt, review: &Review) -> Result<(), Ended> {
        let unclaimed = || Ended::not_done("no-claim", "the claim could not be locked");
        let bytes = written(attempt.item.id(), &attempt.id, review.decision.action);
        let bytes = bytes.map_err(|_| unclaimed())?;
        let mut tried = 1;
        loop {
            match self.can.claims.claim(attempt.item.id(), bytes.clone()).await {
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
