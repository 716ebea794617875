//! The state table: one conditional write per transition, on the chain it extends.

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use domain::{ActionId, Chain, Fault, Timestamp};
use wire::{Aggregate, AnyItem, ChainedItem, Item, SuspensionItem};

use crate::attributes::{Attributes, named, number, text, texts};
use crate::dynamo::{Table, Update, Written, outward};
use crate::fault::fault;
use crate::image::{self, HEARTBEATS, VERSION};
use crate::{
    CreateState, Created, DueState, ExtendState, Extended, MAX_REFUSED_VERDICTS, POLL_INTERVAL, ReadState,
    RecordPoll, RecordRefusedVerdict, RefusedVerdict, StateError, schedule,
};

/// The state table. Which of its capabilities work is the role's matter.
#[derive(Clone)]
pub struct StateTable {
    pub(crate) table: Table,
    pub(crate) activity: Option<Table>,
}

impl StateTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { table: Table { client, name: table.into() }, activity: None }
    }

    /// The same, whose claims are counted in this table too, in the same transaction.
    #[must_use]
    pub fn counting(self, activity: impl Into<String>) -> Self {
        let activity = Table { client: self.table.client.clone(), name: activity.into() };
        Self { activity: Some(activity), ..self }
    }
}

pub(crate) fn key(id: &str) -> Attributes {
    named([("id", text(id))])
}

/// The write that makes `item` of the item whose chain is `from`.
pub(crate) fn extending<A: Aggregate>(from: Chain, item: &ChainedItem<A>) -> Result<Update<'static>, Fault> {
    let added = image::extension(from, item)?;
    Ok(Update {
        key: key(item.id().as_str()),
        update: "SET #events = list_append(#events, :added), #chain = :chain, #seq = :seq, #status = :status, \
                 #due_shard = :shard, #due = :due",
        condition: "#chain = :from",
        names: &["events", "chain", "seq", "status", "due_shard", "due"],
        values: named([
            (":added", texts(added.iter().map(|entry| entry.line.clone()))),
            (":chain", text(item.chain().to_string())),
            (":seq", number(item.sequence())),
            (":status", text(item.state().status_name())),
            (":shard", text(schedule::shard(item.id()).to_string())),
            (":due", number(schedule::first_look(item).millis())),
            (":from", text(from.to_string())),
        ]),
    })
}

#[async_trait]
impl ReadState for StateTable {
    async fn item(&self, id: &ActionId) -> Result<Option<Item>, StateError> {
        if !image::is_action(id) {
            return Ok(None);
        }
        let stored = self.table.get("reading an item", key(id.as_str())).await?;
        Ok(stored.as_ref().map(image::item).transpose()?)
    }

    async fn suspensions(&self) -> Result<Option<SuspensionItem>, StateError> {
        let stored =
            self.table.get("reading the suspension list", key(ActionId::suspensions().as_str())).await?;
        Ok(stored.as_ref().map(image::suspensions).transpose()?)
    }

    async fn last_polled_at(&self, id: &ActionId) -> Result<Option<Timestamp>, Fault> {
        let stored = self.table.get("reading when it was asked for", key(&image::polled_key(id))).await?;
        Ok(stored.as_ref().and_then(image::last_polled_at))
    }
}

#[async_trait]
impl RecordPoll for StateTable {
    async fn record_poll(&self, id: &ActionId, at: Timestamp) -> Result<(), Fault> {
        let update = Update {
            key: key(&image::polled_key(id)),
            update: "SET #v = :v, #at = :at",
            condition: "attribute_not_exists(#at) OR #at <= :before",
            names: &["v", "at"],
            values: named([
                (":v", number(VERSION)),
                (":at", number(at.millis())),
                (":before", number(at.plus_seconds(-POLL_INTERVAL).millis())),
            ]),
        };
        self.table.update("marking that it is asked for", update).await.map(|_| ())
    }
}

#[async_trait]
impl CreateState for StateTable {
    async fn create(&self, item: &Item) -> Result<Created, StateError> {
        match self.table.create("creating an item", image::created(item), "id").await? {
            Written::Done(_) => Ok(Created::New),
            Written::Not(Some(stored)) => Ok(Created::Exists(Box::new(image::item(&stored)?))),
            Written::Not(None) => {
                Err(Fault::passing("creating an item: taken, but nothing was shown").into())
            }
        }
    }
}

#[async_trait]
impl ExtendState for StateTable {
    async fn extend(&self, from: Chain, item: &Item) -> Result<Extended, StateError> {
        match self.table.update("extending an item", extending(from, item)?).await? {
            Written::Done(_) => Ok(Extended::Updated),
            Written::Not(Some(stored)) => Ok(image::extended(item, image::item(&stored)?)),
            Written::Not(None) => Ok(Extended::Absent),
        }
    }

    async fn extend_suspensions(
        &self,
        from: Chain,
        list: &SuspensionItem,
    ) -> Result<Extended<SuspensionItem>, StateError> {
        self.write_suspensions(extending(from, list)?, list).await
    }
}

impl StateTable {
    pub(crate) async fn write_suspensions(
        &self,
        update: Update<'_>,
        list: &SuspensionItem,
    ) -> Result<Extended<SuspensionItem>, StateError> {
        match self.table.update("writing the suspension list", update).await? {
            Written::Done(_) => Ok(Extended::Updated),
            Written::Not(Some(stored)) => Ok(image::extended(list, image::suspensions(&stored)?)),
            Written::Not(None) => Ok(Extended::Absent),
        }
    }
}

#[async_trait]
impl RecordRefusedVerdict for StateTable {
    async fn attempt(&self, attempt: &RefusedVerdict) -> Result<(), Fault> {
        image::refused_verdict_fits(attempt)?;
        let update = Update {
            key: key(&image::refused_verdict_key(&attempt.action, &attempt.person)),
            update: "SET #v = :v, #action = :action, #issuer = :issuer, #subject = :subject, #code = :code, #at = :at, \
                     #count = if_not_exists(#count, :zero) + :one",
            condition: "attribute_not_exists(#count) OR #count < :most",
            names: &["v", "action", "issuer", "subject", "code", "at", "count"],
            values: named([
                (":v", number(VERSION)),
                (":action", text(attempt.action.as_str())),
                (":issuer", text(attempt.person.issuer.clone())),
                (":subject", text(attempt.person.subject.clone())),
                (":code", text(attempt.code.clone())),
                (":at", number(attempt.at.millis())),
                (":zero", number(0)),
                (":one", number(1)),
                (":most", number(MAX_REFUSED_VERDICTS)),
            ]),
        };
        self.table.update("counting a refused attempt", update).await.map(|_| ())
    }
}

#[async_trait]
impl DueState for StateTable {
    async fn due(&self, shard: u32, now: Timestamp, limit: u32) -> Result<Vec<ActionId>, Fault> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut due = Vec::new();
        let mut from = None;
        loop {
            let query = self
                .table
                .client
                .query()
                .table_name(&self.table.name)
                .index_name("due")
                .key_condition_expression("#shard = :shard AND #due <= :now")
                .expression_attribute_names("#shard", "due_shard")
                .expression_attribute_names("#due", "due")
                .set_expression_attribute_values(Some(outward(named([
                    (":shard", text(shard.to_string())),
                    (":now", number(now.millis())),
                ]))))
                .limit(i32::try_from(limit).unwrap_or(i32::MAX).max(1))
                .set_exclusive_start_key(from);
            let answer = query.send().await.map_err(|error| fault("reading what is due", &error))?;
            for item in answer.items.unwrap_or_default() {
                match item.get("id").and_then(|id| id.as_s().ok()).and_then(|id| id.parse().ok()) {
                    Some(id) => due.push(id),
                    // Nobody of ours writes such a key; it must not keep the others from their turn.
                    None => tracing::error!(alarm = true, "an item that is no action is listed as due"),
                }
            }
            from = answer.last_evaluated_key;
            if from.is_none() || due.len() >= limit {
                due.truncate(limit);
                return Ok(due);
            }
        }
    }

    async fn requeue(&self, id: &ActionId, next: Timestamp) -> Result<Option<AnyItem>, StateError> {
        let update = Update {
            key: key(id.as_str()),
            update: "SET #requeue = if_not_exists(#requeue, :zero) + :one, #due_shard = :shard, #due = :due",
            condition: "attribute_exists(#id)",
            names: &["id", "requeue", "due_shard", "due"],
            values: named([
                (":zero", number(0)),
                (":one", number(1)),
                (":shard", text(schedule::shard(id).to_string())),
                (":due", number(next.millis())),
            ]),
        };
        match self.table.update("nudging an item", update).await? {
            Written::Done(stored) => Ok(Some(image::any_item(&stored)?)),
            Written::Not(_) => Ok(None),
        }
    }

    async fn write_heartbeat(&self, now: Timestamp) -> Result<(), Fault> {
        let mut heartbeat_item = Ok(());
        for heartbeat in 0..HEARTBEATS {
            let update = Update {
                key: key(&image::heartbeat_key(heartbeat)),
                update: "SET #v = :v, #at = :at, #requeue = if_not_exists(#requeue, :zero) + :one",
                // Never false: `UpdateItem` creates the item at the first heartbeat.
                condition: "attribute_not_exists(#at) OR attribute_exists(#at)",
                names: &["v", "at", "requeue"],
                values: named([
                    (":v", number(VERSION)),
                    (":at", number(now.millis())),
                    (":zero", number(0)),
                    (":one", number(1)),
                ]),
            };
            let written = self.table.update("keeping the stream alive", update).await.map(|_| ());
            heartbeat_item = heartbeat_item.and(written);
        }
        heartbeat_item
    }

    async fn reschedule(&self, id: &ActionId, chain: Chain, next: Option<Timestamp>) -> Result<(), Fault> {
        let mut values = named([(":chain", text(chain.to_string()))]);
        let expression = match next {
            Some(next) => {
                values.insert(":shard".to_owned(), text(schedule::shard(id).to_string()));
                values.insert(":due".to_owned(), number(next.millis()));
                "SET #due_shard = :shard, #due = :due"
            }
            None => "REMOVE #due_shard, #due",
        };
        let update = Update {
            key: key(id.as_str()),
            update: expression,
            condition: "#chain = :chain",
            names: &["chain", "due_shard", "due"],
            values,
        };
        self.table.update("rescheduling an item", update).await.map(|_| ())
    }
}
