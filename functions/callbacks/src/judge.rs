//! May this person say this now? Pure, and asked again before every write.

use domain::{Digest, EventRejection, Membership, Person, Seating, State, Timestamp, VerdictKind};
use runtime::Code;
use wire::Item;

use crate::app::Known;
use crate::matter::Matter;

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
pub(crate) struct Wish<'a> {
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
pub(crate) enum Judgement {
    /// They have said exactly this already.
    AlreadySo,
    /// They may, for these groups and on these seats.
    May(Seating),
}

/// Own request before everything, so that the requester set learns nothing else; what was shown before what was said.
pub(crate) fn judge(item: &Item, wish: &Wish<'_>, now: Timestamp) -> Result<Judgement, Code> {
    let matter = Matter::of(item).ok_or(Code::NotAnApprover)?;
    let groups = matter.speaking(wish.kind, wish.groups);
    let seating = matter.review.seating(wish.kind, wish.membership, &groups);
    let admitted = seating.and_then(|seating| {
        matter.review.admits_as(wish.kind, &seating.speaker(wish.person))?;
        Ok(seating)
    });
    let seating = match admitted {
        Ok(seating) => seating,
        Err(EventRejection::OwnRequest) => return Err(Code::OwnRequest),
        Err(EventRejection::OwnChange) => return Err(Code::OwnChange),
        Err(_) => return Err(Code::NotAnApprover),
    };
    let decision = &matter.review.decision;
    if !matter.current || decision.action != wish.action || decision.review != wish.review {
        return Err(Code::StaleDigest);
    }
    if !wish.whole && NEEDS_WHOLE.contains(&wish.kind) {
        return Err(Code::NotShownWhole);
    }
    let said = matter.said(wish.person);
    if said == Some(wish.kind) && matter.granted(wish.person) == wish.grants {
        return Ok(Judgement::AlreadySo);
    }
    let emergency = matter.review.emergency.as_ref();
    let later = match wish.kind {
        VerdictKind::Close => emergency.is_some_and(domain::Emergency::open),
        VerdictKind::Revoke => matter.review.grants.iter().any(|grant| !grant.revoked),
        _ => false,
    };
    match item.state() {
        State::Pending(_) if later => Err(Code::NotAnApprover),
        _ if later => Ok(Judgement::May(seating)),
        State::Pending(review) | State::Approved(review) if now >= review.proposal.expires_at => {
            Err(Code::Expired)
        }
        State::Pending(review)
            if wish.kind == VerdictKind::Approve && review.has_sat(&seating.speaker(wish.person)) =>
        {
            Err(Code::AlreadyVoted)
        }
        State::Pending(_) if BEFORE.contains(&wish.kind) => Ok(Judgement::May(seating)),
        State::Approved(_) if wish.kind == VerdictKind::Deny => Ok(Judgement::May(seating)),
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
pub(crate) fn may(
    item: &Item,
    matter: &Matter,
    known: &Known,
    (whole, now): (bool, Timestamp),
) -> Result<Vec<VerdictKind>, Code> {
    let judged = SAID.map(|kind| (kind, judge(item, &wish(matter, known, kind, whole), now)));
    let open: Vec<VerdictKind> = judged
        .iter()
        .filter(|(_, judgement)| matches!(judgement, Ok(Judgement::May(_))))
        .map(|(kind, _)| *kind)
        .collect();
    if !open.is_empty() {
        return Ok(open);
    }
    let why = judged.into_iter().find_map(|(_, judgement)| judgement.err());
    Err(why.unwrap_or(Code::AlreadyVoted))
}

/// Why somebody who may deny what waits may not approve it, where that is because of who they are or whose seat they take:
/// it was changed in the same name, or approved on the same seat.
pub(crate) fn not_approving(item: &Item, matter: &Matter, known: &Known, now: Timestamp) -> Option<Code> {
    let waits = matches!(item.state(), State::Pending(_)) && matter.said(&known.person).is_none();
    let judged = judge(item, &wish(matter, known, VerdictKind::Approve, true), now);
    judged.err().filter(|code| *code == Code::OwnChange || (waits && *code == Code::AlreadyVoted))
}

fn wish<'a>(matter: &Matter, known: &'a Known, kind: VerdictKind, whole: bool) -> Wish<'a> {
    Wish {
        person: &known.person,
        groups: &known.groups,
        membership: &known.membership,
        kind,
        action: matter.review.decision.action,
        review: matter.review.decision.review,
        grants: matter.granted(&known.person),
        whole,
    }
}
