//! A person's signed word.

use crate::{Digest, Person, Seat, Timestamp};

/// A person's signed word, as the item holds it; the documents carry the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Who.
    pub person: Person,
    /// What they said.
    pub kind: VerdictKind,
    /// The groups they spoke for, as their proof or the directory gives them.
    pub groups: Vec<String>,
    /// The seats of others on which they spoke, in order of their groups; in all other groups it was their own.
    pub seats: Vec<Seat>,
    /// How it was proven that it was them.
    pub proof: Proof,
    /// The statement document.
    pub statement: Digest,
    /// The signed envelope document.
    pub envelope: Digest,
    /// The proof document (an ID token); absent for `service`.
    pub proof_document: Option<Digest>,
    /// What an approval grants beyond its own action.
    pub grant: Option<GrantTerms>,
    /// Pointers of the parameters that a modification changes, each once, in order; empty for every other word.
    pub changed: Vec<String>,
}

/// What a person may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VerdictKind {
    /// Yes.
    Approve,
    /// No. Final.
    Deny,
    /// Yes to something else.
    Modify,
    /// Yes, by the human the agent acts for. Never counted in a quorum.
    Confirm,
    /// Run it now; somebody else looks at it afterwards.
    Emergency,
    /// That look: the emergency's review is closed.
    Close,
    /// The grant of an earlier approval ends now.
    Revoke,
    /// Nothing of this scope runs.
    Suspend,
}

/// How a verdict is tied to its person. Ordered: a stronger proof is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Proof {
    /// The callbacks function says so.
    #[default]
    Service,
    /// The identity provider signed the statement's digest as nonce.
    Idp,
}

/// An approval that holds for like actions of the same agent: how long, how often, with which parameters the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantTerms {
    /// The end.
    pub until: Timestamp,
    /// How many actions it may carry beyond its own.
    pub uses: u32,
    /// Pointers of parameters that must be the same.
    pub fixed: Vec<String>,
}

impl VerdictKind {
    /// Whether it only ever makes less possible, so that the weaker proof does.
    #[must_use]
    pub fn fails_safe(self) -> bool {
        matches!(self, Self::Deny | Self::Revoke | Self::Suspend)
    }

    /// Whether it must say why.
    #[must_use]
    pub fn needs_words(self) -> bool {
        matches!(self, Self::Deny | Self::Emergency | Self::Close | Self::Suspend)
    }
}

impl Verdict {
    pub(crate) fn documents(&self) -> Vec<Digest> {
        [self.statement, self.envelope].into_iter().chain(self.proof_document).collect()
    }
}
