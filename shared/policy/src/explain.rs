//! Why a decision came out as it did, rule by rule, and what would change it.

use std::collections::BTreeSet;

use cedar_policy::{AuthorizationError, Authorizer, Policy, PolicyId, PolicySet};
use serde_json::{Value, json};

use crate::cover::covers;
use crate::facts::{self, Facts};
use crate::rule::Rule;
use crate::text::layout;
use crate::tree::Tree;
use crate::{Engine, Reason};

/// A rule as people read it.
#[derive(Debug, Clone, Copy)]
pub struct RuleView<'a> {
    engine: &'a Engine,
    rule: &'a Rule,
}

/// How one rule answered.
#[derive(Debug, Clone)]
pub struct Explained<'a> {
    /// The rule.
    pub rule: RuleView<'a>,
    /// What came of it.
    pub outcome: RuleOutcome,
    /// What would turn this rule's answer.
    pub change: RuleChange,
}

/// What came of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleOutcome {
    /// All of it holds.
    Matched,
    /// These parts do not hold, as written.
    Unmatched(Vec<String>),
    /// It could not be evaluated; that denies. The reason, and the part that erred as written.
    Erred(String),
}

/// What would turn a rule's answer to the better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleChange {
    /// Nothing: it is no obstacle, or nothing in it depends on the facts.
    Nothing,
    /// This requirement, met.
    Approval(String),
    /// A permit: all of these parts would have to hold.
    Hold(Vec<String>),
    /// A forbid: one of these parts would have to fail.
    Fail(Vec<String>),
}

impl<'a> RuleView<'a> {
    /// Its `@id`.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.rule.id()
    }

    /// The file it stands in.
    #[must_use]
    pub fn file(&self) -> &'a str {
        &self.rule.header.file
    }

    /// Its first line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.rule.header.line
    }

    /// The whole rule, as written.
    #[must_use]
    pub fn text(&self) -> &'a str {
        &self.rule.text
    }

    /// Whether it permits; otherwise it forbids.
    #[must_use]
    pub fn is_permit(&self) -> bool {
        self.rule.is_permit()
    }

    /// Whether it only observes.
    #[must_use]
    pub fn observes(&self) -> bool {
        self.rule.header.observe
    }

    /// The requirement that lifts it, if it is a hold.
    #[must_use]
    pub fn approval(&self) -> Option<&'a str> {
        self.rule.approval()
    }

    /// Why a permit needs nobody.
    #[must_use]
    pub fn unattended(&self) -> Option<&'a str> {
        self.rule.says("unattended")
    }

    /// Its `@reason`.
    #[must_use]
    pub fn reason(&self) -> Option<&'a str> {
        self.rule.says("reason")
    }

    /// Its `@instead`.
    #[must_use]
    pub fn instead(&self) -> Option<&'a str> {
        self.rule.says("instead")
    }

    /// A hold of this action type that matches wherever this permit does, as far as their shapes tell.
    #[must_use]
    pub fn covered_by(&self, action: &str) -> Option<RuleView<'a>> {
        let mut holds = self.engine.rules().filter(|hold| hold.applies_to(action));
        holds.find(|hold| covers(hold.rule, self.rule))
    }

    /// Whether its scope covers this action type.
    #[must_use]
    pub fn applies_to(&self, action: &str) -> bool {
        self.engine.kinds.get(action).is_some_and(|kind| self.rule.header.applies_to(&kind.words))
    }
}

impl Engine {
    /// All rules, in file order.
    pub fn rules(&self) -> impl Iterator<Item = RuleView<'_>> {
        self.rules.iter().map(|rule| RuleView { engine: self, rule })
    }

    /// How every rule of this action type answered, in file order, whomever its scope names.
    ///
    /// # Errors
    /// Why the question could not be put: the facts do not fit the schema.
    pub fn explain(&self, facts: &Facts, approvals: &BTreeSet<String>) -> Result<Vec<Explained<'_>>, Reason> {
        let none = || Reason::spoken("", format!("no rules are loaded for `{}`", facts.action));
        let kind = self.kinds.get(&facts.action).ok_or_else(none)?;
        let schema = kind.schema()?;
        let spoken = |error: String| Reason::spoken("", error);
        let request = facts::request(facts, approvals, schema).map_err(spoken)?;
        let entities = facts::entities(facts, schema).map_err(spoken)?;
        let rules = kind.rules.iter().filter_map(|at| self.rules.get(*at));
        let explained = rules.map(|rule| {
            let parts = Parts::of(rule).map_err(|_| Reason::unasked(rule.id()))?;
            let answer = Authorizer::new().is_authorized(&request, &parts.set, &entities);
            let place = |id: &PolicyId| (id.as_ref() as &str).parse::<usize>().ok();
            let held: BTreeSet<usize> = answer.diagnostics().reason().filter_map(place).collect();
            let erred = answer.diagnostics().errors().filter_map(|error| match error {
                AuthorizationError::PolicyEvaluationError(error) => place(error.policy_id()),
            });
            let blind = facts.context.history.is_none() && rule.parsed().is_ok_and(|it| it.historic);
            let outcome = match blind {
                true => RuleOutcome::Erred(Reason::no_history(rule.id()).message),
                false => parts.outcome(&held, &erred.collect()),
            };
            let change = parts.change(rule, &outcome);
            Ok(Explained { rule: RuleView { engine: self, rule }, outcome, change })
        });
        explained.collect()
    }
}

/// A rule taken apart: scope and clauses as permits of their own, named by their place.
struct Parts {
    set: PolicySet,
    texts: Vec<String>,
    /// Where the clauses begin.
    clauses: usize,
}

impl Parts {
    fn of(rule: &Rule) -> Result<Self, String> {
        let policy = &rule.parsed()?.policy;
        let tree = Tree::of(policy)?;
        let layout = layout(&rule.text);
        let all = json!({ "op": "All" });
        let alone = |name: &str, scope: &Value, conditions: Value| {
            let mut alone = json!({ "effect": "permit", "principal": all, "action": all, "resource": all });
            if let Some(parts) = alone.as_object_mut() {
                parts.insert(name.to_owned(), scope.clone());
                parts.insert("conditions".to_owned(), conditions);
            }
            alone
        };
        let mut parts: Vec<Value> = [("principal", &tree.principal), ("resource", &tree.resource)]
            .map(|(name, scope)| alone(name, scope, json!([])))
            .into();
        let clauses = parts.len();
        parts.extend(tree.clauses.iter().map(|clause| {
            let kind = if clause.unless { "unless" } else { "when" };
            alone("principal", &all, json!([{ "kind": kind, "body": clause.body }]))
        }));
        let ranges = [layout.scope.first(), layout.scope.last()].into_iter().flatten().chain(&layout.clauses);
        let texts: Vec<String> =
            ranges.filter_map(|range| rule.text.get(range.clone())).map(one_line).collect();
        if texts.len() != parts.len() {
            return Err("its parts are not found in its text".to_owned());
        }
        let mut set = PolicySet::new();
        for (at, part) in parts.into_iter().enumerate() {
            let part = Policy::from_json(Some(PolicyId::new(at.to_string())), part);
            set.add(part.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        }
        Ok(Self { set, texts, clauses })
    }

    /// As Cedar evaluates: from left to right until one part does not hold; what errs before that errs.
    fn outcome(&self, held: &BTreeSet<usize>, erred: &BTreeSet<usize>) -> RuleOutcome {
        let first = (0..self.texts.len()).find(|at| !held.contains(at));
        match first {
            None => RuleOutcome::Matched,
            Some(at) if erred.contains(&at) => {
                RuleOutcome::Erred(self.texts.get(at).cloned().unwrap_or_default())
            }
            Some(_) => {
                let failing = (0..).zip(&self.texts);
                let failing = failing.filter(|(at, _)| !held.contains(at) && !erred.contains(at));
                RuleOutcome::Unmatched(failing.map(|(_, text)| text.clone()).collect())
            }
        }
    }

    fn change(&self, rule: &Rule, outcome: &RuleOutcome) -> RuleChange {
        match (outcome, rule.approval()) {
            (RuleOutcome::Unmatched(parts), _) if rule.is_permit() => RuleChange::Hold(parts.clone()),
            (RuleOutcome::Matched, Some(name)) if !rule.header.observe => {
                RuleChange::Approval(name.to_owned())
            }
            (RuleOutcome::Matched, None) if !rule.is_permit() && !rule.header.observe => {
                let clauses = self.texts.get(self.clauses..).unwrap_or_default();
                if clauses.is_empty() { RuleChange::Nothing } else { RuleChange::Fail(clauses.to_vec()) }
            }
            _ => RuleChange::Nothing,
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
