//! The directory of the bundle in force: who belongs to which group, and who may suspend what.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use bundle::{AgentRule, Bundle, InForce, PublisherKey, ReadBundles, Remembered};
use domain::{Fault, Membership, Person, Principal, Timestamp};

/// Reading the directory in force.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The membership of the person by the directory in force.
    ///
    /// # Errors
    /// [`Fault`] when no bundle in force can be established.
    async fn membership(&self, person: &Person, at: Timestamp) -> Result<Membership, Fault>;

    /// Who may suspend what, by the rules in force.
    ///
    /// # Errors
    /// [`Fault`] when no bundle in force can be established.
    async fn suspension_rules(&self) -> Result<SuspensionRules, Fault>;

    /// The rules in force.
    ///
    /// # Errors
    /// [`Fault`] when no bundle in force can be established.
    async fn bundle(&self) -> Result<Arc<Bundle>, Fault>;

    /// The groups that the rules in force name.
    ///
    /// # Errors
    /// [`Fault`] when no bundle in force can be established.
    async fn groups(&self) -> Result<NamedGroups, Fault> {
        Ok(NamedGroups::of(self.bundle().await?.as_ref()))
    }
}

/// The groups that rules name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NamedGroups {
    /// The groups that a person can belong to by a claim of their token.
    pub claimable: BTreeSet<String>,
    /// The groups whose members the directory lists; claims to them are ignored.
    pub listed: BTreeSet<String>,
}

impl NamedGroups {
    /// The groups that these rules name. Every group of a requirement is a group of the directory.
    #[must_use]
    pub fn of(bundle: &Bundle) -> Self {
        let groups = bundle.directory().groups.iter();
        let (listed, claimable): (Vec<_>, Vec<_>) = groups.partition(|(_, group)| group.members.is_some());
        let names = |all: Vec<(&String, _)>| all.into_iter().map(|(name, _)| name.clone()).collect();
        Self { claimable: names(claimable), listed: names(listed) }
    }
}

/// Who may suspend what.
#[derive(Debug, Clone, Default)]
pub struct SuspensionRules {
    /// The groups whose people may.
    pub groups: Vec<String>,
    /// The action types there are.
    pub types: Vec<String>,
    /// The agents that the directory lists.
    pub agents: Vec<ListedAgent>,
    /// The issuer people come from.
    pub people: String,
    /// Subjects of people that the directory lists.
    pub persons: BTreeSet<String>,
}

/// An agent of the directory.
#[derive(Debug, Clone)]
pub struct ListedAgent {
    /// Its issuer and subject.
    pub principal: Principal,
    /// What people read.
    pub display: String,
}

impl SuspensionRules {
    /// What these rules say.
    #[must_use]
    pub fn of(bundle: &Bundle) -> Self {
        let directory = bundle.directory();
        let agent = |agent: &AgentRule| ListedAgent {
            principal: Principal {
                issuer: agent.issuer.clone().unwrap_or_else(|| directory.people.clone()),
                subject: agent.subject.clone(),
            },
            display: agent.display.clone(),
        };
        let members = directory.groups.values().filter_map(|group| group.members.as_ref()).flatten();
        let owners = directory.agents.iter().filter_map(|agent| agent.owner.as_ref());
        let away = directory.delegations.iter().flat_map(|one| [&one.from, &one.to]);
        Self {
            groups: bundle.may_suspend().to_vec(),
            types: bundle.entries().map(|entry| entry.action_type.clone()).collect(),
            agents: directory.agents.iter().map(agent).collect(),
            people: directory.people.clone(),
            persons: members.chain(owners).chain(away).cloned().collect(),
        }
    }

    /// The agent of this name, in whatever letter case, if it is listed: a suspension covers every one.
    #[must_use]
    pub fn agent(&self, principal: &Principal) -> Option<&ListedAgent> {
        let named =
            |agent: &&ListedAgent| agent.principal.is_spelled_like(&principal.issuer, &principal.subject);
        self.agents.iter().find(named)
    }

    /// Whether this is the name of a person the directory lists, in whatever letter case.
    pub(crate) fn lists_person(&self, named: &Principal) -> bool {
        let mut persons = self.persons.iter();
        persons.any(|person| named.is_spelled_like(&self.people, person))
    }
}

/// The directory of the bundle in force; every call looks for a newer bundle.
pub struct BundleDirectory {
    store: Arc<dyn ReadBundles>,
    key: PublisherKey,
    remembered: Remembered,
}

impl BundleDirectory {
    /// Reads bundles signed by this publisher.
    #[must_use]
    pub fn new(store: Arc<dyn ReadBundles>, key: PublisherKey) -> Self {
        Self { store, key, remembered: Remembered::default() }
    }
}

#[async_trait]
impl Directory for BundleDirectory {
    async fn membership(&self, person: &Person, at: Timestamp) -> Result<Membership, Fault> {
        Ok(self.in_force().await?.bundle.membership(person, at))
    }

    async fn suspension_rules(&self) -> Result<SuspensionRules, Fault> {
        Ok(SuspensionRules::of(&self.in_force().await?.bundle))
    }

    async fn bundle(&self) -> Result<Arc<Bundle>, Fault> {
        Ok(self.in_force().await?.bundle)
    }
}

impl BundleDirectory {
    async fn in_force(&self) -> Result<InForce, Fault> {
        Ok(self.remembered.in_force(self.store.as_ref(), &self.key).await?)
    }
}
