//! The channels table.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::{Fault, Timestamp};

use crate::Gate;

/// Small facts of the dialogue, by topic and key. Clones share them.
#[derive(Clone)]
pub struct Channels {
    gate: Gate,
    facts: Arc<Mutex<Facts>>,
}

type Facts = BTreeMap<(String, String), (String, Option<Timestamp>)>;

impl Channels {
    /// Nothing remembered.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        Self { gate, facts: Arc::default() }
    }

    /// The same table, reached through another gate.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    /// Everything remembered, by topic and key.
    #[must_use]
    pub fn contents(&self) -> BTreeMap<(String, String), String> {
        self.facts().iter().map(|(slot, (value, _))| (slot.clone(), value.clone())).collect()
    }

    /// Until when each fact is kept, by topic and key; absent for one that is kept for ever.
    #[must_use]
    pub fn ends(&self) -> BTreeMap<(String, String), Option<Timestamp>> {
        self.facts().iter().map(|(slot, (_, until))| (slot.clone(), *until)).collect()
    }

    /// Writes a fact over whatever was there: what any role with `PutItem` can do.
    pub fn forge(&self, topic: &str, key: &str, value: &str) {
        self.facts().insert((topic.to_owned(), key.to_owned()), (value.to_owned(), None));
    }

    async fn put(
        &self,
        topic: &str,
        key: &str,
        value: &str,
        until: Option<Timestamp>,
    ) -> Result<bool, Fault> {
        self.gate.before("channels.put").await?;
        let new = {
            let mut facts = self.facts();
            let slot = (topic.to_owned(), key.to_owned());
            let free = !facts.contains_key(&slot);
            if free {
                facts.insert(slot, (value.to_owned(), until));
            }
            free
        };
        self.gate.after("channels.put").await?;
        Ok(new)
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl store::Channels for Channels {
    async fn recall(&self, topic: &str, key: &str) -> Result<Option<String>, Fault> {
        self.gate.before("channels.get").await?;
        let value = self.facts().get(&(topic.to_owned(), key.to_owned())).map(|(value, _)| value.clone());
        self.gate.after("channels.get").await?;
        Ok(value)
    }

    async fn remember(&self, topic: &str, key: &str, value: &str) -> Result<bool, Fault> {
        self.put(topic, key, value, None).await
    }

    async fn remember_until(
        &self,
        topic: &str,
        key: &str,
        value: &str,
        until: Timestamp,
    ) -> Result<bool, Fault> {
        self.put(topic, key, value, Some(until)).await
    }
}

#[async_trait]
impl store::ListChannels for Channels {
    async fn list(&self, topic: &str) -> Result<Vec<(String, String)>, Fault> {
        self.gate.before("channels.query").await?;
        let of_topic = |((of, key), (value, _)): (&(String, String), &(String, Option<Timestamp>))| {
            (of == topic).then(|| (key.clone(), value.clone()))
        };
        let facts = self.facts().iter().filter_map(of_topic).collect();
        self.gate.after("channels.query").await?;
        Ok(facts)
    }
}
