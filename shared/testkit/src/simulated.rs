//! Time and chance that a test decides.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::{Digest, Fault, Timestamp};
use runtime::{Clock, Random};

/// A clock that stands until it is moved. Clones show the same time.
#[derive(Debug, Clone)]
pub struct SimulatedClock(Arc<AtomicI64>);

impl SimulatedClock {
    /// A clock showing this time.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.millis())))
    }

    /// Moves it to this time, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.millis(), Ordering::SeqCst);
    }

    /// Moves it on by so many seconds.
    pub fn pass(&self, seconds: i64) {
        self.set(self.now().plus_seconds(seconds));
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that follow from a seed, so that a run can be repeated. Clones continue the same row.
#[derive(Debug, Clone)]
pub struct SeededRandom {
    seed: u64,
    drawn: Arc<AtomicU64>,
}

impl SeededRandom {
    /// The row of bytes with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: Arc::default() }
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Fault> {
        for chunk in buffer.chunks_mut(32) {
            let number = self.drawn.fetch_add(1, Ordering::SeqCst);
            let block = Digest::of(format!("{}/{number}", self.seed).as_bytes());
            for (slot, byte) in chunk.iter_mut().zip(block.as_bytes()) {
                *slot = *byte;
            }
        }
        Ok(())
    }
}
