//! The channels table: small facts of the dialogue, put if absent.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use domain::{Fault, Timestamp};

use crate::attributes::{Attributes, Reader, named, number, text};
use crate::dynamo::{Table, Written, inward, outward};
use crate::fault::fault;
use crate::{Channels, ListChannels};

/// The channels table: `pk` the topic, `sk` the key, `value`; `expires` in seconds since 1970 where a fact has an end.
#[derive(Clone)]
pub struct ChannelsTable {
    table: Table,
}

impl ChannelsTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { table: Table { client, name: table.into() } }
    }

    async fn put(&self, mut fact: Attributes, value: &str) -> Result<bool, Fault> {
        fact.insert("value".to_owned(), text(value));
        let written = self.table.create("remembering a fact", fact, "pk").await?;
        Ok(matches!(written, Written::Done(_)))
    }
}

fn key(topic: &str, key: &str) -> Attributes {
    named([("pk", text(topic)), ("sk", text(key))])
}

#[async_trait]
impl Channels for ChannelsTable {
    async fn recall(&self, topic: &str, name: &str) -> Result<Option<String>, Fault> {
        let stored = self.table.get("recalling a fact", key(topic, name)).await?;
        Ok(stored.map(|stored| Reader(&stored).text("value").map(str::to_owned)).transpose()?)
    }

    async fn remember(&self, topic: &str, name: &str, value: &str) -> Result<bool, Fault> {
        self.put(key(topic, name), value).await
    }

    async fn remember_until(
        &self,
        topic: &str,
        name: &str,
        value: &str,
        until: Timestamp,
    ) -> Result<bool, Fault> {
        let mut fact = key(topic, name);
        fact.insert("expires".to_owned(), number(until.seconds()));
        self.put(fact, value).await
    }
}

#[async_trait]
impl ListChannels for ChannelsTable {
    async fn list(&self, topic: &str) -> Result<Vec<(String, String)>, Fault> {
        let (mut facts, mut start) = (Vec::new(), None);
        loop {
            let query = self
                .table
                .client
                .query()
                .table_name(&self.table.name)
                .key_condition_expression("#pk = :pk")
                .expression_attribute_names("#pk", "pk")
                .set_expression_attribute_values(Some(outward(named([(":pk", text(topic))]))))
                .set_exclusive_start_key(start)
                .consistent_read(true);
            let page = query.send().await.map_err(|error| fault("listing facts", &error))?;
            for item in page.items.into_iter().flatten() {
                let item = inward(item);
                let reader = Reader(&item);
                facts.push((reader.text("sk")?.to_owned(), reader.text("value")?.to_owned()));
            }
            start = page.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                return Ok(facts);
            }
        }
    }
}
