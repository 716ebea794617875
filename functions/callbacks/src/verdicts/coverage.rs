//! What a suspension covers: whether the rules in force know its name, which names are near, and what is open of it.

use std::collections::BTreeSet;

use domain::{Principal, Scope};
use store::Listing;
use wire::http::{CoverageView, OpenActionsView};

use crate::app::Callbacks;
use crate::directory::{ListedAgent, SuspensionRules};

/// How many names that are near are told.
const NEAREST: usize = 5;
/// How many of the newest actions are looked at.
const LOOKED_AT: u32 = 100;
/// Names are compared up to this many characters.
const COMPARED: usize = 64;

impl Callbacks {
    /// What was just suspended, for the person who did it. What is open is left out where it cannot be told: the suspension
    /// counts in any case.
    pub(crate) async fn coverage(&self, scope: &Scope, rules: &SuspensionRules) -> CoverageView {
        let known = match scope {
            Scope::All => true,
            Scope::Type(name) => rules.types.contains(name),
            Scope::Agent(agent) => rules.agent(agent).is_some(),
        };
        CoverageView {
            scope: scope.to_string(),
            known,
            detail: detail(scope, rules),
            nearest: if known { Vec::new() } else { nearest(scope, rules) },
            open: self.open(scope).await,
        }
    }

    async fn open(&self, scope: &Scope) -> Option<OpenActionsView> {
        let listing = match scope {
            Scope::Agent(agent) => Listing::Principal(agent.into()),
            Scope::Type(_) | Scope::All => Listing::All,
        };
        let page = self.capabilities.index.list(&listing, None, LOOKED_AT).await;
        let page = page
            .inspect_err(|fault| tracing::warn!(%fault, "what a suspension covers cannot be told"))
            .ok()?;
        let covered = page.rows.iter().filter(|row| {
            let principal =
                Principal { issuer: row.principal.issuer.clone(), subject: row.principal.subject.clone() };
            !row.quarantined && scope.covers(&principal, &row.action_type)
        });
        let statuses: Vec<&str> = covered.map(|row| row.status.as_str()).collect();
        let count = |wanted: &str| {
            u32::try_from(statuses.iter().filter(|status| **status == wanted).count()).unwrap_or(u32::MAX)
        };
        Some(OpenActionsView {
            pending: count("pending"),
            approved: count("approved"),
            more: page.next.is_some(),
        })
    }
}

/// One sentence for whoever pressed the button.
fn detail(scope: &Scope, rules: &SuspensionRules) -> String {
    match scope {
        Scope::All => format!(
            "Every action is suspended: {} action types, {} listed agents, and every agent that is not listed.",
            rules.types.len(),
            rules.agents.len()
        ),
        Scope::Type(name) => {
            format!("`{name}` is an action type of the rules in force; it is suspended for every agent.")
        }
        Scope::Agent(agent) => match rules.agent(agent) {
            Some(ListedAgent { display, .. }) => {
                format!(
                    "`{}` is an agent of the directory, shown as `{display}`; all it proposes is suspended.",
                    agent.subject
                )
            }
            None if rules.lists_person(agent) => format!(
                "The directory lists `{}` as a person, not as an agent. An agent of this name is suspended; the person can \
                 still decide, and the agents they answer for still run.",
                agent.subject
            ),
            None => format!(
                "It is suspended, but the directory lists no agent `{}`. If the name is misspelt, the agent that was meant \
                 still runs.",
                agent.subject
            ),
        },
    }
}

/// Known scopes of the same kind, the nearest names first.
pub(crate) fn nearest(scope: &Scope, rules: &SuspensionRules) -> Vec<String> {
    let known: BTreeSet<(usize, bool, String)> = match scope {
        Scope::All => BTreeSet::new(),
        Scope::Type(wanted) => {
            let near = |name: &String| (distance(wanted, name), false, Scope::Type(name.clone()).to_string());
            rules.types.iter().map(near).collect()
        }
        Scope::Agent(wanted) => {
            let near = |known: &ListedAgent| {
                let ListedAgent { principal, display } = known;
                let by_name =
                    distance(&wanted.subject, &principal.subject).min(distance(&wanted.subject, display));
                (by_name, principal.issuer != wanted.issuer, Scope::Agent(principal.clone()).to_string())
            };
            rules.agents.iter().map(near).collect()
        }
    };
    known.into_iter().take(NEAREST).map(|(_, _, name)| name).collect()
}

/// How many letters have to be put in, left out or changed to come from one name to the other; case and white space
/// around them aside.
fn distance(one: &str, other: &str) -> usize {
    let letters = |name: &str| name.trim().to_lowercase().chars().take(COMPARED).collect::<Vec<_>>();
    let (one, other) = (letters(one), letters(other));
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut next = vec![at + 1];
        for ((left_out, changed), known) in row.iter().skip(1).zip(&row).zip(&other) {
            let put_in = next.last().copied().unwrap_or(0) + 1;
            next.push(put_in.min(left_out + 1).min(changed + usize::from(letter != known)));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (one, other, letters) in [
            ("export-agent", "export-agent", 0),
            ("Export-Agent ", "export-agent", 0),
            ("exprot-agent", "export-agent", 2),
            ("export-agnt", "export-agent", 1),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!((distance(one, other), distance(other, one)), (letters, letters), "{one} {other}");
        }
    }
}
