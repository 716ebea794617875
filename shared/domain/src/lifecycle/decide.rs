//! From nothing to a decision.

use super::step::{EventRejection, Step};
use crate::event::{DecisionKind, Effect, Event};
use crate::state::{CommittedDecision, DeniedBy, Proposal, Review, State, Unstarted};
use crate::{RESUME, Timestamp};

pub(super) fn propose(event: &Event, now: Timestamp) -> Step {
    let Event::Proposed { action_type, principal, payload, request, token_key, expires_at } = event else {
        return Err(EventRejection::NotPossible);
    };
    if *expires_at <= now {
        return Err(EventRejection::Expired);
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
        changed_by: Vec::new(),
    };
    Ok((State::Proposed(proposal), vec![Effect::Decide]))
}

pub(super) fn decide(proposal: &Proposal, event: &Event, now: Timestamp) -> Step {
    let Event::Decided {
        kind,
        document,
        review,
        action,
        requirements,
        granted,
        resolvers,
        requester,
        expires_at,
    } = event
    else {
        return Err(EventRejection::NotPossible);
    };
    if now >= proposal.expires_at {
        return Err(EventRejection::Expired);
    }
    if *expires_at > proposal.expires_at || requester.agent != proposal.principal {
        return Err(EventRejection::Malformed);
    }
    let proposal = Proposal { decision: Some(*document), expires_at: *expires_at, ..proposal.clone() };
    if *kind == DecisionKind::Forbid {
        return Ok((
            State::Denied(Unstarted::Proposed(proposal), DeniedBy::Policy(*document)),
            vec![Effect::AnnounceEnd],
        ));
    }
    let (Some(review), Some(action)) = (*review, *action) else { return Err(EventRejection::Malformed) };
    let (requirements, granted, requester) = (requirements.clone(), granted.clone(), requester.clone());
    let resolvers = resolvers.clone();
    let decision = CommittedDecision {
        document: *document,
        review,
        action,
        requirements,
        granted,
        resolvers,
        requester,
    };
    let waits = *kind == DecisionKind::RequireApproval;
    // What lets run again what somebody suspended is never decided without people.
    if proposal.action_type == RESUME && !waits {
        return Err(EventRejection::Malformed);
    }
    // An agent nobody answers for is denied what needs approval; an empty requirement is a contradiction.
    if waits == decision.requirements.is_empty() || (waits && decision.requester.owner.is_none()) {
        return Err(EventRejection::Malformed);
    }
    // Where people are asked, those may also say what became of it, and nobody else.
    if waits && !decision.resolvers.is_empty() {
        return Err(EventRejection::Malformed);
    }
    if !asks_plainly(&decision) {
        return Err(EventRejection::Malformed);
    }
    let review = Review {
        proposal,
        decision,
        decided_at: now,
        votes: Vec::new(),
        reminded: false,
        confirmed: None,
        emergency: None,
        grants: Vec::new(),
    };
    Ok(match waits {
        true => (State::Pending(review), vec![Effect::AskApprovers]),
        false => (State::Approved(review), vec![Effect::Execute]),
    })
}

/// Checks of a decision: no escalation before its time; people are asked for everything or for nothing, so that
/// nobody counts both as grantor and as approver; and whoever must confirm exists.
fn asks_plainly(decision: &CommittedDecision) -> bool {
    decision.requirements.iter().all(|requirement| {
        requirement.terms.standing_in.is_empty()
            && decision.granted.is_empty()
            && !(requirement.terms.confirm && decision.requester.humans.is_empty())
    })
}
