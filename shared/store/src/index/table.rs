//! The index in DynamoDB.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::{ActionId, ActivityHistory, Digest, Fault, HistoryKind, LastRun, Timestamp};

use super::transaction::written;
use super::{MAX_ENTRIES, entries, keys, merge, rows, shows};
use crate::attributes::{AttributeValue, Attributes, Reader, named, number, text, texts};
use crate::dynamo::{Table, Update, inward, may_pass, outward};
use crate::fault::fault;
use crate::{IndexRow, ListPage, Listing, Position, ReadIndex, Watermark, WriteIndex};

/// How often a record is applied anew when another writer changed the row meanwhile.
const TRIES: u32 = 5;
/// Queries one page of a list may cost when most rows do not belong on it; the rest comes with its cursor.
const QUERIES: u32 = 20;

/// The index table.
#[derive(Clone)]
pub struct IndexTable {
    table: Table,
}

/// The result of applying a record.
enum Applied {
    StoredEntry,
    /// The row has changed since it was read for the merge.
    RowMoved,
}

fn key(pk: String, sk: impl Into<String>) -> Attributes {
    named([("pk", text(pk)), ("sk", text(sk))])
}

impl IndexTable {
    /// The table of this name.
    #[must_use]
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { table: Table { client, name: table.into() } }
    }

    async fn apply_once(&self, position: &Position, row: &IndexRow) -> Result<Applied, Fault> {
        let stored = self.row(&row.action).await?;
        let merged = merge(stored.as_ref(), row);
        let what = "indexing a record";
        let written = written(position, row, &merged)?;
        let mut items =
            vec![self.new_position(written.position)?, self.moved_row(stored.as_ref(), written.row)?];
        for item in written.others {
            items.push(transact(self.put(item).build())?);
        }
        let call = self.table.client.transact_write_items().set_transact_items(Some(items));
        let Err(error) = call.send().await else { return Ok(Applied::StoredEntry) };
        let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error()
        else {
            return Err(fault(what, &error));
        };
        let mut reasons =
            canceled.cancellation_reasons().iter().map(|reason| reason.code().unwrap_or_default());
        match (reasons.next(), reasons.next()) {
            // Applied before.
            (Some("ConditionalCheckFailed"), _) => Ok(Applied::StoredEntry),
            (_, Some("ConditionalCheckFailed")) => Ok(Applied::RowMoved),
            _ if may_pass(canceled.cancellation_reasons()) => {
                Err(Fault::passing(format!("{what}: in conflict with another write")))
            }
            _ => Err(Fault::lasting(format!("{what}: the transaction was refused"))),
        }
    }

    fn put(&self, item: Attributes) -> aws_sdk_dynamodb::types::builders::PutBuilder {
        Put::builder().table_name(&self.table.name).set_item(Some(outward(item)))
    }

    fn new_position(&self, position: Attributes) -> Result<TransactWriteItem, Fault> {
        transact(self.put(position).condition_expression("attribute_not_exists(pk)").build())
    }

    /// The row, provided that it has not changed since it was read for the merge.
    fn moved_row(&self, stored: Option<&IndexRow>, row: Attributes) -> Result<TransactWriteItem, Fault> {
        let put = self.put(row);
        let put = match stored {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(stored) => put
                .condition_expression("#sequence = :sequence AND #quarantined = :quarantined")
                .expression_attribute_names("#sequence", "sequence")
                .expression_attribute_names("#quarantined", "quarantined")
                .set_expression_attribute_values(Some(outward(named([
                    (":sequence", number(stored.sequence)),
                    (":quarantined", AttributeValue::Bool(stored.quarantined)),
                ])))),
        };
        transact(put.build())
    }

    /// One query of a partition: items, and the key to go on from.
    async fn query(&self, query: Query<'_>) -> Result<(Vec<Attributes>, Option<Attributes>), Fault> {
        let call = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .consistent_read(true)
            .key_condition_expression(query.condition)
            .set_expression_attribute_values(Some(outward(query.values)))
            .scan_index_forward(!query.newest_first)
            .set_limit(query.limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX).max(1)))
            .set_exclusive_start_key(query.from.map(outward));
        let answer = call.send().await.map_err(|error| fault("reading the index", &error))?;
        let items = answer.items.unwrap_or_default().into_iter().map(inward).collect();
        Ok((items, answer.last_evaluated_key.map(inward)))
    }
}

struct Query<'a> {
    condition: &'a str,
    values: Attributes,
    newest_first: bool,
    limit: Option<u32>,
    from: Option<Attributes>,
}

fn transact(put: Result<Put, aws_sdk_dynamodb::error::BuildError>) -> Result<TransactWriteItem, Fault> {
    let put = put.map_err(|_| Fault::lasting("indexing a record: the request cannot be made"))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

#[async_trait]
impl ReadIndex for IndexTable {
    async fn row(&self, action: &ActionId) -> Result<Option<IndexRow>, Fault> {
        let stored = self.table.get("reading the index", key(keys::action(action), keys::ROW)).await?;
        Ok(stored.as_ref().map(rows::read_row).transpose()?)
    }

    async fn positions(&self, action: &ActionId) -> Result<Vec<Position>, Fault> {
        let mut positions = Vec::new();
        let mut from = None;
        loop {
            let (items, next) = self
                .query(Query {
                    condition: "pk = :pk AND begins_with(sk, :prefix)",
                    values: named([(":pk", text(keys::action(action))), (":prefix", text(keys::POSITION))]),
                    newest_first: false,
                    limit: None,
                    from,
                })
                .await?;
            for item in &items {
                positions.push(rows::read_position(item)?);
            }
            if next.is_none() {
                return Ok(positions);
            }
            from = next;
        }
    }

    async fn list(&self, listing: &Listing, cursor: Option<&str>, limit: u32) -> Result<ListPage, Fault> {
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let partition = keys::list(listing);
        let start = cursor.map(|cursor| keys::cursor_start(listing, cursor)).transpose()?;
        let mut from = start.map(|place| key(partition.clone(), place));
        let mut page = ListPage { rows: Vec::new(), next: None };
        for _ in 0..QUERIES {
            let (items, more) = self
                .query(Query {
                    condition: "pk = :pk",
                    values: named([(":pk", text(partition.clone()))]),
                    newest_first: true,
                    // One more than wanted, so that the last page needs no empty one after it.
                    limit: Some(limit.saturating_add(1)),
                    from,
                })
                .await?;
            for item in &items {
                let row = rows::read_row(item)?;
                if !shows(listing, &row) {
                    continue;
                }
                if page.rows.len() == wanted {
                    page.next = page.rows.last().map(|last| keys::cursor_after(listing, &rows::place(last)));
                    return Ok(page);
                }
                page.rows.push(row);
            }
            let Some(more) = more else { return Ok(ListPage { next: None, ..page }) };
            page.next = match more.get("sk") {
                Some(AttributeValue::S(place)) => Some(keys::cursor_after(listing, place)),
                _ => return Err(Fault::lasting("reading the index: no key to go on from")),
            };
            from = Some(more);
        }
        Ok(page)
    }

    async fn history(
        &self,
        history_key: Digest,
        but: &ActionId,
        now: Timestamp,
    ) -> Result<Option<ActivityHistory>, Fault> {
        let since = Timestamp::from_millis(now.millis().saturating_sub(ActivityHistory::WEEK));
        let between = |from: String, to: String| {
            named([(":pk", text(keys::history(&history_key))), (":from", text(from)), (":to", text(to))])
        };
        let condition = "pk = :pk AND sk BETWEEN :from AND :to";
        let mut found = ActivityHistory::default();
        let mut from = None;
        loop {
            let values = between(keys::entries_from(since), keys::entries_from(now));
            let query = Query { condition, values, newest_first: false, limit: None, from };
            let (items, more) = self.query(query).await?;
            for item in &items {
                let (action, history_entry) = entries::read_entry(item)?;
                if action == *but {
                    continue;
                }
                found.entries.push(history_entry);
                if history_entry.kind == HistoryKind::Executed {
                    found.claimed.insert(action);
                }
            }
            if found.entries.len() > MAX_ENTRIES {
                return Ok(None);
            }
            if more.is_none() {
                break;
            }
            from = more;
        }
        // An action runs at most once, so the last but this one is among the last two.
        let values = between(keys::seen_from(Timestamp::from_millis(0)), keys::seen_from(now));
        let query = Query { condition, values, newest_first: true, limit: Some(2), from: None };
        for item in &self.query(query).await?.0 {
            let (action, profile) = entries::read_seen(item)?;
            if action != *but && found.last.is_none() {
                let at = keys::seen_at(Reader(item).text("sk")?)?;
                found.last = Some(LastRun { action, at, profile });
            }
        }
        Ok(Some(found))
    }

    async fn watermark(&self) -> Result<Option<Watermark>, Fault> {
        let stored = self.table.get("reading the watermark", watermark_key()).await?;
        let read = stored.as_ref().map(rows::read_watermark).transpose();
        Ok(read.unwrap_or_else(|error| {
            tracing::error!(alarm = true, %error, "the watermark of the index is malformed");
            None
        }))
    }
}

fn watermark_key() -> Attributes {
    key(keys::WATERMARK.to_owned(), keys::WATERMARK)
}

#[async_trait]
impl WriteIndex for IndexTable {
    async fn apply(&self, position: &Position, row: &IndexRow) -> Result<(), Fault> {
        for _ in 0..TRIES {
            if let Applied::StoredEntry = self.apply_once(position, row).await? {
                return Ok(());
            }
        }
        Err(Fault::passing("indexing a record: the row keeps moving"))
    }

    async fn quarantine(&self, position: &Position, row: &IndexRow) -> Result<(), Fault> {
        let (position, row) = (position.bare(), row.quarantined());
        let written = written(&position, &row, &row)?;
        let items = [transact(self.put(written.position).build())?, transact(self.put(written.row).build())?];
        let call = self.table.client.transact_write_items().set_transact_items(Some(items.into()));
        call.send().await.map(drop).map_err(|error| fault("quarantining a record", &error))
    }

    async fn restart(&self) -> Result<(), Fault> {
        let update = Update {
            key: watermark_key(),
            update: "SET #next_object = :zero, #size = :zero, #range = :none REMOVE #last",
            // Never false: whatever stands there is replaced.
            condition: "attribute_not_exists(#next_object) OR attribute_exists(#next_object)",
            names: &["next_object", "size", "range", "last"],
            values: named([(":zero", number(0)), (":none", AttributeValue::L(Vec::new()))]),
        };
        self.table.update("putting the watermark back", update).await.map(|_| ())
    }

    async fn advance(&self, watermark: &Watermark) -> Result<(), Fault> {
        let mut values = named([
            (":next", number(watermark.next_object)),
            (":size", number(watermark.size)),
            (":range", texts(watermark.range.iter().map(ToString::to_string))),
        ]);
        let expression = match watermark.last {
            Some(last) => {
                values.insert(":last".to_owned(), text(last.to_string()));
                "SET #next_object = :next, #size = :size, #range = :range, #last = :last"
            }
            None => "SET #next_object = :next, #size = :size, #range = :range REMOVE #last",
        };
        let update = Update {
            key: watermark_key(),
            update: expression,
            condition: "attribute_not_exists(#next_object) OR #next_object < :next",
            names: &["next_object", "size", "range", "last"],
            values,
        };
        self.table.update("moving the watermark", update).await.map(|_| ())
    }

    async fn write_heartbeats(&self, heartbeats: &BTreeMap<u8, Timestamp>) -> Result<(), Fault> {
        if heartbeats.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = heartbeats.keys().map(|number| rows::heartbeat(*number)).collect();
        let mut values = named([(":zero", number(0)), (":none", AttributeValue::L(Vec::new()))]);
        let mut update = String::from(
            "SET #next_object = if_not_exists(#next_object, :zero), #size = if_not_exists(#size, :zero), \
             #range = if_not_exists(#range, :none)",
        );
        for (name, at) in names.iter().zip(heartbeats.values()) {
            // A name of ours: no value ever becomes part of an expression.
            update.push_str(&format!(", #{name} = :{name}"));
            values.insert(format!(":{name}"), number(at.millis()));
        }
        let fixed = ["next_object", "size", "range"];
        let names: Vec<&str> = fixed.into_iter().chain(names.iter().map(String::as_str)).collect();
        let update = Update {
            key: watermark_key(),
            update: &update,
            // Never false: on an empty index this is the watermark of an empty log.
            condition: "attribute_not_exists(#next_object) OR attribute_exists(#next_object)",
            names: &names,
            values,
        };
        self.table.update("writing heartbeats", update).await.map(|_| ())
    }
}
