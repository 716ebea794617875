//! Intake's own table of limits. The arithmetic of a token bucket is here, the same for the table and its double.

use async_trait::async_trait;
use domain::{ActionId, Fault, Timestamp};

/// Keeping callers within their limits (intake alone).
#[async_trait]
pub trait Limit: Send + Sync {
    /// Takes this many tokens from the bucket of this name if it has at least one; it may go into debt.
    ///
    /// # Errors
    /// [`Fault`].
    async fn take(&self, name: &str, rate: Rate, many: u32, now: Timestamp) -> Result<Taken, Fault>;

    /// Puts a member into the set of this name, if it holds fewer than `most`.
    ///
    /// # Errors
    /// [`Fault`].
    async fn enter(&self, name: &str, member: &str, most: u32) -> Result<Entered, Fault>;

    /// Takes these members out of the set of this name.
    ///
    /// # Errors
    /// [`Fault`]; leaving again is safe.
    async fn leave(&self, name: &str, gone: &[String]) -> Result<(), Fault>;
}

/// The body for which an idempotency key stands. Only intake reads a fingerprint.
#[async_trait]
pub trait Bodies: Send + Sync {
    /// The fingerprint of this action's body; `None` before its first proposal.
    ///
    /// # Errors
    /// [`Fault`].
    async fn body(&self, action: &ActionId) -> Result<Option<String>, Fault>;

    /// Stores the fingerprint unless one is stored for this action.
    ///
    /// # Errors
    /// [`Fault`]; keeping the same again is safe.
    async fn keep_body(&self, action: &ActionId, fingerprint: &str) -> Result<FirstBody, Fault>;
}

/// How many a minute; a bucket holds as many as that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(u32);

const MINUTE: i64 = 60_000_000;

impl Rate {
    /// So many a minute, 1 to 60,000.
    #[must_use]
    pub fn per_minute(many: u32) -> Self {
        Self(many.clamp(1, 60_000))
    }

    /// Microseconds until the bucket holds so many more.
    #[must_use]
    pub fn time_for(self, many: u32) -> i64 {
        (MINUTE / i64::from(self.0)).saturating_mul(i64::from(many))
    }

    /// Now, in microseconds since the epoch.
    #[must_use]
    pub fn micros(self, now: Timestamp) -> i64 {
        now.millis().saturating_mul(1_000)
    }

    /// A bucket that is full again later than this is empty.
    #[must_use]
    pub fn most(self, now: Timestamp) -> i64 {
        self.micros(now).saturating_add(MINUTE - self.time_for(1))
    }

    /// For how many seconds a bucket that is full again at `due` is empty; `None` if it has a token now.
    #[must_use]
    pub fn wait(self, due: i64, now: Timestamp) -> Option<u32> {
        let micros = due.saturating_sub(self.most(now));
        let seconds = micros.saturating_add(999_999).div_euclid(1_000_000);
        (micros > 0).then(|| u32::try_from(seconds).unwrap_or(u32::MAX).max(1))
    }
}

/// What taking found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// There was one.
    Granted,
    /// The bucket is empty for this many seconds.
    Wait(u32),
}

/// What entering found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// It is in, among these.
    In(Vec<String>),
    /// The set is full, of these.
    Full(Vec<String>),
}

/// What keeping a body found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstBody {
    /// The key stands for this body.
    This,
    /// It stands for another.
    Other,
}
