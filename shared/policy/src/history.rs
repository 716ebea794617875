//! Deeds as rules read them: counted, and compared with the last.

use std::collections::BTreeSet;

use domain::{DeedKind, Look, Past, Timestamp};

use crate::{Counts, History};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

impl History {
    /// What a request that looks like this is told of its past. Deeds of this moment or later are none of it.
    #[must_use]
    pub fn of(past: &Past, look: &Look, now: Timestamp) -> Self {
        let count = |kind: DeedKind| {
            let within = |span: i64| {
                let since = now.millis().saturating_sub(span);
                let before = past.deeds.iter().filter(|deed| deed.kind == kind && deed.at < now);
                u32::try_from(before.filter(|deed| deed.at.millis() >= since).count()).unwrap_or(u32::MAX)
            };
            Counts { hour: within(HOUR), day: within(DAY), week: within(Past::WEEK) }
        };
        let first = || BTreeSet::from(["first".to_owned()]);
        Self {
            executed: count(DeedKind::Executed),
            denied: count(DeedKind::Denied),
            failed: count(DeedKind::Failed),
            unlike: past.last.as_ref().map_or_else(first, |last| look.unlike(&last.look)),
        }
    }
}
