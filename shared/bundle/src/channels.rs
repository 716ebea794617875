//! Who is told where: `channels` of `directory.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::subject::is_subject;

/// Where messages to people go. Whoever has no entry of their own is told at `default`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelRules {
    /// For every group and person without an entry; the console channel when it is absent.
    #[serde(default = "console")]
    pub default: Vec<Destination>,
    /// For a group, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Vec<Destination>>,
    /// For one person, by their subject at the people's issuer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub people: BTreeMap<String, Vec<Destination>>,
}

/// A channel and an address in that channel's own form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// The address that the stack's parameter `ConsoleChannel` names. Written `console`.
    Console,
    /// A conversation or a person of Slack, e.g. `{ slack: C0DATAOWNERS }`.
    Slack(String),
    /// A conversation of Teams, e.g. `{ teams: "19:…@thread.tacv2" }`, or a person by their object id at Entra ID.
    Teams(String),
    /// An address that receives signed requests, e.g. `{ webhook: "https://hooks.example/approvals" }`.
    Webhook(String),
}

impl Destination {
    /// The channels with a queue of their own: all but the console, which nothing can delay. Each with its name for people.
    pub const QUEUED: [(&'static str, &'static str); 3] =
        [("slack", "Slack"), ("teams", "Teams"), ("webhook", "A webhook")];

    /// The channel's name, as the directory writes it.
    #[must_use]
    pub fn channel(&self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Slack(_) => "slack",
            Self::Teams(_) => "teams",
            Self::Webhook(_) => "webhook",
        }
    }

    /// The address; empty for the console, which has one only.
    #[must_use]
    pub fn address(&self) -> &str {
        match self {
            Self::Console => "",
            Self::Slack(address) | Self::Teams(address) | Self::Webhook(address) => address,
        }
    }
}

impl Default for ChannelRules {
    fn default() -> Self {
        Self { default: console(), groups: BTreeMap::new(), people: BTreeMap::new() }
    }
}

fn console() -> Vec<Destination> {
    vec![Destination::Console]
}

impl ChannelRules {
    /// Whether a directory says nothing of channels.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Where a message to this audience goes, `group:<name>` or `person:<subject>`, each destination once. Letter case tells
    /// no two people apart.
    #[must_use]
    pub fn destinations(&self, audience: &str) -> Vec<Destination> {
        let own = match audience.split_once(':') {
            Some(("group", name)) => self.groups.get(name),
            Some(("person", subject)) => {
                self.people.iter().find(|(listed, _)| is_subject(listed, subject)).map(|(_, list)| list)
            }
            _ => None,
        };
        let mut found: Vec<Destination> = Vec::new();
        for one in own.unwrap_or(&self.default) {
            if !found.contains(one) {
                found.push(one.clone());
            }
        }
        found
    }

    /// The names of all channels that somebody is told on.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&'static str> {
        let own = self.groups.values().chain(self.people.values()).flatten();
        self.default.iter().chain(own).map(Destination::channel).collect()
    }
}
