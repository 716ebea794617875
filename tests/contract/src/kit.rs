//! Everything a case may ask for, whoever stands behind it.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Digest, Timestamp};
use ledger::{AppendLog, KeepCheckpoint, PutClaim, ReadLocked, ReadLog};
use runtime::Clock;
use store::*;
use testkit::{Documents, Gate, Index, Limits, Log, Seal, SimulatedClock, States};

/// All of the state table's capabilities.
pub trait StateAccess:
    ReadState
    + AccountState
    + CreateState
    + ExtendState
    + ClaimState
    + SuspendState
    + RecordRefusedVerdict
    + RecordPoll
    + DueState
{
}
impl<
    T: ReadState
        + AccountState
        + CreateState
        + ExtendState
        + ClaimState
        + SuspendState
        + RecordRefusedVerdict
        + RecordPoll
        + DueState,
> StateAccess for T
{
}

/// All that the functions together may do with the locked bucket.
pub trait Bucket: ReadLog + ReadLocked + AppendLog + PutClaim + KeepCheckpoint {}
impl<T: ReadLog + ReadLocked + AppendLog + PutClaim + KeepCheckpoint> Bucket for T {}

/// Empty tables, an empty locked bucket and a key.
#[derive(Clone)]
pub struct Kit {
    /// The state table.
    pub state: Arc<dyn StateAccess>,
    /// The claims that are counted.
    pub activity: Arc<dyn ReadActivity>,
    /// Reading documents.
    pub documents: Arc<dyn ReadDocuments>,
    /// Keeping them.
    pub document_writer: Arc<dyn WriteDocuments>,
    /// Reading the index.
    pub index: Arc<dyn ReadIndex>,
    /// Keeping it.
    pub record: Arc<dyn WriteIndex>,
    /// The channels.
    pub channels: Arc<dyn Channels>,
    /// Listing what is in them.
    pub copies: Arc<dyn ListChannels>,
    /// Limits.
    pub limits: Arc<dyn Limit>,
    /// Which body a key stands for.
    pub bodies: Arc<dyn Bodies>,
    /// Sealing.
    pub seal: Arc<dyn SealPayload>,
    /// Opening.
    pub open: Arc<dyn OpenPayload>,
    /// A bucket under COMPLIANCE for one day.
    pub log: Arc<dyn Bucket>,
    /// The time that all of these go by.
    pub clock: Arc<dyn Clock>,
    /// What no handler can do.
    pub behind: Arc<dyn PastWrites>,
}

/// What no handler can do: looking at a table as it is, and writing what none of ours writes.
#[async_trait]
pub trait PastWrites: Send + Sync {
    /// An item of the state table as it is.
    async fn state_item(&self, key: &str) -> Option<Attributes>;
    /// Writes an item of the state table whatever it says.
    async fn forge_item(&self, key: &str, attributes: Attributes);
    /// Puts bytes under a document's name whatever their digest.
    async fn forge_document(&self, digest: Digest, body: &str);
    /// The state table's name; empty for a double.
    fn state_table(&self) -> &str {
        ""
    }
}

struct BehindDoubles {
    state: States,
    documents: Documents,
}

#[async_trait]
impl PastWrites for BehindDoubles {
    async fn state_item(&self, key: &str) -> Option<Attributes> {
        self.state.contents().remove(key)
    }

    async fn forge_item(&self, key: &str, attributes: Attributes) {
        self.state.forge(key, attributes);
    }

    async fn forge_document(&self, digest: Digest, body: &str) {
        self.documents.forge(digest, body);
    }
}

impl Kit {
    /// The doubles.
    #[must_use]
    pub fn doubles() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SimulatedClock::at(Timestamp::from_millis(1_795_000_000_000)));
        let state = States::new(Gate::open(), Arc::clone(&clock));
        let documents = Documents::new(Gate::open());
        let index = Index::new(Gate::open());
        let seal = Seal::new(Gate::open(), [7; 32]);
        let limits = Limits::new(Gate::open());
        let channels = testkit::Channels::new(Gate::open());
        Self {
            behind: Arc::new(BehindDoubles { state: state.clone(), documents: documents.clone() }),
            activity: Arc::new(state.clone()),
            state: Arc::new(state),
            documents: Arc::new(documents.clone()),
            document_writer: Arc::new(documents),
            index: Arc::new(index.clone()),
            record: Arc::new(index),
            channels: Arc::new(channels.clone()),
            copies: Arc::new(channels),
            limits: Arc::new(limits.clone()),
            bodies: Arc::new(limits),
            seal: Arc::new(seal.clone()),
            open: Arc::new(seal),
            log: Arc::new(Log::new(Gate::open(), Arc::clone(&clock))),
            clock,
        }
    }
}
