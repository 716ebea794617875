//! Which seats somebody takes who wants to say something, and whether a seat has been used.

use crate::state::Review;
use crate::{EventRejection, Membership, Person, Requirement, Seat, Speaker, VerdictKind, Vote};

/// The groups somebody speaks for, and the seats of others that they take there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seating {
    /// The groups, as they were given.
    pub groups: Vec<String>,
    /// The seats of others, in order of their groups.
    pub seats: Vec<Seat>,
}

impl Seating {
    /// Whoever sits so.
    #[must_use]
    pub fn speaker<'a>(&'a self, person: &'a Person) -> Speaker<'a> {
        Speaker { person, groups: &self.groups, seats: &self.seats }
    }

    /// Their own seat where they have one, else the first seat that somebody has lent them.
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
    /// The seats somebody takes who says this for these groups: their own where they have one, else that of somebody who
    /// is away and might say it too, rather of one who has not voted and has changed nothing.
    ///
    /// # Errors
    /// [`EventRejection::OwnRequest`] when only seats are left whose owners may not say it themselves.
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

    /// Whether nothing may be said so in this person's name: they ask for it, or they are whose emergency is looked at.
    pub(crate) fn is_barred(&self, kind: VerdictKind, person: &Person) -> bool {
        let emergency = self.emergency.as_ref().filter(|_| kind == VerdictKind::Close);
        let theirs =
            emergency.is_some_and(|one| Speaker::from(&one.vote).everybody().any(|who| who == person));
        theirs || self.decision.requester.contains(person)
    }

    fn has_voted(&self, person: &Person) -> bool {
        self.votes.iter().any(|vote| Speaker::from(vote).holders().contains(person))
    }

    /// Whether an approval on these seats could never count, because the one seat it takes has voted for all these groups.
    /// Where votes are hidden that is not told; it counts once all the same.
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

/// Whether whatever the speaker could fill, this vote fills in the name of the same one person.
fn covers(vote: &Vote, speaker: &Speaker<'_>) -> bool {
    let voted = Speaker::from(vote);
    let same = |group: &String| voted.groups.contains(group) && voted.holder(group) == speaker.holder(group);
    vote.approves
        && voted.holders().len() == 1
        && vote.changers.is_empty()
        && speaker.groups.iter().all(same)
        && !speaker.groups.is_empty()
}
