//! Cases, `cases/*.yaml`: requests and facts, each with the decision it must come to. No part of the compiled bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fmt, fs};

use domain::{Principal, Timestamp};
use policy::{Decision, Diagnostic, History, Reason};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::bundle::{Bundle, FieldError};
use crate::sources::{Sources, general, names};
use crate::target::Surroundings;

/// One case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows, as a sentence; no other case of the file has it.
    pub name: String,
    /// What is asked for.
    pub request: CaseRequest,
    /// What else is known.
    #[serde(default)]
    pub facts: CaseFacts,
    /// The decision it must come to.
    pub expect: Expectation,
    /// The file and place it was read from.
    #[serde(skip)]
    pub place: String,
}

/// What is asked for, by whom.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRequest {
    /// The agent's subject.
    pub principal: String,
    /// The agent's issuer; the people's when absent.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The action type.
    #[serde(rename = "type")]
    pub action_type: String,
    /// Its parameters.
    pub parameters: Value,
    /// What the token proves of the run: `commit`, `ref`, `repository`, `run`, `workflow`.
    #[serde(default)]
    pub claims: BTreeMap<String, String>,
}

/// What else is known when the question is put.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseFacts {
    /// When; a Monday at noon (UTC) when absent, so that a case means the same every day.
    #[serde(deserialize_with = "instant")]
    pub at: Timestamp,
    /// Requirements that are met already.
    pub approvals: BTreeSet<String>,
}

/// Monday, 2026-01-05T12:00:00Z, in milliseconds.
const NOON: i64 = 1_767_614_400_000;

impl Default for CaseFacts {
    fn default() -> Self {
        Self { at: Timestamp::from_millis(NOON), approvals: BTreeSet::new() }
    }
}

/// What the decision must be; what is absent is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// What happens.
    pub outcome: Answered,
    /// The requirements that are asked, all of them.
    #[serde(default)]
    pub requirements: Option<BTreeSet<String>>,
    /// The `@id`s of the rules that decide, all of them.
    #[serde(default)]
    pub reasons: Option<BTreeSet<String>>,
    /// The code of a denial.
    #[serde(default)]
    pub code: Option<String>,
}

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

/// Reads `cases/*.yaml` of a bundle's folder; none is no mistake.
///
/// # Errors
/// Everything that does not read, and names that are there twice.
pub fn cases(folder: &Path) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let below = folder.join("cases");
    if !below.exists() {
        return Ok(Vec::new());
    }
    let unreadable = |error: std::io::Error| vec![general("cases", format!("cannot be read: {error}"))];
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    for name in names(&below).map_err(unreadable)?.into_iter().filter(|name| !name.starts_with('.')) {
        let file = format!("cases/{name}");
        if !name.ends_with(".yaml") {
            wrong.push(general(&file, "nothing reads this: files in `cases/` end in `.yaml`".to_owned()));
            continue;
        }
        match case_file(&below.join(&name), &file) {
            Ok(cases) => found.extend(cases),
            Err(some) => wrong.extend(some),
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// Reads one file of cases; `file` is what people call it.
///
/// # Errors
/// What does not read, and names that are there twice.
pub fn case_file(path: &Path, file: &str) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let text =
        fs::read_to_string(path).map_err(|error| vec![general(file, format!("cannot be read: {error}"))])?;
    let sources = Sources([(file.to_owned(), text)].into());
    let mut cases: Vec<Case> = sources.yaml(file).map_err(|found| vec![found])?;
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for case in &mut cases {
        let place = sources.at(file, &[&case.name], String::new());
        case.place = format!("{file}:{}", place.line);
        if !seen.insert(case.name.clone()) {
            let message = format!("two cases are called `{}`", case.name);
            wrong.push(Diagnostic { message, ..place });
        }
    }
    if wrong.is_empty() { Ok(cases) } else { Err(wrong) }
}

impl Case {
    /// The question it puts.
    #[must_use]
    pub fn question(&self, bundle: &Bundle) -> Question {
        let request = &self.request;
        let issuer = request.issuer.clone().unwrap_or_else(|| bundle.people_issuer().to_owned());
        Question {
            principal: Principal { issuer, subject: request.principal.clone() },
            action_type: request.action_type.clone(),
            parameters: request.parameters.clone(),
            claims: request.claims.clone(),
            facts: self.facts.clone(),
        }
    }

    /// How the answer differs from what the case expects, as sentences; none when it does not.
    #[must_use]
    pub fn differences(&self, answer: &Answer) -> Vec<String> {
        let expect = &self.expect;
        let listed = |names: &BTreeSet<String>| match names.len() {
            0 => "nobody".to_owned(),
            _ => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        let mut found = Vec::new();
        if answer.outcome != expect.outcome {
            let code = answer.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
            found.push(format!("outcome: expected {}, is {}{code}", expect.outcome, answer.outcome));
        }
        if let Some(wanted) = expect.requirements.as_ref().filter(|wanted| **wanted != answer.requirements) {
            found.push(format!(
                "requirements: expected {}, are {}",
                listed(wanted),
                listed(&answer.requirements)
            ));
        }
        let rules = answer.rules();
        if let Some(wanted) = expect.reasons.as_ref().filter(|wanted| **wanted != rules) {
            found.push(format!("reasons: expected {}, are {}", listed(wanted), listed(&rules)));
        }
        if expect.code.is_some() && expect.code != answer.code {
            let named = |code: &Option<String>| code.clone().unwrap_or_else(|| "none".to_owned());
            found.push(format!("code: expected {}, is {}", named(&expect.code), named(&answer.code)));
        }
        found
    }
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

impl Bundle {
    /// The answer to a whole request: what the catalogue does not take is refused before any rule is asked.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Answer {
        match self.validate_parameters(&question.action_type, &question.parameters) {
            Err(wrong) => Answer::refused(&wrong),
            Ok(()) => self.decided(question),
        }
    }

    /// The answer of the rules.
    #[must_use]
    pub fn decided(&self, question: &Question) -> Answer {
        let Some(entry) = self.entry(&question.action_type) else {
            return Answer::forbid("unknown-type", "there is no such action type".to_owned());
        };
        let (principal, facts) = (&question.principal, &question.facts);
        // A case is about an agent that did nothing before.
        let history = Some(History::default());
        let around = Surroundings { history, ..Surroundings::new(&question.claims, facts.at) };
        let asked = self.facts(principal, entry, &question.parameters, &around);
        let asked = match asked {
            Ok(asked) => asked,
            Err(error) => return Answer::forbid("cannot-plan", error.to_string()),
        };
        let nothing = BTreeSet::new;
        match self.engine().decide(&asked, &facts.approvals) {
            Decision::Permit { reasons } => {
                Answer { outcome: Answered::Permit, code: None, requirements: nothing(), reasons }
            }
            Decision::Forbid { code, reasons } => {
                let code = Some(code.as_str().to_owned());
                Answer { outcome: Answered::Forbid, code, requirements: nothing(), reasons }
            }
            // D8: who answers to nobody can ask nobody.
            Decision::RequireApproval { .. } if self.owner_of(principal).is_none() => {
                Answer::forbid("no-owner", "nobody answers for this agent".to_owned())
            }
            Decision::RequireApproval { requirements, reasons } => {
                Answer { outcome: Answered::RequireApproval, code: None, requirements, reasons }
            }
        }
    }
}

/// Any RFC 3339 time.
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = |_| serde::de::Error::custom(format!("`{text}` is not a time like 2026-11-21T14:47:31Z"));
    let instant: jiff::Timestamp = text.parse().map_err(wrong)?;
    Ok(Timestamp::from_millis(instant.as_millisecond()))
}
