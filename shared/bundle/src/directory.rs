//! The directory, `directory.yaml`: people's issuer, groups, agents and their owners, accounts, resources.

mod repeated;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use domain::{Membership, Person, Principal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::asking::{Notify, OnCallSource, QuietHours, in_turn};
use crate::calendar::CalendarRule;
use crate::channels::{ChannelRules, Destination};
use crate::subject::is_subject;

pub use repeated::Repeated;

/// Who and what there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// The one issuer people come from.
    pub people: String,
    /// Groups that requirements may name.
    pub groups: BTreeMap<String, Group>,
    /// The group whose members may read every action.
    #[serde(default)]
    pub auditors: Option<String>,
    /// The accounts of people at other issuers, so that the human behind a pipeline is known as a person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<LinkedIdentity>,
    /// Teams of agents that rules may name.
    #[serde(default)]
    pub teams: Vec<String>,
    /// Agents and pipelines.
    #[serde(default)]
    pub agents: Vec<AgentRule>,
    /// Classes of data, the mildest first and the strictest last. A resource that no entry describes has the last.
    pub classifications: Vec<String>,
    /// Environments, the mildest first and the strictest last. A resource whose environment nothing says has the last.
    pub environments: Vec<String>,
    /// Accounts where actions may take effect.
    pub accounts: Vec<Account>,
    /// The account of resources for which neither an entry nor their own name says one.
    #[serde(default)]
    pub home_account: Option<String>,
    /// Resources. If several entries match one, the strictest value of each attribute applies.
    #[serde(default)]
    pub resources: Vec<ResourceEntry>,
    /// Times when `context.change_freeze` is true.
    #[serde(default)]
    pub change_freezes: Vec<ChangeFreeze>,
    /// Who votes in a group for a member who is away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<Delegation>,
    /// Groups whose people may suspend things at once; absent: nobody may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_suspend: Vec<String>,
    /// When people work, and in which zone.
    #[serde(default)]
    pub calendar: CalendarRule,
    /// Where messages to people go.
    #[serde(default, skip_serializing_if = "ChannelRules::is_default")]
    pub channels: ChannelRules,
}

/// One human, as a machine's token of another issuer names them: the human behind a pipeline's run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkedIdentity {
    /// Their subject at the people's issuer.
    pub person: String,
    /// The other issuer, exactly as in its tokens' `iss`.
    pub issuer: String,
    /// What it calls them: an id that it never gives to anybody else.
    pub id: String,
}

/// A group of people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Subjects at the people's issuer. Where this is given only they belong to it, whatever a token says; absent when only
    /// the provider knows.
    #[serde(default)]
    pub members: Option<Vec<String>>,
    /// Groups it stands above: requirements that ask them may escalate to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub above: Vec<String>,
    /// Who of it is told that it is asked.
    #[serde(default, skip_serializing_if = "Notify::is_all")]
    pub notify: Notify,
    /// Who knows who is on call; only with `notify: on_call`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_call: Option<OnCallSource>,
    /// When it is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<QuietHours>,
}

/// One person votes in a group on the seat of another who is away. The seat counts once, whoever votes on it first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    /// Subject of who is away, a listed member of the group.
    pub from: String,
    /// Subject of who votes.
    pub to: String,
    /// The group.
    pub group: String,
    /// From this instant.
    #[serde(with = "wire::text::time")]
    pub since: Timestamp,
    /// Until just before this one.
    #[serde(with = "wire::text::time")]
    pub until: Timestamp,
}

impl Delegation {
    fn holds(&self, person: &str, group: &str, at: Timestamp) -> bool {
        let theirs = is_subject(&self.to, person) && self.group == group;
        theirs && self.since <= at && at < self.until
    }
}

/// An agent or pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentRule {
    /// Its issuer; the people's when absent.
    #[serde(default)]
    pub issuer: Option<String>,
    /// Its subject.
    pub subject: String,
    /// What people read.
    pub display: String,
    /// Subject of the person who answers for it.
    #[serde(default)]
    pub owner: Option<String>,
    /// Its teams.
    #[serde(default)]
    pub teams: Vec<String>,
}

/// An AWS account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits, quoted in YAML.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its environment.
    pub environment: String,
    /// Who answers for it.
    pub owner: String,
    /// Whether it belongs to the organisation.
    pub inside: bool,
    /// The region where its actions run.
    pub region: String,
}

/// Resources of one pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceEntry {
    /// The catalogue's resource type.
    #[serde(rename = "type")]
    pub kind: String,
    /// An id, or a pattern with `*`.
    pub pattern: String,
    /// The class of its data.
    pub classification: String,
    /// Its account.
    #[serde(default)]
    pub account: Option<String>,
    /// Its environment; the account's when absent.
    #[serde(default)]
    pub environment: Option<String>,
    /// Whether it is inside the organisation; the account's answer when absent.
    #[serde(default)]
    pub inside: Option<bool>,
    /// Who answers for it; the account's owner when absent.
    #[serde(default)]
    pub owner: Option<String>,
}

/// A time without changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeFreeze {
    /// From this instant.
    #[serde(with = "wire::text::time")]
    pub from: Timestamp,
    /// Until just before this one.
    #[serde(with = "wire::text::time")]
    pub until: Timestamp,
}

impl Group {
    /// Whether it lists this subject, in whatever letter case.
    #[must_use]
    pub fn lists(&self, subject: &str) -> bool {
        self.members.iter().flatten().any(|member| is_subject(member, subject))
    }
}

impl Directory {
    /// Where a message to this audience goes, `group:<name>` or `person:<subject>`, each destination once.
    #[must_use]
    pub fn destinations(&self, audience: &str) -> Vec<Destination> {
        self.channels.destinations(audience)
    }

    /// For how many minutes the people of this group are not to be told anything; `None` outside its quiet hours.
    #[must_use]
    pub fn quiet_for(&self, group: &str, now: Timestamp) -> Option<u32> {
        self.groups.get(group)?.quiet?.left(&self.calendar, now)
    }

    /// The member of this group whose turn it is for this action, of those who may answer it; `None` where the group lists none.
    #[must_use]
    pub fn in_turn(&self, group: &str, action: &str, may_answer: impl Fn(&Person) -> bool) -> Option<&str> {
        let members = self.groups.get(group)?.members.iter().flatten().map(String::as_str);
        let members: Vec<&str> = members.filter(|member| may_answer(&self.person(member))).collect();
        in_turn(&members, action)
    }

    pub(crate) fn agent(&self, principal: &Principal) -> Option<&AgentRule> {
        self.agents.iter().find(|agent| {
            agent.subject == principal.subject
                && agent.issuer.as_ref().unwrap_or(&self.people) == &principal.issuer
        })
    }

    /// The account with these twelve digits.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// Which groups it lists the members of, which of them list the person, and whose seats are lent to them at this time.
    /// Only a member can be away, so nothing is handed on a second time.
    pub(crate) fn membership(&self, person: &Person, at: Timestamp) -> Membership {
        let listed = self.groups.iter().filter(|(_, group)| group.members.is_some());
        let mut membership =
            Membership { listed: listed.map(|(name, _)| name.clone()).collect(), ..Membership::default() };
        if person.issuer != self.people {
            return membership;
        }
        for (name, group) in &self.groups {
            if group.lists(&person.subject) {
                membership.groups.insert(name.clone());
            }
            let lent = self.delegations.iter().filter(|one| one.holds(&person.subject, name, at));
            let away = lent.filter(|one| group.lists(&one.from) && !is_subject(&one.from, &person.subject));
            let away: BTreeSet<Person> = away.map(|one| self.person(&one.from)).collect();
            if !away.is_empty() {
                membership.lent.insert(name.clone(), away);
            }
        }
        membership
    }

    /// The person whom this issuer calls so. The people's own issuer calls them by their subjects.
    pub(crate) fn person_of(&self, identity: &Person) -> Option<Person> {
        if identity.issuer == self.people {
            return Some(identity.clone());
        }
        let linked =
            self.identities.iter().find(|one| one.issuer == identity.issuer && one.id == identity.subject)?;
        Some(Person { issuer: self.people.clone(), subject: linked.person.clone() })
    }

    fn person(&self, subject: &str) -> Person {
        Person { issuer: self.people.clone(), subject: subject.to_owned() }
    }

    /// Everybody the directory names, in every spelling it names them in.
    #[must_use]
    pub fn subjects(&self) -> BTreeSet<&str> {
        let told = self.channels.people.keys().map(String::as_str);
        let on_call = self.groups.values().filter_map(|group| match &group.on_call {
            Some(OnCallSource::PagerDuty(schedule)) => Some(schedule.people.values().map(String::as_str)),
            _ => None,
        });
        self.named().into_iter().chain(told).chain(on_call.flatten()).collect()
    }

    /// Everybody the directory names but for those it only has an address of.
    #[must_use]
    pub fn named(&self) -> BTreeSet<&str> {
        let members = self.groups.values().flat_map(|group| group.members.iter().flatten());
        let owners = self.agents.iter().filter_map(|agent| agent.owner.as_ref());
        let away = self.delegations.iter().flat_map(|one| [&one.from, &one.to]);
        let linked = self.identities.iter().map(|one| &one.person);
        members.chain(owners).chain(away).chain(linked).map(String::as_str).collect()
    }

    pub(crate) fn in_change_freeze(&self, now: Timestamp) -> bool {
        self.change_freezes.iter().any(|window| (window.from..window.until).contains(&now))
    }
}
