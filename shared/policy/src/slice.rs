//! The rules that can matter to one action type and one agent. Everything else is never parsed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cedar_policy::{PolicySet, Schema};

use crate::rule::{Rule, RuleScope};
use crate::vocabulary::ActionWords;
use crate::{Agent, Reason, Vocabulary};

/// How many slices of one action type are kept; agents of the same teams share one.
const KEPT: usize = 256;

/// One action type: its rules and its schema.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) words: ActionWords,
    /// Places of its rules, in file order.
    pub(crate) rules: Vec<usize>,
    scopes: BTreeSet<RuleScope>,
    schema: OnceLock<Result<Schema, String>>,
    slices: Mutex<BTreeMap<Vec<bool>, Arc<Slice>>>,
}

/// What is asked together.
#[derive(Debug, Default)]
pub(crate) struct Slice {
    pub(crate) deciding: PolicySet,
    pub(crate) observing: PolicySet,
    /// The first deciding rule that reads the history.
    pub(crate) historic: Option<String>,
    /// Observing rules that read it.
    pub(crate) observing_historic: BTreeSet<String>,
}

impl Kind {
    pub(crate) fn new(words: &ActionWords, rules: &[Rule]) -> Self {
        let applying: Vec<usize> =
            (0..).zip(rules).filter(|(_, rule)| rule.header.applies_to(words)).map(|(at, _)| at).collect();
        let scopes =
            applying.iter().filter_map(|at| rules.get(*at)).map(|rule| rule.header.principal.clone());
        Self {
            words: words.clone(),
            scopes: scopes.collect(),
            rules: applying,
            schema: OnceLock::new(),
            slices: Mutex::default(),
        }
    }

    /// The schema of this one action type: as strict about a request as the whole one.
    pub(crate) fn schema(&self) -> Result<&Schema, Reason> {
        let alone = || Vocabulary { actions: vec![self.words.clone()], ..Vocabulary::default() }.schema();
        self.schema.get_or_init(alone).as_ref().map_err(|error| Reason::spoken("", error.clone()))
    }

    /// The rules whose scope can concern the agent.
    ///
    /// # Errors
    /// The first that does not parse: a rule that cannot be asked might have said no.
    pub(crate) fn slice(&self, id: &str, agent: &Agent, rules: &[Rule]) -> Result<Arc<Slice>, Reason> {
        let key: Vec<bool> = self.scopes.iter().map(|scope| scope.concerns(id, agent)).collect();
        let kept = || self.slices.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slice) = kept().get(&key) {
            return Ok(Arc::clone(slice));
        }
        let all = self.rules.iter().filter_map(|at| rules.get(*at));
        let slice = Arc::new(Slice::of(all.filter(|rule| rule.header.principal.concerns(id, agent)))?);
        let mut kept = kept();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&slice));
        Ok(slice)
    }
}

impl Slice {
    pub(crate) fn of<'a>(rules: impl Iterator<Item = &'a Rule>) -> Result<Self, Reason> {
        let mut slice = Self::default();
        for rule in rules {
            let parsed = rule.parsed().map_err(|_| Reason::unasked(rule.id()))?;
            let set = if rule.header.observe { &mut slice.observing } else { &mut slice.deciding };
            set.add(parsed.policy.clone()).map_err(|_| Reason::unasked(rule.id()))?;
            if parsed.historic && rule.header.observe {
                slice.observing_historic.insert(rule.id().to_owned());
            } else if parsed.historic && slice.historic.is_none() {
                slice.historic = Some(rule.id().to_owned());
            }
        }
        Ok(slice)
    }
}
