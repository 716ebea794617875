//! Which people of a group are told that it is asked, and when: `notify`, `on_call` and `quiet` of a group.

use std::collections::BTreeMap;

use domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{CalendarRule, WallTime};

/// Who of a group is told that it is asked. Whoever is not told may answer all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notify {
    /// Everybody: the group's addresses.
    #[default]
    All,
    /// Whoever is on call, each at their own addresses. Everybody where that cannot be found out, or is nobody of the group.
    OnCall,
    /// One member for each action, in turn, at their own addresses. A reminder and an escalation go to everybody.
    Rotate,
    /// Nobody: the members look at the inbox.
    None,
}

impl Notify {
    pub(crate) fn is_all(&self) -> bool {
        *self == Self::All
    }
}

/// Who knows who is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OnCallSource {
    /// A schedule of PagerDuty.
    PagerDuty(PagerDutySchedule),
    /// An https address that answers with a JSON list of subjects, `["alice"]`.
    Https(String),
}

/// A schedule of PagerDuty, and whom its users are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagerDutySchedule {
    /// The schedule's id, e.g. `PABC123`.
    pub schedule: String,
    /// Whether the account is in PagerDuty's European service region.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub eu: bool,
    /// The subject at the people's issuer of each user, by the user's id at PagerDuty.
    pub people: BTreeMap<String, String>,
}

/// Hours of every day in which a group is not told, by the clock of the calendar's zone. They may go past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From this time.
    pub from: WallTime,
    /// Until just before this one.
    pub to: WallTime,
}

impl QuietHours {
    /// For how many minutes it is still quiet at this time; `None` if it is not.
    pub(crate) fn left(self, calendar: &CalendarRule, now: Timestamp) -> Option<u32> {
        let (from, to, at) = (self.from.minutes(), self.to.minutes(), calendar.minute_of_day(now));
        let quiet = if from < to { (from..to).contains(&at) } else { at >= from || at < to };
        let day = 24 * 60;
        quiet.then(|| u32::from((to + day - at) % day))
    }
}

/// The member whose turn it is: the same for every message about one action.
pub(crate) fn in_turn<'a>(members: &[&'a str], action: &str) -> Option<&'a str> {
    let mut sorted = members.to_vec();
    sorted.sort_unstable();
    let digest = Digest::of(action.as_bytes());
    let number = digest.as_bytes().first_chunk().map(|bytes| u64::from_be_bytes(*bytes))?;
    let place = number.checked_rem(u64::try_from(sorted.len()).ok()?)?;
    sorted.get(usize::try_from(place).ok()?).copied()
}
