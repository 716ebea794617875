//! The decision before it is written: the answer, and what was learnt on the way to it.

use bundle::InForce;
use domain::{Granted, RequesterSet, Requirement, Timestamp};
use policy::{History, Reason};
use redaction::Known;
use wire::documents::{Cause, Context};

use crate::plan::Shown;
use crate::rejection::DecisionRejection;

/// Everything to be committed.
pub(crate) struct Decided {
    /// None when no bundle could be loaded.
    pub(crate) in_force: Option<InForce>,
    pub(crate) trace: DecisionTrace,
    pub(crate) answer: Answer,
}

/// What is recorded of a decision whatever its answer is. It is filled in as far as the evaluation got.
pub(crate) struct DecisionTrace {
    /// Who may not approve. At first the agent alone.
    pub(crate) requester: RequesterSet,
    /// The Cedar resource the rules were asked about.
    pub(crate) resource: Option<String>,
    /// The history the rules were told.
    pub(crate) history: Option<History>,
    /// What rules in observe mode would have said.
    pub(crate) observed: Vec<Reason>,
    /// What was masked in the request. It is masked in texts about the target too.
    pub(crate) known: Known,
}

/// What the rules answered.
pub(crate) enum Answer {
    Forbid { code: String, reasons: Vec<Reason>, cause: Option<Cause> },
    Approvable(Box<Approvable>),
}

/// An action that may run, at once or once people have approved it.
pub(crate) struct Approvable {
    pub(crate) reasons: Vec<Reason>,
    /// Empty when nobody has to be asked.
    pub(crate) requirements: Vec<Requirement>,
    /// Live grants in whose place nobody is asked.
    pub(crate) granted: Vec<Granted>,
    /// Who may say what became of a lost attempt, where nobody is asked.
    pub(crate) resolvers: Vec<Requirement>,
    pub(crate) expires_at: Timestamp,
    pub(crate) shown: Shown,
    /// Who asks, why and by when, as people see it together with what would run.
    pub(crate) context: Context,
}

impl DecisionTrace {
    /// A trace that knows only who asks.
    pub(crate) fn new(requester: RequesterSet) -> Self {
        Self { requester, resource: None, history: None, observed: Vec::new(), known: Known::default() }
    }
}

impl From<DecisionRejection> for Answer {
    fn from(rejection: DecisionRejection) -> Self {
        Self::Forbid { code: rejection.code, reasons: rejection.reasons, cause: rejection.cause }
    }
}
