//! The decision.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{AuthorizationError, Authorizer, PolicySet, Response, Schema, ValidationMode, Validator};
use miette::Diagnostic as _;

use crate::facts::{self, Facts};
use crate::parse::{self, Source};
use crate::rule::Rule;
use crate::vocabulary::Vocabulary;
use crate::{Agent, Diagnostic, check, cover};

/// What policy says.
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

/// Rules, parsed once and sliced by action.
#[derive(Debug)]
pub struct Engine {
    schema: Schema,
    rules: BTreeMap<String, Rule>,
    slices: BTreeMap<String, PolicySet>,
}

impl Engine {
    /// Parses and checks everything there is to check: syntax, strict validation against the schema, the shape of every
    /// hold, and that nothing dangerous can run unasked by accident.
    ///
    /// # Errors
    /// Everything that is wrong, in file order.
    pub fn build(sources: &[Source], vocabulary: &Vocabulary) -> Result<Self, Vec<Diagnostic>> {
        let expected = parse::count(sources)?;
        let engine = Self::load(sources, vocabulary)?;
        if engine.rules.len() != expected {
            let message = "the policies cannot be told apart one by one".to_owned();
            return Err(vec![Diagnostic { file: "policies".to_owned(), line: 1, column: 1, message }]);
        }
        let rules: Vec<&Rule> = engine.rules.values().collect();
        let place = |rule: &Rule, message: String| {
            let text =
                sources.iter().find(|source| source.file == rule.file).map_or("", |source| &source.text);
            Diagnostic::at(&rule.file, text, rule.offset, message)
        };
        let mut wrong: Vec<Diagnostic> = validate(&engine, sources)?;
        for rule in &rules {
            wrong.extend(check::rule(rule, vocabulary).into_iter().map(|message| place(rule, message)));
        }
        let uncovered = cover::uncovered(&rules, vocabulary);
        wrong.extend(uncovered.into_iter().map(|(rule, message)| place(rule, message)));
        wrong.sort();
        if wrong.is_empty() { Ok(engine) } else { Err(wrong) }
    }

    /// Parses rules that were checked when their bundle was built.
    ///
    /// # Errors
    /// What does not parse.
    pub fn load(sources: &[Source], vocabulary: &Vocabulary) -> Result<Self, Vec<Diagnostic>> {
        let general =
            |message: String| vec![Diagnostic { file: "actions".to_owned(), line: 1, column: 1, message }];
        let schema = vocabulary.schema().map_err(general)?;
        let rules = parse::rules(sources)?;
        let mut slices = BTreeMap::new();
        for action in &vocabulary.actions {
            let policies =
                rules.iter().filter(|rule| rule.applies_to(action)).map(|rule| rule.policy.clone());
            let slice = PolicySet::from_policies(policies).map_err(|error| general(error.to_string()))?;
            slices.insert(action.name.clone(), slice);
        }
        let rules = rules.into_iter().map(|rule| (rule.id().to_owned(), rule)).collect();
        Ok(Self { schema, rules, slices })
    }

    /// Whether it may run, given approvals that already exist (usually none).
    #[must_use]
    pub fn decide(&self, facts: &Facts, approvals: &BTreeSet<String>) -> Decision {
        self.weigh(facts, approvals)
            .unwrap_or_else(|error| Decision::Forbid { code: ForbidCode::PolicyError, reasons: vec![error] })
    }

    /// The claim's question: does it run with the approvals really given?
    ///
    /// # Errors
    /// The rules that stand in the way, or the error; empty when nothing permits.
    pub fn confirm(&self, facts: &Facts, approvals: &BTreeSet<String>) -> Result<(), Vec<Reason>> {
        let answer = self.ask(facts, approvals).map_err(|error| vec![error])?;
        if allows(&answer) { Ok(()) } else { Err(self.reasons(&answer)) }
    }

    /// Whether any permit could ever match this agent and action type: what a catalogue shows to it.
    #[must_use]
    pub fn might_permit(&self, agent: &Agent, action: &str) -> bool {
        let id = format!("{}|{}", agent.issuer, agent.subject);
        let Some(slice) = self.slices.get(action) else { return false };
        let mut rules = slice.policies().filter_map(|policy| self.rules.get(policy.id().as_ref() as &str));
        rules.any(|rule| rule.is_permit() && rule.may_concern(&id, &agent.teams))
    }

    fn weigh(&self, facts: &Facts, approvals: &BTreeSet<String>) -> Result<Decision, Reason> {
        let answer = self.ask(facts, approvals)?;
        let reasons = self.reasons(&answer);
        if allows(&answer) {
            return Ok(Decision::Permit { reasons });
        }
        let matching: Vec<&Rule> = self.matching(&answer);
        let hard: Vec<Reason> =
            matching.iter().filter(|rule| rule.approval().is_none()).map(|rule| reason(rule)).collect();
        if !hard.is_empty() {
            return Ok(Decision::Forbid { code: ForbidCode::ForbiddenByPolicy, reasons: hard });
        }
        let requirements: BTreeSet<String> =
            matching.iter().filter_map(|rule| rule.approval()).map(str::to_owned).collect();
        if requirements.is_empty() {
            return Ok(Decision::Forbid { code: ForbidCode::NoPermit, reasons });
        }
        let granted: BTreeSet<String> = approvals.union(&requirements).cloned().collect();
        let lifted = self.ask(facts, &granted)?;
        if allows(&lifted) {
            return Ok(Decision::RequireApproval { requirements, reasons });
        }
        let still = self.reasons(&lifted);
        let code = if still.is_empty() { ForbidCode::NoPermit } else { ForbidCode::ForbiddenByPolicy };
        Ok(Decision::Forbid { code, reasons: still })
    }

    /// Cedar's answer, if every policy could be evaluated: Cedar skips one that errs, and a skipped forbid is a hole.
    fn ask(&self, facts: &Facts, approvals: &BTreeSet<String>) -> Result<Response, Reason> {
        let spoken =
            |policy: &str, message: String| Reason { policy: policy.to_owned(), message, instead: None };
        let slice = self
            .slices
            .get(&facts.action)
            .ok_or_else(|| spoken("", format!("no rules are loaded for `{}`", facts.action)))?;
        let (request, entities) =
            facts::request(facts, approvals, &self.schema).map_err(|error| spoken("", error))?;
        let answer = Authorizer::new().is_authorized(&request, slice, &entities);
        let erring = answer.diagnostics().errors().next().map(|error| match error {
            AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
        });
        match erring {
            Some(policy) => Err(spoken(&policy, "this rule could not be evaluated".to_owned())),
            None => Ok(answer),
        }
    }

    fn matching(&self, answer: &Response) -> Vec<&Rule> {
        let mut rules: Vec<&Rule> =
            answer.diagnostics().reason().filter_map(|id| self.rules.get(id.as_ref() as &str)).collect();
        rules.sort_by(|a, b| a.id().cmp(b.id()));
        rules
    }

    fn reasons(&self, answer: &Response) -> Vec<Reason> {
        self.matching(answer).into_iter().map(reason).collect()
    }
}

fn allows(answer: &Response) -> bool {
    answer.decision() == cedar_policy::Decision::Allow
}

fn reason(rule: &Rule) -> Reason {
    let said = if rule.is_permit() {
        rule.policy.annotation("unattended")
    } else {
        rule.policy.annotation("reason")
    };
    let message = match (said, rule.approval()) {
        (Some(said), _) => said.to_owned(),
        (None, Some(requirement)) => format!("`{requirement}` must agree"),
        (None, None) if rule.is_permit() => format!("permitted by `{}`", rule.id()),
        (None, None) => format!("forbidden by `{}`", rule.id()),
    };
    Reason {
        policy: rule.id().to_owned(),
        message,
        instead: rule.policy.annotation("instead").map(str::to_owned),
    }
}

fn validate(engine: &Engine, sources: &[Source]) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let all = PolicySet::from_policies(engine.rules.values().map(|rule| rule.policy.clone()));
    let all = all.map_err(|error| {
        vec![Diagnostic { file: "policies".to_owned(), line: 1, column: 1, message: error.to_string() }]
    })?;
    let validator = Validator::new(engine.schema.clone());
    let result = validator.validate(&all, ValidationMode::Strict);
    let mut wrong = Vec::new();
    for error in result.validation_errors() {
        let rule = engine.rules.get(error.policy_id().as_ref() as &str);
        let Some(rule) = rule else { continue };
        let text = sources.iter().find(|source| source.file == rule.file).map_or("", |source| &source.text);
        let label = error.labels().and_then(|mut labels| labels.next());
        let at = rule.offset + label.map_or(0, |label| label.offset());
        wrong.push(Diagnostic::at(&rule.file, text, at, error.to_string()));
    }
    if wrong.is_empty() && !result.validation_passed() {
        let message = "the policies do not validate".to_owned();
        return Err(vec![Diagnostic { file: "policies".to_owned(), line: 1, column: 1, message }]);
    }
    Ok(wrong)
}
