//! The lifecycle table: which event is possible in which state, where it leads and what follows.

mod after;
mod decide;
mod run;
mod step;
mod vote;

use crate::Timestamp;
use crate::event::{Effect, Event};
use crate::state::{DeniedBy, State, Unstarted};
use step::Step;

pub use step::EventRejection;

/// The state after this event at this time, and what follows from it.
///
/// # Errors
/// A [`EventRejection`]; the state is unchanged.
pub fn advance(state: &State, event: &Event, now: Timestamp) -> Step {
    match (state, event) {
        (State::Absent, Event::Proposed { .. }) => decide::propose(event, now),
        (State::Proposed(proposal), Event::Decided { .. }) => decide::decide(proposal, event, now),
        (State::Pending(review), Event::VerdictGiven(verdict)) => vote::vote(review, verdict, now),
        (State::Pending(review), Event::Modified { verdict, request }) => {
            vote::modify(review, verdict, *request, now)
        }
        (State::Pending(review), Event::Reminded | Event::Escalated) => vote::wait(review, event, now),
        // Whatever may still begin can be taken back, and ends at its deadline.
        (_, Event::Cancelled { by }) => cancel(state, by),
        (_, Event::Expired) => expire(state, now),
        (State::Pending(_), _) => Err(EventRejection::NotPossible),
        (_, Event::GrantUsed { .. } | Event::ReviewOverdue) => after::note(state, event, now),
        (_, Event::VerdictGiven(verdict)) if after::CONCERNS.contains(&verdict.kind) => {
            after::note(state, event, now)
        }
        (State::Approved(review), Event::VerdictGiven(verdict)) => vote::deny_after_all(review, verdict, now),
        (State::Approved(review), Event::Refused { code, document }) => {
            let by = DeniedBy::Claim { code: code.clone(), document: *document };
            Ok((State::Denied(Unstarted::Reviewed(review.clone()), by), vec![Effect::AnnounceEnd]))
        }
        (State::Approved(review), Event::Claimed { .. }) => run::claim(review, event, now),
        (State::Unknown(run), Event::Resolved { .. } | Event::ProbeInconclusive { .. }) => {
            run::clear_up(run, event, now)
        }
        (State::Executing(run) | State::Unknown(run), _) => run::finish(state, run, event, now),
        (State::Succeeded(run, None) | State::Failed(run, None), _) => run::late(run, event),
        (State::Held { run, outcome, release_by }, _) => run::settle(run, *outcome, *release_by, event, now),
        _ => Err(EventRejection::NotPossible),
    }
}

/// The state after these events, each folded at its own time.
///
/// # Errors
/// The first [`EventRejection`]; such a list of events is not a possible history.
pub fn fold<'a>(events: impl IntoIterator<Item = (&'a Event, Timestamp)>) -> Result<State, EventRejection> {
    events.into_iter().try_fold(State::Absent, |state, (event, at)| Ok(advance(&state, event, at)?.0))
}

/// What a state waits for. It is sent again when the state has waited too long, because messages are only hints.
#[must_use]
pub fn standing_effects(state: &State) -> Vec<Effect> {
    match state {
        State::Proposed(_) => vec![Effect::Decide],
        State::Pending(_) => vec![Effect::AskApprovers],
        State::Approved(_) => vec![Effect::Execute],
        State::Unknown(run) if run.probe_gap.is_none() => vec![Effect::ProbeOutcome],
        _ => Vec::new(),
    }
}

fn cancel(state: &State, by: &crate::Principal) -> Step {
    let ended = state.unstarted().ok_or(EventRejection::NotPossible)?;
    if *by != ended.proposal().principal {
        return Err(EventRejection::NotTheProposer);
    }
    Ok((State::Cancelled(ended), vec![Effect::AnnounceEnd]))
}

fn expire(state: &State, now: Timestamp) -> Step {
    let ended = state.unstarted().ok_or(EventRejection::NotPossible)?;
    if now < ended.proposal().expires_at {
        return Err(EventRejection::NotYetDue);
    }
    Ok((State::Expired(ended), vec![Effect::AnnounceEnd]))
}
