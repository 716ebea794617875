//! What a handler may do with the store. The doubles in `testkit` and the DynamoDB client pass the same contract
//! tests.

use async_trait::async_trait;
use domain::{ActionId, Activity, Chain, Digest, Fault, Timestamp};
use wire::documents::{Document, Payload, SealedPayload};
use wire::text::Identity;
use wire::{AnyItem, Item, ItemError, SuspensionItem};

/// Why an item could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The stored item is not an item of this product.
    #[error(transparent)]
    Item(#[from] ItemError),
    /// The table did not answer as it should.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StateError> for Fault {
    /// What is stored and is no item stays so until somebody mends it.
    fn from(error: StateError) -> Self {
        match error {
            StateError::Fault(fault) => fault,
            StateError::Item(error) => Self::lasting(error.to_string()),
        }
    }
}

/// Reading one item, consistently.
#[async_trait]
pub trait ReadState: Send + Sync {
    /// The action, or none. The suspension list is no action, so none is found under its id.
    ///
    /// # Errors
    /// [`StateError`]; only a clear "no such item" is absence.
    async fn item(&self, id: &ActionId) -> Result<Option<Item>, StateError>;

    /// The suspension list, or none: nothing was ever suspended.
    ///
    /// # Errors
    /// [`StateError`]; only a clear "no such item" is absence.
    async fn suspensions(&self) -> Result<Option<SuspensionItem>, StateError>;

    /// When its proposer last asked for the action, as intake marked it; none if it never did since proposing.
    ///
    /// # Errors
    /// [`Fault`].
    async fn last_polled_at(&self, id: &ActionId) -> Result<Option<Timestamp>, Fault>;
}

/// Marking that a proposer asks, in an item of its own; the action's events and chain stay as they are.
#[async_trait]
pub trait RecordPoll: Send + Sync {
    /// Marks it, unless that was done within the last [`POLL_INTERVAL`] seconds.
    ///
    /// # Errors
    /// [`Fault`].
    async fn record_poll(&self, id: &ActionId, at: Timestamp) -> Result<(), Fault>;
}

/// Seconds between two marks of one action, at least.
pub const POLL_INTERVAL: i64 = 60;

/// Creating an item once.
#[async_trait]
pub trait CreateState: Send + Sync {
    /// Stores the item unless its id is taken.
    ///
    /// # Errors
    /// [`StateError`]; a lost answer is a passing fault and creating again is safe.
    async fn create(&self, item: &Item) -> Result<Created, StateError>;
}

/// What creating found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It is there now and was not before.
    New,
    /// The id was taken, by this.
    Exists(Box<Item>),
}

/// Adding an event to an item.
#[async_trait]
pub trait ExtendState: Send + Sync {
    /// Replaces the item whose chain is `from` by `item`, which extends it.
    ///
    /// # Errors
    /// [`StateError`]; a lost answer is a passing fault: read the item to see.
    async fn extend(&self, from: Chain, item: &Item) -> Result<Extended, StateError>;

    /// Replaces the suspension list whose chain is `from` by `list`, which extends it.
    ///
    /// # Errors
    /// [`StateError`]; a lost answer is a passing fault: read the list to see.
    async fn extend_suspensions(
        &self,
        from: Chain,
        list: &SuspensionItem,
    ) -> Result<Extended<SuspensionItem>, StateError>;
}

/// What extending found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extended<I = Item> {
    /// Done, now or by the same write before, whose answer was lost.
    Updated,
    /// The item has moved on, to this.
    Differs(Box<I>),
    /// There is no such item.
    Absent,
}

/// Suspending. The suspension list is the one item that somebody who creates no action may create.
#[async_trait]
pub trait SuspendState: Send + Sync {
    /// Puts `list` in place of the suspension list whose chain is `from`; none: there was no suspension list.
    ///
    /// # Errors
    /// [`StateError`]; a lost answer is a passing fault: read the list to see.
    async fn suspend(
        &self,
        from: Option<Chain>,
        list: &SuspensionItem,
    ) -> Result<Extended<SuspensionItem>, StateError>;
}

/// Claims an action: its own write, and what else must stay or change, in one transaction.
#[async_trait]
pub trait ClaimState: Send + Sync {
    /// Replaces the item whose chain is `from` by `item`, which extends it, if everything else is as it was read.
    ///
    /// # Errors
    /// [`StateError`]; a lost answer and another write under way are passing faults: read the item to see.
    async fn claim(
        &self,
        from: Chain,
        item: &Item,
        conditions: &ClaimConditions<'_>,
    ) -> Result<ClaimedState, StateError>;
}

/// Reading the claims that the index may not have yet (execution alone).
#[async_trait]
pub trait ReadActivity: Send + Sync {
    /// The recent claims of this name, read consistently; the empty [`Activity`] if nothing was claimed yet.
    ///
    /// # Errors
    /// [`Fault`]; a lasting one if the stored item is no activity.
    async fn activity(&self, history: Digest) -> Result<Activity, Fault>;
}

/// The claim as one more of an agent's history, which rules count.
#[derive(Debug, Clone, Copy)]
pub struct CountedClaim<'a> {
    /// The name of agent, action type and resource.
    pub history: Digest,
    /// The new contents: the activity as it was read, and this claim.
    pub next: &'a Activity,
}

/// The other items in the transaction of a claim. All of them are different items.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClaimConditions<'a> {
    /// The suspension list's chain as it was read; none: it was absent.
    pub suspensions: Option<Chain>,
    /// The item whose grant this claim uses: the chain it was read with, and the item that extends it.
    pub grant: Option<(Chain, &'a Item)>,
    /// The claim among those of its history; none where no rule reads it.
    pub counted: Option<CountedClaim<'a>>,
}

/// The result of claiming. Only the first changed anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimedState {
    /// Done, now or by the same write before, whose answer was lost.
    Updated,
    /// The item has moved on, to this.
    Differs(Box<Item>),
    /// There is no such item.
    Absent,
    /// The suspension list is no longer as it was read.
    SuspensionsMoved,
    /// The item with the grant is no longer as it was read.
    GrantMoved,
    /// Another claim of this history came first.
    HistoryMoved,
}

/// Recording refused verdicts: one bounded item per action and person in the state table.
#[async_trait]
pub trait RecordRefusedVerdict: Send + Sync {
    /// Counts one more refused verdict, up to [`MAX_REFUSED_VERDICTS`]; beyond that nothing is written.
    ///
    /// # Errors
    /// [`Fault`].
    async fn attempt(&self, attempt: &RefusedVerdict) -> Result<(), Fault>;
}

/// How many refused verdicts of one person on one action are counted.
pub const MAX_REFUSED_VERDICTS: u32 = 20;

/// A verdict, or another request, of a signed-in caller that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedVerdict {
    /// At which action.
    pub action: ActionId,
    /// Who.
    pub person: Identity,
    /// Why not, e.g. `own-request`.
    pub code: String,
    /// When.
    pub at: Timestamp,
}

/// What sweep may do. `requeue` and the due time are housekeeping and no events, and no function relies on them.
#[async_trait]
pub trait DueState: Send + Sync {
    /// Up to `limit` ids of one shard (0 to [`SHARDS`]−1) whose due time has come, earliest first.
    ///
    /// # Errors
    /// [`Fault`].
    async fn due(&self, shard: u32, now: Timestamp, limit: u32) -> Result<Vec<ActionId>, Fault>;

    /// Changes the requeue counter of the item so that the stream delivers it again, schedules the next look at `next`, and
    /// returns the item as it is (one `UpdateItem`: this role has no `GetItem`); `None` if there is no such item.
    ///
    /// # Errors
    /// [`StateError`].
    async fn requeue(&self, id: &ActionId, next: Timestamp) -> Result<Option<AnyItem>, StateError>;

    /// Bumps every heartbeat ([`crate::image::HEARTBEATS`] items that are no actions and have no events), so that every
    /// shard of the stream brings something even when nothing happens and ledger shows how late it is. One that cannot be
    /// written keeps no other from being written.
    ///
    /// # Errors
    /// The first [`Fault`].
    async fn write_heartbeat(&self, now: Timestamp) -> Result<(), Fault>;

    /// Sets the next look without a new version (the stream delivers it all the same), or takes the item off the list. Does
    /// nothing when the item's chain is no longer `chain`.
    ///
    /// # Errors
    /// [`Fault`].
    async fn reschedule(&self, id: &ActionId, chain: Chain, next: Option<Timestamp>) -> Result<(), Fault>;
}

/// Shards of the `due` index.
pub const SHARDS: u32 = 4;

/// Reading documents.
#[async_trait]
pub trait ReadDocuments: Send + Sync {
    /// The document with this digest, after comparing its bytes with it; `None` if it does not exist.
    ///
    /// # Errors
    /// [`DocumentFault::Mismatch`] when other bytes stand under the name (a violation), else a fault.
    async fn document(&self, digest: Digest) -> Result<Option<Document>, DocumentFault>;
}

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// Other bytes stand under the name.
    #[error("document {0} has other bytes than its name says")]
    Mismatch(Digest),
    /// The table did not answer as it should.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Writing documents, if absent.
#[async_trait]
pub trait WriteDocuments: Send + Sync {
    /// Stores the document under its digest; one that is there already stays.
    ///
    /// # Errors
    /// [`Fault`]; writing again is safe.
    async fn put(&self, document: &Document) -> Result<(), Fault>;
}

/// Sealing payloads (intake alone).
#[async_trait]
pub trait SealPayload: Send + Sync {
    /// Seals it for this action and revision. From `expires_at` on, nobody opens it any more.
    ///
    /// # Errors
    /// [`Fault`].
    async fn seal(
        &self,
        payload: &Payload,
        action: &ActionId,
        revision: u32,
        expires_at: Timestamp,
    ) -> Result<SealedPayload, Fault>;
}

/// Opening payloads (policy and execution).
#[async_trait]
pub trait OpenPayload: Send + Sync {
    /// Opens what was sealed for this action and revision and has not expired at `now`.
    ///
    /// # Errors
    /// A lasting [`Fault`] when it was sealed for something else, changed, or has expired.
    async fn open(
        &self,
        sealed: &SealedPayload,
        action: &ActionId,
        revision: u32,
        now: Timestamp,
    ) -> Result<Payload, Fault>;
}

/// Small facts about the dialogue with people: message handles, used sign-in codes. Key and value are the product's
/// own.
#[async_trait]
pub trait Channels: Send + Sync {
    /// The value under this key.
    ///
    /// # Errors
    /// [`Fault`].
    async fn recall(&self, topic: &str, key: &str) -> Result<Option<String>, Fault>;
    /// Stores it if absent; false when the key was taken.
    ///
    /// # Errors
    /// [`Fault`].
    async fn remember(&self, topic: &str, key: &str, value: &str) -> Result<bool, Fault>;
    /// The same for a fact that nobody needs after `until`: the table removes it some time later, usually within days. It may
    /// be read until then, so whoever depends on the time writes it into the value too.
    ///
    /// # Errors
    /// [`Fault`].
    async fn remember_until(
        &self,
        topic: &str,
        key: &str,
        value: &str,
        until: Timestamp,
    ) -> Result<bool, Fault>;
}

/// Listing those facts (notify: every copy of an action's message).
#[async_trait]
pub trait ListChannels: Send + Sync {
    /// Every key of a topic with its value, by key.
    ///
    /// # Errors
    /// [`Fault`].
    async fn list(&self, topic: &str) -> Result<Vec<(String, String)>, Fault>;
}
