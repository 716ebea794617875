//! The engine: a bundle's rules, and how Cedar evaluates them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cedar_policy::{AuthorizationError, Authorizer, Entities, PolicySet, Response, Schema};

use crate::decision::{Decision, ForbidCode, Reason};
use crate::facts::{self, Facts};
use crate::parse::{self, Source};
use crate::rule::{Rule, RuleHeader};
use crate::slice::{Kind, Slice};
use crate::vocabulary::Vocabulary;
use crate::{Agent, Diagnostic, check};

/// Rules, sliced by action type and agent, each parsed when it is first asked.
#[derive(Debug)]
pub struct Engine {
    pub(crate) rules: Vec<Rule>,
    places: BTreeMap<String, usize>,
    pub(crate) kinds: BTreeMap<String, Kind>,
}

/// A question that can be put more than once.
struct Question<'a> {
    facts: &'a Facts,
    slice: Arc<Slice>,
    schema: &'a Schema,
    entities: Entities,
}

impl Engine {
    /// Parses and checks everything there is to check: syntax, strict validation against the schema, the shape of every
    /// hold, and that nothing dangerous can run unasked by accident.
    ///
    /// # Errors
    /// Everything that is wrong, in file order.
    pub fn build(sources: &[Source], vocabulary: &Vocabulary) -> Result<Self, Vec<Diagnostic>> {
        let expected = parse::count(sources)?;
        let engine = Self::read(sources, vocabulary)?;
        if engine.rules.len() != expected {
            let message = "the policies cannot be told apart one by one";
            return Err(vec![Diagnostic::about("policies", message)]);
        }
        let wrong = check::all(&engine.rules, sources, vocabulary)?;
        if wrong.is_empty() { Ok(engine) } else { Err(wrong) }
    }

    /// Parses everything and checks nothing but that.
    ///
    /// # Errors
    /// What does not parse.
    pub fn read(sources: &[Source], vocabulary: &Vocabulary) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self::of(parse::rules(sources)?, vocabulary))
    }

    /// Takes rules that were checked when their bundle was built, by their rule headers; each is parsed when it is first asked,
    /// and then must be what its rule header says.
    ///
    /// # Errors
    /// An rule header that leads nowhere, or two of one id.
    pub fn load(
        sources: &[Source],
        headers: Vec<RuleHeader>,
        vocabulary: &Vocabulary,
    ) -> Result<Self, String> {
        let texts: BTreeMap<&str, &str> =
            sources.iter().map(|source| (source.file.as_str(), source.text.as_str())).collect();
        let rules = headers.into_iter().map(|header| {
            let text = texts.get(header.file.as_str());
            let end = header.offset.saturating_add(header.length);
            let text = text.and_then(|text| text.get(header.offset..end));
            let text =
                text.ok_or_else(|| format!("the rule `{}` is not where its outline says", header.id))?;
            Ok(Rule::lazy(header, text))
        });
        let engine = Self::of(rules.collect::<Result<_, String>>()?, vocabulary);
        sources.iter().try_for_each(|source| engine.covers_source(source))?;
        if engine.places.len() == engine.rules.len() {
            Ok(engine)
        } else {
            Err("two rules have the same id".to_owned())
        }
    }

    fn of(rules: Vec<Rule>, vocabulary: &Vocabulary) -> Self {
        let places = (0..).zip(&rules).map(|(at, rule)| (rule.id().to_owned(), at)).collect();
        let kinds = vocabulary.actions.iter().map(|words| (words.name.clone(), Kind::new(words, &rules)));
        Self { places, kinds: kinds.collect(), rules }
    }

    /// Whether a file's rules all have an rule header: between them stand comments and nothing else.
    fn covers_source(&self, source: &Source) -> Result<(), String> {
        let own = self.headers().filter(|header| header.file == source.file);
        let mut spans: Vec<_> = own.map(|header| (header.offset, header.offset + header.length)).collect();
        spans.sort_unstable();
        let ends = std::iter::once(0).chain(spans.iter().map(|(_, end)| *end));
        let starts = spans.iter().map(|(start, _)| *start).chain([source.text.len()]);
        let blank =
            |gap: &str| gap.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with("//"));
        let whole = ends.zip(starts).all(|(end, start)| source.text.get(end..start).is_some_and(blank));
        if whole { Ok(()) } else { Err(format!("`{}` says more than its outlines", source.file)) }
    }

    /// What [`Engine::load`] needs in addition to the texts.
    pub fn headers(&self) -> impl Iterator<Item = &RuleHeader> {
        self.rules.iter().map(|rule| &rule.header)
    }

    /// Parses every rule.
    ///
    /// # Errors
    /// The first that does not parse, or is not what its rule header says.
    pub fn parse_all(&self) -> Result<(), String> {
        self.rules.iter().try_for_each(|rule| {
            rule.parsed().map(drop).map_err(|error| format!("the rule `{}`: {error}", rule.id()))
        })
    }

    /// Whether an action may run, given approvals that already exist (usually none).
    #[must_use]
    pub fn decide(&self, facts: &Facts, approvals: &BTreeSet<String>) -> Decision {
        self.evaluate(facts, approvals)
            .unwrap_or_else(|error| Decision::Forbid { code: ForbidCode::PolicyError, reasons: vec![error] })
    }

    /// Whether an action may run with the approvals that were given. Asked at the claim.
    ///
    /// # Errors
    /// The rules that stand in the way, or the error; empty when nothing permits.
    pub fn confirm(&self, facts: &Facts, approvals: &BTreeSet<String>) -> Result<(), Vec<Reason>> {
        let asked = self.question(facts).and_then(|question| question.ask(approvals));
        let answer = asked.map_err(|error| vec![error])?;
        if allows(&answer) { Ok(()) } else { Err(self.reasons(&answer)) }
    }

    /// What rules with `@mode("observe")` would have decided. An error in one of them is reported and changes nothing.
    #[must_use]
    pub fn observe(&self, facts: &Facts, approvals: &BTreeSet<String>) -> Vec<Reason> {
        let question = match self.question(facts) {
            Ok(question) => question,
            Err(error) => return vec![error],
        };
        if question.slice.observing.is_empty() {
            return Vec::new();
        }
        let answer = match question.put(&question.slice.observing, approvals) {
            Ok(answer) => answer,
            Err(error) => return vec![error],
        };
        let mut blind = BTreeSet::new();
        if facts.context.history.is_none() {
            blind.extend(question.slice.observing_historic.iter().map(String::as_str));
        }
        let erring = erring(&answer).map(|id| Reason::unasked(&id));
        let said =
            erring.chain(self.reasons(&answer)).filter(|reason| !blind.contains(reason.policy.as_str()));
        let mut said: Vec<Reason> = said.chain(blind.iter().copied().map(Reason::no_history)).collect();
        said.sort();
        said
    }

    /// Whether a rule that may be asked about this agent and action type reads the history, observing ones too.
    #[must_use]
    pub fn reads_history(&self, agent: &Agent, action: &str) -> bool {
        let slice = self.kinds.get(action).and_then(|kind| kind.slice(&agent.id(), agent, &self.rules).ok());
        slice.is_some_and(|slice| slice.historic.is_some() || !slice.observing_historic.is_empty())
    }

    /// Whether any permit could ever match this agent and action type: what a catalogue shows to it.
    #[must_use]
    pub fn might_permit(&self, agent: &Agent, action: &str) -> bool {
        let id = agent.id();
        let Some(kind) = self.kinds.get(action) else { return false };
        let mut rules = kind.rules.iter().filter_map(|at| self.rules.get(*at));
        rules.any(|rule| rule.is_permit() && rule.header.principal.concerns(&id, agent))
    }

    fn evaluate(&self, facts: &Facts, approvals: &BTreeSet<String>) -> Result<Decision, Reason> {
        let question = self.question(facts)?;
        let answer = question.ask(approvals)?;
        let reasons = self.reasons(&answer);
        if allows(&answer) {
            return Ok(Decision::Permit { reasons });
        }
        let matching = self.matching(&answer);
        let hard: Vec<Reason> =
            matching.iter().filter(|rule| rule.approval().is_none()).map(|rule| Reason::of(rule)).collect();
        if !hard.is_empty() {
            return Ok(Decision::Forbid { code: ForbidCode::ForbiddenByPolicy, reasons: hard });
        }
        let requirements: BTreeSet<String> =
            matching.iter().filter_map(|rule| rule.approval()).map(str::to_owned).collect();
        if requirements.is_empty() {
            return Ok(Decision::Forbid { code: ForbidCode::NoPermit, reasons });
        }
        let granted: BTreeSet<String> = approvals.union(&requirements).cloned().collect();
        let lifted = question.ask(&granted)?;
        if allows(&lifted) {
            return Ok(Decision::RequireApproval { requirements, reasons });
        }
        let still = self.reasons(&lifted);
        let code = if still.is_empty() { ForbidCode::NoPermit } else { ForbidCode::ForbiddenByPolicy };
        Ok(Decision::Forbid { code, reasons: still })
    }

    fn question<'a>(&'a self, facts: &'a Facts) -> Result<Question<'a>, Reason> {
        let kind = self.kinds.get(&facts.action);
        let kind =
            kind.ok_or_else(|| Reason::spoken("", format!("no rules are loaded for `{}`", facts.action)))?;
        let slice = kind.slice(&facts.agent.id(), &facts.agent, &self.rules)?;
        let schema = kind.schema()?;
        let entities = facts::entities(facts, schema).map_err(|error| Reason::spoken("", error))?;
        Ok(Question { facts, slice, schema, entities })
    }

    fn matching(&self, answer: &Response) -> Vec<&Rule> {
        let place = |id: &cedar_policy::PolicyId| self.places.get(id.as_ref() as &str);
        let found = answer.diagnostics().reason().filter_map(place);
        let mut rules: Vec<&Rule> = found.filter_map(|at| self.rules.get(*at)).collect();
        rules.sort_by(|a, b| a.id().cmp(b.id()));
        rules
    }

    fn reasons(&self, answer: &Response) -> Vec<Reason> {
        self.matching(answer).into_iter().map(Reason::of).collect()
    }
}

impl Question<'_> {
    /// Cedar's answer, if every policy could be evaluated. Cedar skips a policy that errs, and a skipped `forbid` would permit.
    fn ask(&self, approvals: &BTreeSet<String>) -> Result<Response, Reason> {
        if let (Some(rule), None) = (&self.slice.historic, &self.facts.context.history) {
            return Err(Reason::no_history(rule));
        }
        let answer = self.put(&self.slice.deciding, approvals)?;
        let first = erring(&answer).next();
        first.map_or(Ok(answer), |rule| Err(Reason::unasked(&rule)))
    }

    fn put(&self, rules: &PolicySet, approvals: &BTreeSet<String>) -> Result<Response, Reason> {
        let request = facts::request(self.facts, approvals, self.schema);
        let request = request.map_err(|error| Reason::spoken("", error))?;
        Ok(Authorizer::new().is_authorized(&request, rules, &self.entities))
    }
}

fn allows(answer: &Response) -> bool {
    answer.decision() == cedar_policy::Decision::Allow
}

fn erring(answer: &Response) -> impl Iterator<Item = String> {
    answer.diagnostics().errors().map(|error| match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id().to_string(),
    })
}
