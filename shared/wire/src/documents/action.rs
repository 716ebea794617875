//! The documents of an action: what is asked for, what will be done, what policy decided.

use std::collections::BTreeMap;

use domain::{ActionId, Commitment, Digest, Requirement};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Differences, GrantedJson, OutcomeKind};
use crate::text::{self, Identity};

/// The redacted request, as intake stored it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `countersign-request/1`.
    pub format: String,
    /// The action.
    #[serde(with = "text")]
    pub action: ActionId,
    /// Its revision.
    pub revision: u32,
    /// The catalogue's name.
    #[serde(rename = "type")]
    pub action_type: String,
    /// Shown parameters.
    pub parameters: Value,
    /// HMAC of the full parameters under the sealed key.
    #[serde(with = "text")]
    pub commitment: Commitment,
    /// The redacted reason; always a quotation.
    pub reason: String,
    /// What was masked, and where.
    pub masked: Vec<Mask>,
    /// Who asks.
    pub principal: Identity,
    /// The human it acts for, if its token says so.
    pub on_behalf_of: Option<Identity>,
    /// What the token proves and what the agent says.
    pub provenance: Vec<Provenance>,
    /// The agent's correlation; shown to nobody.
    pub correlation: Option<String>,
}

/// One masked stretch of text: characters `start..end` of the value at `pointer` in the shown form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mask {
    /// JSON pointer, `/reason` or below `/parameters`.
    pub pointer: String,
    /// First character of the mask.
    pub start: u32,
    /// One past its last.
    pub end: u32,
    /// The kind of value, e.g. `email`.
    pub kind: String,
}

impl Mask {
    /// Whether it hides part of the value at this pointer of the parameters.
    #[must_use]
    pub fn hides(&self, pointer: &str) -> bool {
        let below = self.pointer.strip_prefix("/parameters").and_then(|mask| mask.strip_prefix(pointer));
        below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }
}

/// One fact about where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// E.g. `commit`, `repository`, `run_url`.
    pub name: String,
    /// Its value, redacted like every text.
    pub value: String,
    /// Whether a token proved it, or the agent merely said so.
    pub verified: bool,
}

/// The document over which the action digest is computed. Nothing in it depends on votes, time of minting or
/// attempts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// `countersign-action/1`.
    pub format: String,
    /// The deployment's name.
    pub deployment: String,
    /// The action.
    #[serde(with = "text")]
    pub action: ActionId,
    /// Its revision.
    pub revision: u32,
    /// The catalogue's name.
    #[serde(rename = "type")]
    pub action_type: String,
    /// Shown parameters.
    pub parameters: Value,
    /// HMAC of the full parameters under the sealed key.
    #[serde(with = "text")]
    pub commitment: Commitment,
    /// Who asks.
    pub principal: Identity,
    /// The human it acts for.
    pub on_behalf_of: Option<Identity>,
    /// Digest of the catalogue entry.
    #[serde(with = "text")]
    pub entry: Digest,
    /// What exactly will be done.
    pub plan: Plan,
}

/// What exactly will be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Twelve digits. Account, region, role and session policy are empty for what Countersign does itself.
    pub account: String,
    /// E.g. `eu-central-1`.
    pub region: String,
    /// The role execution assumes.
    pub role: String,
    /// The session policy's exact text.
    pub session_policy: String,
    /// The API calls in order, masked values as placeholders.
    pub calls: Vec<Call>,
    /// What must not change between approval and execution, e.g. `source_version`.
    pub pins: BTreeMap<String, String>,
    /// Facts read at the target that people are shown, e.g. `rows` or `size`.
    pub effects: BTreeMap<String, String>,
    /// What would replace something else, item by item; absent if no new text replaces another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differences: Option<Differences>,
}

/// One API call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// E.g. `s3`.
    pub service: String,
    /// E.g. `CopyObject`.
    pub operation: String,
    /// Its input as shown.
    pub input: BTreeMap<String, String>,
}

/// What policy decided and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionDocument {
    /// `countersign-decision/1`.
    pub format: String,
    /// The action.
    #[serde(with = "text")]
    pub action: ActionId,
    /// Its revision.
    pub revision: u32,
    /// Permit, forbid or require approval.
    pub outcome: OutcomeKind,
    /// Stable code when forbidden, e.g. `forbidden-by-policy`, `no-permit`, `no-owner`, `cannot-plan`.
    pub code: Option<String>,
    /// The manifest digest of the bundle in force; absent if none could be read.
    #[serde(with = "text::option")]
    pub bundle: Option<Digest>,
    /// The resource, `Type::"id"`; absent if the parameters name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The rules that decided.
    pub reasons: Vec<ReasonJson>,
    /// What was found at the target, if the reasons do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Rules that only observe and would have had an effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<ReasonJson>,
    /// Who must agree.
    pub requirements: Vec<Requirement>,
    /// Live grants that stand for approvals already given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub granted: Vec<GrantedJson>,
    /// Who may say what became of a lost attempt where nobody is asked; empty where the requirements say it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolvers: Vec<Requirement>,
    /// What the rules were told of the past; absent when none asks, and when it was stale or missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryJson>,
}

/// What was found at a target on which the action is impossible. Agents never read it, because it would tell them
/// what is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// One sentence.
    pub detail: String,
    /// The action's commitment, which no agent knows. It keeps anybody from finding the sentence by trying
    /// sentences against the document's digest.
    #[serde(with = "text")]
    pub salt: Commitment,
}

/// What this principal did before with this action on this resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryJson {
    /// Actions that ran.
    pub executed: CountsJson,
    /// Actions that were denied.
    pub denied: CountsJson,
    /// Actions that failed.
    pub failed: CountsJson,
    /// What changed since the last run: `first`, parameters (masked ones too), `repository`, `branch`, `commit`, `workflow`.
    pub changed_since_last: Vec<String>,
}

/// How many in the time before the decision.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountsJson {
    /// In the last hour.
    pub hour: u32,
    /// In the last 24 hours.
    pub day: u32,
    /// In the last seven days.
    pub week: u32,
}

/// A rule and its message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonJson {
    /// The policy's `@id`.
    pub policy: String,
    /// Its `@reason`, or a sentence about what failed.
    pub message: String,
    /// Its `@instead`: what would be allowed, as far as the rule says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}
