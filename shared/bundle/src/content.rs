//! The compiled document: `{format, actions, policies, requirements, directory}` as canonical JSON, named by its digest.

use std::collections::{BTreeMap, BTreeSet};

use policy::{
    ActionWords, Engine, ParameterKind, ParameterWords, RequirementWords, RuleHeader, RuleScope, Source,
    Vocabulary,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::approvals::RequirementRule;
use crate::catalogue::{CatalogueEntry, Sensitivity};
use crate::directory::Directory;

/// The value of `format`.
pub const FORMAT: &str = "countersign-bundle/1";

/// Everything a bundle says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// [`FORMAT`].
    pub format: String,
    /// Action types, by name.
    pub actions: Vec<CatalogueEntry>,
    /// Files of rules, by name.
    pub policies: Vec<PolicyFile>,
    /// Requirements, by name.
    pub requirements: Vec<RequirementRule>,
    /// Who and what there is.
    pub directory: Directory,
}

/// A file of rules, as written, with the rule headers of its rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// Its name, e.g. `policies/jobs.cedar`.
    pub file: String,
    /// As written.
    pub text: String,
    /// An rule header of each of its rules.
    pub rules: Vec<OutlineJson>,
}

/// What a function knows of a rule before it parses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutlineJson {
    id: String,
    offset: usize,
    length: usize,
    line: usize,
    permit: bool,
    observe: bool,
    actions: Option<BTreeSet<String>>,
    principal: ScopeJson,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ScopeJson {
    Anyone,
    Team(String),
    Agent(String),
    Nobody,
}

impl Content {
    /// The rules as the engine reads them.
    #[must_use]
    pub fn policy_sources(&self) -> Vec<Source> {
        self.policies.iter().map(|file| Source { file: file.file.clone(), text: file.text.clone() }).collect()
    }

    /// Draws every rule's rule header out of its text.
    pub fn header(&mut self, engine: &Engine) {
        for file in &mut self.policies {
            let theirs = engine.headers().filter(|header| header.file == file.file);
            file.rules = theirs.map(OutlineJson::of).collect();
        }
    }

    pub(crate) fn headers(&self) -> Vec<RuleHeader> {
        let of = |file: &PolicyFile| {
            let name = file.file.clone();
            file.rules.clone().into_iter().map(move |rule| rule.header(name.clone()))
        };
        self.policies.iter().flat_map(of).collect()
    }

    /// The words its rules may use.
    #[must_use]
    pub fn vocabulary(&self) -> Vocabulary {
        let words = |rule: &RequirementRule| {
            (rule.name.clone(), RequirementWords { fresh_proof: rule.fresh_proof() })
        };
        Vocabulary {
            actions: self.actions.iter().map(action_words).collect(),
            teams: self.directory.teams.iter().cloned().collect(),
            classifications: self.directory.classifications.clone(),
            environments: self.directory.environments.clone(),
            requirements: self.requirements.iter().map(words).collect(),
        }
    }
}

impl PolicyFile {
    /// Name, first byte and one past the last byte of each rule, in the order of the text.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&str, usize, usize)> {
        let mut rules: Vec<&OutlineJson> = self.rules.iter().collect();
        rules.sort_by_key(|rule| rule.offset);
        rules.into_iter().map(|rule| (rule.id.as_str(), rule.offset, rule.offset.saturating_add(rule.length)))
    }
}

impl OutlineJson {
    fn of(header: &RuleHeader) -> Self {
        Self {
            id: header.id.clone(),
            offset: header.offset,
            length: header.length,
            line: header.line,
            permit: header.permit,
            observe: header.observe,
            actions: header.actions.clone(),
            principal: match header.principal.clone() {
                RuleScope::Anyone => ScopeJson::Anyone,
                RuleScope::Team(name) => ScopeJson::Team(name),
                RuleScope::Agent(id) => ScopeJson::Agent(id),
                RuleScope::Nobody => ScopeJson::Nobody,
            },
        }
    }

    fn header(self, file: String) -> RuleHeader {
        RuleHeader {
            id: self.id,
            file,
            offset: self.offset,
            length: self.length,
            line: self.line,
            permit: self.permit,
            observe: self.observe,
            actions: self.actions,
            principal: match self.principal {
                ScopeJson::Anyone => RuleScope::Anyone,
                ScopeJson::Team(name) => RuleScope::Team(name),
                ScopeJson::Agent(id) => RuleScope::Agent(id),
                ScopeJson::Nobody => RuleScope::Nobody,
            },
        }
    }
}

fn action_words(entry: &CatalogueEntry) -> ActionWords {
    let related = entry.related.iter().map(|(name, rule)| (name.clone(), rule.kind.clone()));
    ActionWords {
        name: entry.action_type.clone(),
        groups: entry.tags.iter().cloned().collect(),
        resource: entry.resource.kind.clone(),
        related: related.collect(),
        parameters: parameter_words(entry),
        high: entry.sensitivity == Sensitivity::High,
        irreversible: !entry.reversible.can,
    }
}

/// Parameters that rules can read: those at the top, of a simple type, and never a masked one.
#[must_use]
pub fn parameter_words(entry: &CatalogueEntry) -> BTreeMap<String, ParameterWords> {
    let properties = entry.parameters.get("properties").and_then(Value::as_object);
    let required = required(entry);
    let mut words = BTreeMap::new();
    for (name, schema) in properties.into_iter().flatten().filter(|(name, _)| !entry.masks(name)) {
        let kind = |schema: &Value| schema.get("type").and_then(Value::as_str).map(str::to_owned);
        let items = schema.get("items").and_then(kind);
        let kind = match (kind(schema).as_deref(), items.as_deref()) {
            (Some("string"), _) => ParameterKind::Text,
            (Some("integer"), _) => ParameterKind::Whole,
            (Some("boolean"), _) => ParameterKind::Truth,
            (Some("array"), Some("string")) => ParameterKind::Texts,
            _ => continue,
        };
        words.insert(name.clone(), ParameterWords { kind, required: required.contains(name.as_str()) });
    }
    words
}

/// Names of top-level parameters that must be there.
#[must_use]
pub fn required(entry: &CatalogueEntry) -> BTreeSet<&str> {
    let listed = entry.parameters.get("required").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str).collect()
}
