//! What became of requests, as rules are told it: how often, and what changed since the last run.

use std::collections::{BTreeMap, BTreeSet};

use crate::{ActionId, DecisionKind, Digest, Event, Timestamp, VerdictKind};

/// Something that became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: HistoryKind,
}

/// What can become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryKind {
    /// It was claimed: whatever came of it, it may have run.
    Executed,
    /// By policy, by a person, or by execution before the claim.
    Denied,
    /// It was claimed and failed.
    Failed,
}

/// What a request looked like, as far as the next one is compared with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestProfile {
    /// Digests of shown parameters by name; none where something is masked, which nobody can compare.
    pub parameters: BTreeMap<String, Option<Digest>>,
    /// Digests of what the token proved, by the name rules use: `repository`, `branch`, `commit`, `workflow`.
    pub proven: BTreeMap<String, Digest>,
}

/// The history entries of the last seven days, and what the last that ran looked like, however long ago.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityHistory {
    /// In no order.
    pub entries: Vec<HistoryEntry>,
    /// The actions whose claims are among them.
    pub claimed: BTreeSet<ActionId>,
    /// None when none ever ran.
    pub last: Option<LastRun>,
}

/// The last action that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// Which.
    pub action: ActionId,
    /// When it was claimed.
    pub at: Timestamp,
    /// What its request looked like.
    pub profile: RequestProfile,
}

impl ActivityHistory {
    /// How far back history entries count, in milliseconds.
    pub const WEEK: i64 = 7 * 24 * 3_600_000;
}

impl HistoryKind {
    /// What an event tells, if it tells of a history entry.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Claimed { .. } => Some(Self::Executed),
            Event::Failed { .. } => Some(Self::Failed),
            Event::Refused { .. } | Event::Decided { kind: DecisionKind::Forbid, .. } => Some(Self::Denied),
            Event::VerdictGiven(verdict) if verdict.kind == VerdictKind::Deny => Some(Self::Denied),
            _ => None,
        }
    }

    /// Its name: `executed`, `denied`, `failed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Executed, Self::Denied, Self::Failed].into_iter().find(|kind| kind.name() == name)
    }
}

impl RequestProfile {
    /// What differs between the two, and what nobody can tell because something of it is masked.
    #[must_use]
    pub fn changed_since(&self, other: &Self) -> BTreeSet<String> {
        let alike = |name: &String| match (self.parameters.get(name), other.parameters.get(name)) {
            (Some(Some(one)), Some(Some(other))) => one == other,
            _ => false,
        };
        let parameters = self.parameters.keys().chain(other.parameters.keys()).filter(|name| !alike(name));
        let proven = self.proven.keys().chain(other.proven.keys());
        let proven = proven.filter(|name| self.proven.get(*name) != other.proven.get(*name));
        parameters.chain(proven).cloned().collect()
    }

    /// Parameters of which something is masked.
    pub fn masked(&self) -> impl Iterator<Item = &String> {
        self.parameters.iter().filter(|(_, digest)| digest.is_none()).map(|(name, _)| name)
    }
}
