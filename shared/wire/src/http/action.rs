//! An action as the API shows it. Every text in it is the redacted one.

use domain::{ActionId, Digest, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::GrantState;
use crate::documents::{Mask, OutcomeKind, ProofName, Provenance, ReasonJson, VerdictName};
use crate::text;

/// An action as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionView {
    /// Opaque, `act_…`.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ActionId,
    /// The catalogue's name.
    #[serde(rename = "type")]
    pub action_type: String,
    /// One of `proposed pending approved executing held succeeded released failed unknown denied withheld expired
    /// cancelled`.
    pub status: String,
    /// Whether waiting longer is pointless.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// 1, and one more for every modification.
    pub revision: u32,
    /// What a model should read: whether anything ran, who refused and why, what may be tried next.
    pub agent_message: String,
    /// The action digest, once policy has spoken and did not forbid.
    #[serde(with = "text::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub digest: Option<Digest>,
    /// Shown parameters.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    /// What was masked where.
    pub masked: Vec<MaskView>,
    /// The agent's words; always a quotation.
    pub reason: String,
    /// Who asks.
    pub principal: PrincipalView,
    /// What the token proved and what the agent said.
    pub provenance: Vec<ProvenanceView>,
    /// The agent's own handle.
    pub correlation: Option<String>,
    /// What policy said; null until it has.
    pub decision: Option<DecisionView>,
    /// Who must agree, and how far that is, by the votes that are shown.
    pub requirements: Vec<RequirementView>,
    /// Whether votes of others are left out here, in `requirements` and in `verdicts`, until it is decided.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub votes_hidden: bool,
    /// What people said, in order: every change, and all that was said about the present revision.
    pub verdicts: Vec<VerdictView>,
    /// What reviewers changed since it was proposed, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeView>,
    /// What came of it, when something ran.
    pub outcome: Option<OutcomeView>,
    /// Who refused and why, when somebody did.
    pub denial: Option<DenialView>,
    /// When it was first proposed.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// The latest moment anything may be decided or begun.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
    /// Where to go from here.
    pub links: Links,
}

/// Actions, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionList {
    /// The actions.
    pub items: Vec<ActionView>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
}

/// One masked stretch: characters `start..end` of the shown text at `pointer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaskView {
    /// JSON Pointer, `/reason` or below `/parameters`.
    pub pointer: String,
    /// First character of the mask.
    pub start: u32,
    /// One past its last.
    pub end: u32,
    /// What was there, e.g. `email`.
    pub kind: String,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrincipalView {
    /// The token's issuer.
    pub issuer: String,
    /// The token's subject.
    pub subject: String,
    /// A name for people.
    pub display: String,
}

/// One fact about where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProvenanceView {
    /// E.g. `commit`.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether the token proved it, or the agent merely said so.
    pub verified: bool,
}

/// What policy said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecisionView {
    /// `permit`, `forbid` or `require_approval`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub outcome: OutcomeKind,
    /// The digest of the rules in force.
    #[serde(with = "text::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub bundle: Option<Digest>,
    /// The rules that decided.
    pub reasons: Vec<ReasonView>,
    /// Rules that only observe and would have had a say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<ReasonView>,
}

/// A rule and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReasonView {
    /// The rule's id.
    pub policy: String,
    /// What it says to people.
    pub message: String,
    /// What would be allowed instead, if the rule says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// Who must agree, and how far that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequirementView {
    /// The requirement's name.
    pub name: String,
    /// Distinct people needed.
    pub needed: u32,
    /// Distinct people who count so far.
    pub given: u32,
}

/// What a person said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerdictView {
    /// Who.
    pub person: PersonView,
    /// On whose seats, where these people were away and it was not the person's own alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_in_for: Vec<PersonView>,
    /// `approve`, `deny` or `modify`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub verdict: VerdictName,
    /// One of the fixed codes.
    pub reason_code: Option<String>,
    /// Their words.
    pub reason: Option<String>,
    /// `idp` or `service`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub proof: ProofName,
    /// When it was committed.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
    /// What an approval granted for the time after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantState>,
}

/// A parameter that a reviewer changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeView {
    /// JSON Pointer into the parameters.
    pub pointer: String,
    /// What it was; null when it was not there.
    pub from: Option<String>,
    /// What it is since; null when it was taken away.
    pub to: Option<String>,
    /// Who changed it.
    pub by: PersonView,
    /// When it was committed.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonView {
    /// The people's issuer's name for them.
    pub subject: String,
    /// A name for people.
    pub display: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutcomeView {
    /// The target's answer, redacted; null when there is none.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub result: Value,
    /// When the first call was about to be made.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub started_at: Timestamp,
    /// When the last answer was in.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub finished_at: Timestamp,
    /// What went wrong, if it failed.
    pub error: Option<ErrorView>,
}

/// A technical failure at the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorView {
    /// Stable.
    pub code: String,
    /// What happened, redacted.
    pub detail: String,
}

/// Who refused and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DenialView {
    /// Whether a rule or a person refused.
    pub by: DeniedByName,
    /// Stable.
    pub code: String,
    /// The rule's or the person's words.
    pub message: String,
    /// Whether asking again makes sense: never, with something changed, or later.
    pub retry: Retry,
    /// What would be allowed instead, as far as anybody said so.
    pub allowed_instead: Option<String>,
    /// What was found at the target, for people alone: an agent's answer never has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// Who refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeniedByName {
    /// A rule, at the decision or at the claim.
    Policy,
    /// A person.
    Approver,
}

/// Whether asking again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same will always be refused.
    Never,
    /// With something changed.
    Changed,
    /// The same, later.
    Later,
}

/// Where to go from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Links {
    /// This action.
    #[serde(rename = "self")]
    pub this: String,
    /// The page where people decide.
    pub review: String,
    /// Its records in the log.
    pub records: String,
}

impl From<&Mask> for MaskView {
    fn from(mask: &Mask) -> Self {
        Self { pointer: mask.pointer.clone(), start: mask.start, end: mask.end, kind: mask.kind.clone() }
    }
}

impl From<&Provenance> for ProvenanceView {
    fn from(fact: &Provenance) -> Self {
        Self { name: fact.name.clone(), value: fact.value.clone(), verified: fact.verified }
    }
}

impl From<&ReasonJson> for ReasonView {
    fn from(reason: &ReasonJson) -> Self {
        Self {
            policy: reason.policy.clone(),
            message: reason.message.clone(),
            instead: reason.instead.clone(),
        }
    }
}
