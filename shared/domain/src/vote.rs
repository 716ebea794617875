//! One person's vote.

use crate::{Digest, Person, Proof, Requirement, Seat, Speaker, Timestamp};

/// One person's vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// The person.
    pub person: Person,
    /// The groups for which they voted.
    pub groups: Vec<String>,
    /// The seats of others on which they voted; in all other groups they voted on their own.
    pub seats: Vec<Seat>,
    /// Whether they approved.
    pub approves: bool,
    /// Those among them and the owners of these seats who had changed a parameter of what was voted on.
    pub changers: Vec<Person>,
    /// How it is proven.
    pub proof: Proof,
    /// The statement document.
    pub statement: Digest,
    /// The envelope document.
    pub envelope: Digest,
    /// The ID token document, for `idp`.
    pub proof_document: Option<Digest>,
    /// When the event was committed.
    pub at: Timestamp,
}

impl<'a> From<&'a Vote> for Speaker<'a> {
    fn from(vote: &'a Vote) -> Self {
        Self { person: &vote.person, groups: &vote.groups, seats: &vote.seats }
    }
}

impl Vote {
    /// Whether the voter, or the owner of the seat that they used in this group, changed a parameter of what was
    /// voted on.
    #[must_use]
    pub fn changed_it(&self, group: &str) -> bool {
        let holder = Speaker::from(self).holder(group);
        self.changers.contains(&self.person) || self.changers.contains(holder)
    }

    /// Whether the vote can count for this requirement: in one of its groups, now.
    #[must_use]
    pub fn counts_for(&self, requirement: &Requirement) -> bool {
        let concerned = |group: &&String| requirement.concerns(std::slice::from_ref(*group));
        let mut groups = self.groups.iter().filter(concerned);
        groups.any(|group| requirement.takes_a_vote(self.changed_it(group)))
    }
}
