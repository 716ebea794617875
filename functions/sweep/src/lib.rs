//! Sweep: commits what follows from time alone, requeues what was not recorded, and signs checkpoints of the log.
//!
//! It has no discretion: it commits only events that the lifecycle allows once a deadline has passed, and otherwise
//! makes the stream deliver an item again. Expiry never depends on it: verdicts and claims check the deadline
//! themselves.

mod checkpoint;
mod due;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use domain::Fault;
use identity::SignEnvelope;
use ledger::{KeepCheckpoint, ReadLog};
use runtime::Clock;
use store::{DueState, ExtendState, ReadIndex};

pub use checkpoint::Checkpoint;

/// The capabilities of this function's role.
pub struct Sweep {
    /// The `due` index and the requeue counter.
    pub due: Arc<dyn DueState>,
    /// Writing what time decides.
    pub state: Arc<dyn ExtendState>,
    /// What is recorded.
    pub index: Arc<dyn ReadIndex>,
    /// The log's own word on its size and root.
    pub log: Arc<dyn ReadLog>,
    /// Storing checkpoints.
    pub checkpoints: Arc<dyn KeepCheckpoint>,
    /// The checkpoint key.
    pub signer: Arc<dyn SignEnvelope>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The deployment's name, written into checkpoints.
    pub deployment: String,
    /// The log's size at the last checkpoint of this process: an idle log is not signed again every minute.
    pub checkpointed: AtomicU64,
}

/// What one run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Items looked at.
    pub seen: u32,
    /// Events committed that time alone decided.
    pub committed: u32,
    /// Items that could not be handled; they stay due.
    pub failed: u32,
    /// Whether a checkpoint was stored.
    pub checkpoint: bool,
}

impl Sweep {
    /// One run: a heartbeat, every shard's due items, a checkpoint. What fails does not hold up the rest.
    ///
    /// # Errors
    /// A [`Fault`] of the heartbeat, of a shard that could not be read, or of the checkpoint, once all else is done.
    pub async fn run(&self) -> Result<SweepReport, Fault> {
        let mut report = SweepReport::default();
        let heartbeat_item = self.due.write_heartbeat(self.clock.now()).await;
        let swept = self.sweep_shards(&mut report).await;
        let kept = self.keep_checkpoint().await;
        report.checkpoint = matches!(kept, Ok(true));
        tracing::info!(?report, "swept");
        heartbeat_item.and(swept).and(kept).map(|_| report)
    }
}
