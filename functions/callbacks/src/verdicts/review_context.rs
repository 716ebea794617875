//! What people decide about an item: the latest decision that asked them, and their verdicts since.

use std::collections::BTreeSet;

use domain::{Event, Person, Requirement, ResolvedBy, Review, State, Timestamp, Verdict, VerdictKind};
use runtime::Code;
use wire::Item;

use crate::refusal::RequestRejection;

const SEAT_HAS_VOTED: &str =
    "It was already approved on the seat that you would use, and a seat counts once. You may still deny it.";
const SEAT_OF_REQUESTER: &str = "You would stand in for somebody who belongs to the requester set of this action, so nobody may decide for them.";
const SEAT_CHANGED_IT: &str = "You would stand in for somebody in whose name this was changed, so somebody else has to approve it. You may still deny it.";

/// The part of an item that people decide on. It is found also where the present state no longer holds it.
#[derive(Debug, Clone)]
pub(crate) struct ReviewContext {
    /// The latest review, with its votes.
    pub review: Review,
    /// Whether it belongs to the present revision.
    pub current: bool,
    /// Every verdict on it, in order.
    pub verdicts: Vec<GivenVerdict>,
    /// Whether the outcome of its attempt was lost, whatever was found out since.
    pub lost: bool,
}

/// A verdict and when it was committed.
#[derive(Debug, Clone)]
pub(crate) struct GivenVerdict {
    pub verdict: Verdict,
    pub at: Timestamp,
}

impl ReviewContext {
    /// `None` while policy has not decided, and where it denied.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let revision = item.state().proposal()?.revision;
        let review = item.state().last_review().cloned().or_else(|| earlier(item))?;
        let of_revision = |sequence: u32| {
            let proposal = item.state_at(sequence).and_then(|state| state.proposal().cloned());
            proposal.is_some_and(|proposal| proposal.revision == review.proposal.revision)
        };
        let given = item.entries().iter().filter(|entry| of_revision(entry.sequence));
        let verdicts = given.filter_map(|entry| match &entry.event {
            Event::VerdictGiven(verdict) | Event::Resolved { by: ResolvedBy::Person(verdict), .. } => {
                Some(GivenVerdict { verdict: verdict.clone(), at: entry.at })
            }
            _ => None,
        });
        let lost = item.entries().iter().any(|entry| matches!(entry.event, Event::OutcomeLost { .. }));
        let current = review.proposal.revision == revision;
        Some(Self { current, verdicts: verdicts.collect(), lost, review })
    }

    /// The kind of this person's last verdict.
    pub(crate) fn last_verdict(&self, person: &Person) -> Option<VerdictKind> {
        self.last_given(person).map(|given| given.verdict.kind)
    }

    /// Whether this person's last verdict grants more than its own action.
    pub(crate) fn granted(&self, person: &Person) -> bool {
        self.last_given(person).is_some_and(|given| given.verdict.grant.is_some())
    }

    /// This person's last verdict.
    pub(crate) fn last_given(&self, person: &Person) -> Option<&GivenVerdict> {
        self.verdicts.iter().rev().find(|given| given.verdict.person == *person)
    }

    /// The text for somebody whose verdict is refused with this code. It tells apart whether the reason is they themselves or the
    /// member for whom they stand in.
    pub(crate) fn refusal_text(&self, person: &Person, code: Code) -> String {
        let asks = self.decision_is_of(person);
        let words = match code {
            Code::AlreadyVoted if self.last_verdict(person).is_none() => SEAT_HAS_VOTED,
            Code::AlreadyVoted => "You have answered. Others still have to.",
            Code::OwnRequest if !asks => SEAT_OF_REQUESTER,
            Code::OwnChange if !self.review.proposal.was_changed_by(person) => SEAT_CHANGED_IT,
            other => return RequestRejection::because(other).detail,
        };
        words.to_owned()
    }

    fn decision_is_of(&self, person: &Person) -> bool {
        let emergency = self.review.emergency.as_ref().is_some_and(|one| one.vote.person == *person);
        emergency || self.review.decision.requester.contains(person)
    }

    /// Those of these groups for which somebody with this verdict speaks. The human on whose behalf an agent acts speaks for no
    /// group.
    pub(crate) fn speaking_groups(&self, kind: VerdictKind, groups: &[String]) -> Vec<String> {
        if kind.happened().is_some() {
            let resolves = |group: &&String| {
                self.review.resolvers().iter().any(|one| one.concerns(std::slice::from_ref(*group)))
            };
            return groups.iter().filter(resolves).cloned().collect();
        }
        let hurries = matches!(kind, VerdictKind::Emergency | VerdictKind::Close);
        let asks = !matches!(kind, VerdictKind::Emergency | VerdictKind::Confirm);
        let wanted = |group: &&String| {
            self.review.decision.requirements.iter().any(|one| {
                let hurry = one.terms.emergency.as_ref().filter(|_| hurries);
                (asks && one.concerns(std::slice::from_ref(*group)))
                    || hurry.is_some_and(|rule| rule.groups.contains(*group))
            })
        };
        groups.iter().filter(wanted).cloned().collect()
    }

    /// Every group that is asked here, may stand in, may act in an emergency, or may record what a lost attempt did.
    pub(crate) fn asked_groups(&self) -> BTreeSet<String> {
        let of = |one: &Requirement| {
            let asked = one.groups.iter().map(|wanted| wanted.group.clone());
            let later = one.terms.escalation.iter().flat_map(|rule| rule.groups.clone());
            let hurry = one.terms.emergency.iter().flat_map(|rule| rule.groups.clone());
            asked.chain(one.terms.standing_in.clone()).chain(later).chain(hurry).collect::<Vec<_>>()
        };
        let resolvers = self.review.decision.resolvers.iter().filter(|_| self.lost);
        self.review.decision.requirements.iter().chain(resolvers).flat_map(of).collect()
    }

    /// Whether the action concerns the person: they are asked, have answered, may record what a lost attempt did, or belong to
    /// the requester set.
    pub(crate) fn concerns(&self, person: &Person, groups: &[String]) -> bool {
        let resolves = || self.lost && !self.speaking_groups(VerdictKind::Happened, groups).is_empty();
        !self.speaking_groups(VerdictKind::Close, groups).is_empty()
            || resolves()
            || self.last_verdict(person).is_some()
            || self.review.decision.requester.contains(person)
    }
}

/// The review of an earlier revision, while policy has not decided on the present one, or has denied it.
fn earlier(item: &Item) -> Option<Review> {
    let states = (1..item.sequence()).rev().filter_map(|sequence| item.state_at(sequence));
    states.map(|state| state.review().cloned()).find_map(|review| review)
}

/// Whether people can still decide on an item in this state, or deny it.
pub(crate) fn is_open(state: &State) -> bool {
    matches!(state, State::Pending(_) | State::Approved(_))
}
