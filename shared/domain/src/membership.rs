//! Which groups a person speaks for: the one place that decides it, for pages, API, lists, ledger, execution and verifier.

use std::collections::BTreeSet;

/// What a directory says about one person's groups at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    /// Every group whose members the directory lists. A token's claim to one of these counts for nothing.
    pub listed: BTreeSet<String>,
    /// The groups the directory itself puts the person in: as a listed member, or standing in for one.
    pub groups: BTreeSet<String>,
}

impl Membership {
    /// Whether the person speaks for this group. `claimed` are the groups their token names; such a claim counts only
    /// where the directory does not list the group's members.
    #[must_use]
    pub fn counts(&self, group: &str, claimed: &[String]) -> bool {
        let by_token = || !self.listed.contains(group) && claimed.iter().any(|one| one == group);
        self.groups.contains(group) || by_token()
    }

    /// Every group the person speaks for, sorted, each once.
    #[must_use]
    pub fn speaks_for(&self, claimed: &[String]) -> Vec<String> {
        let all: BTreeSet<&String> = self.groups.iter().chain(claimed).collect();
        all.into_iter().filter(|group| self.counts(group, claimed)).cloned().collect()
    }
}
