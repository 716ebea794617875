//! What an item can be about: an action, the suspension list, or a chat account. Each has its own events, its own fold and its own JSON.

use std::fmt::Debug;

use domain::{
    AccountEvent, ActionId, Effect, Event, EventRejection, LinkedAccount, State, SuspensionEvent,
    Suspensions, Timestamp, VerdictKind, advance,
};
use serde_json::Value;

use crate::account::AccountEventJson;
use crate::bounds::{self, OutOfBounds};
use crate::entry::encode;
use crate::event::{EventJson, fits};
use crate::json::{self, JsonError};
use crate::suspension::SuspensionEventJson;

/// Bytes of an item's events up to which it may be changed.
pub const ROOM_FOR_CHANGES: usize = 100 * 1024;
/// Bytes of an item's events up to which it may be approved, and what it granted used.
pub const ROOM_FOR_VOTES: usize = 220 * 1024;

/// The state of an item, and what its events are.
pub trait Aggregate: Debug + Clone + PartialEq + Eq + Send + Sync {
    /// What can happen to it.
    type Event: Debug + Clone + PartialEq + Eq + Send + Sync;

    /// The state before the first event.
    fn absent() -> Self;

    /// Whether an item with this id is one of these. No action can become the suspension list, nor the list an action.
    fn owns(id: &ActionId) -> bool;

    /// What this event makes of this state at this time, and what follows from it.
    ///
    /// # Errors
    /// A [`EventRejection`]; the state is unchanged.
    fn advanced(&self, event: &Self::Event, now: Timestamp) -> Result<(Self, Vec<Effect>), EventRejection>;

    /// Whether the event may be recorded.
    ///
    /// # Errors
    /// [`OutOfBounds`].
    fn check(event: &Self::Event) -> Result<(), OutOfBounds>;

    /// The bytes that an item's events may take with this one; none for an event that may always be added.
    fn room(event: &Self::Event) -> Option<usize>;

    /// The canonical line of the entry with this place and time.
    ///
    /// # Errors
    /// [`JsonError`] when it has none.
    fn line(sequence: u32, event: &Self::Event, at: Timestamp) -> Result<String, JsonError>;

    /// The event that this JSON is.
    ///
    /// # Errors
    /// [`JsonError`] when it is none.
    fn event(json: Value) -> Result<Self::Event, JsonError>;

    /// The name of the state, as tables write it. Informative.
    fn status_name(&self) -> &'static str;

    /// When time alone will next decide something; none when nothing waits.
    fn next_deadline(&self) -> Option<Timestamp>;
}

impl Aggregate for State {
    type Event = Event;

    fn absent() -> Self {
        Self::Absent
    }

    fn owns(id: &ActionId) -> bool {
        *id != ActionId::suspensions() && !id.is_account()
    }

    fn advanced(&self, event: &Event, now: Timestamp) -> Result<(Self, Vec<Effect>), EventRejection> {
        advance(self, event, now)
    }

    fn check(event: &Event) -> Result<(), OutOfBounds> {
        fits(event)
    }

    /// A table's item holds 400 KB, so whoever changes, approves or uses a grant leaves room for what must follow: a change
    /// for a decision and its approvals, all of them for a denial, a cancellation, a claim and its outcome. An event that
    /// ends the action, or comes a fixed number of times, always fits.
    fn room(event: &Event) -> Option<usize> {
        match event {
            Event::Modified { .. } => Some(ROOM_FOR_CHANGES),
            Event::VerdictGiven(verdict) if verdict.kind == VerdictKind::Approve => Some(ROOM_FOR_VOTES),
            Event::GrantUsed { .. } => Some(ROOM_FOR_VOTES),
            _ => None,
        }
    }

    fn line(sequence: u32, event: &Event, at: Timestamp) -> Result<String, JsonError> {
        encode(sequence, EventJson::from(event), at)
    }

    fn event(json: Value) -> Result<Event, JsonError> {
        json::from_value::<EventJson>(json).map(Event::from)
    }

    fn status_name(&self) -> &'static str {
        self.status().name()
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        self.deadline()
    }
}

impl Aggregate for Suspensions {
    type Event = SuspensionEvent;

    fn absent() -> Self {
        Self::default()
    }

    fn owns(id: &ActionId) -> bool {
        *id == ActionId::suspensions()
    }

    fn advanced(
        &self,
        event: &SuspensionEvent,
        now: Timestamp,
    ) -> Result<(Self, Vec<Effect>), EventRejection> {
        self.advance(event, now)
    }

    fn check(event: &SuspensionEvent) -> Result<(), OutOfBounds> {
        bounds::suspension_event(event)
    }

    /// Whoever suspends asks for room before (`store::NARROW_SUSPENSIONS`); a resume always fits.
    fn room(_: &SuspensionEvent) -> Option<usize> {
        None
    }

    fn line(sequence: u32, event: &SuspensionEvent, at: Timestamp) -> Result<String, JsonError> {
        encode(sequence, SuspensionEventJson::from(event), at)
    }

    fn event(json: Value) -> Result<SuspensionEvent, JsonError> {
        json::from_value::<SuspensionEventJson>(json).map(SuspensionEvent::from)
    }

    fn status_name(&self) -> &'static str {
        "suspensions"
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        None
    }
}

impl Aggregate for LinkedAccount {
    type Event = AccountEvent;

    fn absent() -> Self {
        Self::default()
    }

    fn owns(id: &ActionId) -> bool {
        id.is_account()
    }

    fn advanced(&self, event: &AccountEvent, now: Timestamp) -> Result<(Self, Vec<Effect>), EventRejection> {
        self.advance(event, now)
    }

    fn check(event: &AccountEvent) -> Result<(), OutOfBounds> {
        bounds::account_event(event)
    }

    /// A link can always end; it begins only while there is room for it and its end.
    fn room(event: &AccountEvent) -> Option<usize> {
        match event {
            AccountEvent::Linked { .. } => Some(ROOM_FOR_CHANGES),
            AccountEvent::Unlinked { .. } => None,
        }
    }

    fn line(sequence: u32, event: &AccountEvent, at: Timestamp) -> Result<String, JsonError> {
        encode(sequence, AccountEventJson::from(event), at)
    }

    fn event(json: Value) -> Result<AccountEvent, JsonError> {
        json::from_value::<AccountEventJson>(json).map(AccountEvent::from)
    }

    fn status_name(&self) -> &'static str {
        if self.link().is_some() { "linked" } else { "unlinked" }
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        None
    }
}
