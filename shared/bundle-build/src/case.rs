//! Cases, `cases/*.yaml`: requests and facts, each with the decision it must come to. No part of the compiled bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bundle::Bundle;
use domain::Principal;
use policy::Diagnostic;
use serde::Deserialize;
use serde_json::Value;

use crate::answer::{Answer, Answered, Question};
use crate::case_facts::CaseFacts;
use crate::sources::{Sources, general, names};
use crate::text;

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
    let text = text::read(path, file).map_err(|found| vec![found])?;
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
