//! The item: an action's events and the running hash over them. State is their fold.

use domain::{
    ActionId, Chain, Effect, Event, EventRejection, State, Timestamp, Verdict, VerdictKind, ZERO_CHAIN,
    advance, fold,
};
use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::event::EventJson;
use crate::json::{self, JsonError};
use crate::text;

/// The version every entry carries; an entry of a newer one is left alone.
const VERSION: u32 = 1;

/// One entry: an event, its place and time, and the exact bytes that were hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// 1 for the first event.
    pub sequence: u32,
    /// When it was committed.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// Its canonical JSON, as stored.
    pub line: String,
    /// The chain after it.
    pub chain: Chain,
}

/// An action's whole history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    id: ActionId,
    entries: Vec<Entry>,
    state: State,
}

/// Why stored lines are not an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// A line that does not parse, or is not canonical.
    #[error("entry {0} is malformed: {1}")]
    Malformed(u32, String),
    /// A line of a version this program does not know.
    #[error("entry {0} has version {1}, newer than this program knows")]
    NewerVersion(u32, u32),
    /// The events are no possible history.
    #[error("entry {0} cannot follow: {1}")]
    Impossible(u32, EventRejection),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryJson {
    v: u32,
    seq: u32,
    #[serde(with = "text::time")]
    at: Timestamp,
    event: EventJson,
}

#[derive(Deserialize)]
struct VersionJson {
    v: u32,
}

/// Bytes of an item's events up to which it may be changed.
pub const ROOM_FOR_CHANGES: usize = 100 * 1024;
/// Bytes of an item's events up to which it may be approved, and what it granted used.
pub const ROOM_FOR_VOTES: usize = 220 * 1024;

impl Item {
    /// The item before its first event.
    #[must_use]
    pub fn new(id: ActionId) -> Self {
        Self { id, entries: Vec::new(), state: State::Absent }
    }

    /// The item these stored lines are, folded through [`advance`] one by one.
    ///
    /// # Errors
    /// [`ItemError`], with the number of the entry that is wrong.
    pub fn parse<'a>(id: ActionId, lines: impl IntoIterator<Item = &'a str>) -> Result<Self, ItemError> {
        let mut item = Self::new(id);
        for line in lines {
            let (event, at) = item.read(line)?;
            let sequence = item.sequence().saturating_add(1);
            let (state, _) =
                advance(&item.state, &event, at).map_err(|e| ItemError::Impossible(sequence, e))?;
            item.push(event, at, line.to_owned(), state);
        }
        Ok(item)
    }

    fn read(&self, line: &str) -> Result<(Event, Timestamp), ItemError> {
        let sequence = self.sequence().saturating_add(1);
        let wrong = |error: String| ItemError::Malformed(sequence, error);
        let value = json::parse_stored_value(line.as_bytes()).map_err(|e| wrong(e.to_string()))?;
        let version: VersionJson = json::from_value(value.clone()).map_err(|e| wrong(e.to_string()))?;
        if version.v > VERSION {
            return Err(ItemError::NewerVersion(sequence, version.v));
        }
        let entry: EntryJson = json::from_value(value).map_err(|e| wrong(e.to_string()))?;
        let canonical = json::canonical(&entry).map_err(|e| wrong(e.to_string()))?;
        if entry.v != VERSION || entry.seq != sequence || canonical.as_bytes() != line.as_bytes() {
            return Err(wrong("not in canonical form, or out of place".to_owned()));
        }
        let event: Event = entry.event.into();
        bounds::event(&event).map_err(|error| wrong(error.to_string()))?;
        if !self.fits(&event) {
            return Err(ItemError::Impossible(sequence, EventRejection::NotPossible));
        }
        Ok((event, entry.at))
    }

    /// The suspension list is one item of its own: no action can become it, and it can become no action.
    fn fits(&self, event: &Event) -> bool {
        let switches = matches!(event, Event::Suspended { .. } | Event::Resumed { .. });
        switches == (self.id == ActionId::suspensions())
    }

    /// The item with one more event at this time, and what follows from it.
    ///
    /// # Errors
    /// The lifecycle's [`EventRejection`]; [`EventRejection::Malformed`] if the event has no canonical form or exceeds [`bounds`];
    /// [`EventRejection::NoRoom`] for a change, an approval or a grant's use that would take the room that the item's end needs.
    pub fn extend(&self, event: Event, now: Timestamp) -> Result<(Self, Vec<Effect>), EventRejection> {
        if !self.fits(&event) {
            return Err(EventRejection::NotPossible);
        }
        let (state, effects) = advance(&self.state, &event, now)?;
        bounds::event(&event).map_err(|_| EventRejection::Malformed)?;
        let sequence = self.sequence().checked_add(1).ok_or(EventRejection::Malformed)?;
        let line = encode(sequence, &event, now).map_err(|_| EventRejection::Malformed)?;
        if room(&event).is_some_and(|room| self.bytes().saturating_add(line.len()) > room) {
            return Err(EventRejection::NoRoom);
        }
        let mut next = self.clone();
        next.push(event, now, line, state);
        Ok((next, effects))
    }

    fn push(&mut self, event: Event, at: Timestamp, line: String, state: State) {
        let chain = self.chain().extend(line.as_bytes());
        let sequence = self.sequence().saturating_add(1);
        self.entries.push(Entry { sequence, at, event, line, chain });
        self.state = state;
    }

    /// The action's id.
    #[must_use]
    pub fn id(&self) -> &ActionId {
        &self.id
    }

    /// Its events in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The number of events.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        u32::try_from(self.entries.len()).unwrap_or(u32::MAX)
    }

    /// The chain after the last event.
    #[must_use]
    pub fn chain(&self) -> Chain {
        self.entries.last().map_or(ZERO_CHAIN, |entry| entry.chain)
    }

    /// The chain after this many events; absent beyond the end.
    #[must_use]
    pub fn chain_at(&self, sequence: u32) -> Option<Chain> {
        match sequence {
            0 => Some(ZERO_CHAIN),
            n => self.entries.get(usize::try_from(n).ok()?.checked_sub(1)?).map(|entry| entry.chain),
        }
    }

    /// The fold of all events.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The state after this many events; absent beyond the end.
    #[must_use]
    pub fn state_at(&self, sequence: u32) -> Option<State> {
        let entries = self.entries.get(..usize::try_from(sequence).ok()?)?;
        fold(entries.iter().map(|entry| (&entry.event, entry.at))).ok()
    }

    /// What people changed of it, in order.
    pub fn changes(&self) -> impl Iterator<Item = (&Entry, &Verdict)> {
        self.entries.iter().filter_map(|entry| match &entry.event {
            Event::Modified { verdict, .. } => Some((entry, verdict)),
            _ => None,
        })
    }

    /// How many bytes its events take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.line.len()).sum()
    }

    /// When the last event was committed.
    #[must_use]
    pub fn touched_at(&self) -> Option<Timestamp> {
        self.entries.last().map(|entry| entry.at)
    }
}

/// The event and time of one entry as a record holds it (a JSON value, not the stored line).
///
/// # Errors
/// [`ItemError`] when it is no entry of a version this program knows.
pub fn read_entry(entry: &serde_json::Value) -> Result<(Event, Timestamp), ItemError> {
    let wrong = |error: JsonError| ItemError::Malformed(0, error.to_string());
    let version: VersionJson = json::from_value(entry.clone()).map_err(wrong)?;
    if version.v != VERSION {
        return Err(ItemError::NewerVersion(0, version.v));
    }
    let entry: EntryJson = json::from_value(entry.clone()).map_err(wrong)?;
    Ok((entry.event.into(), entry.at))
}

/// The bytes that an item's events may take with this one; none for an event that ends it or comes a fixed number of
/// times. A table's item holds 400 KB, so whoever changes, approves or uses a grant leaves room for what must follow: a
/// change for a decision and its approvals, all of them for a denial, a cancellation, a claim and its outcome.
fn room(event: &Event) -> Option<usize> {
    match event {
        Event::Modified { .. } => Some(ROOM_FOR_CHANGES),
        Event::VerdictGiven(verdict) if verdict.kind == VerdictKind::Approve => Some(ROOM_FOR_VOTES),
        Event::GrantUsed { .. } => Some(ROOM_FOR_VOTES),
        _ => None,
    }
}

fn encode(seq: u32, event: &Event, at: Timestamp) -> Result<String, JsonError> {
    let entry = EntryJson { v: VERSION, seq, at, event: event.into() };
    json::canonical(&entry).map(json::Canonical::into_string)
}
