//! What is to be decided about an item: the latest decision that asked people, and what they said since.

use std::collections::BTreeSet;

use domain::{Event, Person, Requirement, Review, State, Timestamp, Verdict, VerdictKind};
use runtime::Code;
use wire::Item;

use crate::refusal::RequestRejection;

const SEAT_HAS_VOTED: &str = "It was approved already on the seat that you would vote on: a seat counts once while it is lent. You may still deny it.";
const SEAT_OF_REQUESTER: &str = "You would vote on the seat of somebody who belongs to the requester set of this request, so nobody may vote on it.";
const SEAT_CHANGED_IT: &str = "You would vote on the seat of somebody in whose name this was changed, so somebody else has to approve it. You may still deny it.";

/// The part of an item that concerns deciding, also when the state that ended it no longer carries it.
#[derive(Debug, Clone)]
pub(crate) struct ReviewContext {
    /// The latest state with a decision, votes included.
    pub review: Review,
    /// Whether that decision is the present revision's.
    pub current: bool,
    /// Every verdict on it, in order.
    pub verdicts: Vec<(Verdict, Timestamp)>,
}

impl ReviewContext {
    /// None until policy has spoken and did not forbid.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let revision = item.state().proposal()?.revision;
        let review = item.state().last_review().cloned().or_else(|| earlier(item))?;
        let of_revision = |sequence: u32| {
            let proposal = item.state_at(sequence).and_then(|state| state.proposal().cloned());
            proposal.is_some_and(|proposal| proposal.revision == review.proposal.revision)
        };
        let given = item.entries().iter().filter(|entry| of_revision(entry.sequence));
        let verdicts = given.filter_map(|entry| match &entry.event {
            Event::VerdictGiven(verdict) => Some((verdict.clone(), entry.at)),
            _ => None,
        });
        Some(Self { current: review.proposal.revision == revision, verdicts: verdicts.collect(), review })
    }

    /// What this person said last.
    pub(crate) fn last_verdict(&self, person: &Person) -> Option<VerdictKind> {
        self.verdicts
            .iter()
            .rev()
            .find(|(verdict, _)| verdict.person == *person)
            .map(|(verdict, _)| verdict.kind)
    }

    /// Whether what this person said last granted more than its own action.
    pub(crate) fn granted(&self, person: &Person) -> bool {
        let mut said = self.verdicts.iter().rev().map(|(verdict, _)| verdict);
        said.find(|verdict| verdict.person == *person).is_some_and(|verdict| verdict.grant.is_some())
    }

    /// Why this person may not say something, in words that fit whether it is for themselves or for the seat they take.
    pub(crate) fn refusal_text(&self, person: &Person, code: Code) -> String {
        let asks = self.decision_is_of(person);
        let words = match code {
            Code::AlreadyVoted if self.last_verdict(person).is_none() => SEAT_HAS_VOTED,
            Code::AlreadyVoted => "You have answered. Others are still to.",
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

    /// Those of these groups for which somebody who says this speaks. The human behind an agent speaks for none.
    pub(crate) fn speaking_groups(&self, kind: VerdictKind, groups: &[String]) -> Vec<String> {
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

    /// Every group that is asked here, may stand in, or may act in an emergency.
    pub(crate) fn asked_groups(&self) -> BTreeSet<String> {
        let of = |one: &Requirement| {
            let asked = one.groups.iter().map(|wanted| wanted.group.clone());
            let later = one.terms.escalation.iter().flat_map(|rule| rule.groups.clone());
            let hurry = one.terms.emergency.iter().flat_map(|rule| rule.groups.clone());
            asked.chain(one.terms.standing_in.clone()).chain(later).chain(hurry).collect::<Vec<_>>()
        };
        self.review.decision.requirements.iter().flat_map(of).collect()
    }

    /// Whether the person has anything to do with it: asked, answered, or in the requester set.
    pub(crate) fn concerns(&self, person: &Person, groups: &[String]) -> bool {
        !self.speaking_groups(VerdictKind::Close, groups).is_empty()
            || self.last_verdict(person).is_some()
            || self.review.decision.requester.contains(person)
    }
}

/// The decision on an earlier revision, while policy has not decided on what somebody made of it, or has denied that.
fn earlier(item: &Item) -> Option<Review> {
    let states = (1..item.sequence()).rev().filter_map(|sequence| item.state_at(sequence));
    states.map(|state| state.review().cloned()).find_map(|review| review)
}

/// Whether a decision is still awaited or can still be stopped.
pub(crate) fn is_open(state: &State) -> bool {
    matches!(state, State::Pending(_) | State::Approved(_))
}
