//! The one table: which event is possible in which state, where it leads and what follows.

use crate::event::{DecisionKind, Effect, Event, Verdict, VerdictKind};
use crate::state::{Decision, DeniedBy, Proposal, Review, Run, State, Vote};
use crate::{Proof, Timestamp, satisfied};

/// Why an event is not possible. A refusal is final by rule; nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// The event belongs to another state.
    #[error("this cannot happen in the state the action is in")]
    NotPossible,
    /// The deadline has passed.
    #[error("the action has expired")]
    Expired,
    /// The deadline has not passed yet.
    #[error("the deadline has not passed")]
    NotYetDue,
    /// The person is on the asking side.
    #[error("nobody decides on their own request")]
    OwnRequest,
    /// The person has no say here.
    #[error("the person is in no group that is asked")]
    NotAnApprover,
    /// The requirement demands a stronger proof of the person.
    #[error("the requirement demands proof by the identity provider")]
    StepUpRequired,
    /// The person has said so already, or something else.
    #[error("the person has already voted")]
    AlreadyVoted,
    /// The outcome belongs to another attempt.
    #[error("another attempt holds the action")]
    OtherAttempt,
    /// Only the proposer may take it back.
    #[error("only its proposer may cancel it")]
    NotTheProposer,
    /// The event contradicts itself, e.g. approval required but no requirement named.
    #[error("the event contradicts itself")]
    Malformed,
}

type Step = Result<(State, Vec<Effect>), Refusal>;

/// What this event makes of this state at this time, and what follows from it.
///
/// # Errors
/// A [`Refusal`]; the state is unchanged.
pub fn advance(state: &State, event: &Event, now: Timestamp) -> Step {
    match (state, event) {
        (State::Absent, Event::Proposed { .. }) => propose(event, now),
        (State::Proposed(proposal), Event::Decided { .. }) => decide(proposal, event, now),
        (State::Pending(review), Event::VerdictGiven(verdict)) => vote(review, verdict, now),
        (State::Approved(review), Event::VerdictGiven(verdict)) => deny_after_all(review, verdict, now),
        (State::Pending(review), Event::Modified { verdict, payload, request }) => {
            modify(review, verdict, (*payload, *request), now)
        }
        (State::Proposed(proposal), Event::Cancelled { by }) => cancel(proposal, by),
        (State::Pending(review) | State::Approved(review), Event::Cancelled { by }) => {
            cancel(&review.proposal, by)
        }
        (State::Proposed(proposal), Event::Expired) => expire(proposal, now),
        (State::Pending(review) | State::Approved(review), Event::Expired) => expire(&review.proposal, now),
        (State::Approved(review), Event::Refused { code, document }) => {
            let by = DeniedBy::Claim { code: code.clone(), document: *document };
            Ok((State::Denied(review.proposal.clone(), by), vec![Effect::AnnounceEnd]))
        }
        (State::Approved(review), Event::Claimed { .. }) => claim(review, event, now),
        (State::Executing(run) | State::Unknown(run), _) => finish(state, run, event, now),
        (State::Held { run, outcome, release_by }, _) => settle(run, *outcome, *release_by, event, now),
        _ => Err(Refusal::NotPossible),
    }
}

/// The state after these events, each folded at its own time.
///
/// # Errors
/// The first [`Refusal`]; such a list of events is not a possible history.
pub fn fold<'a>(events: impl IntoIterator<Item = (&'a Event, Timestamp)>) -> Result<State, Refusal> {
    events.into_iter().try_fold(State::Absent, |state, (event, at)| Ok(advance(&state, event, at)?.0))
}

/// What a state waits for: sent again when it has waited too long. Levels are truth, edges are hints.
#[must_use]
pub fn standing_effects(state: &State) -> Vec<Effect> {
    match state {
        State::Proposed(_) => vec![Effect::Decide],
        State::Pending(_) => vec![Effect::AskApprovers],
        State::Approved(_) => vec![Effect::Execute],
        _ => Vec::new(),
    }
}

fn propose(event: &Event, now: Timestamp) -> Step {
    let Event::Proposed { action_type, principal, payload, request, token_key, expires_at } = event else {
        return Err(Refusal::NotPossible);
    };
    if *expires_at <= now {
        return Err(Refusal::Expired);
    }
    let proposal = Proposal {
        revision: 1,
        action_type: action_type.clone(),
        principal: principal.clone(),
        payload: *payload,
        request: *request,
        token_key: token_key.clone(),
        created_at: now,
        expires_at: *expires_at,
        decision: None,
    };
    Ok((State::Proposed(proposal), vec![Effect::Decide]))
}

fn decide(proposal: &Proposal, event: &Event, now: Timestamp) -> Step {
    let Event::Decided { kind, document, review, action, requirements, requester, expires_at } = event else {
        return Err(Refusal::NotPossible);
    };
    if now >= proposal.expires_at {
        return Err(Refusal::Expired);
    }
    if *expires_at > proposal.expires_at || requester.agent != proposal.principal {
        return Err(Refusal::Malformed);
    }
    let proposal = Proposal { decision: Some(*document), expires_at: *expires_at, ..proposal.clone() };
    if *kind == DecisionKind::Forbid {
        return Ok((State::Denied(proposal, DeniedBy::Policy(*document)), vec![Effect::AnnounceEnd]));
    }
    let (Some(review), Some(action)) = (*review, *action) else { return Err(Refusal::Malformed) };
    let (requirements, requester) = (requirements.clone(), requester.clone());
    let decision = Decision { document: *document, review, action, requirements, requester };
    let waits = *kind == DecisionKind::RequireApproval;
    // An agent nobody answers for is denied what needs approval; an empty requirement is a contradiction.
    if waits == decision.requirements.is_empty() || (waits && decision.requester.owner.is_none()) {
        return Err(Refusal::Malformed);
    }
    let review = Review { proposal, decision, votes: Vec::new() };
    Ok(match waits {
        true => (State::Pending(review), vec![Effect::AskApprovers]),
        false => (State::Approved(review), vec![Effect::Execute]),
    })
}

fn admit(review: &Review, verdict: &Verdict, now: Timestamp) -> Result<(), Refusal> {
    if now >= review.proposal.expires_at {
        return Err(Refusal::Expired);
    }
    review.admits(&verdict.person, &verdict.groups)?;
    if (verdict.proof == Proof::Idp) != verdict.proof_document.is_some() {
        return Err(Refusal::Malformed);
    }
    let denies = verdict.kind == VerdictKind::Deny;
    if !denies && verdict.proof < review.demanded_proof() {
        return Err(Refusal::StepUpRequired);
    }
    Ok(())
}

fn vote(review: &Review, verdict: &Verdict, now: Timestamp) -> Step {
    admit(review, verdict, now)?;
    match verdict.kind {
        VerdictKind::Deny => Ok(denied(review, verdict, now)),
        VerdictKind::Modify => Err(Refusal::Malformed),
        VerdictKind::Approve if review.vote_of(&verdict.person).is_some() => Err(Refusal::AlreadyVoted),
        VerdictKind::Approve => {
            let mut review = review.clone();
            review.votes.push(vote_from(verdict, now));
            let receipt = Effect::SendReceipt(verdict.person.clone());
            Ok(match satisfied(&review.decision.requirements, &review.votes) {
                true => (State::Approved(review), vec![receipt, Effect::Execute]),
                false => (State::Pending(review), vec![receipt]),
            })
        }
    }
}

fn deny_after_all(review: &Review, verdict: &Verdict, now: Timestamp) -> Step {
    admit(review, verdict, now)?;
    match verdict.kind {
        VerdictKind::Deny => Ok(denied(review, verdict, now)),
        VerdictKind::Approve if review.vote_of(&verdict.person).is_some() => Err(Refusal::AlreadyVoted),
        VerdictKind::Approve | VerdictKind::Modify => Err(Refusal::NotPossible),
    }
}

fn denied(review: &Review, verdict: &Verdict, now: Timestamp) -> (State, Vec<Effect>) {
    let by = DeniedBy::Approver(Box::new(vote_from(verdict, now)));
    let effects = vec![Effect::SendReceipt(verdict.person.clone()), Effect::AnnounceEnd];
    (State::Denied(review.proposal.clone(), by), effects)
}

fn vote_from(verdict: &Verdict, now: Timestamp) -> Vote {
    Vote {
        person: verdict.person.clone(),
        groups: verdict.groups.clone(),
        approves: verdict.kind == VerdictKind::Approve,
        proof: verdict.proof,
        statement: verdict.statement,
        envelope: verdict.envelope,
        proof_document: verdict.proof_document,
        at: now,
    }
}

fn modify(review: &Review, verdict: &Verdict, new: (crate::Digest, crate::Digest), now: Timestamp) -> Step {
    admit(review, verdict, now)?;
    if verdict.kind != VerdictKind::Modify {
        return Err(Refusal::Malformed);
    }
    let (payload, request) = new;
    let revision = review.proposal.revision.checked_add(1).ok_or(Refusal::Malformed)?;
    let proposal = Proposal { revision, payload, request, decision: None, ..review.proposal.clone() };
    let receipt = Effect::SendReceipt(verdict.person.clone());
    Ok((State::Proposed(proposal), vec![receipt, Effect::Decide]))
}

fn cancel(proposal: &Proposal, by: &crate::Principal) -> Step {
    if *by != proposal.principal {
        return Err(Refusal::NotTheProposer);
    }
    Ok((State::Cancelled(proposal.clone()), vec![Effect::AnnounceEnd]))
}

fn expire(proposal: &Proposal, now: Timestamp) -> Step {
    if now < proposal.expires_at {
        return Err(Refusal::NotYetDue);
    }
    Ok((State::Expired(proposal.clone()), vec![Effect::AnnounceEnd]))
}

fn claim(review: &Review, event: &Event, now: Timestamp) -> Step {
    let Event::Claimed { attempt, lease_until, bundle } = event else { return Err(Refusal::NotPossible) };
    if now >= review.proposal.expires_at {
        return Err(Refusal::Expired);
    }
    if *lease_until <= now || attempt.is_empty() {
        return Err(Refusal::Malformed);
    }
    let run = Run {
        review: review.clone(),
        attempt: attempt.clone(),
        claimed_at: now,
        lease_until: *lease_until,
        bundle: *bundle,
    };
    Ok((State::Executing(run), Vec::new()))
}

/// From Executing and, for the same attempt's late outcome or a person's finding, from Unknown.
fn finish(state: &State, run: &Run, event: &Event, now: Timestamp) -> Step {
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
            if *reason == crate::LossReason::LeaseLost && now < run.lease_until {
                return Err(Refusal::NotYetDue);
            }
            State::Unknown(run.clone())
        }
        Event::Resolved { verdict, succeeded } if !executing => {
            run.review.admits(&verdict.person, &verdict.groups)?;
            match succeeded {
                true => State::Succeeded(run.clone(), None),
                false => State::Failed(run.clone(), None),
            }
        }
        _ => return Err(Refusal::NotPossible),
    };
    Ok((next, vec![Effect::AnnounceEnd]))
}

fn settle(run: &Run, outcome: crate::Digest, release_by: Timestamp, event: &Event, now: Timestamp) -> Step {
    let next = match event {
        Event::Released(verdict) => {
            if now >= release_by {
                return Err(Refusal::Expired);
            }
            run.review.admits(&verdict.person, &verdict.groups)?;
            if verdict.proof < run.review.demanded_proof() {
                return Err(Refusal::StepUpRequired);
            }
            State::Released(run.clone(), outcome)
        }
        Event::Withheld(Some(verdict)) => {
            run.review.admits(&verdict.person, &verdict.groups)?;
            State::Withheld(run.clone(), outcome)
        }
        Event::Withheld(None) if now >= release_by => State::Withheld(run.clone(), outcome),
        Event::Withheld(None) => return Err(Refusal::NotYetDue),
        _ => return Err(Refusal::NotPossible),
    };
    Ok((next, vec![Effect::AnnounceEnd]))
}

fn same_attempt(run: &Run, attempt: &str) -> Result<(), Refusal> {
    if run.attempt == attempt { Ok(()) } else { Err(Refusal::OtherAttempt) }
}
