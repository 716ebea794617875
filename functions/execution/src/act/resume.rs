//! The one thing execution does itself: ending a suspension that people agreed to end.

use connectors::{OWN, RESUME_CALL, Ran};
use domain::{Chain, Digest, Scope, SuspensionEvent};
use serde_json::json;
use store::{Extended, StateError};
use wire::SuspensionItem;
use wire::documents::Call;

use super::attempt::{ExecutionAttempt, TRIES};
use super::outcome::Ended;
use crate::Execution;

/// The very suspension that a plan ends.
pub(super) struct Suspended {
    scope: Scope,
    suspension: Digest,
}

impl Suspended {
    pub(super) fn of(calls: &[Call]) -> Option<Self> {
        let [call] = calls else { return None };
        let input = |name: &str| call.input.get(name);
        let own = call.service == OWN && call.operation == RESUME_CALL;
        let (scope, suspension) = (input("Scope")?.parse().ok()?, input("Suspension")?.parse().ok()?);
        own.then_some(Self { scope, suspension })
    }

    fn stands(&self, list: &SuspensionItem) -> bool {
        let suspensions = list.state().active();
        suspensions
            .iter()
            .any(|suspension| suspension.scope == self.scope && suspension.statement == self.suspension)
    }
}

impl Execution {
    /// One event on the suspension list. A write whose answer was lost is looked for; while it may still arrive, nobody can
    /// say what came of it.
    pub(super) async fn resume(&self, attempt: &ExecutionAttempt, suspension: &Suspended) -> Ended {
        let event = SuspensionEvent::Resumed {
            scope: suspension.scope.clone(),
            by: attempt.item.id().clone(),
            attempt: attempt.id.clone(),
        };
        let mut lost: Option<Chain> = None;
        for tried in 1..=TRIES {
            match self.capabilities.state.suspensions().await {
                Ok(Some(item)) if item.entries().iter().any(|entry| entry.event == event) => {
                    return done(suspension);
                }
                // A write on a chain that is no longer the last one can never arrive.
                Ok(Some(item)) if !suspension.stands(&item) => {
                    return Ended::not_done(
                        "not-suspended",
                        "the suspension that was shown has ended already",
                    );
                }
                Ok(Some(item)) => {
                    lost = lost.filter(|chain| *chain == item.chain());
                    match self.end(&item, &event).await {
                        Ok(true) => return done(suspension),
                        Ok(false) => {}
                        Err(error) => {
                            tracing::error!(action = %attempt.item.id(), %error, "the end of a suspension may be lost");
                            lost = Some(item.chain());
                        }
                    }
                }
                Ok(None) => return Ended::not_done("not-suspended", "nothing is suspended"),
                Err(_) => {}
            }
            self.wait(tried).await;
        }
        match lost {
            Some(_) => Ended::NoAnswer,
            None => Ended::not_done("suspensions-unavailable", "the suspension list could not be written"),
        }
    }

    async fn end(&self, item: &SuspensionItem, event: &SuspensionEvent) -> Result<bool, StateError> {
        let Ok((next, _)) = item.extend(event.clone(), self.capabilities.clock.now()) else {
            return Ok(false);
        };
        Ok(self.capabilities.extend.extend_suspensions(item.chain(), &next).await? == Extended::Updated)
    }
}

fn done(suspension: &Suspended) -> Ended {
    let result =
        json!({ "scope": suspension.scope.to_string(), "suspension": suspension.suspension.to_string() });
    Ended::Done(Ran { result, error: None })
}
