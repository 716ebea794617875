//! What reaches beyond one approval: grants for later actions, and emergencies.

use crate::{ActionId, Digest, GrantTerms, Timestamp, Vote};

/// A grant that an approval made: later actions like this one, by the same agent, count as approved too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The approval that made the grant; its statement identifies the grant.
    pub vote: Vote,
    /// The requirements that the grant satisfies.
    pub requirements: Vec<String>,
    /// How long and how often the grant may be used, and which parameters must stay the same.
    pub terms: GrantTerms,
    /// How often the grant was used.
    pub used: u32,
    /// Whether the grant was revoked.
    pub revoked: bool,
}

/// A requirement that nobody was asked for, because a live grant satisfies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The requirement.
    pub requirement: String,
    /// The action whose approval made the grant.
    pub action: ActionId,
    /// The statement of that approval.
    pub statement: Digest,
}

/// An action that was run in an emergency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// The verdict of the person who ran it.
    pub vote: Vote,
    /// The time by which somebody else must review it.
    pub review_by: Timestamp,
    /// The person who reviewed it.
    pub closed: Option<Vote>,
    /// Whether the review was not closed in time.
    pub overdue: bool,
}

impl Grant {
    /// Whether the grant may be used once more.
    #[must_use]
    pub fn live(&self, now: Timestamp) -> bool {
        !self.revoked && now < self.terms.until && self.used < self.terms.uses
    }
}

impl Emergency {
    /// Whether the review is still open.
    #[must_use]
    pub fn open(&self) -> bool {
        self.closed.is_none()
    }
}
