//! What else is known when a question is put: the time, approvals, the history.

use std::collections::BTreeSet;

use domain::Timestamp;
use policy::{Counts, History};
use serde::{Deserialize, Deserializer};

/// What else is known when the question is put.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseFacts {
    /// When; a Monday at noon (UTC) when absent, so that a case means the same every day.
    #[serde(deserialize_with = "instant")]
    pub at: Timestamp,
    /// Requirements that are met already.
    pub approvals: BTreeSet<String>,
    /// What this agent did before with this type and resource; nothing, and so the first time, when absent.
    #[serde(deserialize_with = "history")]
    pub history: Option<History>,
    /// Whether nobody can say what it did before: the index is behind.
    pub history_unknown: bool,
    /// Whether a person ran it at once, as an emergency.
    pub emergency: bool,
}

/// Monday, 2026-01-05T12:00:00Z, in milliseconds.
const NOON: i64 = 1_767_614_400_000;

impl Default for CaseFacts {
    fn default() -> Self {
        let first =
            History { changed_since_last: BTreeSet::from(["first".to_owned()]), ..History::default() };
        Self {
            at: Timestamp::from_millis(NOON),
            approvals: BTreeSet::new(),
            history: Some(first),
            history_unknown: false,
            emergency: false,
        }
    }
}

/// Any RFC 3339 time.
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong = |_| serde::de::Error::custom(format!("`{text}` is not a time like 2026-11-21T14:47:31Z"));
    let instant: jiff::Timestamp = text.parse().map_err(wrong)?;
    Ok(Timestamp::from_millis(instant.as_millisecond()))
}

/// `{ executed: { hour, day, week }, denied: …, failed: …, changed_since_last: [first, branch] }`, each zero or empty when absent.
fn history<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<History>, D::Error> {
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Told {
        hour: u32,
        day: u32,
        week: u32,
    }
    #[derive(Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Before {
        executed: Told,
        denied: Told,
        failed: Told,
        changed_since_last: BTreeSet<String>,
    }
    let Before { executed, denied, failed, changed_since_last } = Before::deserialize(deserializer)?;
    let counts = |told: Told| Counts { hour: told.hour, day: told.day, week: told.week };
    let (executed, denied, failed) = (counts(executed), counts(denied), counts(failed));
    Ok(Some(History { executed, denied, failed, changed_since_last }))
}
