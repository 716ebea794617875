//! The review document: what people are shown before they decide.

use domain::{Digest, Requirement, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Differences, Mask, Provenance, ReasonJson};
use crate::text::{self, Identity};

/// What people see; fixed for a revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewDocument {
    /// `countersign-review/1`.
    pub format: String,
    /// The action digest this page shows.
    #[serde(with = "text")]
    pub action: Digest,
    /// What will run: a function of shown parameters, plan and catalogue entry. Execution renders it again.
    pub what: What,
    /// Who asks, why, under which rule.
    pub context: Context,
}

/// What will run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct What {
    /// One sentence.
    pub sentence: Vec<Segment>,
    /// The approve button's consequence, e.g. `customer data leaves`.
    pub consequence: String,
    /// Label and values, in order.
    pub fields: Vec<Field>,
    /// Whether it can be undone, as a sentence.
    pub reversible: String,
    /// `low`, `medium` or `high`.
    pub sensitivity: String,
    /// How long it usually takes, in seconds.
    pub expected_seconds: u32,
    /// How it can be found out what an attempt did whose outcome is lost, as a sentence.
    pub if_lost: String,
    /// What would replace something else: all lines of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differences: Option<Differences>,
}

/// A part of a sentence: fixed text, or a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The text, hidden characters spelled out.
    pub text: String,
    /// Whether it is a value from outside.
    pub value: bool,
}

/// One line of the list of fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// E.g. `From`.
    pub label: String,
    /// The value, hidden characters spelled out.
    pub value: String,
    /// A second line in smaller print; empty if there is none.
    pub note: String,
}

/// Who asks, why, under which rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The agent's display name.
    pub agent: String,
    /// Who asks.
    pub principal: Identity,
    /// The person who answers for it.
    pub owner: Option<Identity>,
    /// The human it acts for.
    pub on_behalf_of: Option<Identity>,
    /// Where it comes from.
    pub provenance: Vec<Provenance>,
    /// The agent's reason, redacted, with hidden characters spelled out; always shown as a quotation.
    pub reason: String,
    /// Masks in the reason and parameters.
    pub masked: Vec<Mask>,
    /// How many characters of the agent's texts cannot be seen.
    pub hidden: u32,
    /// The rules that ask.
    pub rules: Vec<ReasonJson>,
    /// What reviewers changed since it was proposed, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Change>,
    /// Who must agree.
    pub requirements: Vec<Requirement>,
    /// The manifest digest of the rules in force.
    #[serde(with = "text")]
    pub bundle: Digest,
    /// The deadline.
    #[serde(with = "text::time")]
    pub expires_at: Timestamp,
}

/// A parameter that a reviewer changed, as people see it: hidden characters spelled out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// JSON pointer into the parameters.
    pub pointer: String,
    /// The value before; null if there was none.
    pub from: Option<String>,
    /// The value after; null if it was removed.
    pub to: Option<String>,
    /// Who changed it.
    pub by: Identity,
}

impl What {
    /// Whether everything that would change is in it. What is not shown whole cannot be approved.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.differences.as_ref().is_none_or(|differences| differences.whole)
    }
}
