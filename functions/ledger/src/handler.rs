//! The ledger: check, record, index, send; in this order, and nobody else sends.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bundle::{Bundle, Counting, InForce, PublisherKey, ReadBundles};
use domain::{Fault, Membership, Person, Timestamp};
use identity::{PublicKey, Verifier};
use ledger::{AppendLog, Appended, ReadLog, Tail, append};
use runtime::{Clock, SendMessage};
use store::{ReadDocuments, ReadIndex, ReadState, StreamImage, WriteIndex};
use tokio::sync::Mutex;

use crate::memory::Memory;
use crate::stream::StreamRecord;
use crate::unit::{Unit, compose, fitting};

/// What the ledger may do, one capability per permission.
#[derive(Clone)]
pub struct Capabilities {
    /// Creating log objects; the bucket's lock.
    pub append: Arc<dyn AppendLog>,
    /// Reading log objects.
    pub log: Arc<dyn ReadLog>,
    /// Reading items, to see the other side of what ties two of them.
    pub state: Arc<dyn ReadState>,
    /// Reading documents.
    pub documents: Arc<dyn ReadDocuments>,
    /// Reading the index.
    pub index: Arc<dyn ReadIndex>,
    /// Keeping the index.
    pub indexing: Arc<dyn WriteIndex>,
    /// Sending.
    pub queues: Arc<dyn SendMessage>,
    /// Reading bundles, for the directory's groups.
    pub bundles: Arc<dyn ReadBundles>,
    /// Keys of issuers, fetched by the ledger itself.
    pub verifier: Arc<Verifier>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Plain configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The deployment's name, which every statement names.
    pub deployment: String,
    /// The public half of the verdict key.
    pub verdict_key: PublicKey,
    /// The pages' client id, the audience of ID tokens.
    pub pages_client: String,
    /// Whose bundles count.
    pub publisher: PublisherKey,
    /// The days the bucket must keep every object.
    pub retention_days: u32,
    /// Formats that a newer program is about to write, e.g. `countersign-log/2`: the ledger waits to be replaced where it
    /// meets one. Every other that it does not know counts as a finding, and the log goes on.
    pub announced_formats: Vec<String>,
}

/// The handler. One per process.
pub struct Ledger {
    pub(crate) capabilities: Capabilities,
    pub(crate) config: Config,
    retention_seen: AtomicBool,
    in_force: Mutex<Option<InForce>>,
    /// Issuers that did not answer, and until when they are not asked again.
    pub(crate) silent: Mutex<BTreeMap<String, Timestamp>>,
    /// The position of the record that the index refused for good last, and how often in a row.
    pub(crate) refused: Mutex<(u64, u32)>,
}

/// Whether a plan went into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// All of it.
    All,
    /// Somebody else was first somewhere; what they wrote is indexed.
    Overtaken,
}

impl Ledger {
    /// A ledger with these capabilities.
    #[must_use]
    pub fn new(capabilities: Capabilities, config: Config) -> Self {
        let retention_seen = AtomicBool::new(false);
        let (in_force, silent, refused) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { capabilities, config, retention_seen, in_force, silent, refused }
    }

    /// Refuses to work unless the bucket locks everything under COMPLIANCE for the configured days. Asked once per
    /// process.
    ///
    /// # Errors
    /// A lasting [`Fault`] when it does not, any when nobody can tell.
    pub async fn check_retention(&self) -> Result<(), Fault> {
        if self.retention_seen.load(Ordering::Relaxed) {
            return Ok(());
        }
        let found = self.capabilities.append.default_retention().await?;
        if found != Some((true, self.config.retention_days)) {
            tracing::error!(alarm = true, ?found, "the log bucket is not locked as configured");
            return Err(Fault::lasting("the log bucket is not locked as configured"));
        }
        self.retention_seen.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Handles one batch of the stream: records what is new and valid, or that it is not, and sends what follows.
    ///
    /// An item that meets a fault (its issuer does not answer, one of its documents cannot be read) is left out, and so
    /// are its later events; everything else is recorded. Sweep finds an item that is not recorded a minute later and
    /// makes the stream bring it again, every minute until it is.
    ///
    /// # Errors
    /// A [`Fault`]: the whole batch must come again, which is safe. So it is when log or index fail, when something could
    /// not be sent, and for what sweep does not bring again (refused attempts, malformed items).
    pub async fn handle(&self, batch: &[StreamRecord]) -> Result<(), Fault> {
        self.check_retention().await?;
        let mut memory = Memory::default();
        for image in batch {
            if let StreamImage::Item(item) = &image.image {
                memory.offer_item(item);
            }
        }
        let mut tail = self.catch_up(&mut memory).await?;
        let failed = loop {
            let (units, failed) = self.plan(batch, &mut memory).await;
            match self.write(&mut tail, &units, &mut memory).await? {
                Written::All => break failed,
                Written::Overtaken => memory.forget_rows(),
            }
        };
        self.dispatch(batch, &mut memory).await?;
        if let Some(fault) = failed {
            return Err(fault);
        }
        self.capabilities.indexing.write_heartbeats(&heartbeats(batch)).await
    }

    /// Whether a newer program is expected to write this format.
    pub(crate) fn is_announced(&self, format: &str) -> bool {
        self.config.announced_formats.iter().any(|announced| announced == format)
    }

    /// Reads and indexes the log from the watermark to its end: on an empty index, all of it.
    ///
    /// # Errors
    /// A [`Fault`]; what was indexed stays so, and the next time goes on from there.
    pub async fn rebuild(&self) -> Result<(), Fault> {
        self.catch_up(&mut Memory::default()).await.map(drop)
    }

    async fn write(&self, tail: &mut Tail, plan: &[Unit], memory: &mut Memory) -> Result<Written, Fault> {
        let mut rest = plan;
        while !rest.is_empty() {
            let (now, later) = rest.split_at_checked(fitting(rest)).unwrap_or((rest, &[]));
            let impossible = |error| Fault::lasting(format!("no log object can be made of this: {error}"));
            let bytes = compose(tail, now).map_err(impossible)?;
            let number = tail.next;
            match append(self.capabilities.append.as_ref(), self.capabilities.log.as_ref(), number, &bytes)
                .await?
            {
                Appended::Ours => {
                    *tail = self.take(tail, &bytes, memory).await?;
                    rest = later;
                }
                Appended::Theirs => {
                    tracing::info!(number, "another writer was first");
                    *tail = self.catch_up(memory).await?;
                    return Ok(Written::Overtaken);
                }
            }
        }
        Ok(Written::All)
    }

    /// What the directories that count for an event of this time say about this person's groups.
    pub(crate) async fn memberships(&self, person: &Person, at: Timestamp) -> Result<Vec<Membership>, Fault> {
        let bundles = self.counting(at).await?;
        Ok(bundles.iter().map(|bundle| bundle.membership(person, at)).collect())
    }

    /// The groups whose people may suspend things.
    pub(crate) async fn may_suspend(&self, at: Timestamp) -> Result<Vec<String>, Fault> {
        let bundles = self.counting(at).await?;
        Ok(bundles.iter().flat_map(|bundle| bundle.may_suspend().to_vec()).collect())
    }

    /// The bundles that count for an event of this time. Execution asks again, by what is in force at the claim.
    async fn counting(&self, at: Timestamp) -> Result<Vec<Arc<Bundle>>, Fault> {
        let mut cached = self.in_force.lock().await;
        let loaded =
            InForce::load(self.capabilities.bundles.as_ref(), &self.config.publisher, cached.as_ref()).await;
        let in_force = loaded.map_err(|error| match error.is_passing() {
            true => Fault::passing(error.to_string()),
            false => Fault::lasting(error.to_string()),
        })?;
        let counting = in_force.counting(self.capabilities.bundles.as_ref(), at).await;
        *cached = Some(in_force);
        let Counting { bundles, unread } = counting?;
        if let Some(error) = unread {
            tracing::warn!(%error, "what was in force before a vote cannot be read");
        }
        Ok(bundles)
    }
}

/// When the stream carried the heartbeats of this batch. Its own time: what an item says of itself, whoever may write the
/// table could write.
fn heartbeats(batch: &[StreamRecord]) -> BTreeMap<u8, Timestamp> {
    let mut latest = BTreeMap::new();
    for record in batch {
        if let StreamImage::Heartbeat(number) = record.image {
            let at = latest.entry(number).or_insert(record.at);
            *at = record.at.max(*at);
        }
    }
    latest
}
