//! The catalogue: one entry per action type, `actions/<type>.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use redaction::{Marks, MarksError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::NameFormat;
use crate::json_texts;
use crate::template::Template;

/// One action type, `actions/<type>.yaml`: its name, its parameters, what it touches and what it may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueEntry {
    /// Its name, `[a-z][a-z0-9-]*`; also the name of the file.
    #[serde(rename = "type")]
    pub action_type: String,
    /// What kind of action it is, in a few words, without values.
    pub title: String,
    /// What this one action does, in one sentence with its values filled in. Available names: required parameters,
    /// derived values, `pin.…`, `effect.…`, `plan.account`, `plan.region`.
    pub sentence: Template,
    /// What it does, for agents and the catalogue.
    pub summary: String,
    /// What approving does, in about three words, for the button.
    pub consequence: String,
    /// How much harm it can do.
    pub sensitivity: Sensitivity,
    /// Whether its effect can be undone.
    pub reversible: Reversible,
    /// What a second run would do, and what can be found out about a run whose answer was lost. Whoever resolves a lost attempt
    /// is shown this; a bundle whose connector cannot do what it says does not build.
    pub idempotency: Idempotency,
    /// JSON Schema 2020-12 of the parameters: closed objects, no reference outside itself.
    pub parameters: Value,
    /// Parameter → the one way its value is written. Every text that decides what is touched has one, so that a target
    /// has one name in rules, directory, plan and log.
    #[serde(default)]
    pub formats: BTreeMap<String, NameFormat>,
    /// A complete proposal body; on the local stack it runs as it is.
    pub example: Value,
    /// Parameter → template with holes for the values that are derived from it, e.g. `source:
    /// "s3://{source_bucket}/{source_key}"`.
    #[serde(default)]
    pub derived: BTreeMap<String, Template>,
    /// Cedar's `resource`. Its attributes (`account`, `classification`, `environment`, `inside`, `known`, `owner`) are what
    /// the directory says of that id.
    pub resource: ResourceRule,
    /// Further resources by their name in `context`.
    #[serde(default)]
    pub related: BTreeMap<String, ResourceRule>,
    /// The list under "What will run" on the review page.
    pub fields: Vec<FieldRule>,
    /// What is never shown, and what is always shown.
    pub redaction: RedactionRules,
    /// What must not change between approval and execution.
    #[serde(default)]
    pub pins: Vec<Pin>,
    /// What cannot be pinned, each a sentence for the people who approve.
    #[serde(default)]
    pub unpinned: Vec<String>,
    /// The facts that the connector reads at the target for people, as `effect.…`. What the directory says is
    /// available without being listed here: `effect.resource_environment`, `effect.<related>_place`, ….
    #[serde(default)]
    pub effects: Vec<String>,
    /// The connector that plans and runs it.
    pub connector: String,
    /// The name of the read-only role, with `{deployment}`; absent for what Countersign does itself.
    #[serde(default, skip_serializing_if = "Template::is_blank")]
    pub inspection_role: Template,
    /// The name of the role that runs it, with `{deployment}`; absent for what Countersign does itself.
    #[serde(default, skip_serializing_if = "Template::is_blank")]
    pub run_role: Template,
    /// An IAM policy whose texts are templates and to which the role is narrowed; absent if there is no role.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub session_policy: Value,
    /// How long it usually takes, in seconds. It is shown while the action runs, and says from when it takes longer than usual.
    pub expected_seconds: u32,
    /// The requirement whose people may say what became of a lost attempt of an action that ran without asking anybody; absent:
    /// nobody may. Where people are asked to approve, those who may approve may also say this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve: Option<String>,
    /// The Cedar action groups to which it belongs.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// How much harm an action can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Little harm.
    Low,
    /// Some harm.
    Medium,
    /// Much harm: approvals need proof by a fresh sign-in.
    High,
}

impl Sensitivity {
    /// As written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Whether the effect can be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reversible {
    /// Whether it can.
    pub can: bool,
    /// The same as a sentence for people.
    pub description: String,
}

/// What a second run of the same plan would do. The product never runs anything twice; this tells what a person can do
/// about an outcome that nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// Nothing more than the first: it may be proposed again.
    Idempotent,
    /// Something more, but whether the first took effect can be read at the target.
    Probeable,
    /// Something more, and the target does not tell whether the first took effect.
    Neither,
}

impl Idempotency {
    /// How it can be found out what a lost attempt did, as a sentence for people. `probed`: whether Countersign can ask the
    /// target itself.
    #[must_use]
    pub fn if_lost(self, probed: bool) -> &'static str {
        match (self, probed) {
            (Self::Idempotent, true) => {
                "Countersign asks the target, and people where the target cannot tell; a second run would do nothing more than the first."
            }
            (Self::Idempotent, false) => {
                "A person has to look; a second run would do nothing more than the first."
            }
            (Self::Probeable, true) => {
                "Countersign asks the target, and people where the target cannot tell; a second run would do something more."
            }
            (Self::Probeable, false) => {
                "A person has to look at the target; a second run would do something more."
            }
            (Self::Neither, _) => {
                "The target does not tell whether it took effect, so a person has to find out; a second run would do something more."
            }
        }
    }
}

/// How parameters name a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceRule {
    /// Cedar's entity type, e.g. `Object`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id, from parameters and derived values.
    pub id: Template,
    /// The account, if the id contains it.
    #[serde(default)]
    pub account: Option<Template>,
}

/// One line of "What will run".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// The name of the line, e.g. `From`.
    pub label: String,
    /// The value.
    pub value: Template,
    /// A second line in smaller print.
    #[serde(default)]
    pub note: Option<Template>,
}

/// What is never shown, and what is always shown. Pointers are relative to the parameters, e.g. `/value`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedactionRules {
    /// Parameters that are always masked.
    #[serde(default)]
    pub masked: Vec<Marked>,
    /// The operation, target and destination, which are never masked. A secret found there refuses the proposal.
    pub targets: Vec<String>,
    /// Targets that show what one detector finds in them, because names there only look like that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exempt: Vec<Exempt>,
}

/// A target that is exempt from one detector. Everybody can read what that detector finds there, in the locked log
/// too. `policy bypass` lists it. Every other detector still refuses there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exempt {
    /// The pointer of the target, as in `targets`.
    pub target: String,
    /// A kind of personal data, e.g. `card`, or the name of one rule, as refusals and `countersign redact` show it.
    /// The detectors of private keys, AWS keys, JWTs and passwords are not allowed.
    pub detector: String,
    /// Why the finding is not personal data, in one line.
    pub because: String,
}

/// A field that is always masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marked {
    /// The pointer of the parameter.
    pub pointer: String,
    /// One word for its kind, e.g. `secret`.
    pub kind: String,
}

/// A property of the target that must not change between approval and execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Its name in the plan.
    pub name: String,
    /// The property, in words for people.
    pub description: String,
    /// What keeps it from changing between the last look at the target and the effect. The connector knows the
    /// right answer; any other does not build.
    pub held_by: HeldBy,
    /// With `held_by: check`: what can still change, as a sentence for the people who approve.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unpinned: String,
}

/// What keeps a pin from changing between the last look at the target and the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// The call itself names the value, so the target refuses if it has changed.
    Call,
    /// It is compared just before the call, because the call cannot name it.
    Check,
}

/// The connector of [`domain::RESUME`]: Countersign does it itself, with no role in any account.
pub const RESUME_CONNECTOR: &str = "resume";

/// The connectors that can ask their target what a lost attempt did.
const PROBING: [&str; 4] = ["s3-export", "bundle-publish", "iam-attach-role-policy", "secret-put-value"];

/// Whether this connector can ask its target, after the outcome of an attempt was lost, what that attempt did. A function that
/// was invoked leaves nothing that would tell this attempt from another. What a resume did, people see in the list of
/// suspensions.
#[must_use]
pub fn probes(connector: &str) -> bool {
    PROBING.contains(&connector)
}

impl CatalogueEntry {
    /// Whether Countersign does it itself.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        self.connector == RESUME_CONNECTOR
    }

    /// All resources it names: `resource` first, then the related ones by name.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &ResourceRule)> {
        let related = self.related.iter().map(|(name, rule)| (name.as_str(), rule));
        std::iter::once(("resource", &self.resource)).chain(related)
    }

    /// Pointers of the parameters that are JSON as text, relative to the parameters; `*` stands for every member.
    #[must_use]
    pub fn json_texts(&self) -> Vec<String> {
        json_texts::declared(&self.parameters)
    }

    /// What redaction makes of its parameters: what is always masked, what never, which texts are JSON.
    ///
    /// # Errors
    /// [`MarksError`]; an entry of a bundle that was built has none.
    pub fn marks(&self) -> Result<Marks, MarksError> {
        let masked = self.redaction.masked.iter().map(|mark| (mark.pointer.as_str(), mark.kind.as_str()));
        let targets = self.redaction.targets.iter().map(String::as_str);
        let exempt = self.redaction.exempt.iter().map(|one| (one.target.as_str(), one.detector.as_str()));
        let json = self.json_texts();
        Marks::new(masked, targets)?.with_json(json.iter().map(String::as_str))?.with_exempt(exempt)
    }

    /// The parameters whose values stand in the session policy.
    #[must_use]
    pub fn session_parameters(&self) -> BTreeSet<String> {
        let names = crate::session::session_names(&self.session_policy);
        let parameter = |name: String| {
            let derived = self.derived.iter().find(|(_, form)| form.names().contains(name.as_str()));
            derived.map_or(name, |(parameter, _)| parameter.clone())
        };
        names.into_iter().filter(|name| !name.contains('.')).map(parameter).collect()
    }

    /// Whether a top-level parameter is masked, wholly or in part.
    #[must_use]
    pub fn masks(&self, parameter: &str) -> bool {
        let top = |pointer: &str| {
            pointer.strip_prefix('/').and_then(|rest| rest.split('/').next()) == Some(parameter)
        };
        self.redaction.masked.iter().any(|marked| top(&marked.pointer))
    }
}
