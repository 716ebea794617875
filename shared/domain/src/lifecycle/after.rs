//! What can still be said once an action is approved.

use super::step::{EventRejection, Step};
use super::vote::{admit, vote_from};
use crate::event::{Effect, Event};
use crate::state::{Review, State};
use crate::{Timestamp, Verdict, VerdictKind};

/// Words about an action that was approved, in whatever state it is since.
pub(super) const CONCERNS: [VerdictKind; 2] = [VerdictKind::Close, VerdictKind::Revoke];

/// Notes on an approval: an emergency's review closed or overdue, a grant used or taken back.
pub(super) fn note(state: &State, event: &Event, now: Timestamp) -> Step {
    let mut next = state.clone();
    let review = next.review_mut().ok_or(EventRejection::NotPossible)?;
    let effects = match event {
        Event::VerdictGiven(verdict) if verdict.kind == VerdictKind::Close => close(review, verdict, now)?,
        Event::VerdictGiven(verdict) => revoke(review, verdict)?,
        Event::ReviewOverdue => overdue(review, now)?,
        Event::GrantUsed { statement, attempt, .. } => {
            let grants = review.grants.iter_mut();
            let grant =
                grants.filter(|grant| grant.vote.statement == *statement).find(|grant| grant.live(now));
            let grant = grant.ok_or(EventRejection::NotPossible)?;
            if attempt.is_empty() {
                return Err(EventRejection::Malformed);
            }
            grant.used = grant.used.saturating_add(1);
            Vec::new()
        }
        _ => return Err(EventRejection::NotPossible),
    };
    Ok((next, effects))
}

fn close(review: &mut Review, verdict: &Verdict, now: Timestamp) -> Result<Vec<Effect>, EventRejection> {
    admit(review, verdict)?;
    let vote = vote_from(review, verdict, now);
    let emergency = review.emergency.as_mut().filter(|emergency| emergency.open());
    let emergency = emergency.ok_or(EventRejection::AlreadyVoted)?;
    emergency.closed = Some(vote);
    Ok(vec![Effect::SendReceipt(verdict.person.clone())])
}

fn revoke(review: &mut Review, verdict: &Verdict) -> Result<Vec<Effect>, EventRejection> {
    admit(review, verdict)?;
    let mut standing = review.grants.iter_mut().filter(|grant| !grant.revoked).peekable();
    if standing.peek().is_none() {
        return Err(EventRejection::AlreadyVoted);
    }
    standing.for_each(|grant| grant.revoked = true);
    Ok(vec![Effect::SendReceipt(verdict.person.clone())])
}

fn overdue(review: &mut Review, now: Timestamp) -> Result<Vec<Effect>, EventRejection> {
    let emergency = review.emergency.as_mut().filter(|emergency| emergency.open() && !emergency.overdue);
    let emergency = emergency.ok_or(EventRejection::NotPossible)?;
    if now < emergency.review_by {
        return Err(EventRejection::NotYetDue);
    }
    emergency.overdue = true;
    Ok(vec![Effect::RaiseAlarm])
}
