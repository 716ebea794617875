//! The one thing execution does itself: ending a stop that people agreed to end.

use connectors::{OWN, Ran, THAW_CALL};
use domain::{ActionId, Chain, Digest, Event, Scope, State};
use serde_json::json;
use store::{Extended, StateError};
use wire::Item;
use wire::documents::Call;

use super::outcome::Ended;
use super::{Attempt, TRIES};
use crate::Execution;

/// The very stop that a plan ends.
pub(super) struct Stopped {
    scope: Scope,
    freeze: Digest,
}

impl Stopped {
    pub(super) fn of(calls: &[Call]) -> Option<Self> {
        let [call] = calls else { return None };
        let input = |name: &str| call.input.get(name);
        let own = call.service == OWN && call.operation == THAW_CALL;
        let (scope, freeze) = (input("Scope")?.parse().ok()?, input("Freeze")?.parse().ok()?);
        own.then_some(Self { scope, freeze })
    }

    fn stands(&self, item: &Item) -> bool {
        let State::Switch(stops) = item.state() else { return false };
        stops.iter().any(|stop| stop.scope == self.scope && stop.statement == self.freeze)
    }
}

impl Execution {
    /// One event on the stop switch. A write whose answer was lost is looked for; while it may still arrive, nobody can
    /// say what came of it.
    pub(super) async fn thaw(&self, attempt: &Attempt, stop: &Stopped) -> Ended {
        let event = Event::Thawed {
            scope: stop.scope.clone(),
            by: attempt.item.id().clone(),
            attempt: attempt.id.clone(),
        };
        let mut lost: Option<Chain> = None;
        for tried in 1..=TRIES {
            match self.capabilities.state.item(&ActionId::switch()).await {
                Ok(Some(item)) if item.entries().iter().any(|entry| entry.event == event) => {
                    return done(stop);
                }
                // A write on a chain that is no longer the last one can never arrive.
                Ok(Some(item)) if !stop.stands(&item) => {
                    return Ended::not_done("not-stopped", "the stop that was shown has ended already");
                }
                Ok(Some(item)) => {
                    lost = lost.filter(|chain| *chain == item.chain());
                    match self.end(&item, &event).await {
                        Ok(true) => return done(stop),
                        Ok(false) => {}
                        Err(error) => {
                            tracing::error!(action = %attempt.item.id(), %error, "the end of a stop may be lost");
                            lost = Some(item.chain());
                        }
                    }
                }
                Ok(None) => return Ended::not_done("not-stopped", "nothing is stopped"),
                Err(_) => {}
            }
            self.wait(tried).await;
        }
        match lost {
            Some(_) => Ended::NoAnswer,
            None => Ended::not_done("no-switch", "the stop switch could not be written"),
        }
    }

    async fn end(&self, item: &Item, event: &Event) -> Result<bool, StateError> {
        let Ok((next, _)) = item.extend(event.clone(), self.capabilities.clock.now()) else {
            return Ok(false);
        };
        Ok(self.capabilities.extend.extend(item.chain(), &next).await? == Extended::Updated)
    }
}

fn done(stop: &Stopped) -> Ended {
    let result = json!({ "scope": stop.scope.to_string(), "freeze": stop.freeze.to_string() });
    Ended::Done(Ran { result, error: None })
}
