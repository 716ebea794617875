//! Whether a person may give a verdict now. Pure; checked again before every write.

use domain::{Digest, EventRejection, Membership, Person, Phase, Seating, State, Timestamp, VerdictKind};
use runtime::Code;
use wire::Item;
use wire::documents::ReviewDocument;

use super::review_context::{ReviewContext, is_open};
use crate::app::{Callbacks, ResolvedPerson};
use crate::refusal::RequestRejection;

/// Every verdict, the usual first: somebody who may give none is told why about the first one.
const ALL: [VerdictKind; 9] = [
    VerdictKind::Approve,
    VerdictKind::Deny,
    VerdictKind::Confirm,
    VerdictKind::Emergency,
    VerdictKind::Close,
    VerdictKind::Revoke,
    VerdictKind::Modify,
    VerdictKind::Happened,
    VerdictKind::DidNotHappen,
];
/// The verdicts that are possible while people are asked.
const WHILE_PENDING: [VerdictKind; 5] = [
    VerdictKind::Approve,
    VerdictKind::Deny,
    VerdictKind::Modify,
    VerdictKind::Confirm,
    VerdictKind::Emergency,
];

/// The verdicts that let the action run. They need a review document that shows every change.
const NEEDS_WHOLE: [VerdictKind; 3] = [VerdictKind::Approve, VerdictKind::Confirm, VerdictKind::Emergency];

/// A verdict that somebody wants to give, and what they were shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VerdictRequest<'a> {
    pub person: &'a Person,
    pub groups: &'a [String],
    /// Why they speak for these groups, and for whom they stand in.
    pub membership: &'a Membership,
    pub kind: VerdictKind,
    pub action: Digest,
    pub review: Digest,
    /// Whether an approval is to grant more than its own action.
    pub grants: bool,
    /// Whether the review document shows everything that would change.
    pub whole: bool,
}

/// A verdict that was checked and may be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CheckedVerdict {
    /// The person has given exactly this verdict already.
    AlreadyGiven,
    /// The person may give it, for these groups and on these seats.
    Allowed(Seating),
}

/// Checks run in this order: requester, group, stale digest, earlier verdict. A requester therefore learns nothing else.
///
/// # Errors
/// The code of the first check that fails.
pub(crate) fn check_verdict(
    item: &Item,
    wanted: &VerdictRequest<'_>,
    now: Timestamp,
) -> Result<CheckedVerdict, Code> {
    let context = ReviewContext::of(item).ok_or(Code::NotAnApprover)?;
    let seating = admitted_seating(&context, wanted)?;
    let decision = &context.review.decision;
    if !context.current || decision.action != wanted.action || decision.review != wanted.review {
        return Err(Code::StaleDigest);
    }
    if !wanted.whole && NEEDS_WHOLE.contains(&wanted.kind) {
        return Err(Code::NotShownWhole);
    }
    let given = context.last_verdict(wanted.person);
    if given == Some(wanted.kind) && context.granted(wanted.person) == wanted.grants {
        return Ok(CheckedVerdict::AlreadyGiven);
    }
    if wanted.kind.happened().is_some() {
        resolvable(item.state(), wanted.kind, now)?;
        return Ok(CheckedVerdict::Allowed(seating));
    }
    let emergency = context.review.emergency.as_ref();
    let later = match wanted.kind {
        VerdictKind::Close => emergency.is_some_and(domain::Emergency::open),
        VerdictKind::Revoke => context.review.grants.iter().any(|grant| !grant.revoked),
        _ => false,
    };
    let (state, phase) = (item.state(), item.state().status().phase());
    let pending = matches!(state, State::Pending(_));
    if later {
        return if pending { Err(Code::NotAnApprover) } else { Ok(CheckedVerdict::Allowed(seating)) };
    }
    if phase.is_waiting() {
        if now >= context.review.proposal.expires_at {
            return Err(Code::Expired);
        }
        let approves = pending && wanted.kind == VerdictKind::Approve;
        if approves && context.review.has_sat(&seating.speaker(wanted.person)) {
            return Err(Code::AlreadyVoted);
        }
        if is_taken(state, wanted.kind) {
            return Ok(CheckedVerdict::Allowed(seating));
        }
    }
    if given.is_some() {
        return Err(Code::AlreadyVoted);
    }
    match phase {
        Phase::Running | Phase::Ran => Err(Code::AlreadyStarted),
        Phase::NotBegun if matches!(state, State::Expired(_)) => Err(Code::Expired),
        Phase::Undecided | Phase::Allowed | Phase::NotBegun => Err(Code::AlreadyDecided),
    }
}

/// Whether an action in this state takes a verdict of this kind; what is approved can still be denied.
fn is_taken(state: &State, kind: VerdictKind) -> bool {
    match kind {
        VerdictKind::Deny => is_open(state),
        _ => matches!(state, State::Pending(_)) && WHILE_PENDING.contains(&kind),
    }
}

/// Whether somebody can record now what an attempt did. That it did not happen can be recorded only once the attempt can no
/// longer be under way.
fn resolvable(state: &State, kind: VerdictKind, now: Timestamp) -> Result<(), Code> {
    let State::Unknown(run) = state else { return Err(Code::NothingToResolve) };
    match kind == VerdictKind::DidNotHappen && now < run.settled_at() {
        true => Err(Code::TooEarly),
        false => Ok(()),
    }
}

/// The groups and seats for which the person gives the verdict.
fn admitted_seating(context: &ReviewContext, wanted: &VerdictRequest<'_>) -> Result<Seating, Code> {
    let groups = context.speaking_groups(wanted.kind, wanted.groups);
    let seating = context.review.seating(wanted.kind, wanted.membership, &groups);
    let admitted = seating.and_then(|seating| {
        context.review.admits_as(wanted.kind, &seating.speaker(wanted.person))?;
        Ok(seating)
    });
    admitted.map_err(|refusal| match refusal {
        EventRejection::OwnRequest => Code::OwnRequest,
        EventRejection::OwnChange => Code::OwnChange,
        _ => Code::NotAnApprover,
    })
}

/// The verdicts that the person may give now on what is shown now.
///
/// # Errors
/// The code that says why there are none.
pub(crate) fn allowed_verdicts(
    item: &Item,
    context: &ReviewContext,
    resolved: &ResolvedPerson,
    whole: bool,
    now: Timestamp,
) -> Result<Vec<VerdictKind>, Code> {
    let checked =
        ALL.map(|kind| (kind, check_verdict(item, &verdict_request(context, resolved, kind, whole), now)));
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

/// Why somebody who may deny a pending action may not approve it, where the reason is who they are or for whom they stand in:
/// they changed it, or it was approved on the same seat.
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

/// Whether the action still waits for this person: they may approve or confirm it, and have not done so.
pub(crate) fn is_waiting_for(
    item: &Item,
    context: &ReviewContext,
    resolved: &ResolvedPerson,
    now: Timestamp,
) -> bool {
    [VerdictKind::Approve, VerdictKind::Confirm].into_iter().any(|kind| {
        let checked = check_verdict(item, &verdict_request(context, resolved, kind, true), now);
        matches!(checked, Ok(CheckedVerdict::Allowed(_)))
    })
}

impl Callbacks {
    /// Whether the review document shows every change, as far as a verdict of this kind needs it. A document that cannot be
    /// read shows nothing.
    pub(crate) async fn is_shown_whole(
        &self,
        context: &ReviewContext,
        kind: VerdictKind,
    ) -> Result<bool, RequestRejection> {
        if !NEEDS_WHOLE.contains(&kind) {
            return Ok(true);
        }
        let document = self.capabilities.documents.document(context.review.decision.review).await?;
        let review = document.and_then(|document| document.open::<ReviewDocument>().ok());
        Ok(review.is_some_and(|review| review.what.is_whole()))
    }
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
