//! Time, randomness and queues as parameters.

use async_trait::async_trait;
use aws_lc_rs::rand::{SecureRandom, SystemRandom as OsRandom};
use domain::{Fault, Timestamp};
use wire::message::Message;

/// The time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Unpredictable bytes.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    ///
    /// # Errors
    /// A lasting [`Fault`] when the system has none.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Fault>;
}

/// Waits.
#[async_trait]
pub trait Pause: Send + Sync {
    /// Comes back after this many milliseconds.
    async fn pause(&self, millis: u64);
}

/// Sending messages (ledger alone).
#[async_trait]
pub trait SendMessage: Send + Sync {
    /// Sends one message.
    ///
    /// # Errors
    /// [`Fault`]; sending again is safe, because every consumer is idempotent.
    async fn send(&self, queue: Queue, message: &Message) -> Result<(), Fault>;
}

/// Sending a message to the queue of one channel (notify alone).
#[async_trait]
pub trait HandOut: Send + Sync {
    /// Sends it to the queue of the channel of this name.
    ///
    /// # Errors
    /// [`Fault`]; sending again is safe, because a channel delivers a message once. A lasting one when the channel has no queue.
    async fn hand_out(&self, channel: &str, message: &Message) -> Result<(), Fault>;
}

/// Keeping a message of the function's own queues back (notify alone).
#[async_trait]
pub trait PostponeMessage: Send + Sync {
    /// The message with this handle does not come again for so many seconds. It was received from the queue of this channel,
    /// or from the function's first queue.
    ///
    /// # Errors
    /// [`Fault`]; the message then comes again after the queue's own time.
    async fn postpone(&self, channel: Option<&str>, receipt: &str, seconds: u32) -> Result<(), Fault>;
}

/// The queues that the ledger sends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named after the function that reads it")]
pub enum Queue {
    Policy,
    Notify,
    Execution,
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let millis = since.map_or(0, |since| since.as_millis());
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), Fault> {
        OsRandom::new().fill(buffer).map_err(|_| Fault::lasting("the system has no randomness"))
    }
}

/// The machine's own waiting.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemPause;

#[async_trait]
impl Pause for SystemPause {
    async fn pause(&self, millis: u64) {
        tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
    }
}
