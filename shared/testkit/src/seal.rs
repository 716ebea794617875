//! The payload key.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::{ActionId, Digest, Fault, Timestamp};
use store::sealing::{self, DataKey, SealedFor};
use store::{OpenPayload, SealPayload};
use wire::documents::{Payload, SealedPayload};

use crate::Gate;

/// Seals and opens for real, under data keys that follow from a seed, so that a run can be repeated. Clones share it.
#[derive(Clone)]
pub struct Seal {
    gate: Gate,
    seed: [u8; 32],
    sealed: Arc<AtomicU64>,
}

impl Seal {
    /// A payload key with this seed; what one seals another with the same seed opens.
    #[must_use]
    pub fn new(gate: Gate, seed: [u8; 32]) -> Self {
        Self { gate, seed, sealed: Arc::default() }
    }

    /// The same key, reached through another gate.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    fn derive(&self, label: &[u8]) -> Digest {
        Digest::from_bytes(self.seed).extend(label)
    }

    fn data_key(&self, encrypted: &[u8]) -> DataKey {
        DataKey::new(Box::new(*self.derive(&[b"key ", encrypted].concat()).as_bytes()))
    }
}

#[async_trait]
impl SealPayload for Seal {
    async fn seal(
        &self,
        payload: &Payload,
        action: &ActionId,
        revision: u32,
        expires_at: Timestamp,
    ) -> Result<SealedPayload, Fault> {
        self.gate.before("seal.data-key").await?;
        let number = self.sealed.fetch_add(1, Ordering::SeqCst);
        // A new data key each time, so one nonce is enough and none is used twice under a key.
        let encrypted = *self.derive(format!("encrypted {number}").as_bytes()).as_bytes();
        let (key, of) = (self.data_key(&encrypted), SealedFor { action, revision });
        let sealed = sealing::seal(&key, &encrypted, [0; 12], payload, of, expires_at);
        self.gate.after("seal.data-key").await?;
        sealed
    }
}

#[async_trait]
impl OpenPayload for Seal {
    async fn open(
        &self,
        sealed: &SealedPayload,
        action: &ActionId,
        revision: u32,
        now: Timestamp,
    ) -> Result<Payload, Fault> {
        self.gate.before("seal.decrypt").await?;
        let key = self.data_key(&sealing::encrypted_key(sealed)?);
        let opened = sealing::open(&key, sealed, SealedFor { action, revision }, now);
        self.gate.after("seal.decrypt").await?;
        opened
    }
}
