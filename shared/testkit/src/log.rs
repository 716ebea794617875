//! The locked bucket.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use domain::{ActionId, Fault, Timestamp};
use ledger::{
    AppendLog, Claimed, DefaultRetention, KeepCheckpoint, Lock, MAX_OBJECT_BYTES, Put, PutClaim, ReadLocked,
    ReadLog,
};
use runtime::Clock;

use crate::Gate;

/// A bucket under Object Lock: every put is create-only and locked by the default retention. Clones share it.
#[derive(Clone)]
pub struct Log {
    gate: Gate,
    clock: Arc<dyn Clock>,
    bucket: Arc<Mutex<Bucket>>,
}

struct Bucket {
    changes: usize,
    retention: Option<DefaultRetention>,
    objects: BTreeMap<u64, (Bytes, Lock)>,
    claims: BTreeMap<ActionId, Bytes>,
    checkpoints: BTreeMap<String, Bytes>,
}

impl Log {
    /// An empty bucket under COMPLIANCE for one day.
    #[must_use]
    pub fn new(gate: Gate, clock: Arc<dyn Clock>) -> Self {
        let bucket = Bucket {
            changes: 0,
            retention: Some(DefaultRetention { compliance: true, days: 1 }),
            objects: BTreeMap::new(),
            claims: BTreeMap::new(),
            checkpoints: BTreeMap::new(),
        };
        Self { gate, clock, bucket: Arc::new(Mutex::new(bucket)) }
    }

    /// The same bucket, reached through another gate: another function's way to it.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    /// Changes the default retention; none for a bucket without lock.
    pub fn set_retention(&self, retention: Option<DefaultRetention>) {
        self.bucket().retention = retention;
    }

    /// Every log object, in order of numbers.
    #[must_use]
    pub fn objects(&self) -> Vec<(u64, Bytes)> {
        self.bucket().objects.iter().map(|(number, (bytes, _))| (*number, bytes.clone())).collect()
    }

    /// How often a log object was put or taken away.
    #[must_use]
    pub fn changes(&self) -> usize {
        self.bucket().changes
    }

    /// Puts these bytes at this number whatever is there: what somebody does who found a way round the lock, or who
    /// writes with ledger's own permission.
    pub fn place(&self, number: u64, bytes: impl Into<Bytes>) {
        let mut bucket = self.bucket();
        let lock = self.lock(&bucket);
        bucket.changes += 1;
        bucket.objects.insert(number, (bytes.into(), lock));
    }

    /// Takes an object away, as nobody can.
    pub fn remove(&self, number: u64) {
        let mut bucket = self.bucket();
        bucket.changes += 1;
        bucket.objects.remove(&number);
    }

    /// Every claim.
    #[must_use]
    pub fn claims(&self) -> BTreeMap<ActionId, Bytes> {
        self.bucket().claims.clone()
    }

    /// Every checkpoint by name.
    #[must_use]
    pub fn checkpoints(&self) -> BTreeMap<String, Bytes> {
        self.bucket().checkpoints.clone()
    }

    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self, bucket: &Bucket) -> Lock {
        let none = DefaultRetention { compliance: false, days: 0 };
        let DefaultRetention { compliance, days } = bucket.retention.unwrap_or(none);
        let until: Timestamp = self.clock.now().plus_seconds(i64::from(days) * 86_400);
        Lock { compliance, until }
    }
}

#[async_trait]
impl ReadLog for Log {
    async fn object(&self, number: u64) -> Result<Option<Bytes>, Fault> {
        self.gate.before("log.object").await?;
        let found = self.bucket().objects.get(&number).map(|(bytes, _)| cut(bytes));
        self.gate.after("log.object").await?;
        Ok(found)
    }
}

#[async_trait]
impl ReadLocked for Log {
    async fn locked_object(&self, number: u64) -> Result<Option<(Bytes, Lock)>, Fault> {
        self.gate.before("log.locked_object").await?;
        let found = self.bucket().objects.get(&number).map(|(bytes, lock)| (cut(bytes), *lock));
        self.gate.after("log.locked_object").await?;
        Ok(found)
    }
}

#[async_trait]
impl AppendLog for Log {
    async fn put_new(&self, number: u64, bytes: Bytes) -> Result<Put, Fault> {
        self.gate.before("log.put_new").await?;
        let put = {
            let mut bucket = self.bucket();
            let lock = self.lock(&bucket);
            let put = match bucket.objects.entry(number) {
                Entry::Occupied(_) => Put::Taken,
                Entry::Vacant(place) => {
                    place.insert((bytes, lock));
                    Put::Created
                }
            };
            bucket.changes += usize::from(put == Put::Created);
            put
        };
        self.gate.after("log.put_new").await?;
        Ok(put)
    }

    async fn default_retention(&self) -> Result<Option<DefaultRetention>, Fault> {
        self.gate.before("log.default_retention").await?;
        let retention = self.bucket().retention;
        self.gate.after("log.default_retention").await?;
        Ok(retention)
    }
}

#[async_trait]
impl PutClaim for Log {
    async fn claim(&self, action: &ActionId, bytes: Bytes) -> Result<Claimed, Fault> {
        self.gate.before("log.claim").await?;
        let claimed = match self.bucket().claims.entry(action.clone()) {
            Entry::Occupied(held) => Claimed::Taken(held.get().clone()),
            Entry::Vacant(place) => {
                place.insert(bytes);
                Claimed::Created
            }
        };
        self.gate.after("log.claim").await?;
        Ok(claimed)
    }
}

#[async_trait]
impl KeepCheckpoint for Log {
    async fn keep_checkpoint(&self, name: &str, bytes: Bytes) -> Result<(), Fault> {
        self.gate.before("log.keep_checkpoint").await?;
        self.bucket().checkpoints.entry(name.to_owned()).or_insert(bytes);
        self.gate.after("log.keep_checkpoint").await
    }
}

/// As the real client reads: one byte more than allowed tells that an object is too long.
fn cut(bytes: &Bytes) -> Bytes {
    bytes.slice(..bytes.len().min(MAX_OBJECT_BYTES.saturating_add(1)))
}
