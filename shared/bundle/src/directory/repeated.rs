//! Entries of the directory that speak of the same thing.

use std::collections::BTreeSet;

use super::{AgentRule, Directory};

impl Directory {
    /// Entries that speak of the same thing as an earlier one: the list, the key their place is found by, their number
    /// in the list, and what they are called. Which of them holds would depend on who looks.
    #[must_use]
    pub fn repeated(&self) -> Vec<Repeated<'_>> {
        let issuer = |agent: &AgentRule| agent.issuer.clone().unwrap_or_else(|| self.people.clone());
        // A suspension of an agent covers every letter case, so two that differ in it alone would be one.
        let name = |agent: &AgentRule| (issuer(agent), agent.subject.to_ascii_lowercase());
        let agents = self.agents.iter().map(|agent| (name(agent), &agent.subject));
        let accounts = self.accounts.iter().map(|account| (account.id.clone(), &account.id));
        let resources =
            self.resources.iter().map(|entry| ((entry.kind.clone(), entry.pattern.clone()), &entry.pattern));
        let identities = self.identities.iter().map(|one| ((one.issuer.clone(), one.id.clone()), &one.id));
        let mut all = again("agents", "subject", agents);
        all.extend(again("identities", "id", identities));
        all.extend(again("accounts", "id", accounts));
        all.extend(again("resources", "pattern", resources));
        all
    }
}

/// An entry that is there a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeated<'a> {
    /// The list, e.g. `agents`.
    pub list: &'static str,
    /// The field by which its place is found, e.g. `subject`.
    pub key: &'static str,
    /// Its place in the list, from zero.
    pub number: usize,
    /// What it is called.
    pub name: &'a str,
}

fn again<'a, K: Ord>(
    list: &'static str,
    key: &'static str,
    entries: impl Iterator<Item = (K, &'a String)>,
) -> Vec<Repeated<'a>> {
    let mut seen = BTreeSet::new();
    let mut twice = Vec::new();
    for (number, (what, name)) in entries.enumerate() {
        if !seen.insert(what) {
            twice.push(Repeated { list, key, number, name });
        }
    }
    twice
}
