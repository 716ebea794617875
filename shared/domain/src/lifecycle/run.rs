//! The events from the claim to the end.

use super::step::{EventRejection, Step};
use super::vote::admit;
use crate::event::{Effect, Event};
use crate::state::{Review, Run, State};
use crate::{Digest, LossReason, ProbeGap, ResolvedBy, Timestamp};

pub(super) fn claim(review: &Review, event: &Event, now: Timestamp) -> Step {
    let Event::Claimed { attempt, lease_until, bundle } = event else {
        return Err(EventRejection::NotPossible);
    };
    if now >= review.proposal.expires_at {
        return Err(EventRejection::Expired);
    }
    if *lease_until <= now || attempt.is_empty() {
        return Err(EventRejection::Malformed);
    }
    let run = Run {
        review: review.clone(),
        attempt: attempt.clone(),
        claimed_at: now,
        lease_until: *lease_until,
        bundle: *bundle,
        probe_gap: None,
    };
    Ok((State::Executing(run), Vec::new()))
}

/// From `Executing` and, for the late outcome of the same attempt, from `Unknown`.
pub(super) fn finish(state: &State, run: &Run, event: &Event, now: Timestamp) -> Step {
    let executing = matches!(state, State::Executing(_));
    let next = match event {
        Event::Succeeded { attempt, outcome } => {
            same_attempt(run, attempt)?;
            State::Succeeded(run.clone(), Some(*outcome))
        }
        Event::Failed { attempt, outcome } => {
            same_attempt(run, attempt)?;
            State::Failed(run.clone(), Some(*outcome))
        }
        Event::ResultHeld { attempt, outcome, release_by } if executing => {
            same_attempt(run, attempt)?;
            State::Held { run: run.clone(), outcome: *outcome, release_by: *release_by }
        }
        Event::OutcomeLost { attempt, reason } if executing => {
            same_attempt(run, attempt)?;
            if *reason == LossReason::LeaseLost && now < run.lease_until {
                return Err(EventRejection::NotYetDue);
            }
            return Ok((State::Unknown(run.clone()), vec![Effect::AnnounceEnd, Effect::ProbeOutcome]));
        }
        _ => return Err(EventRejection::NotPossible),
    };
    Ok((next, vec![Effect::AnnounceEnd]))
}

/// From Unknown: what somebody found out about the attempt, or that its target cannot say.
pub(super) fn clear_up(run: &Run, event: &Event, now: Timestamp) -> Step {
    match event {
        Event::Resolved { attempt, happened, by } => {
            same_attempt(run, attempt)?;
            if !*happened && now < run.settled_at() {
                return Err(EventRejection::NotYetDue);
            }
            let mut effects = Vec::new();
            if let ResolvedBy::Person(verdict) = by {
                if verdict.kind.happened() != Some(*happened) {
                    return Err(EventRejection::Malformed);
                }
                admit(&run.review, verdict)?;
                effects.push(Effect::SendReceipt(verdict.person.clone()));
            }
            effects.push(Effect::AnnounceEnd);
            let next = match happened {
                true => State::Succeeded(run.clone(), None),
                false => State::Failed(run.clone(), None),
            };
            Ok((next, effects))
        }
        Event::ProbeInconclusive { attempt, reason } => {
            same_attempt(run, attempt)?;
            if run.probe_gap.is_some() {
                return Err(EventRejection::NotPossible);
            }
            if *reason == ProbeGap::TimedOut && now < run.probed_until() {
                return Err(EventRejection::NotYetDue);
            }
            let next = Run { probe_gap: Some(*reason), ..run.clone() };
            Ok((State::Unknown(next), vec![Effect::AskResolvers]))
        }
        _ => Err(EventRejection::NotPossible),
    }
}

/// The outcome of an attempt that came after somebody had found out what the attempt did. It is recorded in addition to what they
/// found, and it counts: it is the target's own answer, where the other was a look at the target afterwards.
pub(super) fn late(run: &Run, event: &Event) -> Step {
    let next = match event {
        Event::Succeeded { attempt, outcome } => {
            same_attempt(run, attempt)?;
            State::Succeeded(run.clone(), Some(*outcome))
        }
        Event::Failed { attempt, outcome } => {
            same_attempt(run, attempt)?;
            State::Failed(run.clone(), Some(*outcome))
        }
        _ => return Err(EventRejection::NotPossible),
    };
    Ok((next, vec![Effect::AnnounceEnd]))
}

pub(super) fn settle(
    run: &Run,
    outcome: Digest,
    release_by: Timestamp,
    event: &Event,
    now: Timestamp,
) -> Step {
    let next = match event {
        Event::Released(verdict) => {
            if now >= release_by {
                return Err(EventRejection::Expired);
            }
            run.review.admits(&verdict.into())?;
            if verdict.proof < run.review.demanded_proof() {
                return Err(EventRejection::StepUpRequired);
            }
            State::Released(run.clone(), outcome)
        }
        Event::Withheld(Some(verdict)) => {
            run.review.admits(&verdict.into())?;
            State::Withheld(run.clone(), outcome)
        }
        Event::Withheld(None) if now >= release_by => State::Withheld(run.clone(), outcome),
        Event::Withheld(None) => return Err(EventRejection::NotYetDue),
        _ => return Err(EventRejection::NotPossible),
    };
    Ok((next, vec![Effect::AnnounceEnd]))
}

fn same_attempt(run: &Run, attempt: &str) -> Result<(), EventRejection> {
    if run.attempt == attempt { Ok(()) } else { Err(EventRejection::OtherAttempt) }
}
