//! Talks to targets: reads what is there through a role that can only read, and runs a plan's calls with credentials
//! minted for exactly these calls. [`calls()`] says which calls a connector makes for given values.

mod answer;
mod aws;
mod calls;
mod limits;
pub mod rules;
mod told;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use bundle::InForce;
use credentials::Credentials;
use domain::Fault;
use serde_json::Value;
use wire::documents::{Call, Differences, OutcomeError, Plan};

pub use aws::Aws;
pub use calls::{CallError, OWN, RESUME_CALL, calls};
pub use limits::{LimitError, within_limits};
pub use told::told;

/// Looking at a target without changing it.
#[async_trait]
pub trait Inspect: Send + Sync {
    /// What is there now.
    ///
    /// # Errors
    /// [`InspectError`].
    async fn inspect(&self, look: &Look<'_>, credentials: &Credentials) -> Result<Findings, InspectError>;

    /// What the command of an attempt whose outcome was lost did, as far as its target tells. The same role looks as before
    /// the claim.
    ///
    /// # Errors
    /// [`InspectError`]: then nothing is known.
    async fn probe(&self, lost: &Lost<'_>, credentials: &Credentials) -> Result<ProbeAnswer, InspectError>;
}

/// An attempt whose outcome was lost.
#[derive(Debug, Clone, Copy)]
pub struct Lost<'a> {
    /// E.g. `us-east-1`.
    pub region: &'a str,
    /// The plan that was to run, as people were shown it.
    pub plan: &'a Plan,
    /// The attempt's id.
    pub attempt: &'a str,
}

/// What a target tells of a lost attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeAnswer {
    /// It took effect: what was found that says so, as a sentence.
    Happened(String),
    /// It did not take effect, provided that the command is no longer under way: what was found, as a sentence.
    DidNotHappen(String),
    /// What was found could be either.
    CannotTell,
}

/// Doing what a plan says.
#[async_trait]
pub trait RunPlan: Send + Sync {
    /// Makes the calls, each at most once.
    ///
    /// # Errors
    /// [`RunError`].
    async fn run(&self, command: &Command<'_>, credentials: &Credentials) -> Result<Ran, RunError>;
}

/// What to look at.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The connector's name.
    pub connector: &'a str,
    /// Twelve digits.
    pub account: &'a str,
    /// E.g. `us-east-1`.
    pub region: &'a str,
    /// Shown parameters, what is derived from them, and what the directory says of the resources. Nothing masked is in
    /// the clear.
    pub values: &'a BTreeMap<String, String>,
    /// The rules in force: what new ones must follow.
    pub rules: &'a InForce,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// What must not change until it runs.
    pub pins: BTreeMap<String, String>,
    /// Facts for people.
    pub effects: BTreeMap<String, String>,
    /// What would stand in the place of something else.
    pub differences: Option<Differences>,
}

/// Why a target could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// The target is not as it must be, and will stay so until somebody changes something: a sentence for people. It may say
    /// what is there and what is not, so no agent reads it unless it may run the action unasked.
    #[error("{0}")]
    Cannot(String),
    /// The request itself cannot be planned, whatever is at the target: a sentence the agent can use.
    #[error("{0}")]
    Request(String),
    /// It may pass.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What to do.
#[derive(Clone, Copy)]
pub struct Command<'a> {
    /// Twelve digits.
    pub account: &'a str,
    /// E.g. `us-east-1`.
    pub region: &'a str,
    /// The plan's calls with full values. Never printed.
    pub calls: &'a [Call],
    /// The attempt's id; what a target offers to recognise a repetition by is made from it.
    pub attempt: &'a str,
}

/// What the target answered. Not redacted yet.
#[derive(Clone, PartialEq)]
pub struct Ran {
    /// Its answer.
    pub result: Value,
    /// What it said went wrong although it acted.
    pub error: Option<OutcomeError>,
}

/// Why there is no good answer. What a target said is not printed: it may quote what must not be readable.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The target refused, or nothing was ever sent: the effect is provably not there.
    #[error("{code}")]
    NotDone {
        /// Stable or the target's own code.
        code: String,
        /// One sentence, not redacted yet.
        detail: String,
    },
    /// The request went out and nobody can say what came of it.
    #[error("the target did not say whether it acted")]
    NoAnswer,
}

impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
