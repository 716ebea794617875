//! From parameters to targets: resources, accounts, roles, session policies. A parameter never becomes syntax.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Principal, Timestamp};
use policy::{Agent, EvaluationContext, Fact, Facts, History, ParameterKind, Resource};
use serde_json::Value;

use crate::bundle::Bundle;
use crate::catalogue::{CatalogueEntry, ResourceRule};
use crate::content;
use crate::directory::Account;
use crate::template::Template;

/// The longest session policy STS takes, in characters.
pub(crate) const MAX_SESSION_POLICY: usize = 2048;

/// Where an action takes effect and through which roles; blank for what Countersign does itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TargetAccount {
    /// Twelve digits.
    pub account: String,
    /// The account's region.
    pub region: String,
    /// ARN of the role that only looks.
    pub inspection_role: String,
    /// ARN of the role that runs it.
    pub run_role: String,
}

/// Why parameters name no target. Always a denial.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// A parameter has not the form its catalogue entry derives values from.
    #[error("the parameter `{0}` has another form than its catalogue entry says")]
    Shape(String),
    /// A template names something that is not there.
    #[error("nothing is known as `{0}`")]
    Unnamed(String),
    /// The directory does not place the resource in exactly one of its accounts.
    #[error("the directory knows no account for this resource")]
    UnknownAccount,
    /// A value that would be syntax where it is put.
    #[error("`{0}` has characters that could mean more than themselves (`*`, `?`, `${{`)")]
    Syntax(String),
    /// The session policy is longer than STS takes.
    #[error("the session policy has {0} characters, more than {MAX_SESSION_POLICY}")]
    TooLong(usize),
    /// A value with no canonical form.
    #[error("{0}")]
    Malformed(String),
}

/// What is known of an action besides its parameters.
#[derive(Debug, Clone)]
pub struct RequestContext<'a> {
    /// Facts a token proved, by name.
    pub claims: &'a BTreeMap<String, String>,
    /// What this agent did before; none when that is stale or missing.
    pub history: Option<History>,
    /// Whether it was proposed as an emergency.
    pub emergency: bool,
    /// Now.
    pub now: Timestamp,
}

impl<'a> RequestContext<'a> {
    /// Without history, and no emergency.
    #[must_use]
    pub fn new(claims: &'a BTreeMap<String, String>, now: Timestamp) -> Self {
        Self { claims, history: None, emergency: false, now }
    }
}

impl Bundle {
    /// What rules read: the agent with its teams, the resources as the directory describes them, the circumstances.
    ///
    /// # Errors
    /// [`TargetError`]; the caller denies.
    pub fn facts(
        &self,
        principal: &Principal,
        entry: &CatalogueEntry,
        parameters: &Value,
        context: &RequestContext<'_>,
    ) -> Result<Facts, TargetError> {
        let values = entry.values(parameters)?;
        let related =
            entry.related.iter().map(|(name, rule)| Ok((name.clone(), self.describe(rule, &values)?)));
        Ok(Facts {
            agent: self.agent(principal),
            action: entry.action_type.clone(),
            resource: Resource {
                account: self.account(entry, &values)?.map(|account| account.id.clone()).unwrap_or_default(),
                ..self.describe(&entry.resource, &values)?
            },
            related: related.collect::<Result<_, TargetError>>()?,
            context: EvaluationContext {
                now: context.now,
                change_freeze: self.directory().in_change_freeze(context.now),
                calendar: self.directory().calendar.at(context.now),
                history: context.history.clone(),
                emergency: context.emergency,
                sensitivity: entry.sensitivity.as_str().to_owned(),
                reversible: entry.reversible.can,
                provenance: context.claims.clone(),
                parameters: parameter_facts(entry, parameters),
            },
        })
    }

    /// Account, region and roles of an action with these parameters.
    ///
    /// # Errors
    /// [`TargetError::UnknownAccount`] when the directory does not place the resource.
    pub fn place(
        &self,
        entry: &CatalogueEntry,
        parameters: &Value,
        deployment: &str,
    ) -> Result<TargetAccount, TargetError> {
        if entry.is_built_in() {
            return Ok(TargetAccount::default());
        }
        let account = self.account(entry, &entry.values(parameters)?)?.ok_or(TargetError::UnknownAccount)?;
        let named = BTreeMap::from([("deployment".to_owned(), deployment.to_owned())]);
        let role = |name: &Template| {
            let name = name.render(&named).map_err(TargetError::Unnamed)?;
            Ok(format!("arn:aws:iam::{}:role/{name}", account.id))
        };
        Ok(TargetAccount {
            account: account.id.clone(),
            region: account.region.clone(),
            inspection_role: role(&entry.inspection_role)?,
            run_role: role(&entry.run_role)?,
        })
    }

    /// What the directory says about the resources, for people: `resource_environment`, `destination_place`, ….
    ///
    /// # Errors
    /// [`TargetError`] when the parameters name no resource.
    pub fn described(
        &self,
        entry: &CatalogueEntry,
        parameters: &Value,
    ) -> Result<BTreeMap<String, String>, TargetError> {
        let values = entry.values(parameters)?;
        let mut facts = BTreeMap::new();
        for (name, rule) in entry.resources() {
            let resource = self.describe(rule, &values)?;
            let place =
                if resource.inside { "inside your organisation" } else { "outside your organisation" };
            let account = if resource.account.is_empty() { "unknown" } else { &resource.account };
            for (fact, value) in [
                ("account", account),
                ("classification", &resource.classification),
                ("environment", &resource.environment),
                ("place", place),
            ] {
                facts.insert(format!("{name}_{fact}"), value.to_owned());
            }
        }
        Ok(facts)
    }

    /// The session policy for exactly these parameters and pins: canonical JSON, within STS's limit.
    ///
    /// # Errors
    /// [`TargetError::Syntax`] when a value holds `*`, `?`, `${` or a control character.
    pub fn session_policy(
        &self,
        entry: &CatalogueEntry,
        parameters: &Value,
        place: &TargetAccount,
        pins: &BTreeMap<String, String>,
    ) -> Result<String, TargetError> {
        if entry.is_built_in() {
            return Ok(String::new());
        }
        let mut values = entry.values(parameters)?;
        values.extend(pins.iter().map(|(name, value)| (format!("pin.{name}"), value.clone())));
        values.insert("plan.account".to_owned(), place.account.clone());
        values.insert("plan.region".to_owned(), place.region.clone());
        let filled = fill(&entry.session_policy, &values)?;
        let text = wire::json::canonical(&filled)
            .map_err(|error| TargetError::Malformed(error.to_string()))?
            .into_string();
        let length = text.chars().count();
        if length > MAX_SESSION_POLICY { Err(TargetError::TooLong(length)) } else { Ok(text) }
    }

    fn describe(
        &self,
        rule: &ResourceRule,
        values: &BTreeMap<String, String>,
    ) -> Result<Resource, TargetError> {
        let (id, placed) = named(rule, values)?;
        Ok(self.directory().describe(&rule.kind, &id, placed.as_deref()))
    }

    /// The account where the action takes effect.
    fn account(
        &self,
        entry: &CatalogueEntry,
        values: &BTreeMap<String, String>,
    ) -> Result<Option<&Account>, TargetError> {
        let (id, placed) = named(&entry.resource, values)?;
        Ok(self.directory().place(&entry.resource.kind, &id, placed.as_deref()))
    }

    pub(crate) fn agent(&self, principal: &Principal) -> Agent {
        let known = self.directory().agent(principal);
        Agent {
            issuer: principal.issuer.clone(),
            subject: principal.subject.clone(),
            owner: known.and_then(|agent| agent.owner.clone()).unwrap_or_default(),
            teams: known.map_or_else(BTreeSet::new, |agent| agent.teams.iter().cloned().collect()),
        }
    }
}

/// The resource's id, and its account where the catalogue derives one.
fn named(
    rule: &ResourceRule,
    values: &BTreeMap<String, String>,
) -> Result<(String, Option<String>), TargetError> {
    let id = rule.id.render(values).map_err(TargetError::Unnamed)?;
    let placed = rule.account.as_ref().map(|account| account.render(values).map_err(TargetError::Unnamed));
    Ok((id, placed.transpose()?))
}

/// Whether a value means only itself wherever it is put: ARNs, IAM policies, log lines, headers.
pub(crate) fn means_itself(value: &str) -> bool {
    !value.contains(['*', '?']) && !value.contains("${") && !value.chars().any(char::is_control)
}

fn fill(template: &Value, values: &BTreeMap<String, String>) -> Result<Value, TargetError> {
    match template {
        Value::String(text) => {
            let template = Template::parse(text).map_err(TargetError::Malformed)?;
            let wild =
                template.names().into_iter().find(|name| values.get(*name).is_some_and(|v| !means_itself(v)));
            match wild {
                Some(name) => Err(TargetError::Syntax(name.to_owned())),
                None => template.render(values).map(Value::String).map_err(TargetError::Unnamed),
            }
        }
        Value::Array(list) => {
            list.iter().map(|part| fill(part, values)).collect::<Result<_, _>>().map(Value::Array)
        }
        Value::Object(map) => {
            let filled = map.iter().map(|(name, part)| Ok((name.clone(), fill(part, values)?)));
            filled.collect::<Result<_, _>>().map(Value::Object)
        }
        other => Ok(other.clone()),
    }
}

fn parameter_facts(entry: &CatalogueEntry, parameters: &Value) -> BTreeMap<String, Fact> {
    let mut facts = BTreeMap::new();
    for (name, words) in content::parameter_words(entry) {
        let Some(value) = parameters.get(&name) else { continue };
        // A value of another type is left out: the request then does not fit the schema, which is a denial.
        let fact = match words.kind {
            ParameterKind::Text => value.as_str().map(|text| Fact::Text(text.to_owned())),
            ParameterKind::Whole => value.as_i64().map(Fact::Whole),
            ParameterKind::Truth => value.as_bool().map(Fact::Truth),
            ParameterKind::Texts => value.as_array().and_then(|list| {
                let texts: Option<BTreeSet<String>> =
                    list.iter().map(|text| text.as_str().map(str::to_owned)).collect();
                texts.map(Fact::Texts)
            }),
        };
        facts.extend(fact.map(|fact| (name, fact)));
    }
    facts
}
