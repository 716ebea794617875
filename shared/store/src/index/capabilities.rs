//! What a handler may do with the index, and what it contains.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{
    ActionId, ActivityHistory, Chain, Digest, Fault, HistoryKind, RequestProfile, Status, Timestamp,
    ZERO_CHAIN,
};
use wire::bounds;
use wire::text::Identity;

#[cfg(doc)]
use super::MAX_ENTRIES;

/// One action in the index: for searching and for "already recorded", never for deciding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRow {
    /// The action.
    pub action: ActionId,
    /// How many of its events are recorded.
    pub sequence: u32,
    /// The chain after them.
    pub chain: Chain,
    /// The status's name, e.g. `pending`.
    pub status: String,
    /// The catalogue's name.
    pub action_type: String,
    /// One sentence for lists; the type's name until a review document exists.
    pub sentence: String,
    /// Who asked.
    pub principal: Identity,
    /// The groups that are or were asked.
    pub groups: Vec<String>,
    /// Everybody who has voted.
    pub deciders: Vec<Identity>,
    /// People needed.
    pub needed: u32,
    /// People who count so far.
    pub given: u32,
    /// The agent's own handle.
    pub correlation: Option<String>,
    /// When proposed.
    pub created_at: Timestamp,
    /// The deadline.
    pub expires_at: Timestamp,
    /// When the last recorded event was committed.
    pub updated_at: Timestamp,
    /// The log object with the Proposed record.
    pub proposed_object: u64,
    /// The log object with the latest record.
    pub object: u64,
    /// A violation was recorded: nothing of this action has effects any more.
    pub quarantined: bool,
    /// Whose history its entries belong to ([`wire::history_key`]), once policy has named the resource; lists do not carry it.
    pub history_key: Option<Digest>,
    /// What the next one is compared with; lists do not carry it.
    pub profile: Option<RequestProfile>,
    /// Whether one of its approvals granted more than its own action.
    pub grants: bool,
}

impl IndexRow {
    /// The same row with nothing but how far the action is recorded and that nothing of it has effects any more:
    /// what is left if the index cannot store the whole row.
    #[must_use]
    pub fn quarantined(&self) -> Self {
        Self {
            sequence: self.sequence,
            chain: self.chain,
            status: self.status.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
            object: self.object,
            quarantined: true,
            ..Self::blank(&self.action, self.updated_at, self.proposed_object)
        }
    }

    /// The row of an action of which no event is recorded, only that something was wrong.
    #[must_use]
    pub fn blank(action: &ActionId, at: Timestamp, object: u64) -> Self {
        Self {
            action: action.clone(),
            sequence: 0,
            chain: ZERO_CHAIN,
            status: Status::Absent.name().to_owned(),
            action_type: String::new(),
            sentence: String::new(),
            principal: Identity { issuer: String::new(), subject: String::new() },
            groups: Vec::new(),
            deciders: Vec::new(),
            needed: 0,
            given: 0,
            correlation: None,
            created_at: at,
            expires_at: at,
            updated_at: at,
            proposed_object: object,
            object,
            quarantined: false,
            history_key: None,
            profile: None,
            grants: false,
        }
    }
}

/// Where one record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Its position among all records.
    pub position: u64,
    /// The log object.
    pub object: u64,
    /// `event`, `attempt` or `violation`; for an event its kind, e.g. `decided`.
    pub kind: String,
    /// The number among the action's events; 0 for records that are not events.
    pub sequence: u32,
    /// When it happened.
    pub at: Timestamp,
    /// SHA-256 of the record's line.
    pub digest: Digest,
    /// Of an attempt: who was refused, and why.
    pub tried: Option<Tried>,
    /// Of an event: what it adds to the past of whoever asks.
    pub history_entry: Option<HistoryKind>,
}

impl Position {
    /// The same place without anything a record could have brought along.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self { kind: bounds::cut(&self.kind, bounds::CODE), tried: None, history_entry: None, ..self.clone() }
    }
}

/// The person whose verdict was refused, as the record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Whoever tried.
    pub who: Identity,
    /// Why not, e.g. `not-an-approver`.
    pub code: String,
}

/// How far the index follows the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watermark {
    /// The number of the first object that is not indexed yet.
    pub next_object: u64,
    /// Records in the tree so far.
    pub size: u64,
    /// The compact range of that tree.
    pub range: Vec<Digest>,
    /// SHA-256 of the last object's bytes; `None` before object 0.
    pub last: Option<Digest>,
    /// The time up to which every shard of the stream was handled, by the stream's own clock: the oldest of all
    /// heartbeats. One that was never handled counts as infinitely old.
    pub heartbeat: Timestamp,
}

/// Which list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// Pending actions that ask this group.
    Inbox(String),
    /// Actions that ask or asked this group.
    Group(String),
    /// Actions of this principal.
    Principal(Identity),
    /// Actions this person voted on.
    Decider(Identity),
    /// Actions of this principal of which an approval granted more.
    Granting(Identity),
    /// Chat accounts that are or were linked to this person.
    Accounts(Identity),
    /// Everything, for auditors.
    All,
}

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// The rows.
    pub rows: Vec<IndexRow>,
    /// Where the next page begins; opaque.
    pub next: Option<String>,
}

/// Looking things up.
#[async_trait]
pub trait ReadIndex: Send + Sync {
    /// The action's row.
    ///
    /// # Errors
    /// [`Fault`].
    async fn row(&self, action: &ActionId) -> Result<Option<IndexRow>, Fault>;
    /// The positions of its records, oldest first.
    ///
    /// # Errors
    /// [`Fault`].
    async fn positions(&self, action: &ActionId) -> Result<Vec<Position>, Fault>;
    /// A list, at most `limit` rows from `cursor` on.
    ///
    /// # Errors
    /// A lasting [`Fault`] for a cursor it did not give.
    async fn list(&self, listing: &Listing, cursor: Option<&str>, limit: u32) -> Result<ListPage, Fault>;
    /// What the history entries under this name come to at `now`, this action's own left out; none when there are more than
    /// [`MAX_ENTRIES`] in the week.
    ///
    /// # Errors
    /// [`Fault`].
    async fn history(
        &self,
        history_key: Digest,
        but: &ActionId,
        now: Timestamp,
    ) -> Result<Option<ActivityHistory>, Fault>;
    /// The watermark; `None` if the index is empty or its watermark cannot be read.
    ///
    /// # Errors
    /// [`Fault`].
    async fn watermark(&self) -> Result<Option<Watermark>, Fault>;
}

/// Keeping the index (ledger alone).
#[async_trait]
pub trait WriteIndex: Send + Sync {
    /// One record in one transaction: its position if absent, the row if it moves the action's sequence on (or kills
    /// it), the lists, and its history entry. Applying a record again changes nothing.
    ///
    /// # Errors
    /// [`Fault`]; applying again is safe. A lasting one when the table can never hold it.
    async fn apply(&self, position: &Position, row: &IndexRow) -> Result<(), Fault>;
    /// Stores what is left of a record that the index can never hold ([`Position::bare`],
    /// [`IndexRow::quarantined`]) in place of what is there, so that the log can be followed past it.
    ///
    /// # Errors
    /// [`Fault`]; putting it again is safe.
    async fn quarantine(&self, position: &Position, row: &IndexRow) -> Result<(), Fault>;
    /// Moves the watermark on; one that is further stays. The heartbeat stays as it is.
    ///
    /// # Errors
    /// [`Fault`].
    async fn advance(&self, watermark: &Watermark) -> Result<(), Fault>;
    /// Sets the watermark before the first object, whatever it was: the index then follows the log from its
    /// beginning
    /// again, which changes nothing that is indexed rightly.
    ///
    /// # Errors
    /// [`Fault`].
    async fn restart(&self) -> Result<(), Fault>;
    /// Sets when the stream delivered these heartbeats: the latest of each number that was handled.
    ///
    /// # Errors
    /// [`Fault`].
    async fn write_heartbeats(&self, heartbeats: &BTreeMap<u8, Timestamp>) -> Result<(), Fault>;
}
