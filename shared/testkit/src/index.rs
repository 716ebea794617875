//! The index.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::{ActionId, ActivityHistory, Digest, Fault, HistoryKind, LastRun, Timestamp};
use store::image::HEARTBEATS;
use store::index::{
    StoredEntry, cursor_after, cursor_start, fits, lists, merge, place, same_list, shows, stored_entry,
};
use store::{IndexRow, ListPage, Listing, MAX_ENTRIES, Position, ReadIndex, Watermark, WriteIndex};

use crate::Gate;

/// The watermark of an empty log.
const EMPTY: Watermark = Watermark {
    next_object: 0,
    size: 0,
    range: Vec::new(),
    last: None,
    heartbeat: Timestamp::from_millis(0),
};

/// The index. Clones share it.
#[derive(Clone)]
pub struct Index {
    gate: Gate,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<ActionId, IndexRow>,
    positions: BTreeMap<(ActionId, u64), Position>,
    entries: BTreeMap<(ActionId, u32), StoredEntry>,
    watermark: Option<Watermark>,
    heartbeats: BTreeMap<u8, Timestamp>,
}

impl Index {
    /// An empty index.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        Self { gate, table: Arc::default() }
    }

    /// The same index, reached through another gate.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    /// Every row.
    #[must_use]
    pub fn rows(&self) -> Vec<IndexRow> {
        self.table().rows.values().cloned().collect()
    }

    /// Every history entry, in the order of actions and their events.
    #[must_use]
    pub fn entries(&self) -> Vec<StoredEntry> {
        self.table().entries.values().cloned().collect()
    }

    /// Forgets everything: an index that has to be rebuilt from the log.
    pub fn clear(&self) {
        *self.table() = Table::default();
    }

    /// Writes a row over whatever was there: what ledger's role can do.
    pub fn forge(&self, row: IndexRow) {
        self.table().rows.insert(row.action.clone(), row);
    }

    /// Forgets where the records of this action are.
    pub fn forget_positions(&self, action: &ActionId) {
        self.table().positions.retain(|(of, _), _| of != action);
    }

    /// Sets the watermark and every heartbeat, or takes both away, whatever was there.
    pub fn set_watermark(&self, watermark: Option<Watermark>) {
        let mut table = self.table();
        let all = |mark: &Watermark| (0..HEARTBEATS).map(|number| (number, mark.heartbeat)).collect();
        table.heartbeats = watermark.as_ref().map(all).unwrap_or_default();
        table.watermark = watermark;
    }

    /// An index that ledger has just begun to keep: nothing is recorded, and every heartbeat is of this moment.
    pub fn begin(&self, at: Timestamp) {
        self.set_watermark(Some(Watermark { heartbeat: at, ..EMPTY }));
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn page(&self, listing: &Listing, cursor: Option<&str>, limit: u32) -> Result<ListPage, Fault> {
        let after = cursor.map(|cursor| cursor_start(listing, cursor)).transpose()?;
        let partition = match listing {
            Listing::Inbox(group) => Listing::Group(group.clone()),
            other => other.clone(),
        };
        let in_list = |row: &IndexRow| lists(row).iter().any(|one| same_list(one, &partition));
        let listed = |row: &&IndexRow| in_list(row) && shows(listing, row);
        let mut found: Vec<(String, IndexRow)> = Vec::new();
        for row in self.table().rows.values().filter(listed) {
            found.push((place(row.created_at, &row.action), row.clone()));
        }
        found.sort_by(|(left, _), (right, _)| right.cmp(left));
        found.retain(|(place, _)| after.as_ref().is_none_or(|after| place < after));
        let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let last = found.last().filter(|_| more);
        let next = last.map(|(place, _)| cursor_after(listing, place));
        let listed = |row: IndexRow| IndexRow { history_key: None, profile: None, ..row };
        Ok(ListPage { rows: found.into_iter().map(|(_, row)| listed(row)).collect(), next })
    }

    fn told(&self, history_key: Digest, but: &ActionId, now: Timestamp) -> Option<ActivityHistory> {
        let since = now.millis().saturating_sub(ActivityHistory::WEEK);
        let table = self.table();
        let theirs = table
            .entries
            .values()
            .filter(|stored_entry| stored_entry.history_key == history_key && stored_entry.action != *but);
        let mut before: Vec<&StoredEntry> =
            theirs.filter(|stored_entry| stored_entry.history_entry.at < now).collect();
        before.sort_by_key(|stored_entry| {
            (stored_entry.history_entry.at, &stored_entry.action, stored_entry.sequence)
        });
        let last = before.iter().rev().find_map(|stored_entry| {
            let profile = stored_entry.profile.clone()?;
            Some(LastRun { action: stored_entry.action.clone(), at: stored_entry.history_entry.at, profile })
        });
        before.retain(|stored_entry| stored_entry.history_entry.at.millis() >= since);
        let entries: Vec<_> = before.iter().map(|stored_entry| stored_entry.history_entry).collect();
        let claimed =
            before.iter().filter(|stored_entry| stored_entry.history_entry.kind == HistoryKind::Executed);
        let claimed = claimed.map(|stored_entry| stored_entry.action.clone()).collect();
        (entries.len() <= MAX_ENTRIES).then_some(ActivityHistory { entries, claimed, last })
    }
}

#[async_trait]
impl ReadIndex for Index {
    async fn row(&self, action: &ActionId) -> Result<Option<IndexRow>, Fault> {
        self.gate.before("index.get").await?;
        let row = self.table().rows.get(action).cloned();
        self.gate.after("index.get").await?;
        Ok(row)
    }

    async fn positions(&self, action: &ActionId) -> Result<Vec<Position>, Fault> {
        self.gate.before("index.query").await?;
        let range = (action.clone(), 0)..=(action.clone(), u64::MAX);
        let positions = self.table().positions.range(range).map(|(_, position)| position.clone()).collect();
        self.gate.after("index.query").await?;
        Ok(positions)
    }

    async fn list(&self, listing: &Listing, cursor: Option<&str>, limit: u32) -> Result<ListPage, Fault> {
        self.gate.before("index.query").await?;
        let page = self.page(listing, cursor, limit);
        self.gate.after("index.query").await?;
        page
    }

    async fn history(
        &self,
        history_key: Digest,
        but: &ActionId,
        now: Timestamp,
    ) -> Result<Option<ActivityHistory>, Fault> {
        // Two queries: the week's history entries, and the last that ran.
        for _ in 0..2 {
            self.gate.before("index.query").await?;
            self.gate.after("index.query").await?;
        }
        Ok(self.told(history_key, but, now))
    }

    async fn watermark(&self) -> Result<Option<Watermark>, Fault> {
        self.gate.before("index.get").await?;
        let watermark = {
            let table = self.table();
            let never = Timestamp::from_millis(0);
            let at = |number| table.heartbeats.get(&number).copied().unwrap_or(never);
            let heartbeat = (0..HEARTBEATS).map(at).min().unwrap_or(never);
            table.watermark.clone().map(|mark| Watermark { heartbeat, ..mark })
        };
        self.gate.after("index.get").await?;
        Ok(watermark)
    }
}

#[async_trait]
impl WriteIndex for Index {
    async fn apply(&self, position: &Position, row: &IndexRow) -> Result<(), Fault> {
        self.gate.before("index.apply").await?;
        {
            let mut table = self.table();
            let key = (row.action.clone(), position.position);
            if !table.positions.contains_key(&key) {
                let merged = merge(table.rows.get(&row.action), row);
                fits(position, row, &merged)?;
                table.positions.insert(key, position.clone());
                table.rows.insert(row.action.clone(), merged);
                if let Some(stored_entry) = stored_entry(position, row) {
                    table.entries.insert((stored_entry.action.clone(), stored_entry.sequence), stored_entry);
                }
            }
        }
        self.gate.after("index.apply").await
    }

    async fn advance(&self, watermark: &Watermark) -> Result<(), Fault> {
        self.gate.before("index.advance").await?;
        {
            let mut table = self.table();
            let further =
                table.watermark.as_ref().is_none_or(|stored| stored.next_object < watermark.next_object);
            if further {
                table.watermark = Some(watermark.clone());
            }
        }
        self.gate.after("index.advance").await?;
        Ok(())
    }

    async fn quarantine(&self, position: &Position, row: &IndexRow) -> Result<(), Fault> {
        self.gate.before("index.quarantine").await?;
        {
            let (position, row) = (position.bare(), row.quarantined());
            fits(&position, &row, &row)?;
            let mut table = self.table();
            table.positions.insert((row.action.clone(), position.position), position);
            table.rows.insert(row.action.clone(), row);
        }
        self.gate.after("index.quarantine").await
    }

    async fn restart(&self) -> Result<(), Fault> {
        self.gate.before("index.restart").await?;
        self.table().watermark = Some(EMPTY);
        self.gate.after("index.restart").await
    }

    async fn write_heartbeats(&self, heartbeats: &BTreeMap<u8, Timestamp>) -> Result<(), Fault> {
        if heartbeats.is_empty() {
            return Ok(());
        }
        self.gate.before("index.write_heartbeats").await?;
        {
            let mut table = self.table();
            table.watermark.get_or_insert(EMPTY);
            table.heartbeats.extend(heartbeats);
        }
        self.gate.after("index.write_heartbeats").await
    }
}
