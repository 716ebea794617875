//! History entries as rules read them: counted, and compared with the last.

use std::collections::BTreeSet;

use domain::{ActivityHistory, HistoryKind, RequestProfile, Timestamp};

use crate::{Counts, History};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

impl History {
    /// What a request that looks like this is told of its history. History entries of this moment or later are none of it.
    #[must_use]
    pub fn of(history: &ActivityHistory, profile: &RequestProfile, now: Timestamp) -> Self {
        let count = |kind: HistoryKind| {
            let within = |span: i64| {
                let since = now.millis().saturating_sub(span);
                let before = history
                    .entries
                    .iter()
                    .filter(|history_entry| history_entry.kind == kind && history_entry.at < now);
                u32::try_from(before.filter(|history_entry| history_entry.at.millis() >= since).count())
                    .unwrap_or(u32::MAX)
            };
            Counts { hour: within(HOUR), day: within(DAY), week: within(ActivityHistory::WEEK) }
        };
        let first = || BTreeSet::from(["first".to_owned()]);
        Self {
            executed: count(HistoryKind::Executed),
            denied: count(HistoryKind::Denied),
            failed: count(HistoryKind::Failed),
            changed_since_last: history
                .last
                .as_ref()
                .map_or_else(first, |last| profile.changed_since(&last.profile)),
        }
    }
}
