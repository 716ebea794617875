//! Where messages go, as the directory of the bundle in force says.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bundle::{ChannelRules, Destination, Directory, Group, Notify, PublisherKey, ReadBundles, Remembered};
use domain::{ActionId, Fault, Person, RequesterSet, Timestamp};

use crate::on_call::OnCall;

/// A group that is asked about an action.
#[derive(Debug, Clone, Copy)]
pub struct AskedGroup<'a> {
    /// Its name.
    pub name: &'a str,
    /// The action.
    pub action: &'a ActionId,
    /// Who may not answer.
    pub requester: &'a RequesterSet,
    /// Whether it is asked once more: a reminder or an escalation goes to everybody.
    pub again: bool,
}

/// Where people are told.
#[async_trait]
pub trait Destinations: Send + Sync {
    /// Who is told where now.
    ///
    /// # Errors
    /// [`Fault`]: nobody can be told before the directory can be read.
    async fn in_force(&self) -> Result<ChannelRules, Fault>;

    /// The groups that are not to be told that they are asked at this time, and for how many seconds still.
    ///
    /// # Errors
    /// [`Fault`] as for [`Destinations::in_force`].
    async fn quiet(&self, now: Timestamp) -> Result<BTreeMap<String, u32>, Fault>;

    /// Every address at which this group is asked, as its `notify` says. Empty only for `none`.
    ///
    /// # Errors
    /// [`Fault`] as for [`Destinations::in_force`].
    async fn asked(&self, group: &AskedGroup<'_>) -> Result<Vec<Destination>, Fault>;
}

/// The directory of the bundle in force; every call looks for a newer bundle.
pub struct BundleDestinations {
    store: Arc<dyn ReadBundles>,
    key: PublisherKey,
    remembered: Remembered,
    on_call: Arc<dyn OnCall>,
}

impl BundleDestinations {
    /// Reads bundles signed by this publisher, and asks who is on call.
    #[must_use]
    pub fn new(store: Arc<dyn ReadBundles>, key: PublisherKey, on_call: Arc<dyn OnCall>) -> Self {
        Self { store, key, remembered: Remembered::default(), on_call }
    }

    /// Those who are on call and may answer. A look-up that fails finds nobody.
    async fn people_on_call(
        &self,
        group: &Group,
        directory: &Directory,
        asked: &AskedGroup<'_>,
    ) -> Vec<String> {
        let Some(source) = &group.on_call else { return Vec::new() };
        let found = match self.on_call.people(source).await {
            Ok(found) => found,
            Err(fault) => {
                tracing::error!(alarm = true, group = asked.name, %fault, "everybody is told instead");
                return Vec::new();
            }
        };
        let answers = |subject: &String| {
            let person = Person { issuer: directory.people.clone(), subject: subject.clone() };
            let member = group.members.is_none() || group.lists(subject);
            member && !asked.requester.contains(&person)
        };
        found.into_iter().filter(answers).collect()
    }
}

#[async_trait]
impl Destinations for BundleDestinations {
    async fn in_force(&self) -> Result<ChannelRules, Fault> {
        let in_force = self.remembered.in_force(self.store.as_ref(), &self.key).await?;
        Ok(in_force.bundle.directory().channels.clone())
    }

    async fn quiet(&self, now: Timestamp) -> Result<BTreeMap<String, u32>, Fault> {
        let in_force = self.remembered.in_force(self.store.as_ref(), &self.key).await?;
        let directory = in_force.bundle.directory();
        let quiet = |name: &String| Some((name.clone(), directory.quiet_for(name, now)?.saturating_mul(60)));
        Ok(directory.groups.keys().filter_map(quiet).collect())
    }

    async fn asked(&self, asked: &AskedGroup<'_>) -> Result<Vec<Destination>, Fault> {
        let in_force = self.remembered.in_force(self.store.as_ref(), &self.key).await?;
        let directory = in_force.bundle.directory();
        let group = directory.groups.get(asked.name);
        let people: Vec<String> = match group.map(|group| (group, group.notify)) {
            Some((_, Notify::None)) => return Ok(Vec::new()),
            Some((_, Notify::Rotate)) if !asked.again => {
                let answers = |person: &Person| !asked.requester.contains(person);
                directory
                    .in_turn(asked.name, asked.action.as_str(), answers)
                    .map(str::to_owned)
                    .into_iter()
                    .collect()
            }
            Some((group, Notify::OnCall)) if !asked.again => {
                self.people_on_call(group, directory, asked).await
            }
            _ => Vec::new(),
        };
        if people.is_empty() {
            return Ok(directory.destinations(&format!("group:{}", asked.name)));
        }
        let mut found: Vec<Destination> = Vec::new();
        for one in people.iter().flat_map(|person| directory.destinations(&format!("person:{person}"))) {
            if !found.contains(&one) {
                found.push(one);
            }
        }
        Ok(found)
    }
}
