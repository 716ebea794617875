//! Cancelling a proposal: by its proposer, while nothing has begun to run.

use axum::response::Response;
use domain::{ActionId, Event, EventRejection, Phase, State};
use http::StatusCode;
use runtime::{Code, Problem};
use store::Extended;
use wire::Item;

use crate::Intake;
use crate::call::{Call, action_answer};
use crate::caller::Sight;

/// How often another write may come first before the caller is asked to try again.
const TRIES: u32 = 5;

impl Intake {
    /// `POST /v1/actions/{id}/cancel`.
    pub(crate) async fn cancel(&self, call: &Call, id: &str) -> Result<Response, Problem> {
        let caller = self.agent(call).await?;
        let id: ActionId = id.parse().map_err(|_| call.not_found())?;
        let mut item = self.item(call, &id).await?.ok_or_else(|| call.not_found())?;
        if !self.sees(call, &Sight::of(&caller.agent), &item).await? {
            return Err(call.not_found());
        }
        for _ in 0..TRIES {
            if matches!(item.state(), State::Cancelled(_)) {
                let view = self.view(call, &item, None).await?;
                return Ok(action_answer(StatusCode::OK, &view, self.capabilities.clock.now()));
            }
            let event = Event::Cancelled { by: caller.agent.principal.clone() };
            let next = item.extend(event, self.capabilities.clock.now());
            let (next, _) = next.map_err(|refusal| refused(call, &item, refusal))?;
            let extended = self.capabilities.extend.extend(item.chain(), &next).await;
            item = match extended.map_err(|error| call.state(&error))? {
                Extended::Updated => next,
                Extended::Differs(current) => *current,
                Extended::Absent => return Err(call.not_found()),
            };
        }
        Err(call.unavailable("the action keeps moving"))
    }
}

fn refused(call: &Call, item: &Item, refusal: EventRejection) -> Problem {
    tracing::info!(instance = call.instance(), action = %item.id(), %refusal, "not cancelled");
    let (code, detail) = match item.state().status().phase() {
        Phase::NotBegun if matches!(item.state(), State::Expired(_)) => {
            (Code::Expired, "The action has expired; there is nothing to take back.")
        }
        Phase::NotBegun => (Code::AlreadyDecided, "The action was denied; there is nothing to take back."),
        Phase::Undecided | Phase::Allowed | Phase::Running | Phase::Ran => {
            (Code::AlreadyStarted, "The action has begun to run; read it to see what comes of it.")
        }
    };
    call.problem(code, detail)
}
