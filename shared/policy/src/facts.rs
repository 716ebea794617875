//! What is known of one action, in the shape rules read it.
//!
//! | Cedar | from |
//! |---|---|
//! | `principal` | `Agent::"issuer\|subject"` in its teams; `issuer`, `subject`, `groups` (its teams), `owner`, `owned` |
//! | `action` | `Action::"<type>"` in its catalogue tags |
//! | `resource` | the catalogue's mapping; `path` is its id, the rest comes from the directory |
//! | `context.<name>` | the catalogue's related resources, e.g. `context.destination.inside` |
//! | `context` | `approvals`, `sensitivity`, `reversible`, `emergency`, `parameters.*` |
//! | `context.provenance` | what the token proved: [`PROVENANCE`], `branch`, `verified` (at least the repository) |
//! | `context` (time) | `now`, `change_freeze`; in the directory's zone `business_hours`, `weekday`, `hour`, `minute`, `date` |
//! | `context.history` | how often this agent did this: `executed_`, `denied_`, `failed_` with `hour`, `day`, `week` |
//! | `context.changed_since_last` | what changed since the last run, e.g. `first`, `branch`, a parameter's name |

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression, Schema,
};
use domain::Timestamp;

use crate::vocabulary::{PRINCIPAL_TYPE, PROVENANCE, TEAM_TYPE};

/// Everything a decision is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Who asks.
    pub agent: Agent,
    /// The action type.
    pub action: String,
    /// What it is about.
    pub resource: Resource,
    /// Further resources by their name in `context`.
    pub related: BTreeMap<String, Resource>,
    /// The rest.
    pub context: EvaluationContext,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The token's issuer.
    pub issuer: String,
    /// The token's subject.
    pub subject: String,
    /// Subject of the person who answers for it, or empty.
    pub owner: String,
    /// Its teams.
    pub teams: BTreeSet<String>,
}

/// A resource with all attributes there are; none can be absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Cedar's entity type, e.g. `Object`.
    pub kind: String,
    /// Its id, e.g. `s3://customers/2026/q3.csv`.
    pub id: String,
    /// Twelve digits, or empty when nobody knows.
    pub account: String,
    /// The class of its data; the strictest when the directory does not know it.
    pub classification: String,
    /// Its environment; the strictest when the directory does not know it.
    pub environment: String,
    /// Whether it is inside the organisation.
    pub inside: bool,
    /// Whether the directory knows it.
    pub known: bool,
    /// Who answers for it, as the directory says, or empty.
    pub owner: String,
}

/// Time, provenance, history and parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluationContext {
    /// Now.
    pub now: Timestamp,
    /// Whether a change freeze of the directory holds now.
    pub change_freeze: bool,
    /// Now, as the directory's clock on the wall shows it.
    pub calendar: Calendar,
    /// What this agent did before; none when that is stale or missing.
    pub history: Option<History>,
    /// Whether a person ran it at once, as an emergency. Never so at the decision, only at the claim.
    pub emergency: bool,
    /// `low`, `medium` or `high`.
    pub sensitivity: String,
    /// Whether it can be undone.
    pub reversible: bool,
    /// Proven facts by the names in [`PROVENANCE`]; others are ignored.
    pub provenance: BTreeMap<String, String>,
    /// Parameters that the vocabulary lists.
    pub parameters: BTreeMap<String, Fact>,
}

/// A moment in a named zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// The zone, e.g. `Europe/Berlin`.
    pub zone: String,
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// E.g. `2026-11-21`.
    pub date: String,
    /// Whether the directory calls this a time of work; false where it names none.
    pub business_hours: bool,
}

/// What this agent did before with this action type and resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Actions that ran.
    pub executed: Counts,
    /// Actions that were denied.
    pub denied: Counts,
    /// Actions that ran and failed.
    pub failed: Counts,
    /// What changed since the last run: `first`, names of parameters, `repository`, `branch`, `commit`, `workflow`.
    pub changed_since_last: BTreeSet<String>,
}

/// How often in the time before now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the last hour.
    pub hour: u32,
    /// In the last 24 hours.
    pub day: u32,
    /// In the last seven days.
    pub week: u32,
}

/// A parameter's value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "one per `Kind`")]
pub enum Fact {
    Text(String),
    Whole(i64),
    Truth(bool),
    Texts(BTreeSet<String>),
}

/// Cedar's request for these facts. Any error is the caller's denial.
pub(crate) fn request(
    facts: &Facts,
    approvals: &BTreeSet<String>,
    schema: &Schema,
) -> Result<Request, String> {
    let agent = uid(PRINCIPAL_TYPE, &facts.agent.id())?;
    let resource = uid(&facts.resource.kind, &facts.resource.id)?;
    let action = uid("Action", &facts.action)?;
    let context = Context::from_pairs(context(facts, approvals)?).map_err(text)?;
    Request::new(agent, action, resource, context, Some(schema)).map_err(text)
}

/// What the request's entities are. Any error is the caller's denial.
pub(crate) fn entities(facts: &Facts, schema: &Schema) -> Result<Entities, String> {
    let agent = uid(PRINCIPAL_TYPE, &facts.agent.id())?;
    Entities::from_entities(described(facts, &agent)?, Some(schema)).map_err(text)
}

pub(crate) fn uid(kind: &str, id: &str) -> Result<EntityUid, String> {
    let kind: EntityTypeName = kind.parse().map_err(text)?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}

fn context(
    facts: &Facts,
    approvals: &BTreeSet<String>,
) -> Result<Vec<(String, RestrictedExpression)>, String> {
    let about = &facts.context;
    let calendar = &about.calendar;
    let parameters = about.parameters.iter().map(|(name, fact)| (name.clone(), fact.expression()));
    // Rules that read the history are not asked without one.
    let history = about.history.clone().unwrap_or_default();
    let mut pairs = vec![
        ("approvals".to_owned(), texts(approvals)),
        ("now".to_owned(), RestrictedExpression::new_datetime(instant(about.now)?)),
        ("change_freeze".to_owned(), RestrictedExpression::new_bool(about.change_freeze)),
        ("sensitivity".to_owned(), RestrictedExpression::new_string(about.sensitivity.clone())),
        ("reversible".to_owned(), RestrictedExpression::new_bool(about.reversible)),
        ("emergency".to_owned(), RestrictedExpression::new_bool(about.emergency)),
        ("business_hours".to_owned(), RestrictedExpression::new_bool(calendar.business_hours)),
        ("weekday".to_owned(), RestrictedExpression::new_long(calendar.weekday.into())),
        ("hour".to_owned(), RestrictedExpression::new_long(calendar.hour.into())),
        ("minute".to_owned(), RestrictedExpression::new_long(calendar.minute.into())),
        ("date".to_owned(), RestrictedExpression::new_string(calendar.date.clone())),
        ("history".to_owned(), history.expression()?),
        ("changed_since_last".to_owned(), texts(&history.changed_since_last)),
        ("provenance".to_owned(), provenance(&about.provenance)?),
        ("parameters".to_owned(), RestrictedExpression::new_record(parameters).map_err(text)?),
    ];
    for (name, resource) in &facts.related {
        let entity = uid(&resource.kind, &resource.id)?;
        pairs.push((name.clone(), RestrictedExpression::new_entity_uid(entity)));
    }
    Ok(pairs)
}

fn provenance(proven: &BTreeMap<String, String>) -> Result<RestrictedExpression, String> {
    let fact = |name: &str| proven.get(name).cloned().unwrap_or_default();
    let branch = fact("ref").strip_prefix("refs/heads/").unwrap_or_default().to_owned();
    let mut pairs: Vec<(String, RestrictedExpression)> =
        PROVENANCE.map(|name| (name.to_owned(), RestrictedExpression::new_string(fact(name)))).into();
    pairs.push(("branch".to_owned(), RestrictedExpression::new_string(branch)));
    pairs.push(("verified".to_owned(), RestrictedExpression::new_bool(!fact("repository").is_empty())));
    RestrictedExpression::new_record(pairs).map_err(text)
}

fn described(facts: &Facts, agent: &EntityUid) -> Result<Vec<Entity>, String> {
    let mut all = Vec::new();
    let mut teams = HashSet::new();
    for team in &facts.agent.teams {
        let team = uid(TEAM_TYPE, team)?;
        all.push(Entity::new_no_attrs(team.clone(), HashSet::new()));
        teams.insert(team);
    }
    let attributes = HashMap::from([
        ("issuer".to_owned(), RestrictedExpression::new_string(facts.agent.issuer.clone())),
        ("subject".to_owned(), RestrictedExpression::new_string(facts.agent.subject.clone())),
        ("groups".to_owned(), texts(&facts.agent.teams)),
        ("owner".to_owned(), RestrictedExpression::new_string(facts.agent.owner.clone())),
        ("owned".to_owned(), RestrictedExpression::new_bool(!facts.agent.owner.is_empty())),
    ]);
    all.push(Entity::new(agent.clone(), attributes, teams).map_err(text)?);
    let mut resources: BTreeMap<(&str, &str), &Resource> = BTreeMap::new();
    for resource in std::iter::once(&facts.resource).chain(facts.related.values()) {
        let named = (resource.kind.as_str(), resource.id.as_str());
        if resources.insert(named, resource).is_some_and(|other| other != resource) {
            return Err(format!("two descriptions of `{}`", resource.id));
        }
    }
    for resource in resources.values() {
        all.push(resource.entity()?);
    }
    Ok(all)
}

impl Agent {
    /// Its id among Cedar's agents.
    pub(crate) fn id(&self) -> String {
        format!("{}|{}", self.issuer, self.subject)
    }
}

impl Resource {
    /// Its name as rules write it, `Type::"id"`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}::{:?}", self.kind, self.id)
    }

    fn entity(&self) -> Result<Entity, String> {
        let string = |value: &str| RestrictedExpression::new_string(value.to_owned());
        let attributes = HashMap::from([
            ("account".to_owned(), string(&self.account)),
            ("classification".to_owned(), string(&self.classification)),
            ("environment".to_owned(), string(&self.environment)),
            ("inside".to_owned(), RestrictedExpression::new_bool(self.inside)),
            ("known".to_owned(), RestrictedExpression::new_bool(self.known)),
            ("owner".to_owned(), string(&self.owner)),
            ("path".to_owned(), string(&self.id)),
        ]);
        Entity::new(uid(&self.kind, &self.id)?, attributes, HashSet::new()).map_err(text)
    }
}

impl History {
    fn expression(&self) -> Result<RestrictedExpression, String> {
        let kinds = [("executed", self.executed), ("denied", self.denied), ("failed", self.failed)];
        let counts = kinds.into_iter().flat_map(|(kind, counts)| {
            [("hour", counts.hour), ("day", counts.day), ("week", counts.week)]
                .map(|(span, count)| (format!("{kind}_{span}"), RestrictedExpression::new_long(count.into())))
        });
        RestrictedExpression::new_record(counts).map_err(text)
    }
}

impl Fact {
    fn expression(&self) -> RestrictedExpression {
        match self {
            Self::Text(value) => RestrictedExpression::new_string(value.clone()),
            Self::Whole(value) => RestrictedExpression::new_long(*value),
            Self::Truth(value) => RestrictedExpression::new_bool(*value),
            Self::Texts(values) => texts(values),
        }
    }
}

fn texts(values: &BTreeSet<String>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.iter().cloned().map(RestrictedExpression::new_string))
}

/// Cedar's `datetime` in UTC with milliseconds, e.g. `2026-11-21T14:47:31.204Z`.
fn instant(at: Timestamp) -> Result<String, String> {
    let instant = jiff::Timestamp::from_millisecond(at.millis()).map_err(text)?;
    Ok(format!("{instant:.3}"))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
