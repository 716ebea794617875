//! What one record writes to the index. Pure, and the same for the table and its double.

use domain::Fault;

use super::{entries, keys, lists, rows, stored_entry};
use crate::attributes::{AttributeValue, Attributes};
use crate::{IndexRow, Position};

/// The limits of one transaction, in items and bytes, and of one item and its keys in bytes.
const ITEMS: usize = 100;
const BYTES: usize = 4 * 1024 * 1024;
const ITEM: usize = 400 * 1024;
const PARTITION: usize = 2048;
const SORT: usize = 1024;
/// Bytes that the lists of one action may take; entries beyond that are left out of the lists.
const LISTS: usize = BYTES - 2 * ITEM - 128 * 1024;

/// The items of one record's transaction.
pub(crate) struct Written {
    /// Where the record is; new.
    pub(crate) position: Attributes,
    /// The action's row, whatever stood there.
    pub(crate) row: Attributes,
    /// Rows of lists, a history entry, and how what ran looked.
    pub(crate) others: Vec<Attributes>,
}

/// What applying this record writes. `merged` is the row after it, `row` the record's own.
///
/// # Errors
/// A lasting [`Fault`] when the table can never hold it.
pub(crate) fn written(position: &Position, row: &IndexRow, merged: &IndexRow) -> Result<Written, Fault> {
    let action = keys::action(&merged.action);
    let placed = keys::position(position.position);
    let mut others = listed(merged);
    if let Some(stored_entry) = stored_entry(position, row) {
        let history_key = || keys::history(&stored_entry.history_key);
        others.push(rows::keyed(entries::counted(&stored_entry), history_key(), keys::entry(&stored_entry)));
        if let Some(profile) = &stored_entry.profile {
            others.push(rows::keyed(
                entries::seen(&stored_entry.action, profile),
                history_key(),
                keys::seen(&stored_entry),
            ));
        }
    }
    let written = Written {
        position: rows::keyed(rows::position(position), action.clone(), placed),
        row: rows::keyed(rows::whole_row(merged), action, keys::ROW.to_owned()),
        others,
    };
    written.fits().map(|()| written)
}

/// Whether a double's table could store what this record writes.
///
/// # Errors
/// A lasting [`Fault`].
pub fn fits(position: &Position, row: &IndexRow, merged: &IndexRow) -> Result<(), Fault> {
    written(position, row, merged).map(drop)
}

/// One row for each list, as many as a transaction has room for.
fn listed(merged: &IndexRow) -> Vec<Attributes> {
    let (place, mut room) = (rows::place(merged), LISTS);
    let rows = lists(merged)
        .into_iter()
        .map(|listing| rows::keyed(rows::row(merged), keys::list(&listing), place.clone()));
    let all: Vec<Attributes> = rows.collect();
    let fitting = all.iter().take_while(|row| {
        let left = room.checked_sub(size(row));
        room = left.unwrap_or(0);
        left.is_some()
    });
    let fitting = fitting.count();
    if fitting < all.len() {
        tracing::error!(alarm = true, action = %merged.action, "an action is left out of lists: too large");
    }
    all.into_iter().take(fitting).collect()
}

impl Written {
    fn fits(&self) -> Result<(), Fault> {
        let items = || [&self.position, &self.row].into_iter().chain(&self.others);
        let total = items().map(size).fold(0_usize, usize::saturating_add);
        let long = |name: &'static str, most: usize| move |item: &Attributes| matches!(item.get(name), Some(AttributeValue::S(key)) if key.len() > most);
        let (partition, sort) = (long("pk", PARTITION), long("sk", SORT));
        let too_large = items().any(|item| size(item) > ITEM || partition(item) || sort(item));
        if too_large || items().count() > ITEMS || total > BYTES {
            return Err(Fault::lasting("indexing a record: it is larger than the table takes"));
        }
        Ok(())
    }
}

/// Bytes as DynamoDB counts them, or a few more: names and values, lists and maps with their overhead.
fn size(item: &Attributes) -> usize {
    item.iter().map(|(name, value)| name.len().saturating_add(bytes(value))).fold(0, usize::saturating_add)
}

fn bytes(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().saturating_add(2),
        AttributeValue::L(values) => {
            values.iter().map(|value| bytes(value).saturating_add(1)).fold(3, usize::saturating_add)
        }
        AttributeValue::M(values) => values
            .iter()
            .map(|(name, value)| name.len().saturating_add(bytes(value)).saturating_add(1))
            .fold(3, usize::saturating_add),
        _ => 1,
    }
}
