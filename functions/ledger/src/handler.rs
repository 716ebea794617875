//! The ledger function: its capabilities, its configuration, and what it remembers between batches.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bundle::{Bundle, Counting, PublisherKey, ReadBundles, Remembered};
use domain::{Fault, Membership, Person, Timestamp};
use identity::{PublicKey, Verifier};
use ledger::{AppendLog, DefaultRetention, ReadLog};
use runtime::{Clock, SendMessage};
use store::{ReadDocuments, ReadIndex, ReadState, WriteIndex};
use tokio::sync::Mutex;

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
    /// Formats that a newer program is about to write, e.g. `countersign-log/2`. The ledger stops at the first object of such
    /// a format and waits to be replaced. An object of any other unknown format is reported, and the log goes on.
    pub announced_formats: Vec<String>,
}

/// The handler. One per process.
pub struct Ledger {
    pub(crate) capabilities: Capabilities,
    pub(crate) config: Config,
    retention_seen: AtomicBool,
    in_force: Remembered,
    /// Issuers that did not answer, and until when they are not asked again.
    pub(crate) silent: Mutex<BTreeMap<String, Timestamp>>,
    /// The position of the record that the index refused for good last, and how often in a row.
    pub(crate) refused: Mutex<(u64, u32)>,
}

impl Ledger {
    /// A ledger with these capabilities.
    #[must_use]
    pub fn new(capabilities: Capabilities, config: Config) -> Self {
        let retention_seen = AtomicBool::new(false);
        let (in_force, silent, refused) = (Remembered::default(), Mutex::default(), Mutex::default());
        Self { capabilities, config, retention_seen, in_force, silent, refused }
    }

    /// Checks that the bucket locks every object in COMPLIANCE mode for the configured days. The bucket is asked once per
    /// process.
    ///
    /// # Errors
    /// A lasting [`Fault`] when it does not, any when nobody can tell.
    pub async fn check_retention(&self) -> Result<(), Fault> {
        if self.retention_seen.load(Ordering::Relaxed) {
            return Ok(());
        }
        let found = self.capabilities.append.default_retention().await?;
        let configured = DefaultRetention { compliance: true, days: self.config.retention_days };
        if found != Some(configured) {
            tracing::error!(alarm = true, ?found, "the log bucket is not locked as configured");
            return Err(Fault::lasting("the log bucket is not locked as configured"));
        }
        self.retention_seen.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Whether a newer program is expected to write this format.
    pub(crate) fn is_announced(&self, format: &str) -> bool {
        self.config.announced_formats.iter().any(|announced| announced == format)
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
        let in_force =
            self.in_force.in_force(self.capabilities.bundles.as_ref(), &self.config.publisher).await?;
        let Counting { bundles, unread } = in_force.counting(self.capabilities.bundles.as_ref(), at).await?;
        if let Some(error) = unread {
            tracing::warn!(%error, "what was in force before a vote cannot be read");
        }
        Ok(bundles)
    }
}
