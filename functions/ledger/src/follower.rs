//! Follows the log: every object past the watermark is read, checked and indexed before anything else happens.

use std::sync::Arc;

use domain::{ActionId, Chain, Fault, HistoryKind, Timestamp};
use ledger::{FollowedObject, Object, ObjectError, RecordError, RecordLine, Tail, tree::Tree};
use serde_json::Value;
use store::index::fits;
use store::{IndexRow, Position, Tried, Watermark};
use wire::record::Record;
use wire::{AnyItem as Item, bounds, json};

use crate::batch::Batch;
use crate::memory::Placed;
use crate::rows;

/// How often the index must refuse a record with a lasting fault until the record is quarantined.
const REFUSALS: u32 = 5;

impl Batch<'_> {
    /// Indexes everything past the watermark and gives the end of the log: the first absent number.
    pub(crate) async fn catch_up(&mut self) -> Result<Tail, Fault> {
        let mut tail = match self.ledger.capabilities.index.watermark().await?.and_then(tail_at) {
            Some(tail) => tail,
            // Without a usable watermark the whole log is indexed again.
            None => {
                self.ledger.capabilities.indexing.restart().await?;
                Tail::default()
            }
        };
        while let Some(bytes) = self.ledger.capabilities.log.object(tail.next).await? {
            tail = self.take(&tail, &bytes).await?;
        }
        Ok(tail)
    }

    /// Indexes the object at the tail and moves the watermark past it.
    pub(crate) async fn take(&mut self, tail: &Tail, bytes: &[u8]) -> Result<Tail, Fault> {
        let (next, found) = match tail.follow(bytes) {
            Err(ObjectError::UnknownVersion(version)) if !self.ledger.is_announced(&version) => {
                let detail = format!("no program that writes `{}` was announced", bounds::cut(&version, 40));
                (tail.pass(bytes), FollowedObject::Invalid { code: "unknown-version", detail })
            }
            followed => followed.map_err(|error| stopped(tail.next, &error))?,
        };
        match found {
            FollowedObject::Valid(object) => {
                let object = Arc::new(*object);
                self.memory.set_object(tail.next, object.clone());
                self.index(tail.next, &object).await?;
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
        self.ledger.capabilities.indexing.advance(&mark).await?;
        Ok(next)
    }

    async fn index(&mut self, number: u64, object: &Object) -> Result<(), Fault> {
        for line in object.records() {
            match &line.record {
                Ok(record) => self.index_record(number, object, line, record).await?,
                Err(error @ RecordError::UnknownVersion(version)) if self.ledger.is_announced(version) => {
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
        &mut self,
        number: u64,
        object: &Object,
        line: &RecordLine,
        record: &Record,
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
                self.index_event(number, object, line, &unverified).await
            }
            Record::Violation { action, at, .. } => {
                let Ok(action) = action.parse::<ActionId>() else { return Ok(()) };
                let known = self.row(&action).await?;
                let row = known.unwrap_or_else(|| IndexRow::blank(&action, *at, number));
                self.apply(&place("violation", 0, *at), IndexRow { quarantined: true, ..row }).await
            }
            Record::RefusedVerdict { action, person, code, at, .. } => {
                let known = self.row(action).await?;
                // Somebody may try before the first suspension. The suspension list is in no list, where a blank row would show.
                let blank =
                    || (*action == ActionId::suspensions()).then(|| IndexRow::blank(action, *at, number));
                let Some(row) = known.or_else(blank) else { return Ok(()) };
                let tried = Some(Tried { who: person.clone(), code: code.clone() });
                let position = Position { tried, ..place("attempt", 0, *at) };
                self.apply(&position, row).await
            }
            Record::Key { .. } => Ok(()),
        }
    }

    async fn index_event(
        &mut self,
        number: u64,
        object: &Object,
        line: &RecordLine,
        unverified: &UnverifiedEvent<'_>,
    ) -> Result<(), Fault> {
        let row = self.row(unverified.action).await?;
        let (sequence, chain) = row.as_ref().map_or((0, domain::ZERO_CHAIN), |row| (row.sequence, row.chain));
        let continues = unverified.sequence == sequence.saturating_add(1) && unverified.previous == chain;
        let history = match unverified.leads() {
            true if continues => self.history(unverified).await?,
            true if unverified.sequence <= sequence => {
                self.recorded(unverified.action, unverified.sequence, unverified.chain).await?
            }
            _ => None,
        };
        let kept = || {
            let item = history.as_ref()?;
            Some((item, item.kind(unverified.sequence)?, item.at(unverified.sequence)?))
        };
        let Some((item, kind, at)) = kept() else {
            let position = line.position;
            tracing::error!(alarm = true, position, action = %unverified.action, "a record does not continue its action");
            return Ok(());
        };
        let position = Position {
            position: line.position,
            object: number,
            kind: kind.to_owned(),
            sequence: unverified.sequence,
            at,
            digest: line.digest,
            tried: None,
            history_entry: item
                .action()
                .and_then(|action| HistoryKind::of(&action.entry(unverified.sequence)?.event))
                .filter(|_| continues),
        };
        self.memory.set_placed(
            unverified.action,
            unverified.sequence,
            Placed { object: number, digest: line.digest },
        );
        let next = match continues {
            true => rows::after(row.as_ref(), item, unverified.sequence, object.documents(), number),
            false => row,
        };
        match next {
            Some(next) => self.apply(&position, next).await,
            None => Ok(()),
        }
    }

    /// Whether the index can never hold this: it is too large, or was refused several times in a row. A single refusal may be
    /// a mistake in permissions, for which no action is quarantined.
    async fn never_fits(&self, position: &Position, row: &IndexRow) -> bool {
        if fits(position, row, row).is_err() {
            return true;
        }
        let mut refused = self.ledger.refused.lock().await;
        let times = if refused.0 == position.position { refused.1.saturating_add(1) } else { 1 };
        *refused = (position.position, times);
        times >= REFUSALS
    }

    /// A record that the index can never hold would block the log for ever. It is quarantined instead: the index keeps only
    /// that it exists, and nothing of the action has effects any more.
    async fn apply(&mut self, position: &Position, row: IndexRow) -> Result<(), Fault> {
        let row = match self.ledger.capabilities.indexing.apply(position, &row).await {
            Ok(()) => row,
            Err(fault) if fault.is_passing() || !self.never_fits(position, &row).await => return Err(fault),
            Err(fault) => {
                tracing::error!(alarm = true, action = %row.action, %fault, "a record is quarantined in the index");
                self.ledger.capabilities.indexing.quarantine(position, &row).await?;
                row.quarantined()
            }
        };
        self.memory.set_row(&row.action.clone(), Some(row));
        Ok(())
    }

    /// The action's row, read once per invocation and then kept as applied.
    pub(crate) async fn row(&mut self, action: &ActionId) -> Result<Option<IndexRow>, Fault> {
        if let Some(row) = self.memory.row(action) {
            return Ok(row.cloned());
        }
        let row = self.ledger.capabilities.index.row(action).await?;
        self.memory.set_row(action, row.clone());
        Ok(row)
    }

    /// The item up to the event this record claims, if the log's own records lead there.
    async fn history(&mut self, unverified: &UnverifiedEvent<'_>) -> Result<Option<Item>, Fault> {
        if let Some(item) = self.memory.item(unverified.action, unverified.sequence, unverified.chain) {
            return Ok(Some(item.clone()));
        }
        let Some(before) = unverified.sequence.checked_sub(1) else { return Ok(None) };
        let Some(recorded) = self.recorded(unverified.action, before, unverified.previous).await? else {
            return Ok(None);
        };
        let Ok(line) = json::canonical(unverified.entry).map(json::Canonical::into_string) else {
            return Ok(None);
        };
        let kept = recorded.lines().into_iter().take(usize::try_from(before).unwrap_or(usize::MAX));
        let lines = kept.chain([line.as_str()]);
        let parsed = Item::parse(unverified.action.clone(), lines).ok();
        let item = parsed.filter(|item| item.chain() == unverified.chain);
        item.iter().for_each(|item| self.memory.set_item(item.clone()));
        Ok(item)
    }

    /// An item whose first `sequence` events are those the log records, ending in this chain.
    pub(crate) async fn recorded(
        &mut self,
        action: &ActionId,
        sequence: u32,
        chain: Chain,
    ) -> Result<Option<Item>, Fault> {
        if sequence == 0 {
            return Ok(Some(Item::new(action.clone())));
        }
        if let Some(item) = self.memory.item(action, sequence, chain) {
            return Ok(Some(item.clone()));
        }
        let mut lines: Vec<String> = Vec::new();
        for position in self.ledger.capabilities.index.positions(action).await? {
            let expected = u32::try_from(lines.len()).unwrap_or(u32::MAX).saturating_add(1);
            if position.sequence != expected || expected > sequence {
                continue;
            }
            let object = self.object(position.object).await?;
            let entry = object.event(action, expected).and_then(|record| json::canonical(record.entry).ok());
            lines.extend(entry.map(json::Canonical::into_string));
        }
        let parsed = Item::parse(action.clone(), lines.iter().map(String::as_str)).ok();
        let item = parsed.filter(|item| item.chain_at(sequence) == Some(chain));
        item.iter().for_each(|item| self.memory.set_item(item.clone()));
        Ok(item)
    }

    /// A valid object that was indexed before.
    pub(crate) async fn object(&mut self, number: u64) -> Result<Arc<Object>, Fault> {
        if let Some(object) = self.memory.object(number) {
            return Ok(object);
        }
        let gone = || Fault::lasting(format!("log object {number} is indexed and gone"));
        let bytes = self.ledger.capabilities.log.object(number).await?.ok_or_else(gone)?;
        let object = Arc::new(Object::read(number, &bytes).map_err(|error| stopped(number, &error))?);
        self.memory.set_object(number, object.clone());
        Ok(object)
    }
}

/// An event record that was not checked yet.
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
