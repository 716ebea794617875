//! The ledger: check, record, index, send; in this order, and nobody else sends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bundle::{InForce, PublisherKey, ReadBundles};
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
}

/// The handler. One per process.
pub struct Ledger {
    pub(crate) can: Capabilities,
    pub(crate) config: Config,
    retention_seen: AtomicBool,
    in_force: Mutex<Option<InForce>>,
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
    pub fn new(can: Capabilities, config: Config) -> Self {
        Self { can, config, retention_seen: AtomicBool::new(false), in_force: Mutex::default() }
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
        let found = self.can.append.default_retention().await?;
        if found != Some((true, self.config.retention_days)) {
            tracing::error!(alarm = true, ?found, "the log bucket is not locked as configured");
            return Err(Fault::lasting("the log bucket is not locked as configured"));
        }
        self.retention_seen.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Handles one batch of the stream: records what is new and valid, or that it is not, and sends what follows.
    ///
    /// # Errors
    /// A [`Fault`]: the whole batch must come again, which is safe.
    pub async fn handle(&self, batch: &[StreamRecord]) -> Result<(), Fault> {
        self.check_retention().await?;
        let mut memory = Memory::default();
        for image in batch {
            if let StreamImage::Item(item) = &image.image {
                memory.offer_item(item);
            }
        }
        let mut tail = self.catch_up(&mut memory).await?;
        loop {
            let plan = self.plan(batch, &mut memory).await?;
            match self.write(&mut tail, &plan, &mut memory).await? {
                Written::All => break,
                Written::Overtaken => memory.forget_rows(),
            }
        }
        self.can.indexing.beat(self.can.clock.now()).await?;
        self.dispatch(batch, &mut memory).await
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
            match append(self.can.append.as_ref(), self.can.log.as_ref(), number, &bytes).await? {
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

    /// What the directory in force now says about this person's groups, and what the one in force then said.
    pub(crate) async fn memberships(&self, person: &Person, at: Timestamp) -> Result<Vec<Membership>, Fault> {
        let directories = self.directories(at).await?;
        Ok(directories.iter().map(|one| one.bundle.membership(person, at)).collect())
    }

    /// The groups whose people may stop things.
    pub(crate) async fn may_freeze(&self, at: Timestamp) -> Result<Vec<String>, Fault> {
        let directories = self.directories(at).await?;
        Ok(directories.iter().flat_map(|one| one.bundle.may_freeze().to_vec()).collect())
    }

    /// What is in force now, and what was then.
    async fn directories(&self, at: Timestamp) -> Result<Vec<InForce>, Fault> {
        let mut cached = self.in_force.lock().await;
        let loaded = InForce::load(self.can.bundles.as_ref(), &self.config.publisher, cached.as_ref()).await;
        let in_force = loaded.map_err(|error| match error.is_passing() {
            true => Fault::passing(error.to_string()),
            false => Fault::lasting(error.to_string()),
        })?;
        *cached = Some(in_force.clone());
        let mut directories = vec![in_force.clone()];
        // F17: who was listed when they voted voted honestly, though the directory has changed since; execution asks again.
        match in_force.at(self.can.bundles.as_ref(), at).await {
            Ok(then) => directories.push(then),
            Err(error) if error.is_passing() => return Err(Fault::passing(error.to_string())),
            Err(error) => tracing::warn!(%error, "what was in force at a vote cannot be read"),
        }
        Ok(directories)
    }
}
