//! Decides for which groups a person votes, and on whose seats. Pages, API, lists, ledger, execution and verifier all
//! use this.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Person, Speaker, Verdict};

/// What a directory says about one person's groups at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    /// Every group whose members the directory lists. A token's claim to one of these groups counts for nothing.
    pub listed: BTreeSet<String>,
    /// The groups that list the person.
    pub groups: BTreeSet<String>,
    /// By group: the absent members who have lent the person their seat.
    pub lent: BTreeMap<String, BTreeSet<Person>>,
}

impl Membership {
    /// A directory that puts a person in every group for which they voted, on the seats that they used: for
    /// checking everything else.
    #[must_use]
    pub fn as_spoken(verdict: &Verdict) -> Self {
        let mut membership = Self { groups: verdict.groups.iter().cloned().collect(), ..Self::default() };
        for seat in &verdict.seats {
            membership.lent.entry(seat.group.clone()).or_default().insert(seat.person.clone());
        }
        membership
    }

    /// The same with the groups that the person's token names. Such a claim counts only for groups whose members
    /// the directory does not list.
    #[must_use]
    pub fn with_claims(&self, claimed: &[String]) -> Self {
        let unlisted = claimed.iter().filter(|group| !self.listed.contains(*group));
        let groups = self.groups.iter().chain(unlisted).cloned().collect();
        Self { groups, ..self.clone() }
    }

    /// Whether the person has a seat of their own in this group.
    #[must_use]
    pub fn belongs(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    /// The absent people whose seats in this group the person may use.
    pub fn away(&self, group: &str) -> impl Iterator<Item = &Person> {
        self.lent.get(group).into_iter().flatten()
    }

    /// Whether the speaker may vote for each of their groups, on the seat that they use there. `claimed` are the
    /// groups that a stored proof names; without a stored proof there are none.
    #[must_use]
    pub fn holds(&self, speaker: &Speaker<'_>, claimed: &[String]) -> bool {
        let with_claims = self.with_claims(claimed);
        speaker.groups.iter().all(|group| match speaker.lent_seat(group) {
            Some(away) => with_claims.away(group).any(|one| one == away),
            None => with_claims.belongs(group),
        })
    }

    /// Every group for which the person may vote, on their own or a lent seat, sorted, each once.
    #[must_use]
    pub fn speaks_for(&self, claimed: &[String]) -> Vec<String> {
        let lent = self.lent.iter().filter(|(_, away)| !away.is_empty()).map(|(group, _)| group);
        let all: BTreeSet<String> = self.with_claims(claimed).groups.iter().chain(lent).cloned().collect();
        all.into_iter().collect()
    }
}
