//! What one batch has read: rows, items, documents, objects. It is dropped after the batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{ActionId, Chain, Digest, Fault, KeyRef, Timestamp};
use ledger::Object;
use serde_json::Value;
use store::IndexRow;
use wire::AnyItem as Item;
use wire::documents::Document;

/// How many parsed objects are kept at once.
const OBJECTS: usize = 16;

/// Where an event's record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The log object.
    pub object: u64,
    /// SHA-256 of the record's line.
    pub digest: Digest,
}

/// What one batch has read.
#[derive(Default)]
pub struct Memory {
    rows: BTreeMap<ActionId, Option<IndexRow>>,
    items: BTreeMap<ActionId, Item>,
    objects: BTreeMap<u64, Arc<Object>>,
    placed: BTreeMap<(ActionId, u32), Placed>,
    /// Documents as they were found: absent ones and others' bytes too.
    pub documents: BTreeMap<Digest, Lookup>,
    /// Keys as their issuers gave them, and when.
    pub keys: BTreeMap<KeyRef, (Option<Value>, Timestamp)>,
    /// Issuers that did not answer. None of them is asked twice.
    pub silent: BTreeMap<String, Fault>,
    /// Milliseconds spent on issuers.
    pub waited: i64,
}

/// What stands under a document's name.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// The document.
    There(Document),
    /// Nothing.
    Absent,
    /// Other bytes.
    Mismatch,
}

impl Memory {
    /// The action's row as last read or applied; none when it was not read yet.
    #[must_use]
    pub fn row(&self, action: &ActionId) -> Option<Option<&IndexRow>> {
        self.rows.get(action).map(Option::as_ref)
    }

    /// Remembers a row as it is in the index now.
    pub fn set_row(&mut self, action: &ActionId, row: Option<IndexRow>) {
        self.rows.insert(action.clone(), row);
    }

    /// Forgets all rows: somebody else has written the index.
    pub fn forget_rows(&mut self) {
        self.rows.clear();
    }

    /// An item of this action whose events up to `sequence` are those with this chain.
    #[must_use]
    pub fn item(&self, action: &ActionId, sequence: u32, chain: Chain) -> Option<&Item> {
        self.items.get(action).filter(|item| item.chain_at(sequence) == Some(chain))
    }

    /// Remembers an item that the log itself records.
    pub fn set_item(&mut self, item: Item) {
        self.items.insert(item.id().clone(), item);
    }

    /// Remembers an item as the stream brings it, the longest of each action. It is used only where its chain is the recorded
    /// one, so a forged item is never used.
    pub fn offer_item(&mut self, item: &Item) {
        let longer = self.items.get(item.id()).is_none_or(|known| known.sequence() < item.sequence());
        if longer {
            self.set_item(item.clone());
        }
    }

    /// A parsed object.
    #[must_use]
    pub fn object(&self, number: u64) -> Option<Arc<Object>> {
        self.objects.get(&number).cloned()
    }

    /// Remembers a parsed object, forgetting the oldest.
    pub fn set_object(&mut self, number: u64, object: Arc<Object>) {
        self.objects.insert(number, object);
        if self.objects.len() > OBJECTS {
            self.objects.pop_first();
        }
    }

    /// The object that holds this event's record, when this invocation wrote or read it.
    #[must_use]
    pub fn placed(&self, action: &ActionId, sequence: u32) -> Option<Placed> {
        self.placed.get(&(action.clone(), sequence)).copied()
    }

    /// Remembers where an event's record is.
    pub fn set_placed(&mut self, action: &ActionId, sequence: u32, placed: Placed) {
        self.placed.insert((action.clone(), sequence), placed);
    }
}
