//! HTTP bodies, exactly as the contract has them. `openapi` adds the schemas from which the OpenAPI document is made.

mod action;
mod grant;
mod links;
mod people;
mod resolution;

use std::collections::BTreeMap;

use domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::documents::{Action, Context, VerdictName, What};
use crate::text;

pub use action::{
    ActionList, ActionView, ChangeView, DecisionView, DenialView, DeniedByName, ErrorView, MaskView,
    OutcomeView, ProvenanceView, ReasonView, RequirementView, Retry, VerdictView,
};
pub use grant::{FixedView, GrantBody, GrantList, GrantState, GrantView};
pub use links::Links;
pub use people::{PersonView, PrincipalView};
pub use resolution::{ResolutionBody, ResolutionView};

/// What an agent proposes. No field says who asks, because the token says that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(as = Proposal))]
pub struct ProposalBody {
    /// The catalogue's name of the action.
    #[serde(rename = "type")]
    pub action_type: String,
    /// The parameters, as the JSON Schema of this type in the catalogue requires.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    /// 1 to 2,000 characters of plain text; always shown as a quotation.
    pub reason: String,
    /// What the agent states about its run. It is not verified, and is always marked as not verified.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub provenance: BTreeMap<String, String>,
    /// The agent's own reference, at most 512 bytes. It is shown to nobody and returned with the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// After how many seconds the action expires. It can only shorten the deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}

/// What would be decided about a proposal. Nothing was stored and nobody was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preflight {
    /// What policy would decide.
    pub decision: DecisionView,
    /// Who would have to approve.
    pub requirements: Vec<RequirementView>,
}

/// The action types that the caller may propose at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Catalog {
    /// One per type, by name.
    pub types: Vec<CatalogType>,
}

/// One action type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogType {
    /// The value for `type` of a proposal.
    #[serde(rename = "type")]
    pub action_type: String,
    /// What it does, in a few words.
    pub title: String,
    /// What it does, in a sentence or two.
    pub summary: String,
    /// `low`, `medium` or `high`.
    pub sensitivity: String,
    /// Whether its effect can be undone.
    pub reversible: bool,
    /// JSON Schema of `parameters`.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub parameters: Value,
    /// A complete proposal body that this schema accepts.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub example: Value,
    /// Targets that are exempt from a detector: everybody can read what it finds there, where it would otherwise
    /// refuse the proposal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exempt: Vec<ExemptTarget>,
}

/// A target that is exempt from one detector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExemptTarget {
    /// A JSON pointer relative to `parameters`.
    pub target: String,
    /// The detector, e.g. `card`.
    pub detector: String,
    /// Why it is exempt.
    pub because: String,
}

/// The records of one action in the log, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordList {
    /// The records.
    pub items: Vec<RecordView>,
}

/// Where one record is in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordView {
    /// Its position among all records of the deployment, from 0.
    pub position: u64,
    /// The number of the log object that contains it.
    pub object: u64,
    /// An event's kind (`proposed`, `decided` …), `attempt` or `violation`.
    pub kind: String,
    /// The number among the action's events, from 1; 0 for records that are not events.
    pub sequence: u32,
    /// When it happened.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub time: Timestamp,
    /// SHA-256 of the record's line.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub digest: Digest,
}

/// What a person is asked to decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewView {
    /// The digest of the review document.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub review_digest: Digest,
    /// The digest of `action`.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub action_digest: Digest,
    /// The document over which the digest is computed; a reader can compute it again.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub action: Action,
    /// What people are shown.
    pub document: ReviewParts,
    /// The verdicts that this person may give now: `happened` and `did_not_happen` with `POST …/resolution`, all others with
    /// `POST …/verdicts`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub may: Vec<VerdictName>,
    /// Pointers of the parameters that this person may change, if `may` contains `modify`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_change: Vec<String>,
    /// How often the action may still be changed, if `may` contains `modify`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes_left: Option<u32>,
    /// Why `may` is empty or lacks `approve`: the changes cannot be shown whole (`not-shown-whole`), or this person
    /// changed the action (`own-change`); null otherwise.
    pub why_not: Option<String>,
}

/// The two halves of the review document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewParts {
    /// What will run.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub what: What,
    /// Who asks, why, and under which rule.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub context: Context,
}

/// The codes a verdict's reason may have.
pub const REASON_CODES: [&str; 5] = ["wrong-target", "not-recognised", "not-now", "needs-ticket", "other"];

/// A person's verdict. Both digests are required, so that what was shown is what is decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VerdictBody {
    /// `approve`, `deny`, `modify`, `confirm`, `emergency`, `close` or `revoke`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub verdict: VerdictName,
    /// The action digest that was shown.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub action_digest: Digest,
    /// The review document that was shown.
    #[serde(with = "text")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub review_digest: Digest,
    /// `wrong-target`, `not-recognised`, `not-now`, `needs-ticket` or `other`.
    #[serde(default)]
    pub reason_code: Option<String>,
    /// The person's comment. A denial needs a comment or a code.
    #[serde(default)]
    pub reason: Option<String>,
    /// What an approval grants for later actions, if the requirement allows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantBody>,
    /// What `modify` changes: a JSON merge patch (RFC 7396) of the shown parameters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub patch: Option<Value>,
}

/// Everything that is suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuspensionList {
    /// One per scope, the earliest first.
    pub items: Vec<SuspensionView>,
    /// What the scope that was just asked for covers now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered: Option<CoverageView>,
}

/// What a scope covers at this moment. It is suspended whether or not anything is known by that name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoverageView {
    /// The scope, as it was asked for.
    pub scope: String,
    /// Whether the rules in force know it: an agent of the directory, a type of the catalogue, or everything.
    pub known: bool,
    /// What that means, in a sentence for a person.
    pub detail: String,
    /// Known scopes with names that are near, the nearest first; none when the scope is known.
    pub nearest: Vec<String>,
    /// How many actions it covers that are not over; absent when that cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<OpenActionsView>,
}

/// Actions that are not over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenActionsView {
    /// Those that wait for people.
    pub pending: u32,
    /// Those that are approved and have not begun.
    pub approved: u32,
    /// Whether there may be more: only the newest actions are looked at.
    pub more: bool,
}

/// Something that is suspended until people approve a `countersign-resume` of its scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuspensionView {
    /// `all`, `type:…` or `agent:issuer|subject`.
    pub scope: String,
    /// Who suspended it.
    pub by: PersonView,
    /// Since when.
    #[serde(with = "text::time")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub since: Timestamp,
    /// Why, in their words.
    pub reason: Option<String>,
}

/// What somebody suspends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SuspensionBody {
    /// `all`, `type:…` or `agent:issuer|subject`.
    pub scope: String,
    /// Why.
    pub reason: String,
}

/// A refusal or fault, as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Problem))]
pub struct ProblemBody {
    /// Where the code is documented.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and what to do.
    pub detail: String,
    /// A stable code for programs.
    pub code: String,
    /// An id to quote in questions about this answer.
    pub instance: String,
    /// The parts of the input that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The address of the page on which to continue, with `step-up-required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// One part of the input and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON Pointer into the body, e.g. `/parameters/source`.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}
