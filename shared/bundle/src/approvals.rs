//! Requirements, `approvals.yaml`: who must agree, how soon, and how they prove who they are.

use std::fmt;

use domain::{GroupCount, Requirement, Terms};
use serde::{Deserialize, Deserializer, Serialize, de};
use wire::documents::{GroupJson, ProofName};

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementRule {
    /// The name policies use; in `approvals.yaml` the key.
    #[serde(default)]
    pub name: String,
    /// Groups and how many distinct people of each; all of them.
    pub groups: Vec<GroupJson>,
    /// Seconds to decide; a number of seconds or an ISO 8601 duration like `PT1H`.
    #[serde(deserialize_with = "seconds")]
    pub deadline: u64,
    /// Seconds after which those who have not answered are reminded.
    #[serde(default, deserialize_with = "optional_seconds")]
    pub reminder: Option<u64>,
    /// The weakest proof of an approval.
    pub proof: ProofName,
    /// How many seconds ago the person may have signed in, for `idp`.
    #[serde(default)]
    pub max_age: Option<u32>,
    /// Whether the provider is told to ask for the password again.
    #[serde(default)]
    pub prompt_login: bool,
}

impl RequirementRule {
    /// As the lifecycle counts it.
    #[must_use]
    pub fn requirement(&self) -> Requirement {
        let count = |group: &GroupJson| GroupCount { group: group.group.clone(), count: group.count };
        Requirement {
            name: self.name.clone(),
            groups: self.groups.iter().map(count).collect(),
            proof: self.proof.into(),
            max_age: self.max_age,
            prompt_login: self.prompt_login,
            terms: Terms::default(),
        }
    }

    /// Whether it demands the provider's proof with a fresh sign-in.
    #[must_use]
    pub fn fresh_proof(&self) -> bool {
        self.proof == ProofName::Idp && self.max_age.is_some() && self.prompt_login
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
