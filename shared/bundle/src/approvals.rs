//! Requirements, `approvals.yaml`: who must agree, how soon, and how they prove who they are.

use std::fmt;

use domain::{EmergencyRule, Escalation, GrantLimit, GroupCount, Proof, Requirement, Terms};
use serde::{Deserialize, Deserializer, Serialize, de};

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementRule {
    /// The name policies use; in `approvals.yaml` the key.
    #[serde(default)]
    pub name: String,
    /// Groups and how many distinct people of each; all of them.
    pub groups: Vec<GroupCount>,
    /// How long people have to decide.
    #[serde(deserialize_with = "seconds")]
    pub deadline: u64,
    /// After how long those who have not answered are reminded.
    #[serde(default, deserialize_with = "optional_seconds")]
    pub reminder: Option<u64>,
    /// How an approval is proven: `idp`, signed by the identity provider after a sign-in, or `service`, stated by Countersign.
    pub proof: Proof,
    /// How many seconds ago the person may have signed in, for `idp`.
    #[serde(default)]
    pub max_age: Option<u32>,
    /// Whether the provider is told to ask for the password again.
    #[serde(default)]
    pub prompt_login: bool,
    /// Which groups may approve in place of those that are asked, and from when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<EscalationRule>,
    /// Votes stay hidden from other voters until the action is decided.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blind: bool,
    /// `on_behalf_of`: the human the agent acts for must say yes too, and is never counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<ConfirmRule>,
    /// Whether an approval may also grant later actions, and how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantRule>,
    /// Who may run it at once in an emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyAccess>,
    /// What happens to an approved action that its agent no longer asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_abandoned: Option<Abandoned>,
    /// Pointers of parameters a reviewer may change, e.g. `/destination`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_change: Vec<String>,
    /// Whether somebody who changed a parameter may approve what they made of it. Without it somebody else has to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub who_changed_may_approve: bool,
}

/// Who may stand in, and from when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationRule {
    /// How long after the decision.
    #[serde(deserialize_with = "seconds")]
    pub after: u64,
    /// Groups.
    pub to: Vec<String>,
}

/// Whose agreement is needed in addition to the quorum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmRule {
    /// The human the agent acts for.
    OnBehalfOf,
}

/// How far an approval may reach beyond its own action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantRule {
    /// How long after the approval.
    #[serde(deserialize_with = "seconds")]
    pub at_most: u64,
    /// How many actions beyond its own.
    pub uses: u32,
    /// Pointers of parameters that must be the same every time.
    pub fixed: Vec<String>,
}

/// Emergency access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmergencyAccess {
    /// Groups, one of which the person belongs to.
    pub groups: Vec<String>,
    /// Within how long somebody else must close its review.
    #[serde(deserialize_with = "seconds")]
    pub review_within: u64,
}

/// What happens when nobody asks any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Abandoned {
    /// It is not begun.
    Cancel,
    /// It runs all the same.
    Run,
}

/// An action nobody has asked for in this many seconds is abandoned.
pub const ABANDONED_AFTER: u32 = 900;

impl RequirementRule {
    /// As the lifecycle counts it.
    #[must_use]
    pub fn requirement(&self) -> Requirement {
        Requirement {
            name: self.name.clone(),
            groups: self.groups.clone(),
            proof: self.proof,
            max_age: self.max_age,
            prompt_login: self.prompt_login,
            terms: self.terms(),
        }
    }

    fn terms(&self) -> Terms {
        let seconds = |long: u64| u32::try_from(long).unwrap_or(u32::MAX);
        Terms {
            reminder: self.reminder.map(seconds),
            escalation: self
                .escalation
                .as_ref()
                .map(|rule| Escalation { after: seconds(rule.after), groups: rule.to.clone() }),
            blind: self.blind,
            confirm: self.confirm.is_some(),
            grant: self.grant.as_ref().map(|rule| GrantLimit {
                seconds: seconds(rule.at_most),
                uses: rule.uses,
                fixed: rule.fixed.clone(),
            }),
            emergency: self.emergency.as_ref().map(|rule| EmergencyRule {
                groups: rule.groups.clone(),
                review_within: seconds(rule.review_within),
            }),
            abandoned_after: (self.if_abandoned == Some(Abandoned::Cancel)).then_some(ABANDONED_AFTER),
            may_change: self.may_change.clone(),
            who_changed_may_approve: self.who_changed_may_approve,
            standing_in: Vec::new(),
        }
    }

    /// Whether it demands the provider's proof with a fresh sign-in.
    #[must_use]
    pub fn fresh_proof(&self) -> bool {
        self.proof == Proof::Idp && self.max_age.is_some() && self.prompt_login
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_any(Seconds)
}

fn optional_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|wrapped| wrapped.0))
}

#[derive(Deserialize)]
struct Wrapped(#[serde(deserialize_with = "seconds")] u64);

struct Seconds;

impl de::Visitor<'_> for Seconds {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("seconds, or a duration like `PT1H`")
    }

    fn visit_u64<E>(self, value: u64) -> Result<u64, E> {
        Ok(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<u64, E> {
        u64::try_from(value).map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        let wrong = || E::invalid_value(de::Unexpected::Str(text), &self);
        let duration: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
        u64::try_from(duration.as_secs()).map_err(|_| wrong())
    }
}
