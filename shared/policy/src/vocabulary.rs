//! The words rules may use: Cedar's schema, derived from the catalogue and the directory.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::Schema;
use serde_json::{Map, Value, json};

/// Cedar's entity type of agents and pipelines.
pub const PRINCIPAL_TYPE: &str = "Agent";
/// Cedar's entity type of teams of agents.
pub const TEAM_TYPE: &str = "Team";
/// The facts about a run that a token may prove, each a text in `context.provenance`, empty when not proven.
pub const PROVENANCE: [&str; domain::FACTS.len()] = domain::FACTS;

const HISTORY: [&str; 9] = [
    "denied_day",
    "denied_hour",
    "denied_week",
    "executed_day",
    "executed_hour",
    "executed_week",
    "failed_day",
    "failed_hour",
    "failed_week",
];

/// The names every `context` has, whatever the action type.
pub const CONTEXT: [&str; 15] = [
    "approvals",
    "business_hours",
    "date",
    "emergency",
    "change_freeze",
    "history",
    "hour",
    "minute",
    "now",
    "parameters",
    "provenance",
    "reversible",
    "sensitivity",
    "changed_since_last",
    "weekday",
];

/// Everything the schema and the structural checks need to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// The catalogue's action types.
    pub actions: Vec<ActionWords>,
    /// Teams of agents.
    pub teams: BTreeSet<String>,
    /// Classes of data, the mildest first.
    pub classifications: Vec<String>,
    /// Environments, the mildest first.
    pub environments: Vec<String>,
    /// Requirements that `@approval` may name.
    pub requirements: BTreeMap<String, RequirementWords>,
}

/// What the rules may know of one requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequirementWords {
    /// Whether it demands the identity provider's proof with a fresh sign-in.
    pub fresh_proof: bool,
}

/// One action type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionWords {
    /// Its name, the Cedar action `Action::"name"`.
    pub name: String,
    /// Cedar action groups it belongs to.
    pub groups: BTreeSet<String>,
    /// Entity type of `resource`.
    pub resource: String,
    /// Further resources: attribute of `context` and entity type.
    pub related: BTreeMap<String, String>,
    /// Parameters rules may read in `context.parameters`.
    pub parameters: BTreeMap<String, ParameterWords>,
    /// `high` sensitivity: every hold on it demands a fresh proof.
    pub high: bool,
    /// Cannot be undone.
    pub irreversible: bool,
}

/// One parameter as rules see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParameterWords {
    /// Its type.
    pub kind: ParameterKind,
    /// Whether the action's schema requires it; what may be absent cannot be read by a forbid.
    pub required: bool,
}

/// Types of parameters that rules can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// Cedar `String`.
    Text,
    /// Cedar `Long`.
    Whole,
    /// Cedar `Bool`.
    Truth,
    /// Cedar `Set<String>`.
    Texts,
}

impl Vocabulary {
    /// The action type's words.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&ActionWords> {
        self.actions.iter().find(|action| action.name == name)
    }

    /// Cedar's schema in its JSON form.
    #[must_use]
    pub fn schema_json(&self) -> Value {
        let mut types = Map::new();
        types.insert(TEAM_TYPE.to_owned(), json!({}));
        types.insert(
            PRINCIPAL_TYPE.to_owned(),
            json!({ "memberOfTypes": [TEAM_TYPE], "shape": record([("issuer", text()), ("subject", text()),
                ("groups", texts()), ("owner", text()), ("owned", truth())]) }),
        );
        for name in self.resource_types() {
            types.insert(name.to_owned(), json!({ "shape": resource_shape() }));
        }
        let mut actions = Map::new();
        for group in self.actions.iter().flat_map(|action| &action.groups) {
            actions.insert(group.clone(), json!({}));
        }
        for action in &self.actions {
            actions.insert(action.name.clone(), action.schema_json());
        }
        json!({ "": { "entityTypes": types, "actions": actions } })
    }

    /// Cedar's schema.
    ///
    /// # Errors
    /// Cedar's own sentence, e.g. when a resource type is no identifier.
    pub fn schema(&self) -> Result<Schema, String> {
        Schema::from_json_value(self.schema_json()).map_err(|error| error.to_string())
    }

    fn resource_types(&self) -> BTreeSet<&str> {
        self.actions
            .iter()
            .flat_map(|action| std::iter::once(&action.resource).chain(action.related.values()))
            .map(String::as_str)
            .collect()
    }
}

impl ActionWords {
    /// Whether it must not run unasked by accident.
    #[must_use]
    pub fn guarded(&self) -> bool {
        self.high || self.irreversible
    }

    fn schema_json(&self) -> Value {
        let groups: Vec<Value> = self.groups.iter().map(|group| json!({ "id": group })).collect();
        let parameters = self.parameters.iter().map(|(name, words)| {
            let mut shape = words.kind.schema_json();
            if let Some(shape) = shape.as_object_mut() {
                shape.insert("required".to_owned(), Value::Bool(words.required));
            }
            (name.as_str(), shape)
        });
        let parameters = record(parameters);
        let mut context: Vec<(&str, Value)> = CONTEXT
            .iter()
            .map(|name| (*name, shared_shape(name).unwrap_or_else(|| parameters.clone())))
            .collect();
        for (name, entity) in &self.related {
            context.push((name, json!({ "type": "Entity", "name": entity })));
        }
        json!({
            "memberOf": groups,
            "appliesTo": {
                "principalTypes": [PRINCIPAL_TYPE],
                "resourceTypes": [self.resource],
                "context": record(context),
            },
        })
    }
}

impl ParameterKind {
    fn schema_json(self) -> Value {
        match self {
            Self::Text => text(),
            Self::Whole => whole(),
            Self::Truth => truth(),
            Self::Texts => texts(),
        }
    }
}

/// The shape of a name in [`CONTEXT`], if it is the same for every action type.
fn shared_shape(name: &str) -> Option<Value> {
    Some(match name {
        "approvals" | "changed_since_last" => texts(),
        "business_hours" | "emergency" | "change_freeze" | "reversible" => truth(),
        "date" | "sensitivity" => text(),
        "hour" | "minute" | "weekday" => whole(),
        "now" => json!({ "type": "Extension", "name": "datetime" }),
        "provenance" => {
            let proven = PROVENANCE.map(|name| (name, text()));
            record(proven.into_iter().chain([("branch", text()), ("verified", truth())]))
        }
        "history" => record(HISTORY.map(|name| (name, whole()))),
        _ => return None,
    })
}

/// Every resource has all of these, so that no hold can vanish because an attribute is absent.
fn resource_shape() -> Value {
    record([
        ("account", text()),
        ("classification", text()),
        ("environment", text()),
        ("inside", truth()),
        ("known", truth()),
        ("owner", text()),
        ("path", text()),
    ])
}

fn text() -> Value {
    json!({ "type": "String" })
}

fn texts() -> Value {
    json!({ "type": "Set", "element": text() })
}

fn whole() -> Value {
    json!({ "type": "Long" })
}

fn truth() -> Value {
    json!({ "type": "Boolean" })
}

fn record<'a>(attributes: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let attributes: Map<String, Value> =
        attributes.into_iter().map(|(name, shape)| (name.to_owned(), shape)).collect();
    json!({ "type": "Record", "attributes": attributes })
}
