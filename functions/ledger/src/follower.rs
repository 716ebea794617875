//! Following the log: every object past the watermark is read, checked and indexed before anything else happens.

use std::sync::Arc;

use domain::{ActionId, Chain, Fault, HistoryKind, Timestamp};
use ledger::{FollowedObject, Object, ObjectError, RecordError, RecordLine, Tail, tree::Tree};
use serde_json::Value;
use store::index::fits;
use store::{IndexRow, Position, Tried, Watermark};
use wire::record::Record;
use wire::{Item, bounds, json};

use crate::handler::Ledger;
use crate::memory::{Memory, Placed};
use crate::rows;

/// How often the index must refuse a record for good until it is quarantined.
const REFUSALS: u32 = 5;

impl Ledger {
    /// Indexes everything past the watermark and gives the end of the log: the first absent number.
    pub(crate) async fn catch_up(&self, memory: &mut Memory) -> Result<Tail, Fault> {
        let mut tail = match self.capabilities.index.watermark().await?.and_then(tail_at) {
            Some(tail) => tail,
            // No watermark, or one that contradicts itself: the log says everything once more.
            None => {
                self.capabilities.indexing.restart().await?;
                Tail::default()
            }
        };
        while let Some(bytes) = self.capabilities.log.object(tail.next).await? {
            tail = self.take(&tail, &bytes, memory).await?;
        }
        Ok(tail)
    }

    /// Indexes the object at the tail and moves the watermark past it.
    pub(crate) async fn take(&self, tail: &Tail, bytes: &[u8], memory: &mut Memory) -> Result<Tail, Fault> {
        let (next, found) = match tail.follow(bytes) {
            Err(ObjectError::UnknownVersion(version)) if !self.is_announced(&version) => {
                let detail = format!("no program that writes `{}` was announced", bounds::cut(&version, 40));
                (tail.pass(bytes), FollowedObject::Invalid { code: "unknown-version", detail })
            }
            followed => followed.map_err(|error| stopped(tail.next, &error))?,
        };
        match found {
            FollowedObject::Valid(object) => {
                let object = Arc::new(*object);
                memory.set_object(tail.next, object.clone());
                self.index(tail.next, &object, memory).await?;
            }
            FollowedObject::Invalid { code, detail } => {
                tracing::error!(
                    alarm = true,
                    object = tail.next,
                    code,
                    detail,
                    "an object of the log is invalid"
                );
            }
        }
        let mark = Watermark {
            next_object: next.next,
            size: next.tree.size(),
            range: next.tree.range().to_vec(),
            last: next.previous,
            // Moving on says nothing about the stream.
            heartbeat: Timestamp::from_millis(0),
        };
        self.capabilities.indexing.advance(&mark).await?;
        Ok(next)
    }

    async fn index(&self, number: u64, object: &Object, memory: &mut Memory) -> Result<(), Fault> {
        for line in object.records() {
            match &line.record {
                Ok(record) => self.index_record(number, object, line, record, memory).await?,
                Err(error @ RecordError::UnknownVersion(version)) if self.is_announced(version) => {
                    return Err(stopped(number, error));
                }
                Err(error) => {
                    let position = line.position;
                    tracing::error!(alarm = true, position, %error, "a record of the log cannot be read");
                }
            }
        }
        Ok(())
    }

    async fn index_record(
        &self,
        number: u64,
        object: &Object,
        line: &RecordLine,
        record: &Record,
        memory: &mut Memory,
    ) -> Result<(), Fault> {
        let place = |kind: &str, sequence, at| Position {
            position: line.position,
            object: number,
            kind: kind.to_owned(),
            sequence,
            at,
            digest: line.digest,
            tried: None,
            history_entry: None,
        };
        match record {
            Record::Event { action, sequence, previous, chain, entry, .. } => {
                let unverified = UnverifiedEvent {
                    action,
                    sequence: *sequence,
                    previous: *previous,
                    chain: *chain,
                    entry,
                };
                self.index_event(number, object, line, &unverified, memory).await
            }
            Record::Violation { action, at, .. } => {
                let Ok(action) = action.parse::<ActionId>() else { return Ok(()) };
                let row = self.row(&action, memory).await?;
                let row = row.unwrap_or_else(|| IndexRow::blank(&action, *at, number));
                self.apply(&place("violation", 0, *at), IndexRow { quarantined: true, ..row }, memory).await
            }
            Record::RefusedVerdict { action, person, code, at, .. } => {
                let row = self.row(action, memory).await?;
                // Somebody may try before the first suspension. The suspension list is in no list, where a blank row would show.
                let blank =
                    || (*action == ActionId::suspensions()).then(|| IndexRow::blank(action, *at, number));
                let Some(row) = row.or_else(blank) else { return Ok(()) };
                let tried = Some(Tried { who: person.clone(), code: code.clone() });
                let position = Position { tried, ..place("attempt", 0, *at) };
                self.apply(&position, row, memory).await
            }
            Record::Key { .. } => Ok(()),
        }
    }

    async fn index_event(
        &self,
        number: u64,
        object: &Object,
        line: &RecordLine,
        unverified: &UnverifiedEvent<'_>,
        memory: &mut Memory,
    ) -> Result<(), Fault> {
        let row = self.row(unverified.action, memory).await?;
        let (sequence, chain) = row.as_ref().map_or((0, domain::ZERO_CHAIN), |row| (row.sequence, row.chain));
        let continues = unverified.sequence == sequence.saturating_add(1) && unverified.previous == chain;
        let history = match unverified.leads() {
            true if continues => self.history(unverified, memory).await?,
            true if unverified.sequence <= sequence => {
                self.recorded(unverified.action, unverified.sequence, unverified.chain, memory).await?
            }
            _ => None,
        };
        let kept = || history.as_ref().and_then(|item| item.entries().get(unverified.place()?));
        let Some(entry) = kept() else {
            let position = line.position;
            tracing::error!(alarm = true, position, action = %unverified.action, "a record does not continue its action");
            return Ok(());
        };
        let position = Position {
            position: line.position,
            object: number,
            kind: entry.event.kind().to_owned(),
            sequence: unverified.sequence,
            at: entry.at,
            digest: line.digest,
            tried: None,
            history_entry: HistoryKind::of(&entry.event).filter(|_| continues),
        };
        memory.set_placed(
            unverified.action,
            unverified.sequence,
            Placed { object: number, digest: line.digest },
        );
        let next = match (&history, continues) {
            (Some(item), true) => {
                rows::after(row.as_ref(), item, unverified.sequence, object.documents(), number)
            }
            _ => row,
        };
        match next {
            Some(next) => self.apply(&position, next, memory).await,
            None => Ok(()),
        }
    }

    /// Whether the index can never hold this: it is too large, or was refused again and again. Once may be a mistake in
    /// permissions, which costs no action its life.
    async fn never_fits(&self, position: &Position, row: &IndexRow) -> bool {
        if fits(position, row, row).is_err() {
            return true;
        }
        let mut refused = self.refused.lock().await;
        let times = if refused.0 == position.position { refused.1.saturating_add(1) } else { 1 };
        *refused = (position.position, times);
        times >= REFUSALS
    }

    /// What the index can never hold would stop the log at its record for ever: then only what says that it is there is
    /// kept, and nothing of the action has effects any more.
    async fn apply(&self, position: &Position, row: IndexRow, memory: &mut Memory) -> Result<(), Fault> {
        let row = match self.capabilities.indexing.apply(position, &row).await {
            Ok(()) => row,
            Err(fault) if fault.is_passing() || !self.never_fits(position, &row).await => return Err(fault),
            Err(fault) => {
                tracing::error!(alarm = true, action = %row.action, %fault, "a record is quarantined in the index");
                self.capabilities.indexing.quarantine(position, &row).await?;
                row.quarantined()
            }
        };
        memory.set_row(&row.action.clone(), Some(row));
        Ok(())
    }

    /// The action's row, read once per invocation and then kept as applied.
    pub(crate) async fn row(
        &self,
        action: &ActionId,
        memory: &mut Memory,
    ) -> Result<Option<IndexRow>, Fault> {
        if let Some(row) = memory.row(action) {
            return Ok(row.cloned());
        }
        let row = self.capabilities.index.row(action).await?;
        memory.set_row(action, row.clone());
        Ok(row)
    }

    /// The item up to the event this record claims, if the log's own records lead there.
    async fn history(
        &self,
        unverified: &UnverifiedEvent<'_>,
        memory: &mut Memory,
    ) -> Result<Option<Item>, Fault> {
        if let Some(item) = memory.item(unverified.action, unverified.sequence, unverified.chain) {
            return Ok(Some(item.clone()));
        }
        let Some(before) = unverified.sequence.checked_sub(1) else { return Ok(None) };
        let Some(recorded) = self.recorded(unverified.action, before, unverified.previous, memory).await?
        else {
            return Ok(None);
        };
        let Ok(line) = json::canonical(unverified.entry).map(json::Canonical::into_string) else {
            return Ok(None);
        };
        let kept = recorded.entries().iter().take(usize::try_from(before).unwrap_or(usize::MAX));
        let lines = kept.map(|entry| entry.line.as_str()).chain([line.as_str()]);
        let item = Item::parse(unverified.action.clone(), lines).ok();
        let item = item.filter(|item| item.chain() == unverified.chain);
        item.iter().for_each(|item| memory.set_item(item.clone()));
        Ok(item)
    }

    /// An item whose first `sequence` events are those the log records, ending in this chain.
    pub(crate) async fn recorded(
        &self,
        action: &ActionId,
        sequence: u32,
        chain: Chain,
        memory: &mut Memory,
    ) -> Result<Option<Item>, Fault> {
        if sequence == 0 {
            return Ok(Some(Item::new(action.clone())));
        }
        if let Some(item) = memory.item(action, sequence, chain) {
            return Ok(Some(item.clone()));
        }
        let mut lines: Vec<String> = Vec::new();
        for position in self.capabilities.index.positions(action).await? {
            let expected = u32::try_from(lines.len()).unwrap_or(u32::MAX).saturating_add(1);
            if position.sequence != expected || expected > sequence {
                continue;
            }
            let object = self.object(position.object, memory).await?;
            let entry = object.event(action, expected).and_then(|record| json::canonical(record.entry).ok());
            lines.extend(entry.map(json::Canonical::into_string));
        }
        let item = Item::parse(action.clone(), lines.iter().map(String::as_str)).ok();
        let item = item.filter(|item| item.chain_at(sequence) == Some(chain));
        item.iter().for_each(|item| memory.set_item(item.clone()));
        Ok(item)
    }

    /// A valid object that was indexed before.
    pub(crate) async fn object(&self, number: u64, memory: &mut Memory) -> Result<Arc<Object>, Fault> {
        if let Some(object) = memory.object(number) {
            return Ok(object);
        }
        let bytes = self.capabilities.log.object(number).await?;
        let bytes =
            bytes.ok_or_else(|| Fault::lasting(format!("log object {number} is indexed and gone")))?;
        let object = Object::read(number, &bytes).map_err(|error| stopped(number, &error))?;
        let object = Arc::new(object);
        memory.set_object(number, object.clone());
        Ok(object)
    }
}

/// An event record, not yet believed.
struct UnverifiedEvent<'a> {
    action: &'a ActionId,
    sequence: u32,
    previous: Chain,
    chain: Chain,
    entry: &'a Value,
}

impl UnverifiedEvent<'_> {
    /// Whether the entry is what leads from the chain before to the chain after.
    fn leads(&self) -> bool {
        let line = json::canonical(self.entry);
        line.is_ok_and(|line| self.previous.extend(line.as_bytes()) == self.chain)
    }

    fn place(&self) -> Option<usize> {
        usize::try_from(self.sequence.checked_sub(1)?).ok()
    }
}

fn tail_at(mark: Watermark) -> Option<Tail> {
    let Some(tree) = Tree::from_range(mark.size, mark.range) else {
        tracing::error!(alarm = true, "the index's watermark contradicts itself; the log is followed anew");
        return None;
    };
    Some(Tail { next: mark.next_object, previous: mark.last, tree })
}

fn stopped(number: u64, error: &dyn std::error::Error) -> Fault {
    tracing::error!(alarm = true, number, %error, "the ledger cannot go on past this object");
    Fault::lasting(format!("log object {number}: {error}"))
}
