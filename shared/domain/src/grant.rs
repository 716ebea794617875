//! What reaches beyond one approval: grants for like actions, and emergencies.

use crate::{ActionId, Digest, GrantTerms, Timestamp, Vote};

/// A grant made by an approval: like actions of the same agent count as approved too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The approval that made it; its statement names the grant.
    pub vote: Vote,
    /// The requirements it meets.
    pub requirements: Vec<String>,
    /// How long, how often, with what the same.
    pub terms: GrantTerms,
    /// How often it was used.
    pub used: u32,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// A requirement that was not asked for, because a live grant meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The requirement.
    pub requirement: String,
    /// The action whose approval made the grant.
    pub action: ActionId,
    /// The statement that did.
    pub statement: Digest,
}

/// An action that was run at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emergency {
    /// Who ran it, and with which words.
    pub vote: Vote,
    /// When somebody else must have looked at it.
    pub review_by: Timestamp,
    /// Who did.
    pub closed: Option<Vote>,
    /// Whether nobody had in time.
    pub overdue: bool,
}

impl Grant {
    /// Whether it may be used once more.
    #[must_use]
    pub fn live(&self, now: Timestamp) -> bool {
        !self.revoked && now < self.terms.until && self.used < self.terms.uses
    }
}

impl Emergency {
    /// Whether nobody has looked yet.
    #[must_use]
    pub fn open(&self) -> bool {
        self.closed.is_none()
    }
}
