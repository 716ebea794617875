//! Chooses the seats on which a person votes, and checks whether a seat has been used.

use crate::state::Review;
use crate::{EventRejection, Membership, Person, Requirement, Seat, Speaker, VerdictKind, Vote};

/// The groups for which a person votes, and the seats of other people on which they vote there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seating {
    /// The groups, as they were given.
    pub groups: Vec<String>,
    /// The seats of other people, in the order of their groups.
    pub seats: Vec<Seat>,
}

impl Seating {
    /// The person with these groups and seats, as a speaker.
    #[must_use]
    pub fn speaker<'a>(&'a self, person: &'a Person) -> Speaker<'a> {
        Speaker { person, groups: &self.groups, seats: &self.seats }
    }

    /// The person's own seat in each group where they have one, otherwise the first seat that somebody has lent
    /// them.
    #[must_use]
    pub fn any(membership: &Membership, groups: &[String]) -> Self {
        Self::choose(membership, groups, |away| away.into_iter().next())
    }

    fn choose<'a>(
        membership: &'a Membership,
        groups: &[String],
        pick: impl Fn(Vec<&'a Person>) -> Option<&'a Person>,
    ) -> Self {
        let mut seating = Self::default();
        for group in groups {
            if membership.belongs(group) {
                seating.groups.push(group.clone());
            } else if let Some(person) = pick(membership.away(group).collect()) {
                seating.groups.push(group.clone());
                seating.seats.push(Seat { group: group.clone(), person: person.clone() });
            }
        }
        seating.seats.sort_by(|one, other| one.group.cmp(&other.group));
        seating
    }
}

impl Review {
    /// The seats on which a person votes who gives this verdict for these groups: their own where they have one,
    /// otherwise the seat of an absent person who could give the verdict too, preferably of one who has not voted
    /// and has changed nothing.
    ///
    /// # Errors
    /// [`EventRejection::OwnRequest`] if the owners of all remaining seats could not give this verdict themselves.
    pub fn seating(
        &self,
        kind: VerdictKind,
        membership: &Membership,
        groups: &[String],
    ) -> Result<Seating, EventRejection> {
        let may_say = |person: &&Person| !self.is_barred(kind, person);
        let worse = |person: &&Person| (self.proposal.was_changed_by(person), self.has_voted(person));
        let pick = |away: Vec<_>| away.into_iter().filter(may_say).min_by_key(worse);
        let seating = Seating::choose(membership, groups, pick);
        let speaks =
            groups.iter().any(|group| membership.belongs(group) || membership.away(group).count() > 0);
        if speaks && seating.groups.is_empty() { Err(EventRejection::OwnRequest) } else { Ok(seating) }
    }

    /// Whether this verdict may not be given in this person's name, because they are in the requester set or
    /// because they ran the emergency that is being reviewed.
    pub(crate) fn is_barred(&self, kind: VerdictKind, person: &Person) -> bool {
        let emergency = self.emergency.as_ref().filter(|_| kind == VerdictKind::Close);
        let theirs =
            emergency.is_some_and(|one| Speaker::from(&one.vote).everybody().any(|who| who == person));
        theirs || self.decision.requester.contains(person)
    }

    fn has_voted(&self, person: &Person) -> bool {
        self.votes.iter().any(|vote| Speaker::from(vote).holders().contains(person))
    }

    /// Whether an approval on these seats could never count, because the only seat that it would use has voted for
    /// all these groups. If votes are hidden, this is not told; the seat counts once all the same.
    #[must_use]
    pub fn has_sat(&self, speaker: &Speaker<'_>) -> bool {
        let blind = self.decision.requirements.iter().any(|requirement| requirement.terms.blind);
        !blind && self.votes.iter().any(|vote| covers(vote, speaker))
    }

    /// Whether an approval on these seats can count for this requirement.
    pub(crate) fn takes(&self, requirement: &Requirement, speaker: &Speaker<'_>) -> bool {
        let changed = |person: &Person| self.proposal.was_changed_by(person);
        let concerned = |group: &&String| requirement.concerns(std::slice::from_ref(*group));
        let mut groups = speaker.groups.iter().filter(concerned);
        groups
            .any(|group| requirement.takes_a_vote(changed(speaker.person) || changed(speaker.holder(group))))
    }
}

/// Whether this vote already fills, in the name of the same person, everything that the speaker could fill.
fn covers(vote: &Vote, speaker: &Speaker<'_>) -> bool {
    let voted = Speaker::from(vote);
    let same = |group: &String| voted.groups.contains(group) && voted.holder(group) == speaker.holder(group);
    vote.approves
        && voted.holders().len() == 1
        && vote.changers.is_empty()
        && speaker.groups.iter().all(same)
        && !speaker.groups.is_empty()
}
