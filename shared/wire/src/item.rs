//! The item: an aggregate's events and the running hash over them. Its state is their fold.

use domain::{
    ActionId, Chain, ChatAccount, Effect, Event, EventRejection, LinkedAccount, State, SuspensionEvent,
    Suspensions, Timestamp, Verdict, ZERO_CHAIN,
};
use serde_json::Value;

use crate::aggregate::Aggregate;
use crate::entry::{EntryJson, VERSION, VersionJson};
use crate::json::{self, JsonError};

/// One entry: an event, its place and time, and the exact bytes that were hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<E = Event> {
    /// 1 for the first event.
    pub sequence: u32,
    /// When it was committed.
    pub at: Timestamp,
    /// What happened.
    pub event: E,
    /// Its canonical JSON, as stored.
    pub line: String,
    /// The chain after it.
    pub chain: Chain,
}

/// An aggregate's whole history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainedItem<A: Aggregate> {
    id: ActionId,
    entries: Vec<Entry<A::Event>>,
    state: A,
}

/// An action's whole history.
pub type Item = ChainedItem<State>;

/// The suspension list's whole history.
pub type SuspensionItem = ChainedItem<Suspensions>;

/// A chat account's whole history.
pub type AccountItem = ChainedItem<LinkedAccount>;

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

impl<A: Aggregate> ChainedItem<A> {
    /// The item before its first event.
    #[must_use]
    pub fn new(id: ActionId) -> Self {
        Self { id, entries: Vec::new(), state: A::absent() }
    }

    /// The item these stored lines are, folded one by one.
    ///
    /// # Errors
    /// [`ItemError`], with the number of the entry that is wrong.
    pub fn parse<'a>(id: ActionId, lines: impl IntoIterator<Item = &'a str>) -> Result<Self, ItemError> {
        let mut item = Self::new(id);
        for line in lines {
            let (event, at) = item.read(line)?;
            let sequence = item.sequence().saturating_add(1);
            let (state, _) =
                item.state.advanced(&event, at).map_err(|e| ItemError::Impossible(sequence, e))?;
            item.push(event, at, line.to_owned(), state);
        }
        Ok(item)
    }

    fn read(&self, line: &str) -> Result<(A::Event, Timestamp), ItemError> {
        let sequence = self.sequence().saturating_add(1);
        let wrong = |error: String| ItemError::Malformed(sequence, error);
        let value = json::parse_stored_value(line.as_bytes()).map_err(|e| wrong(e.to_string()))?;
        let version: VersionJson = json::from_value(value.clone()).map_err(|e| wrong(e.to_string()))?;
        if version.v > VERSION {
            return Err(ItemError::NewerVersion(sequence, version.v));
        }
        let entry: EntryJson<Value> = json::from_value(value).map_err(|e| wrong(e.to_string()))?;
        let event = A::event(entry.event).map_err(|e| wrong(e.to_string()))?;
        let canonical = A::line(sequence, &event, entry.at).map_err(|e| wrong(e.to_string()))?;
        if entry.v != VERSION || entry.seq != sequence || canonical != line {
            return Err(wrong("not in canonical form, or out of place".to_owned()));
        }
        A::check(&event).map_err(|error| wrong(error.to_string()))?;
        if !A::owns(&self.id) {
            return Err(ItemError::Impossible(sequence, EventRejection::NotPossible));
        }
        Ok((event, entry.at))
    }

    /// The item with one more event at this time, and what follows from it.
    ///
    /// # Errors
    /// The aggregate's [`EventRejection`]; [`EventRejection::Malformed`] if the event has no canonical form or exceeds [`crate::bounds`];
    /// [`EventRejection::NoRoom`] for a change, an approval or a grant's use that would take the room that the item's end needs.
    pub fn extend(&self, event: A::Event, now: Timestamp) -> Result<(Self, Vec<Effect>), EventRejection> {
        if !A::owns(&self.id) {
            return Err(EventRejection::NotPossible);
        }
        let (state, effects) = self.state.advanced(&event, now)?;
        A::check(&event).map_err(|_| EventRejection::Malformed)?;
        let sequence = self.sequence().checked_add(1).ok_or(EventRejection::Malformed)?;
        let line = A::line(sequence, &event, now).map_err(|_| EventRejection::Malformed)?;
        if A::room(&event).is_some_and(|room| self.bytes().saturating_add(line.len()) > room) {
            return Err(EventRejection::NoRoom);
        }
        let mut next = self.clone();
        next.push(event, now, line, state);
        Ok((next, effects))
    }

    fn push(&mut self, event: A::Event, at: Timestamp, line: String, state: A) {
        let chain = self.chain().extend(line.as_bytes());
        let sequence = self.sequence().saturating_add(1);
        self.entries.push(Entry { sequence, at, event, line, chain });
        self.state = state;
    }

    /// The id under which it is stored.
    #[must_use]
    pub fn id(&self) -> &ActionId {
        &self.id
    }

    /// Its events in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry<A::Event>] {
        &self.entries
    }

    /// The entry with this place, from 1.
    #[must_use]
    pub fn entry(&self, sequence: u32) -> Option<&Entry<A::Event>> {
        self.entries.get(usize::try_from(sequence.checked_sub(1)?).ok()?)
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
            n => self.entry(n).map(|entry| entry.chain),
        }
    }

    /// The fold of all events.
    #[must_use]
    pub fn state(&self) -> &A {
        &self.state
    }

    /// The state after this many events; absent beyond the end.
    #[must_use]
    pub fn state_at(&self, sequence: u32) -> Option<A> {
        let entries = self.entries.get(..usize::try_from(sequence).ok()?)?;
        let step =
            |state: A, entry: &Entry<A::Event>| state.advanced(&entry.event, entry.at).map(|(next, _)| next);
        entries.iter().try_fold(A::absent(), step).ok()
    }

    /// The item as it was after this many events; absent beyond the end.
    #[must_use]
    pub fn prefix(&self, sequence: u32) -> Option<Self> {
        let entries = self.entries.get(..usize::try_from(sequence).ok()?)?.to_vec();
        Some(Self { id: self.id.clone(), entries, state: self.state_at(sequence)? })
    }

    /// What follows from the event with this place.
    #[must_use]
    pub fn effects(&self, sequence: u32) -> Vec<Effect> {
        let before = sequence.checked_sub(1).and_then(|before| self.state_at(before));
        let Some((before, entry)) = before.zip(self.entry(sequence)) else { return Vec::new() };
        before.advanced(&entry.event, entry.at).map_or_else(|_| Vec::new(), |(_, effects)| effects)
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

impl Item {
    /// What people changed of it, in order.
    pub fn changes(&self) -> impl Iterator<Item = (&Entry, &Verdict)> {
        self.entries.iter().filter_map(|entry| match &entry.event {
            Event::Modified { verdict, .. } => Some((entry, verdict)),
            _ => None,
        })
    }
}

impl AccountItem {
    /// The account's item before it was ever linked.
    #[must_use]
    pub fn of(account: &ChatAccount) -> Self {
        Self::new(ActionId::account(account))
    }
}

impl SuspensionItem {
    /// The suspension list before anything was ever suspended.
    #[must_use]
    pub fn absent() -> Self {
        Self::new(ActionId::suspensions())
    }
}

/// The event and time of one entry of an action as a record holds it (a JSON value, not the stored line).
///
/// # Errors
/// [`ItemError`] when it is no entry of a version this program knows.
pub fn read_entry(entry: &Value) -> Result<(Event, Timestamp), ItemError> {
    read_entry_of::<State>(entry)
}

/// The event and time of one entry of the suspension list as a record holds it.
///
/// # Errors
/// [`ItemError`] when it is no entry of a version this program knows.
pub fn read_suspension_entry(entry: &Value) -> Result<(SuspensionEvent, Timestamp), ItemError> {
    read_entry_of::<Suspensions>(entry)
}

fn read_entry_of<A: Aggregate>(entry: &Value) -> Result<(A::Event, Timestamp), ItemError> {
    let wrong = |error: JsonError| ItemError::Malformed(0, error.to_string());
    let version: VersionJson = json::from_value(entry.clone()).map_err(wrong)?;
    if version.v != VERSION {
        return Err(ItemError::NewerVersion(0, version.v));
    }
    let entry: EntryJson<Value> = json::from_value(entry.clone()).map_err(wrong)?;
    Ok((A::event(entry.event).map_err(wrong)?, entry.at))
}
