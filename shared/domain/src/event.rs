//! The events of an action, and the effects that follow from them.

use crate::{
    ActionId, Digest, Granted, LossReason, Person, Principal, ProbeGap, RequesterSet, Requirement,
    ResolvedBy, Timestamp, Tone, Verdict,
};

/// One fact about an action. With its time it is one entry of the item; the state is computed from all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Intake accepted a request.
    Proposed {
        /// The name of the action type in the catalogue, e.g. `s3-export`.
        action_type: String,
        /// The agent, as its token says.
        principal: Principal,
        /// The sealed payload document.
        payload: Digest,
        /// The redacted request document.
        request: Digest,
        /// The key that verified the agent's token.
        token_key: KeyRef,
        /// The last time at which anything may be decided or begun.
        expires_at: Timestamp,
    },
    /// Policy decided.
    Decided {
        /// The decision.
        kind: DecisionKind,
        /// The decision document.
        document: Digest,
        /// The review document; absent when policy forbids.
        review: Option<Digest>,
        /// The action document, whose digest is the action digest; absent when policy forbids.
        action: Option<Digest>,
        /// Who must approve; empty unless approval is required.
        requirements: Vec<Requirement>,
        /// Live grants that stand for approvals already given.
        granted: Vec<Granted>,
        /// Who may say what became of a lost attempt where nobody is asked; empty where the requirements say it.
        resolvers: Vec<Requirement>,
        /// Who may never approve.
        requester: RequesterSet,
        /// The deadline, never later than the proposal's.
        expires_at: Timestamp,
    },
    /// A person gave a verdict.
    VerdictGiven(Verdict),
    /// People who have not answered were reminded.
    Reminded,
    /// Other groups may approve from now on.
    Escalated,
    /// A person changed parameters: a new revision, about which policy decides anew. The sealed payload stays as it
    /// is.
    Modified {
        /// The signed modification.
        verdict: Verdict,
        /// The new redacted request.
        request: Digest,
    },
    /// The proposer cancelled it.
    Cancelled {
        /// The proposer.
        by: Principal,
    },
    /// The deadline passed.
    Expired,
    /// An approved action may no longer run: the rules in force forbid it, or what was reviewed has changed.
    Refused {
        /// Stable code, e.g. `changed-since-review`.
        code: String,
        /// The document that says why.
        document: Digest,
    },
    /// Execution claimed the action for one attempt.
    Claimed {
        /// The attempt's random id.
        attempt: String,
        /// When the lease ends, unless there is an outcome before.
        lease_until: Timestamp,
        /// The bundle manifest in force at the claim.
        bundle: Digest,
    },
    /// The attempt ran and the target confirmed it.
    Succeeded {
        /// The attempt.
        attempt: String,
        /// The outcome document.
        outcome: Digest,
    },
    /// The attempt provably had no effect.
    Failed {
        /// The attempt.
        attempt: String,
        /// The outcome document.
        outcome: Digest,
    },
    /// The attempt ran and its result needs a decision of its own.
    ResultHeld {
        /// The attempt.
        attempt: String,
        /// The outcome document.
        outcome: Digest,
        /// When it is withheld unless somebody released it.
        release_by: Timestamp,
    },
    /// A person released the held result.
    Released(Verdict),
    /// A person withheld it, or (without a verdict) the deadline did.
    Withheld(Option<Verdict>),
    /// Nobody can prove what the attempt did.
    OutcomeLost {
        /// The attempt.
        attempt: String,
        /// The reason.
        reason: LossReason,
    },
    /// Somebody found out what an attempt of unknown outcome had done.
    Resolved {
        /// The attempt.
        attempt: String,
        /// Whether it took effect.
        happened: bool,
        /// Who found out, and how.
        by: ResolvedBy,
    },
    /// The target cannot say what an attempt of unknown outcome did, so people are asked.
    ProbeInconclusive {
        /// The attempt.
        attempt: String,
        /// Why the target cannot say.
        reason: ProbeGap,
    },
    /// Nobody closed the review of an emergency in time.
    ReviewOverdue,
    /// Another action ran on a grant of an approval of this one.
    GrantUsed {
        /// The statement with the grant.
        statement: Digest,
        /// The action that ran.
        by: ActionId,
        /// Its attempt.
        attempt: String,
    },
}

/// What policy decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecisionKind {
    /// Run it.
    Permit,
    /// Deny it.
    Forbid,
    /// Allow it once the requirements are met.
    RequireApproval,
}

/// Which key verified a token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyRef {
    /// The issuer.
    pub issuer: String,
    /// The key id in its key set.
    pub kid: String,
}

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The agent.
    Agent(Principal),
    /// A person.
    Person(Person),
    /// The policy function.
    Policy,
    /// The execution function.
    Execution,
    /// Time alone.
    Time,
}

/// What follows from an event once its record is locked. Named in the imperative; the ledger sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask policy.
    Decide,
    /// Ask the people whom the requirements name.
    AskApprovers,
    /// Ask somebody else to review an emergency.
    AskReviewers,
    /// Tell the people in charge that nobody reviewed it in time.
    RaiseAlarm,
    /// Tell everybody what is suspended and what is not.
    AnnounceSuspensions,
    /// Tell a voter what was recorded in their name.
    SendReceipt(Person),
    /// Run it.
    Execute,
    /// Tell those concerned how it ended.
    AnnounceEnd,
    /// Ask the target what the lost attempt did.
    ProbeOutcome,
    /// Ask the people who may say what the lost attempt did.
    AskResolvers,
}

impl Event {
    /// Who caused it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Proposed { principal, .. } | Self::Cancelled { by: principal } => {
                Actor::Agent(principal.clone())
            }
            Self::VerdictGiven(verdict)
            | Self::Modified { verdict, .. }
            | Self::Released(verdict)
            | Self::Withheld(Some(verdict))
            | Self::Resolved { by: ResolvedBy::Person(verdict), .. } => Actor::Person(verdict.person.clone()),
            Self::Decided { .. } => Actor::Policy,
            Self::Refused { .. }
            | Self::Claimed { .. }
            | Self::Succeeded { .. }
            | Self::Failed { .. }
            | Self::ResultHeld { .. }
            | Self::GrantUsed { .. }
            | Self::Resolved { by: ResolvedBy::Probe(_), .. } => Actor::Execution,
            Self::OutcomeLost { reason: LossReason::LeaseLost, .. }
            | Self::ProbeInconclusive { reason: ProbeGap::TimedOut, .. }
            | Self::Reminded
            | Self::Escalated
            | Self::ReviewOverdue
            | Self::Expired
            | Self::Withheld(None) => Actor::Time,
            Self::OutcomeLost { .. } | Self::ProbeInconclusive { .. } => Actor::Execution,
        }
    }

    /// The stable name of the kind, as records and tables write it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.row().0
    }

    /// How a page colours it, and a sentence for people without a full stop. Pages say more of an event that names people,
    /// rules or results.
    #[must_use]
    pub fn words(&self) -> (Tone, &'static str) {
        let (_, tone, words) = self.row();
        (tone, words)
    }

    fn row(&self) -> (&'static str, Tone, &'static str) {
        use Tone::{Bad, Good, Plain};
        match self {
            Self::Proposed { .. } => ("proposed", Plain, "Proposed"),
            Self::Decided { .. } => ("decided", Plain, "Policy decided"),
            Self::VerdictGiven(_) => ("verdict_given", Plain, "Somebody decided"),
            Self::Modified { .. } => ("modified", Plain, "Somebody changed it"),
            Self::Cancelled { .. } => ("cancelled", Plain, "Taken back"),
            Self::Expired => ("expired", Plain, "The time to decide or to begin ran out"),
            Self::Refused { .. } => ("refused", Bad, "Stopped before it ran"),
            Self::Claimed { .. } => ("claimed", Plain, "Began to run, with credentials for this alone"),
            Self::Succeeded { .. } => ("succeeded", Good, "Ran with its own credentials"),
            Self::Failed { .. } => ("failed", Bad, "Failed"),
            Self::ResultHeld { .. } => ("result_held", Plain, "Ran; the result waits for a decision"),
            Self::Released(_) => ("released", Plain, "The result was released"),
            Self::Withheld(_) => ("withheld", Bad, "Nobody released the result in time"),
            Self::OutcomeLost { .. } => ("outcome_lost", Bad, "Nobody can say whether it ran"),
            Self::Resolved { .. } => ("resolved", Plain, "It was found out whether it happened"),
            Self::ProbeInconclusive { .. } => {
                ("probe_inconclusive", Plain, "People are asked whether it happened")
            }
            Self::Reminded => ("reminded", Plain, "Those who had not answered were reminded"),
            Self::Escalated => ("escalated", Plain, "Others may stand in now"),
            Self::ReviewOverdue => ("review_overdue", Bad, "Nobody looked at the emergency in time"),
            Self::GrantUsed { .. } => ("grant_used", Plain, "Its approval covered another action too"),
        }
    }

    /// Every document the event names, which must be stored before it.
    #[must_use]
    pub fn documents(&self) -> Vec<Digest> {
        match self {
            Self::Proposed { payload, request, .. } => vec![*payload, *request],
            Self::Decided { document, review, action, .. } => {
                std::iter::once(*document).chain(*review).chain(*action).collect()
            }
            Self::Modified { verdict, request } => {
                verdict.documents().into_iter().chain([*request]).collect()
            }
            Self::VerdictGiven(verdict)
            | Self::Released(verdict)
            | Self::Withheld(Some(verdict))
            | Self::Resolved { by: ResolvedBy::Person(verdict), .. } => verdict.documents(),
            Self::Refused { document, .. } | Self::Resolved { by: ResolvedBy::Probe(document), .. } => {
                vec![*document]
            }
            Self::Succeeded { outcome, .. }
            | Self::Failed { outcome, .. }
            | Self::ResultHeld { outcome, .. } => {
                vec![*outcome]
            }
            Self::Cancelled { .. }
            | Self::Expired
            | Self::Claimed { .. }
            | Self::Withheld(None)
            | Self::OutcomeLost { .. }
            | Self::ProbeInconclusive { .. }
            | Self::Reminded
            | Self::Escalated
            | Self::ReviewOverdue
            | Self::GrantUsed { .. } => Vec::new(),
        }
    }

    /// The verdict it contains, if any.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::VerdictGiven(verdict)
            | Self::Modified { verdict, .. }
            | Self::Released(verdict)
            | Self::Withheld(Some(verdict))
            | Self::Resolved { by: ResolvedBy::Person(verdict), .. } => Some(verdict),
            _ => None,
        }
    }
}
