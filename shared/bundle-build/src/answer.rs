//! A whole question to a bundle, and its answer: what the catalogue refuses, what rules say, who could be asked at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bundle::{Bundle, FieldError, RequestContext};
use domain::Principal;
use policy::{Decision, Facts, Reason};
use serde::Deserialize;
use serde_json::Value;

use crate::case_facts::CaseFacts;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// It runs, and nobody is asked.
    Permit,
    /// It never runs.
    Forbid,
    /// It runs once the requirements are met.
    RequireApproval,
    /// It is no request: the parameters are not what the catalogue takes.
    Refused,
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Permit => "permit",
            Self::Forbid => "forbid",
            Self::RequireApproval => "require_approval",
            Self::Refused => "refused",
        })
    }
}

/// A question to a bundle: a case's, or one from the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Who asks.
    pub principal: Principal,
    /// The action type.
    pub action_type: String,
    /// Its parameters.
    pub parameters: Value,
    /// What the token proves of the run.
    pub claims: BTreeMap<String, String>,
    /// What else is known.
    pub facts: CaseFacts,
}

/// What a bundle answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What happens.
    pub outcome: Answered,
    /// The code of a denial.
    pub code: Option<String>,
    /// The requirements that are asked.
    pub requirements: BTreeSet<String>,
    /// The rules that decide.
    pub reasons: Vec<Reason>,
}

impl Answer {
    /// The `@id`s of the rules that decide.
    #[must_use]
    pub fn rules(&self) -> BTreeSet<String> {
        self.reasons.iter().map(|reason| reason.policy.clone()).filter(|id| !id.is_empty()).collect()
    }

    fn forbid(code: &str, message: String) -> Self {
        let reason = Reason { policy: String::new(), message, instead: None };
        let code = Some(code.to_owned());
        Self { outcome: Answered::Forbid, code, requirements: BTreeSet::new(), reasons: vec![reason] }
    }

    /// What intake answers when the parameters are not what the catalogue takes.
    #[must_use]
    pub fn refused(wrong: &[FieldError]) -> Self {
        let message = |error: &FieldError| format!("{}: {}", error.pointer, error.detail);
        let said = wrong.iter().map(message).collect::<Vec<_>>().join("; ");
        Self { outcome: Answered::Refused, ..Self::forbid("invalid", said) }
    }
}

impl Question {
    /// A bundle's answer to a whole request: what the catalogue does not take is refused before any rule is asked.
    #[must_use]
    pub fn answer(&self, bundle: &Bundle) -> Answer {
        match bundle.validate_parameters(&self.action_type, &self.parameters) {
            Err(wrong) => Answer::refused(&wrong),
            Ok(()) => self.decided(bundle),
        }
    }

    /// What rules read of this self.
    ///
    /// # Errors
    /// The denial, when nothing can be known.
    pub fn known(&self, bundle: &Bundle) -> Result<Facts, Answer> {
        let unknown = || Answer::forbid("unknown-type", "there is no such action type".to_owned());
        let entry = bundle.entry(&self.action_type).ok_or_else(unknown)?;
        let facts = &self.facts;
        let context = RequestContext {
            history: facts.history.clone().filter(|_| !facts.history_unknown),
            emergency: facts.emergency,
            ..RequestContext::new(&self.claims, facts.at)
        };
        let known = bundle.facts(&self.principal, entry, &self.parameters, &context);
        known.map_err(|error| Answer::forbid("cannot-plan", error.to_string()))
    }

    /// The answer of the rules.
    #[must_use]
    pub fn decided(&self, bundle: &Bundle) -> Answer {
        let (principal, facts) = (&self.principal, &self.facts);
        let asked = match self.known(bundle) {
            Ok(asked) => asked,
            Err(denial) => return denial,
        };
        let nothing = BTreeSet::new;
        match bundle.engine().decide(&asked, &facts.approvals) {
            Decision::Permit { reasons } => {
                Answer { outcome: Answered::Permit, code: None, requirements: nothing(), reasons }
            }
            Decision::Forbid { code, reasons } => {
                let code = Some(code.as_str().to_owned());
                Answer { outcome: Answered::Forbid, code, requirements: nothing(), reasons }
            }
            // D8: who answers to nobody can ask nobody.
            Decision::RequireApproval { .. } if bundle.owner_of(principal).is_none() => {
                Answer::forbid("no-owner", "nobody answers for this agent".to_owned())
            }
            Decision::RequireApproval { requirements, reasons } => {
                Answer { outcome: Answered::RequireApproval, code: None, requirements, reasons }
            }
        }
    }
}
