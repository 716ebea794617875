//! A person's signed verdict.

use serde::{Deserialize, Serialize};

use crate::{Digest, Person, Seat, Speaker, Timestamp};

/// A person's signed verdict as the item stores it; the documents contain the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The person.
    pub person: Person,
    /// The kind of verdict.
    pub kind: VerdictKind,
    /// The groups for which they vote, as their proof or the directory says.
    pub groups: Vec<String>,
    /// The seats of other people on which they vote, in the order of their groups; in all other groups they vote on
    /// their own seat.
    pub seats: Vec<Seat>,
    /// How it is proven that this person gave the verdict.
    pub proof: Proof,
    /// The statement document.
    pub statement: Digest,
    /// The signed envelope document.
    pub envelope: Digest,
    /// The proof document (an ID token); absent for `service`.
    pub proof_document: Option<Digest>,
    /// What an approval grants beyond its own action.
    pub grant: Option<GrantTerms>,
    /// Pointers of the parameters that a modification changes, each once, in order; empty for every other verdict.
    pub changed: Vec<String>,
}

/// The kinds of verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VerdictKind {
    /// Approve.
    Approve,
    /// Deny. This is final.
    Deny,
    /// Approve something else: change parameters.
    Modify,
    /// The agreement of the human for whom the agent acts. It is never counted in a quorum.
    Confirm,
    /// Run it at once, in an emergency; somebody else reviews it afterwards.
    Emergency,
    /// That review: the emergency is closed.
    Close,
    /// End a grant of an earlier approval.
    Revoke,
    /// Suspend everything of this scope.
    Suspend,
    /// The attempt of which nobody knew what it did took effect.
    Happened,
    /// It did not take effect.
    DidNotHappen,
}

/// How a verdict is tied to its person. The order is by strength: a stronger proof is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Only the callbacks function vouches for the person.
    #[default]
    Service,
    /// The identity provider signed the statement's digest as nonce.
    Idp,
}

/// A grant for later actions of the same agent: how long, how often, with which parameters the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantTerms {
    /// When the grant ends.
    pub until: Timestamp,
    /// How many actions it may cover beyond its own.
    pub uses: u32,
    /// Pointers of the parameters that must be the same.
    pub fixed: Vec<String>,
}

impl VerdictKind {
    /// Whether the verdict can only prevent something, so that the weaker proof is enough.
    #[must_use]
    pub fn fails_safe(self) -> bool {
        matches!(self, Self::Deny | Self::Revoke | Self::Suspend)
    }

    /// Whether the verdict needs a reason.
    #[must_use]
    pub fn needs_words(self) -> bool {
        matches!(self, Self::Deny | Self::Emergency | Self::Close | Self::Suspend)
            || self.happened().is_some()
    }

    /// For a resolution, whether it says that the attempt took effect; none for every other verdict.
    #[must_use]
    pub fn happened(self) -> Option<bool> {
        match self {
            Self::Happened => Some(true),
            Self::DidNotHappen => Some(false),
            Self::Approve
            | Self::Deny
            | Self::Modify
            | Self::Confirm
            | Self::Emergency
            | Self::Close
            | Self::Revoke
            | Self::Suspend => None,
        }
    }

    /// The verdict of a resolution.
    #[must_use]
    pub fn resolution(happened: bool) -> Self {
        if happened { Self::Happened } else { Self::DidNotHappen }
    }
}

impl Verdict {
    pub(crate) fn documents(&self) -> Vec<Digest> {
        [self.statement, self.envelope].into_iter().chain(self.proof_document).collect()
    }
}

impl<'a> From<&'a Verdict> for Speaker<'a> {
    fn from(verdict: &'a Verdict) -> Self {
        Self { person: &verdict.person, groups: &verdict.groups, seats: &verdict.seats }
    }
}
