//! What the directory says of a resource: its account, its class, its environment, its owner.

use std::collections::BTreeSet;

use super::{Account, Directory, ResourceEntry};
use crate::template::glob;

impl Directory {
    /// The resource as people and rules see it. What nothing matches is the strictest there is; where several entries
    /// match, the strictest of each attribute counts, so that no entry can hide another, and two answers are none.
    pub(crate) fn describe(&self, kind: &str, id: &str, placed: Option<&str>) -> policy::Resource {
        let entries = self.matching(kind, id);
        let place = self.place(kind, id, placed);
        let inside = |entry: &&ResourceEntry| {
            entry.inside.unwrap_or_else(|| place.is_some_and(|account| account.inside))
        };
        let known = !entries.is_empty();
        let inside = known && entries.iter().all(inside);
        // Home is where actions go that nothing places. Of whose a resource is, it says something only for our own.
        let named = placed.is_some() || entries.iter().any(|entry| entry.account.is_some());
        let account = place.filter(|_| named || inside);
        let environment = |entry: &&ResourceEntry| {
            entry.environment.clone().or_else(|| account.map(|account| account.environment.clone()))
        };
        let owners: BTreeSet<&str> = entries.iter().filter_map(|entry| entry.owner.as_deref()).collect();
        let owner = match owners.len() {
            0 => account.map(|account| account.owner.as_str()),
            _ => only(&owners),
        };
        policy::Resource {
            kind: kind.to_owned(),
            id: id.to_owned(),
            account: account.map_or_else(String::new, |account| account.id.clone()),
            classification: strictest(
                &self.classifications,
                entries.iter().map(|entry| Some(entry.classification.clone())),
            ),
            environment: strictest(&self.environments, entries.iter().map(environment)),
            inside,
            known,
            owner: owner.unwrap_or_default().to_owned(),
        }
    }

    /// The account where an action on this resource takes effect: what an entry or the catalogue says, else home.
    pub(crate) fn place(&self, kind: &str, id: &str, placed: Option<&str>) -> Option<&Account> {
        let entries = self.matching(kind, id);
        let named: BTreeSet<&str> =
            entries.iter().filter_map(|entry| entry.account.as_deref()).chain(placed).collect();
        let home = self.home_account.as_deref().filter(|_| named.is_empty());
        home.or_else(|| only(&named)).and_then(|id| self.account(id))
    }

    fn matching(&self, kind: &str, id: &str) -> Vec<&ResourceEntry> {
        self.resources.iter().filter(|entry| entry.kind == kind && glob(&entry.pattern, id)).collect()
    }
}

fn only<'a>(answers: &BTreeSet<&'a str>) -> Option<&'a str> {
    answers.first().copied().filter(|_| answers.len() == 1)
}

/// The strictest of these by their place in the list; without any, or with one that the list does not have, the list's
/// last.
fn strictest(order: &[String], values: impl Iterator<Item = Option<String>>) -> String {
    let last = order.len().saturating_sub(1);
    let rank = |value: Option<String>| {
        value.and_then(|value| order.iter().position(|listed| *listed == value)).unwrap_or(last)
    };
    let highest = values.map(rank).max().unwrap_or(last);
    order.get(highest).cloned().unwrap_or_default()
}
