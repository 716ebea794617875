//! What a handler may ask of the locked bucket.

use async_trait::async_trait;
use bytes::Bytes;
use domain::{ActionId, Fault, Timestamp};

/// Reading log objects.
#[async_trait]
pub trait ReadLog: Send + Sync {
    /// The bytes of object `log/<20 digits>`; none only on 404. Of an object over the size limit one byte more than
    /// allowed comes back, which is how its invalidity is seen.
    ///
    /// # Errors
    /// [`Fault`] for everything that is not clearly presence or absence.
    async fn object(&self, number: u64) -> Result<Option<Bytes>, Fault>;
}

/// Reading log objects together with how they are locked (execution).
#[async_trait]
pub trait ReadLocked: Send + Sync {
    /// Bytes and lock; none only on 404.
    ///
    /// # Errors
    /// [`Fault`].
    async fn locked_object(&self, number: u64) -> Result<Option<(Bytes, Lock)>, Fault>;
}

/// How an object is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// Whether the mode is COMPLIANCE.
    pub compliance: bool,
    /// Until when.
    pub until: Timestamp,
}

/// Appending (ledger alone).
#[async_trait]
pub trait AppendLog: Send + Sync {
    /// PUT with `If-None-Match: *`.
    ///
    /// # Errors
    /// A passing [`Fault`] when it is unclear whether the object is there (409, time-out, 503): the same bytes again.
    async fn put_new(&self, number: u64, bytes: Bytes) -> Result<Put, Fault>;

    /// The bucket's default retention; none when there is no lock.
    ///
    /// # Errors
    /// [`Fault`].
    async fn default_retention(&self) -> Result<Option<DefaultRetention>, Fault>;
}

/// How a bucket locks every new object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultRetention {
    /// Whether the mode is COMPLIANCE.
    pub compliance: bool,
    /// For how many days.
    pub days: u32,
}

/// What a create-only PUT found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// Locked and ordered.
    Created,
    /// Somebody else was first (412).
    Taken,
}

/// Claims: `claims/<action id>`, create-only, locked (execution alone).
#[async_trait]
pub trait PutClaim: Send + Sync {
    /// Claims the action for these bytes; [`Claimed::Taken`] gives the bytes that are there.
    ///
    /// # Errors
    /// A passing [`Fault`] when it is unclear: the same bytes again are safe.
    async fn claim(&self, action: &ActionId, bytes: Bytes) -> Result<Claimed, Fault>;
}

/// What claiming found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// Ours now.
    Created,
    /// Held by these bytes (perhaps our own, from an answer that was lost).
    Taken(Bytes),
}

/// Checkpoints: `checkpoints/<size>-<digest>`, create-only (sweep alone).
#[async_trait]
pub trait KeepCheckpoint: Send + Sync {
    /// Stores a signed checkpoint if absent.
    ///
    /// # Errors
    /// [`Fault`].
    async fn keep_checkpoint(&self, name: &str, bytes: Bytes) -> Result<(), Fault>;
}
