//! The engine's decisions.

use std::collections::BTreeSet;

use crate::rule::Rule;

/// What the rules decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It may run now.
    Permit {
        /// The permits that matched.
        reasons: Vec<Reason>,
    },
    /// It may not, whoever agrees.
    Forbid {
        /// Why, as a stable code.
        code: ForbidCode,
        /// The rules that stand in the way; none when nothing permits.
        reasons: Vec<Reason>,
    },
    /// It may once these requirements are met, all of them.
    RequireApproval {
        /// Names of requirements.
        requirements: BTreeSet<String>,
        /// The holds.
        reasons: Vec<Reason>,
    },
}

/// Why something is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForbidCode {
    /// A forbid that nobody's approval lifts.
    ForbiddenByPolicy,
    /// No permit matches.
    NoPermit,
    /// The question could not be answered; that is a denial.
    PolicyError,
}

impl ForbidCode {
    /// The code as callers see it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ForbiddenByPolicy => "forbidden-by-policy",
            Self::NoPermit => "no-permit",
            Self::PolicyError => "policy-error",
        }
    }
}

/// A rule and what it says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The policy's `@id`; empty when the engine itself speaks.
    pub policy: String,
    /// Its `@reason` (for a permit its `@unattended`), or a sentence made from what it is.
    pub message: String,
    /// Its `@instead`: what would be allowed.
    pub instead: Option<String>,
}

impl Reason {
    /// The engine's own words about a rule, or about none.
    pub(crate) fn spoken(policy: &str, message: impl Into<String>) -> Self {
        Self { policy: policy.to_owned(), message: message.into(), instead: None }
    }

    /// That a rule which could decide cannot be evaluated.
    pub(crate) fn unasked(rule: &str) -> Self {
        Self::spoken(rule, "this rule could not be evaluated")
    }

    /// That a rule reads the history, which is not known.
    pub(crate) fn no_history(rule: &str) -> Self {
        Self::spoken(rule, "the history is stale or missing")
    }

    /// A rule's own words.
    pub(crate) fn of(rule: &Rule) -> Self {
        let said = rule.says(if rule.is_permit() { "unattended" } else { "reason" });
        let message = match (said, rule.approval()) {
            (Some(said), _) => said.to_owned(),
            (None, Some(requirement)) => format!("`{requirement}` must agree"),
            (None, None) if rule.is_permit() => format!("permitted by `{}`", rule.id()),
            (None, None) => format!("forbidden by `{}`", rule.id()),
        };
        let instead = rule.says("instead").map(str::to_owned);
        Self { policy: rule.id().to_owned(), message, instead }
    }
}
