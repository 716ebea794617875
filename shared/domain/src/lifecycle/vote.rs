//! The events while people are asked.

use super::step::{EventRejection, Step};
use crate::event::{Effect, Event};
use crate::state::{DeniedBy, Proposal, Review, State, Unstarted};
use crate::vote::Vote;
use crate::{
    Digest, Emergency, Grant, GrantLimit, GrantTerms, Person, Proof, Requirement, Speaker, Timestamp,
    Verdict, VerdictKind,
};

/// Whether this verdict may be given at all: in time, by a person who may give it, with the proof that it needs.
pub(super) fn admit(review: &Review, verdict: &Verdict) -> Result<(), EventRejection> {
    review.admits_as(verdict.kind, &verdict.into())?;
    if (verdict.proof == Proof::Idp) != verdict.proof_document.is_some() {
        return Err(EventRejection::Malformed);
    }
    if verdict.grant.is_some() && verdict.kind != VerdictKind::Approve {
        return Err(EventRejection::Malformed);
    }
    if !verdict.changed.is_empty() && verdict.kind != VerdictKind::Modify {
        return Err(EventRejection::Malformed);
    }
    if verdict.proof < review.demands(verdict.kind) {
        return Err(EventRejection::StepUpRequired);
    }
    Ok(())
}

fn in_time(review: &Review, now: Timestamp) -> Result<(), EventRejection> {
    if now >= review.proposal.expires_at { Err(EventRejection::Expired) } else { Ok(()) }
}

pub(super) fn vote(review: &Review, verdict: &Verdict, now: Timestamp) -> Step {
    in_time(review, now)?;
    admit(review, verdict)?;
    let mut next = review.clone();
    match verdict.kind {
        VerdictKind::Deny => return Ok(denied(review, verdict, now)),
        VerdictKind::Approve if review.vote_of(&verdict.person).is_some() => {
            return Err(EventRejection::AlreadyVoted);
        }
        VerdictKind::Approve if review.has_sat(&verdict.into()) => return Err(EventRejection::SeatHasVoted),
        VerdictKind::Approve => {
            next.votes.push(vote_from(review, verdict, now));
            next.grants.extend(new_grant(review, verdict, now)?);
        }
        VerdictKind::Confirm if review.confirmed.is_some() => return Err(EventRejection::AlreadyVoted),
        VerdictKind::Confirm => next.confirmed = Some(vote_from(review, verdict, now)),
        VerdictKind::Emergency => return Ok(run_now(next, verdict, now)),
        VerdictKind::Modify
        | VerdictKind::Close
        | VerdictKind::Revoke
        | VerdictKind::Suspend
        | VerdictKind::Happened
        | VerdictKind::DidNotHappen => return Err(EventRejection::Malformed),
    }
    let receipt = Effect::SendReceipt(verdict.person.clone());
    Ok(match next.met() {
        true => (State::Approved(next), vec![receipt, Effect::Execute]),
        false => (State::Pending(next), vec![receipt]),
    })
}

/// The grant that an approval makes, within what every requirement for which it counts allows.
fn new_grant(review: &Review, verdict: &Verdict, now: Timestamp) -> Result<Option<Grant>, EventRejection> {
    let Some(terms) = &verdict.grant else { return Ok(None) };
    let limit = review.grant_limit(&verdict.groups).ok_or(EventRejection::Malformed)?;
    if !within(terms, &limit, now) {
        return Err(EventRejection::Malformed);
    }
    let vote = vote_from(review, verdict, now);
    let counts = |requirement: &&Requirement| vote.counts_for(requirement);
    let concerned = review.requirements_of(&verdict.groups).filter(counts);
    Ok(Some(Grant {
        requirements: concerned.map(|requirement| requirement.name.clone()).collect(),
        vote,
        terms: terms.clone(),
        used: 0,
        revoked: false,
    }))
}

fn within(terms: &GrantTerms, limit: &GrantLimit, now: Timestamp) -> bool {
    terms.until > now
        && terms.until <= now.plus_seconds(limit.seconds.into())
        && (1..=limit.uses).contains(&terms.uses)
        && limit.fixed.iter().all(|pointer| terms.fixed.contains(pointer))
}

/// Emergency access: the action runs at once, and somebody else must review it in time.
fn run_now(mut review: Review, verdict: &Verdict, now: Timestamp) -> (State, Vec<Effect>) {
    let rules = review.decision.requirements.iter().filter_map(|asked| asked.terms.emergency.as_ref());
    let within = rules.map(|rule| rule.review_within).min().unwrap_or(0);
    let review_by = now.plus_seconds(within.into());
    let vote = vote_from(&review, verdict, now);
    review.emergency = Some(Emergency { vote, review_by, closed: None, overdue: false });
    let receipt = Effect::SendReceipt(verdict.person.clone());
    (State::Approved(review), vec![receipt, Effect::Execute, Effect::AskReviewers])
}

/// What time brings while people are asked: one reminder, and the escalation.
pub(super) fn wait(review: &Review, event: &Event, now: Timestamp) -> Step {
    in_time(review, now)?;
    let mut next = review.clone();
    let moment = match event {
        Event::Reminded => review.reminds_at(),
        _ => review.escalates_at(),
    };
    if now < moment.ok_or(EventRejection::NotPossible)? {
        return Err(EventRejection::NotYetDue);
    }
    match event {
        Event::Reminded => next.reminded = true,
        _ => next.escalate(now),
    }
    Ok((State::Pending(next), vec![Effect::AskApprovers]))
}

pub(super) fn deny_after_all(review: &Review, verdict: &Verdict, now: Timestamp) -> Step {
    in_time(review, now)?;
    admit(review, verdict)?;
    match verdict.kind {
        VerdictKind::Deny => Ok(denied(review, verdict, now)),
        VerdictKind::Approve if review.vote_of(&verdict.person).is_some() => {
            Err(EventRejection::AlreadyVoted)
        }
        _ => Err(EventRejection::NotPossible),
    }
}

fn denied(review: &Review, verdict: &Verdict, now: Timestamp) -> (State, Vec<Effect>) {
    let by = DeniedBy::Approver(Box::new(vote_from(review, verdict, now)));
    let effects = vec![Effect::SendReceipt(verdict.person.clone()), Effect::AnnounceEnd];
    (State::Denied(Unstarted::Reviewed(review.clone()), by), effects)
}

pub(super) fn vote_from(review: &Review, verdict: &Verdict, now: Timestamp) -> Vote {
    let changed = |person: &&Person| review.proposal.was_changed_by(person);
    Vote {
        changers: Speaker::from(verdict).everybody().filter(changed).cloned().collect(),
        person: verdict.person.clone(),
        groups: verdict.groups.clone(),
        seats: verdict.seats.clone(),
        approves: verdict.kind == VerdictKind::Approve,
        proof: verdict.proof,
        statement: verdict.statement,
        envelope: verdict.envelope,
        proof_document: verdict.proof_document,
        at: now,
    }
}

/// A new revision without votes, within the deadline of the one before. The sealed payload stays as it was.
pub(super) fn modify(review: &Review, verdict: &Verdict, request: Digest, now: Timestamp) -> Step {
    in_time(review, now)?;
    admit(review, verdict)?;
    let allowed = review.may_change(&verdict.groups);
    let ordered = verdict.changed.is_sorted_by(|one, next| one < next);
    let within = verdict.changed.iter().all(|pointer| allowed.contains(pointer));
    if verdict.kind != VerdictKind::Modify || verdict.changed.is_empty() || !ordered || !within {
        return Err(EventRejection::Malformed);
    }
    if review.proposal.changes_left() == 0 {
        return Err(EventRejection::TooManyChanges);
    }
    let revision = review.proposal.revision.checked_add(1).ok_or(EventRejection::Malformed)?;
    let mut changed_by = review.proposal.changed_by.clone();
    for who in Speaker::from(verdict).everybody() {
        if !changed_by.contains(who) {
            changed_by.push(who.clone());
        }
    }
    let proposal = Proposal { revision, request, decision: None, changed_by, ..review.proposal.clone() };
    let receipt = Effect::SendReceipt(verdict.person.clone());
    Ok((State::Proposed(proposal), vec![receipt, Effect::Decide]))
}
