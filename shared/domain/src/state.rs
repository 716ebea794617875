//! The states of an action. A state is only ever made by folding events.

use crate::{
    Digest, Emergency, Grant, Granted, KeyRef, Person, Principal, ProbeGap, RequesterSet, Requirement,
    Status, Timestamp, Vote,
};

/// The state of an action, with everything that later events need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing has happened.
    Absent,
    /// Waiting for policy.
    Proposed(Proposal),
    /// Waiting for people.
    Pending(Review),
    /// May run until its deadline.
    Approved(Review),
    /// An attempt has claimed it and runs it.
    Executing(Run),
    /// It ran; the result waits for a decision.
    Held {
        /// The attempt that ran.
        run: Run,
        /// Its outcome document.
        outcome: Digest,
        /// When the result is withheld by itself.
        release_by: Timestamp,
    },
    /// Nobody can prove what the attempt did.
    Unknown(Run),
    /// It ran; the outcome document is absent where somebody found it out afterwards.
    Succeeded(Run, Option<Digest>),
    /// It did not take effect; the outcome document is absent where somebody found it out afterwards.
    Failed(Run, Option<Digest>),
    /// It ran, and the held result was released.
    Released(Run, Digest),
    /// It ran, and the held result was withheld.
    Withheld(Run, Digest),
    /// Refused.
    Denied(Unstarted, DeniedBy),
    /// The deadline passed.
    Expired(Unstarted),
    /// Taken back.
    Cancelled(Unstarted),
}

/// The part of an action that exists from the first event on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// 1, and one more for every modification.
    pub revision: u32,
    /// The name of the action type in the catalogue.
    pub action_type: String,
    /// Who asks.
    pub principal: Principal,
    /// The sealed payload document: what the agent sent, sealed as revision [`Proposal::SEALED`] and never again.
    pub payload: Digest,
    /// The redacted request document of this revision.
    pub request: Digest,
    /// The key that verified the agent's token.
    pub token_key: KeyRef,
    /// When it was first proposed.
    pub created_at: Timestamp,
    /// The last time at which anything may be decided or begun.
    pub expires_at: Timestamp,
    /// The decision document, once policy has decided.
    pub decision: Option<Digest>,
    /// Everybody who changed a parameter of the action in any revision, and the owners of the seats on which they
    /// did, each once.
    pub changed_by: Vec<Person>,
}

impl Proposal {
    /// The revision as which a payload is sealed: the agent's own.
    pub const SEALED: u32 = 1;
    /// The largest number of revisions of one action: the proposal and twenty changes.
    pub const MOST_REVISIONS: u32 = 21;

    /// How often it may still be changed.
    #[must_use]
    pub fn changes_left(&self) -> u32 {
        Self::MOST_REVISIONS.saturating_sub(self.revision)
    }

    /// Whether this person changed the action as it stands.
    #[must_use]
    pub fn was_changed_by(&self, person: &Person) -> bool {
        self.changed_by.contains(person)
    }
}

/// What an action had come to that ended without being begun.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one state at a time is held, as in `State` itself")]
pub enum Unstarted {
    /// Policy had not spoken, or had denied it.
    Proposed(Proposal),
    /// Policy had asked people or allowed it: the decision, and the votes it ended with.
    Reviewed(Review),
}

impl Unstarted {
    /// The proposal.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        match self {
            Self::Proposed(proposal) => proposal,
            Self::Reviewed(review) => &review.proposal,
        }
    }

    /// The decision and the votes, if there were any.
    #[must_use]
    pub fn review(&self) -> Option<&Review> {
        match self {
            Self::Proposed(_) => None,
            Self::Reviewed(review) => Some(review),
        }
    }
}

/// A proposal about which policy has decided, and the votes so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// The proposal, with the decision's deadline.
    pub proposal: Proposal,
    /// The decision of policy.
    pub decision: CommittedDecision,
    /// When policy committed it; reminders and escalations count from here.
    pub decided_at: Timestamp,
    /// One vote per person, in the order given.
    pub votes: Vec<Vote>,
    /// Whether those who had not answered were reminded.
    pub reminded: bool,
    /// The agreement of the human for whom the agent acts; it is never counted.
    pub confirmed: Option<Vote>,
    /// Whether and how it was run in an emergency.
    pub emergency: Option<Emergency>,
    /// The grants that approvals of this action made.
    pub grants: Vec<Grant>,
}

/// The decision that policy committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedDecision {
    /// The decision document.
    pub document: Digest,
    /// The review document.
    pub review: Digest,
    /// The action digest.
    pub action: Digest,
    /// Who must approve.
    pub requirements: Vec<Requirement>,
    /// Live grants that stand for approvals already given.
    pub granted: Vec<Granted>,
    /// Who may say what became of a lost attempt where nobody was asked; empty where the requirements say it.
    pub resolvers: Vec<Requirement>,
    /// Who may never approve.
    pub requester: RequesterSet,
}

/// One attempt to run an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What was approved.
    pub review: Review,
    /// The attempt's id.
    pub attempt: String,
    /// When it began.
    pub claimed_at: Timestamp,
    /// When its lease is lost.
    pub lease_until: Timestamp,
    /// The bundle manifest in force at the claim.
    pub bundle: Digest,
    /// Why the target cannot say what a lost attempt did; none while execution may still ask it.
    pub probe_gap: Option<ProbeGap>,
}

/// Who denied the action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeniedBy {
    /// Policy, at the decision.
    Policy(Digest),
    /// An approver; the vote says who, and with which statement.
    Approver(Box<Vote>),
    /// Execution, before the claim.
    Claim {
        /// Stable code, e.g. `changed-since-review`.
        code: String,
        /// The document that says why.
        document: Digest,
    },
}

/// What a state holds, whatever it is called.
enum Contents<'a> {
    Nothing,
    Proposal(&'a Proposal),
    Review(&'a Review),
    Run(&'a Run),
    Unstarted(&'a Unstarted),
}

impl State {
    /// The name of this state.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Absent => Status::Absent,
            Self::Proposed(_) => Status::Proposed,
            Self::Pending(_) => Status::Pending,
            Self::Approved(_) => Status::Approved,
            Self::Executing(_) => Status::Executing,
            Self::Held { .. } => Status::Held,
            Self::Unknown(_) => Status::Unknown,
            Self::Succeeded(..) => Status::Succeeded,
            Self::Failed(..) => Status::Failed,
            Self::Released(..) => Status::Released,
            Self::Withheld(..) => Status::Withheld,
            Self::Denied(..) => Status::Denied,
            Self::Expired(_) => Status::Expired,
            Self::Cancelled(_) => Status::Cancelled,
        }
    }

    /// What the state holds of the action. Every state is named here, and the accessors below read it.
    fn contents(&self) -> Contents<'_> {
        match self {
            Self::Absent => Contents::Nothing,
            Self::Proposed(proposal) => Contents::Proposal(proposal),
            Self::Pending(review) | Self::Approved(review) => Contents::Review(review),
            Self::Executing(run)
            | Self::Held { run, .. }
            | Self::Unknown(run)
            | Self::Succeeded(run, _)
            | Self::Failed(run, _)
            | Self::Released(run, _)
            | Self::Withheld(run, _) => Contents::Run(run),
            Self::Denied(ended, _) | Self::Expired(ended) | Self::Cancelled(ended) => {
                Contents::Unstarted(ended)
            }
        }
    }

    /// The proposal, in every state but [`State::Absent`].
    #[must_use]
    pub fn proposal(&self) -> Option<&Proposal> {
        match self.contents() {
            Contents::Nothing => None,
            Contents::Proposal(proposal) => Some(proposal),
            Contents::Review(review) => Some(&review.proposal),
            Contents::Run(run) => Some(&run.review.proposal),
            Contents::Unstarted(ended) => Some(ended.proposal()),
        }
    }

    /// The decision and the votes while they count: people are asked, it may run, or it was begun.
    #[must_use]
    pub fn review(&self) -> Option<&Review> {
        match self.contents() {
            Contents::Review(review) => Some(review),
            Contents::Run(run) => Some(&run.review),
            Contents::Nothing | Contents::Proposal(_) | Contents::Unstarted(_) => None,
        }
    }

    /// The decision and the votes of this revision, also where the action ended before it was begun.
    #[must_use]
    pub fn last_review(&self) -> Option<&Review> {
        match self.contents() {
            Contents::Unstarted(ended) => ended.review(),
            _ => self.review(),
        }
    }

    /// The attempt, in states that have one.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        match self.contents() {
            Contents::Run(run) => Some(run),
            _ => None,
        }
    }

    /// Whether it happened, where its outcome was lost and somebody found it out afterwards.
    #[must_use]
    pub fn found_later(&self) -> Option<bool> {
        match self {
            Self::Succeeded(_, None) => Some(true),
            Self::Failed(_, None) => Some(false),
            _ => None,
        }
    }

    /// What it has come to, if it may still begin: what a cancellation or the deadline ends.
    pub(crate) fn unstarted(&self) -> Option<Unstarted> {
        match self.contents() {
            Contents::Proposal(proposal) => Some(Unstarted::Proposed(proposal.clone())),
            Contents::Review(review) => Some(Unstarted::Reviewed(review.clone())),
            Contents::Nothing | Contents::Run(_) | Contents::Unstarted(_) => None,
        }
    }

    pub(crate) fn review_mut(&mut self) -> Option<&mut Review> {
        match self {
            Self::Pending(review) | Self::Approved(review) => Some(review),
            Self::Executing(run)
            | Self::Held { run, .. }
            | Self::Unknown(run)
            | Self::Succeeded(run, _)
            | Self::Failed(run, _)
            | Self::Released(run, _)
            | Self::Withheld(run, _) => Some(&mut run.review),
            Self::Absent | Self::Proposed(_) | Self::Denied(..) | Self::Expired(_) | Self::Cancelled(_) => {
                None
            }
        }
    }
}
