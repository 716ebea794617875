//! May this person say this now? Pure, and asked again before every write.

use domain::{Digest, EventRejection, Membership, Person, Seating, State, Timestamp, VerdictKind};
use runtime::Code;
use wire::Item;

use crate::app::ResolvedPerson;
use crate::review_context::ReviewContext;

/// Everything people say here, the usual first: whoever may say nothing is told why not about that.
const SAID: [VerdictKind; 7] = [
    VerdictKind::Approve,
    VerdictKind::Deny,
    VerdictKind::Confirm,
    VerdictKind::Emergency,
    VerdictKind::Close,
    VerdictKind::Revoke,
    VerdictKind::Modify,
];
/// What is said while people are asked.
const BEFORE: [VerdictKind; 5] = [
    VerdictKind::Approve,
    VerdictKind::Deny,
    VerdictKind::Modify,
    VerdictKind::Confirm,
    VerdictKind::Emergency,
];

/// What lets it run, and so needs everything shown.
pub(crate) const NEEDS_WHOLE: [VerdictKind; 3] =
    [VerdictKind::Approve, VerdictKind::Confirm, VerdictKind::Emergency];

/// What somebody wants to say, and what they were shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VerdictRequest<'a> {
    pub person: &'a Person,
    pub groups: &'a [String],
    /// Why they speak for these groups, and on whose seats.
    pub membership: &'a Membership,
    pub kind: VerdictKind,
    pub action: Digest,
    pub review: Digest,
    /// Whether an approval is to grant more than its own action.
    pub grants: bool,
    /// Whether everything that would change is in the review document.
    pub whole: bool,
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CheckedVerdict {
    /// They have said exactly this already.
    AlreadyGiven,
    /// They may, for these groups and on these seats.
    Allowed(Seating),
}

/// Own request before everything, so that the requester set learns nothing else; what was shown before what was said.
pub(crate) fn check_verdict(
    item: &Item,
    wanted: &VerdictRequest<'_>,
    now: Timestamp,
) -> Result<CheckedVerdict, Code> {
    let context = ReviewContext::of(item).ok_or(Code::NotAnApprover)?;
    let groups = context.speaking_groups(wanted.kind, wanted.groups);
    let seating = context.review.seating(wanted.kind, wanted.membership, &groups);
    let admitted = seating.and_then(|seating| {
        context.review.admits_as(wanted.kind, &seating.speaker(wanted.person))?;
        Ok(seating)
    });
    let seating = match admitted {
        Ok(seating) => seating,
        Err(EventRejection::OwnRequest) => return Err(Code::OwnRequest),
        Err(EventRejection::OwnChange) => return Err(Code::OwnChange),
        Err(_) => return Err(Code::NotAnApprover),
    };
    let decision = &context.review.decision;
    if !context.current || decision.action != wanted.action || decision.review != wanted.review {
        return Err(Code::StaleDigest);
    }
    if !wanted.whole && NEEDS_WHOLE.contains(&wanted.kind) {
        return Err(Code::NotShownWhole);
    }
    let said = context.last_verdict(wanted.person);
    if said == Some(wanted.kind) && context.granted(wanted.person) == wanted.grants {
        return Ok(CheckedVerdict::AlreadyGiven);
    }
    let emergency = context.review.emergency.as_ref();
    let later = match wanted.kind {
        VerdictKind::Close => emergency.is_some_and(domain::Emergency::open),
        VerdictKind::Revoke => context.review.grants.iter().any(|grant| !grant.revoked),
        _ => false,
    };
    match item.state() {
        State::Pending(_) if later => Err(Code::NotAnApprover),
        _ if later => Ok(CheckedVerdict::Allowed(seating)),
        State::Pending(review) | State::Approved(review) if now >= review.proposal.expires_at => {
            Err(Code::Expired)
        }
        State::Pending(review)
            if wanted.kind == VerdictKind::Approve && review.has_sat(&seating.speaker(wanted.person)) =>
        {
            Err(Code::AlreadyVoted)
        }
        State::Pending(_) if BEFORE.contains(&wanted.kind) => Ok(CheckedVerdict::Allowed(seating)),
        State::Approved(_) if wanted.kind == VerdictKind::Deny => Ok(CheckedVerdict::Allowed(seating)),
        _ if said.is_some() => Err(Code::AlreadyVoted),
        State::Expired(_) => Err(Code::Expired),
        State::Executing(_)
        | State::Held { .. }
        | State::Unknown(_)
        | State::Succeeded(..)
        | State::Failed(..)
        | State::Released(..)
        | State::Withheld(..) => Err(Code::AlreadyStarted),
        _ => Err(Code::AlreadyDecided),
    }
}

/// What the person may say at this moment about what stands there, or why nothing.
pub(crate) fn allowed_verdicts(
    item: &Item,
    context: &ReviewContext,
    resolved: &ResolvedPerson,
    (whole, now): (bool, Timestamp),
) -> Result<Vec<VerdictKind>, Code> {
    let checked =
        SAID.map(|kind| (kind, check_verdict(item, &verdict_request(context, resolved, kind, whole), now)));
    let open: Vec<VerdictKind> = checked
        .iter()
        .filter(|(_, checked_verdict)| matches!(checked_verdict, Ok(CheckedVerdict::Allowed(_))))
        .map(|(kind, _)| *kind)
        .collect();
    if !open.is_empty() {
        return Ok(open);
    }
    let why = checked.into_iter().find_map(|(_, checked_verdict)| checked_verdict.err());
    Err(why.unwrap_or(Code::AlreadyVoted))
}

/// Why somebody who may deny what waits may not approve it, where that is because of who they are or whose seat they take:
/// it was changed in the same name, or approved on the same seat.
pub(crate) fn why_not_approve(
    item: &Item,
    context: &ReviewContext,
    resolved: &ResolvedPerson,
    now: Timestamp,
) -> Option<Code> {
    let waits = matches!(item.state(), State::Pending(_)) && context.last_verdict(&resolved.person).is_none();
    let checked = check_verdict(item, &verdict_request(context, resolved, VerdictKind::Approve, true), now);
    checked.err().filter(|code| *code == Code::OwnChange || (waits && *code == Code::AlreadyVoted))
}

fn verdict_request<'a>(
    context: &ReviewContext,
    resolved: &'a ResolvedPerson,
    kind: VerdictKind,
    whole: bool,
) -> VerdictRequest<'a> {
    VerdictRequest {
        person: &resolved.person,
        groups: &resolved.groups,
        membership: &resolved.membership,
        kind,
        action: context.review.decision.action,
        review: context.review.decision.review,
        grants: context.granted(&resolved.person),
        whole,
    }
}
