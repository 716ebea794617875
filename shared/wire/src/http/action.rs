//! An action as the API shows it. Every text in it is redacted.

use domain::{ActionId, Digest, Proof, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{GrantState, Links, PersonView, PrincipalView, ResolutionView};
use crate::documents::{Mask, OutcomeKind, Provenance, ReasonJson, VerdictName};
use crate::text;

/// An action in its present state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionView {
    /// Opaque, `act_…`.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: ActionId,
    /// The name of the action type in the catalogue.
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
    /// A sentence for a language model: whether anything ran, who refused and why, and what may be tried next.
    pub agent_message: String,
    /// The action digest, once policy has decided and did not forbid.
    #[serde(with = "text::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub digest: Option<Digest>,
    /// The redacted parameters.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    /// What was masked, and where.
    pub masked: Vec<MaskView>,
    /// The agent's reason, always shown as a quotation.
    pub reason: String,
    /// The agent that asks.
    pub principal: PrincipalView,
    /// What the token proves and what the agent states.
    pub provenance: Vec<ProvenanceView>,
    /// The agent's own reference.
    pub correlation: Option<String>,
    /// What policy decided; null before that.
    pub decision: Option<DecisionView>,
    /// Who must approve and how many have, by the votes that are shown.
    pub requirements: Vec<RequirementView>,
    /// Whether votes of others are left out of `requirements` and `verdicts` until the action is decided.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub votes_hidden: bool,
    /// Verdicts in order: every change, and all verdicts about the present revision.
    pub verdicts: Vec<VerdictView>,
    /// What reviewers changed since the proposal, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeView>,
    /// What the attempt did, once something ran.
    pub outcome: Option<OutcomeView>,
    /// What was found out about an attempt whose outcome was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<ResolutionView>,
    /// How long it usually takes, in seconds, while it is executing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_seconds: Option<u32>,
    /// Who refused the action and why, if somebody did.
    pub denial: Option<DenialView>,
    /// When the action was first proposed.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// The last time at which anything may be decided or begun.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub expires_at: Timestamp,
    /// Related addresses.
    pub links: Links,
}

/// Actions, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActionList {
    /// The actions.
    pub items: Vec<ActionView>,
    /// The cursor of the next page; null on the last.
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
    /// The kind of value that was masked, e.g. `email`.
    pub kind: String,
}

/// One fact about where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProvenanceView {
    /// E.g. `commit`.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether the token proves it; otherwise the agent only states it.
    pub verified: bool,
}

/// What policy decided.
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
    /// Rules that only observe and would have had an effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<ReasonView>,
}

/// A rule and its message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReasonView {
    /// The rule's id.
    pub policy: String,
    /// Its message for people.
    pub message: String,
    /// What would be allowed instead, if the rule says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// Who must approve, and how many have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequirementView {
    /// The requirement's name.
    pub name: String,
    /// Distinct people needed.
    pub needed: u32,
    /// Distinct people who have approved so far.
    pub given: u32,
}

/// A person's verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerdictView {
    /// The person.
    pub person: PersonView,
    /// The owners of the seats on which the person voted, if not only on their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_in_for: Vec<PersonView>,
    /// `approve`, `deny`, `modify`, `confirm`, `emergency`, `close`, `revoke`, `happened` or `did_not_happen`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub verdict: VerdictName,
    /// One of the fixed codes.
    pub reason_code: Option<String>,
    /// The person's comment.
    pub reason: Option<String>,
    /// `idp` or `service`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub proof: Proof,
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
    /// The value before; null if there was none.
    pub from: Option<String>,
    /// The value after; null if it was removed.
    pub to: Option<String>,
    /// Who changed it.
    pub by: PersonView,
    /// When it was committed.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub at: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutcomeView {
    /// The target's answer, redacted; null if there is none.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub result: Value,
    /// When the first call was made.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub started_at: Timestamp,
    /// When the last answer came.
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
    /// A stable code.
    pub code: String,
    /// What happened, redacted.
    pub detail: String,
}

/// Who refused the action, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DenialView {
    /// Whether a rule or a person refused.
    pub by: DeniedByName,
    /// A stable code.
    pub code: String,
    /// The message of the rule or the person.
    pub message: String,
    /// Whether proposing again makes sense: never, with something changed, or later.
    pub retry: Retry,
    /// What would be allowed instead, if that is known.
    pub allowed_instead: Option<String>,
    /// What was found at the target. It is for people; no agent's answer contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// Who refused the action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeniedByName {
    /// A rule, at the decision or at the claim.
    Policy,
    /// A person.
    Approver,
}

/// Whether proposing again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same proposal is always refused.
    Never,
    /// A changed proposal may be allowed.
    Changed,
    /// The same proposal may be allowed later.
    Later,
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
