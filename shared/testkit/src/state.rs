//! The state table and its stream.

mod account;
mod claim;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::{ActionId, Activity, Chain, Digest, Fault, Timestamp};
use runtime::Clock;
use store::{
    AttributeValue, Attributes, CreateState, Created, DueState, ExtendState, Extended, MAX_REFUSED_VERDICTS,
    POLL_INTERVAL, ReadState, RecordPoll, RecordRefusedVerdict, RefusedVerdict, StateError, StreamImage,
    image, schedule,
};
use wire::{Aggregate, AnyItem, ChainedItem, Item, ItemError, SuspensionItem};

use crate::Gate;

/// The state table. Clones share it; every write adds one record to the stream.
#[derive(Clone)]
pub struct States {
    gate: Gate,
    clock: Arc<dyn Clock>,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    items: BTreeMap<String, Attributes>,
    activity: BTreeMap<Digest, Activity>,
    stream: Vec<WrittenImage>,
    pulses: u64,
}

/// One record of the stream, as the ledger gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenImage {
    /// What was written.
    pub image: StreamImage,
    /// How many of its leading events stood there before this write.
    pub kept: u32,
    /// When, as the table's own clock says.
    pub at: Timestamp,
}

impl States {
    /// An empty table.
    #[must_use]
    pub fn new(gate: Gate, clock: Arc<dyn Clock>) -> Self {
        Self { gate, clock, table: Arc::default() }
    }

    /// The same table, reached through another gate: another function's way to it.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    /// Every stream record so far, in the order of writes.
    #[must_use]
    pub fn stream(&self) -> Vec<WrittenImage> {
        self.table().stream.clone()
    }

    /// The stream from its record number `from` on, counted from zero.
    #[must_use]
    pub fn stream_from(&self, from: usize) -> Vec<WrittenImage> {
        self.table().stream.get(from..).unwrap_or_default().to_vec()
    }

    /// How many stream records there are.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.table().stream.len()
    }

    /// Everything in the table, by key: for tests that look for what must be nowhere.
    #[must_use]
    pub fn contents(&self) -> BTreeMap<String, Attributes> {
        self.table().items.clone()
    }

    /// Writes what any role with `UpdateItem` can write, whatever the lifecycle says of it.
    pub fn forge(&self, key: &str, attributes: Attributes) {
        self.write(&mut self.table(), key.to_owned(), attributes);
    }

    /// Puts these events in place of the item's, its chain computed as an honest writer would.
    pub fn forge_events(&self, id: &ActionId, lines: &[String]) {
        let mut table = self.table();
        let chain = lines.iter().fold(domain::ZERO_CHAIN, |chain, line| chain.extend(line.as_bytes()));
        let mut attributes = table.items.get(id.as_str()).cloned().unwrap_or_default();
        let text = |text: &str| AttributeValue::S(text.to_owned());
        attributes.extend([
            ("id".to_owned(), text(id.as_str())),
            ("v".to_owned(), AttributeValue::N("1".to_owned())),
            ("chain".to_owned(), text(&chain.to_string())),
            ("seq".to_owned(), AttributeValue::N(lines.len().to_string())),
            ("events".to_owned(), AttributeValue::L(lines.iter().map(|line| text(line)).collect())),
        ]);
        self.write(&mut table, id.as_str().to_owned(), attributes);
    }

    /// Writes an item as it is: what rebuilding the table from the log does.
    pub fn rebuild<A: Aggregate>(&self, item: &ChainedItem<A>) {
        self.forge(item.id().as_str(), image::created(item));
    }

    /// Puts the table back to what it held: a restore to an earlier point. The stream delivers nothing of it.
    pub fn restore(&self, contents: BTreeMap<String, Attributes>) {
        self.table().items = contents;
    }

    /// Every activity by its history.
    #[must_use]
    pub fn activities(&self) -> BTreeMap<Digest, Activity> {
        self.table().activity.clone()
    }

    /// Forgets the recent claims of every history: a table that was lost, or what execution's role can write there.
    pub fn forget_activity(&self) {
        self.table().activity.clear();
    }

    fn write(&self, table: &mut Table, key: String, attributes: Attributes) {
        let keys = Attributes::from([("id".to_owned(), AttributeValue::S(key.clone()))]);
        let old = table.items.get(&key).cloned().unwrap_or_default();
        let (image, kept) = image::change(&keys, &old, &attributes);
        table.stream.push(WrittenImage { image, kept, at: self.clock.now() });
        table.items.insert(key, attributes);
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn extend_now<A: Aggregate>(
        &self,
        table: &mut Table,
        from: Chain,
        item: &ChainedItem<A>,
        read: fn(&Attributes) -> Result<ChainedItem<A>, ItemError>,
    ) -> Result<Extended<ChainedItem<A>>, StateError> {
        let added = image::extension(from, item)?;
        let Some(stored) = table.items.get(item.id().as_str()).cloned() else { return Ok(Extended::Absent) };
        if chain(&stored) != Some(from.to_string()) {
            return Ok(image::extended(item, read(&stored)?));
        }
        let mut next = image::created(item);
        next.extend(stored.get("requeue").map(|requeue| ("requeue".to_owned(), requeue.clone())));
        if let Some(AttributeValue::L(lines)) = stored.get("events") {
            let added = added.iter().map(|entry| AttributeValue::S(entry.line.clone()));
            next.insert("events".to_owned(), AttributeValue::L(lines.iter().cloned().chain(added).collect()));
        }
        self.write(table, item.id().as_str().to_owned(), next);
        Ok(Extended::Updated)
    }

    fn schedule(attributes: &mut Attributes, id: &ActionId, next: Option<Timestamp>) {
        attributes.remove("due");
        attributes.remove("due_shard");
        if let Some(next) = next {
            attributes.insert("due".to_owned(), AttributeValue::N(next.millis().to_string()));
            attributes.insert("due_shard".to_owned(), AttributeValue::S(schedule::shard(id).to_string()));
        }
    }
}

fn chain(stored: &Attributes) -> Option<String> {
    match stored.get("chain") {
        Some(AttributeValue::S(chain)) => Some(chain.clone()),
        _ => None,
    }
}

#[async_trait]
impl ReadState for States {
    async fn item(&self, id: &ActionId) -> Result<Option<Item>, StateError> {
        if !image::is_action(id) {
            return Ok(None);
        }
        self.gate.before("state.get").await?;
        let stored = self.table().items.get(id.as_str()).cloned();
        self.gate.after("state.get").await?;
        Ok(stored.as_ref().map(image::item).transpose()?)
    }

    async fn suspensions(&self) -> Result<Option<SuspensionItem>, StateError> {
        self.gate.before("state.get").await?;
        let stored = self.table().items.get(ActionId::suspensions().as_str()).cloned();
        self.gate.after("state.get").await?;
        Ok(stored.as_ref().map(image::suspensions).transpose()?)
    }

    async fn last_polled_at(&self, id: &ActionId) -> Result<Option<Timestamp>, Fault> {
        self.gate.before("state.get").await?;
        let asked = self.table().items.get(&image::polled_key(id)).and_then(image::last_polled_at);
        self.gate.after("state.get").await?;
        Ok(asked)
    }
}

#[async_trait]
impl RecordPoll for States {
    async fn record_poll(&self, id: &ActionId, at: Timestamp) -> Result<(), Fault> {
        self.gate.before("state.mark").await?;
        {
            let mut table = self.table();
            let key = image::polled_key(id);
            let before = table.items.get(&key).and_then(image::last_polled_at);
            if before.is_none_or(|before| before <= at.plus_seconds(-POLL_INTERVAL)) {
                self.write(&mut table, key, image::polled(id, at));
            }
        }
        self.gate.after("state.mark").await
    }
}

#[async_trait]
impl CreateState for States {
    async fn create(&self, item: &Item) -> Result<Created, StateError> {
        self.gate.before("state.create").await?;
        let created = {
            let mut table = self.table();
            match table.items.get(item.id().as_str()) {
                Some(stored) => Created::Exists(Box::new(image::item(stored)?)),
                None => {
                    self.write(&mut table, item.id().as_str().to_owned(), image::created(item));
                    Created::New
                }
            }
        };
        self.gate.after("state.create").await?;
        Ok(created)
    }
}

#[async_trait]
impl ExtendState for States {
    async fn extend(&self, from: Chain, item: &Item) -> Result<Extended, StateError> {
        self.gate.before("state.extend").await?;
        let extended = self.extend_now(&mut self.table(), from, item, image::item);
        self.gate.after("state.extend").await?;
        extended
    }

    async fn extend_suspensions(
        &self,
        from: Chain,
        list: &SuspensionItem,
    ) -> Result<Extended<SuspensionItem>, StateError> {
        self.gate.before("state.extend").await?;
        let extended = self.extend_now(&mut self.table(), from, list, image::suspensions);
        self.gate.after("state.extend").await?;
        extended
    }
}

#[async_trait]
impl RecordRefusedVerdict for States {
    async fn attempt(&self, attempt: &RefusedVerdict) -> Result<(), Fault> {
        self.gate.before("state.attempt").await?;
        image::refused_verdict_fits(attempt)?;
        {
            let mut table = self.table();
            let key = image::refused_verdict_key(&attempt.action, &attempt.person);
            let count = match table.items.get(&key).and_then(|stored| stored.get("count")) {
                Some(AttributeValue::N(count)) => count.parse().unwrap_or(MAX_REFUSED_VERDICTS),
                _ => 0,
            };
            if count < MAX_REFUSED_VERDICTS {
                self.write(&mut table, key, image::refused_verdict(attempt, count + 1));
            }
        }
        self.gate.after("state.attempt").await
    }
}

#[async_trait]
impl DueState for States {
    async fn due(&self, shard: u32, now: Timestamp, limit: u32) -> Result<Vec<ActionId>, Fault> {
        self.gate.before("state.due").await?;
        let mut due: Vec<(i64, ActionId)> = Vec::new();
        for (key, attributes) in &self.table().items {
            let Some(AttributeValue::N(at)) = attributes.get("due") else { continue };
            let (Ok(at), Ok(id)) = (at.parse(), key.parse::<ActionId>()) else { continue };
            let sharded = attributes.get("due_shard") == Some(&AttributeValue::S(shard.to_string()));
            if sharded && at <= now.millis() {
                due.push((at, id));
            }
        }
        due.sort();
        due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        self.gate.after("state.due").await?;
        Ok(due.into_iter().map(|(_, id)| id).collect())
    }

    async fn requeue(&self, id: &ActionId, next: Timestamp) -> Result<Option<AnyItem>, StateError> {
        self.gate.before("state.requeue").await?;
        let requeued = {
            let mut table = self.table();
            table.items.get(id.as_str()).cloned().map(|mut attributes| {
                let requeue = match attributes.get("requeue") {
                    Some(AttributeValue::N(requeue)) => requeue.parse::<u64>().unwrap_or(0),
                    _ => 0,
                };
                attributes.insert("requeue".to_owned(), AttributeValue::N((requeue + 1).to_string()));
                Self::schedule(&mut attributes, id, Some(next));
                self.write(&mut table, id.as_str().to_owned(), attributes.clone());
                attributes
            })
        };
        self.gate.after("state.requeue").await?;
        Ok(requeued.as_ref().map(image::any_item).transpose()?)
    }

    async fn write_heartbeat(&self, now: Timestamp) -> Result<(), Fault> {
        self.gate.before("state.write_heartbeat").await?;
        {
            let mut table = self.table();
            table.pulses += 1;
            for heartbeat in 0..image::HEARTBEATS {
                let attributes = image::heartbeat_item(heartbeat, table.pulses, now);
                self.write(&mut table, image::heartbeat_key(heartbeat), attributes);
            }
        }
        self.gate.after("state.write_heartbeat").await
    }

    async fn reschedule(&self, id: &ActionId, chain: Chain, next: Option<Timestamp>) -> Result<(), Fault> {
        self.gate.before("state.reschedule").await?;
        {
            let mut table = self.table();
            let stored = table.items.get(id.as_str()).cloned();
            if let Some(mut attributes) = stored
                && attributes.get("chain") == Some(&AttributeValue::S(chain.to_string()))
            {
                Self::schedule(&mut attributes, id, next);
                self.write(&mut table, id.as_str().to_owned(), attributes);
            }
        }
        self.gate.after("state.reschedule").await
    }
}
