//! An item of the state table, whichever it is: the stream, the ledger and the verifier handle every kind alike.

use domain::{ActionId, Chain, Digest, Effect, Timestamp, Verdict};

use crate::{AccountItem, Item, ItemError, SuspensionItem};

/// An action, the suspension list, or a chat account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "the stream boxes it, and elsewhere there is one at a time")]
pub enum AnyItem {
    /// An action.
    Action(Item),
    /// The suspension list.
    Suspensions(SuspensionItem),
    /// A chat account.
    Account(AccountItem),
}

/// The same expression for each kind.
macro_rules! either {
    ($any:expr, $item:ident => $value:expr) => {
        match $any {
            AnyItem::Action($item) => $value,
            AnyItem::Suspensions($item) => $value,
            AnyItem::Account($item) => $value,
        }
    };
}

impl AnyItem {
    /// The item with this id before its first event.
    #[must_use]
    pub fn new(id: ActionId) -> Self {
        match id == ActionId::suspensions() {
            true => Self::Suspensions(SuspensionItem::new(id)),
            false if id.is_account() => Self::Account(AccountItem::new(id)),
            false => Self::Action(Item::new(id)),
        }
    }

    /// The item with this id that these stored lines are.
    ///
    /// # Errors
    /// [`ItemError`], with the number of the entry that is wrong.
    pub fn parse<'a>(id: ActionId, lines: impl IntoIterator<Item = &'a str>) -> Result<Self, ItemError> {
        match id == ActionId::suspensions() {
            true => SuspensionItem::parse(id, lines).map(Self::Suspensions),
            false if id.is_account() => AccountItem::parse(id, lines).map(Self::Account),
            false => Item::parse(id, lines).map(Self::Action),
        }
    }

    /// The action, if it is one.
    #[must_use]
    pub fn action(&self) -> Option<&Item> {
        match self {
            Self::Action(item) => Some(item),
            Self::Suspensions(_) | Self::Account(_) => None,
        }
    }

    /// The suspension list, if it is that.
    #[must_use]
    pub fn suspensions(&self) -> Option<&SuspensionItem> {
        match self {
            Self::Action(_) | Self::Account(_) => None,
            Self::Suspensions(item) => Some(item),
        }
    }

    /// The chat account, if it is one.
    #[must_use]
    pub fn account(&self) -> Option<&AccountItem> {
        match self {
            Self::Action(_) | Self::Suspensions(_) => None,
            Self::Account(item) => Some(item),
        }
    }

    /// The id under which it is stored.
    #[must_use]
    pub fn id(&self) -> &ActionId {
        either!(self, item => item.id())
    }

    /// The number of events.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        either!(self, item => item.sequence())
    }

    /// The chain after the last event.
    #[must_use]
    pub fn chain(&self) -> Chain {
        either!(self, item => item.chain())
    }

    /// The chain after this many events; absent beyond the end.
    #[must_use]
    pub fn chain_at(&self, sequence: u32) -> Option<Chain> {
        either!(self, item => item.chain_at(sequence))
    }

    /// When the last event was committed.
    #[must_use]
    pub fn touched_at(&self) -> Option<Timestamp> {
        either!(self, item => item.touched_at())
    }

    /// The stored lines of all events.
    #[must_use]
    pub fn lines(&self) -> Vec<&str> {
        either!(self, item => item.entries().iter().map(|entry| entry.line.as_str()).collect())
    }

    /// The stored line of the event with this place, from 1.
    #[must_use]
    pub fn line(&self, sequence: u32) -> Option<&str> {
        either!(self, item => item.entry(sequence).map(|entry| entry.line.as_str()))
    }

    /// When the event with this place was committed.
    #[must_use]
    pub fn at(&self, sequence: u32) -> Option<Timestamp> {
        either!(self, item => item.entry(sequence).map(|entry| entry.at))
    }

    /// The kind of the event with this place.
    #[must_use]
    pub fn kind(&self, sequence: u32) -> Option<&'static str> {
        either!(self, item => item.entry(sequence).map(|entry| entry.event.kind()))
    }

    /// The verdict that the event with this place contains, if any.
    #[must_use]
    pub fn verdict(&self, sequence: u32) -> Option<&Verdict> {
        match self {
            Self::Action(item) => item.entry(sequence).and_then(|entry| entry.event.verdict()),
            Self::Suspensions(item) => item.entry(sequence).and_then(|entry| entry.event.verdict()),
            Self::Account(_) => None,
        }
    }

    /// Every document that the event with this place names.
    #[must_use]
    pub fn documents(&self, sequence: u32) -> Vec<Digest> {
        either!(self, item => item.entry(sequence).map(|entry| entry.event.documents()).unwrap_or_default())
    }

    /// What follows from the event with this place.
    #[must_use]
    pub fn effects(&self, sequence: u32) -> Vec<Effect> {
        either!(self, item => item.effects(sequence))
    }
}

impl From<Item> for AnyItem {
    fn from(item: Item) -> Self {
        Self::Action(item)
    }
}

impl From<AccountItem> for AnyItem {
    fn from(item: AccountItem) -> Self {
        Self::Account(item)
    }
}

impl From<SuspensionItem> for AnyItem {
    fn from(item: SuspensionItem) -> Self {
        Self::Suspensions(item)
    }
}
