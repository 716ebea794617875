//! The payload key in KMS: intake may only seal with it, execution only open.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use domain::{ActionId, Fault, Timestamp};
use wire::documents::{Payload, SealedPayload};

use crate::fault::fault;
use crate::sealing::{self, DataKey, SealedFor};
use crate::{OpenPayload, SealPayload};

/// Seconds a data key is used, to seal or to open.
const KEPT_SECONDS: i64 = 300;
/// Opened data keys kept at most.
const KEPT_KEYS: usize = 64;

type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Seals payloads under data keys from `kms:GenerateDataKey`, each used for five minutes.
#[derive(Clone)]
pub struct SealingKey {
    kms: Client,
    key: String,
    deployment: String,
    now: Now,
    current: Arc<Mutex<Option<Current>>>,
}

#[derive(Clone)]
struct Current {
    key: Arc<DataKey>,
    encrypted: Vec<u8>,
    until: Timestamp,
}

impl SealingKey {
    /// Seals under the KMS key with this ARN, bound to the deployment's name.
    #[must_use]
    pub fn new(
        kms: Client,
        key: impl Into<String>,
        deployment: impl Into<String>,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        let (key, deployment, now) = (key.into(), deployment.into(), Arc::new(now));
        Self { kms, key, deployment, now, current: Arc::default() }
    }

    async fn data_key(&self) -> Result<Current, Fault> {
        let now = (self.now)();
        // Outside these five minutes in either direction: a clock that jumped back does not keep a key for ever.
        let fresh = |held: &Current| now < held.until && held.until <= now.plus_seconds(KEPT_SECONDS);
        if let Some(held) = guard(&self.current).clone().filter(fresh) {
            return Ok(held);
        }
        let what = "fetching a data key";
        let call = self
            .kms
            .generate_data_key()
            .key_id(&self.key)
            .key_spec(DataKeySpec::Aes256)
            .encryption_context("deployment", &self.deployment);
        let answer = call.send().await.map_err(|error| fault(what, &error))?;
        let (Some(plain), Some(encrypted)) = (answer.plaintext, answer.ciphertext_blob) else {
            return Err(Fault::lasting(format!("{what}: the answer holds none")));
        };
        let (key, until) = (Arc::new(data_key(plain)?), now.plus_seconds(KEPT_SECONDS));
        let held = Current { key, encrypted: encrypted.into_inner(), until };
        *guard(&self.current) = Some(held.clone());
        Ok(held)
    }
}

#[async_trait]
impl SealPayload for SealingKey {
    async fn seal(
        &self,
        payload: &Payload,
        action: &ActionId,
        revision: u32,
        expires_at: Timestamp,
    ) -> Result<SealedPayload, Fault> {
        let held = self.data_key().await?;
        let mut nonce = [0; 12];
        SystemRandom::new().fill(&mut nonce).map_err(|_| Fault::lasting("the system has no randomness"))?;
        sealing::seal(&held.key, &held.encrypted, nonce, payload, SealedFor { action, revision }, expires_at)
    }
}

/// Opens payloads with `kms:Decrypt`; an opened data key is kept for five minutes.
#[derive(Clone)]
pub struct OpeningKey {
    kms: Client,
    deployment: String,
    now: Now,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    keys: HashMap<Vec<u8>, (Arc<DataKey>, Timestamp)>,
    order: VecDeque<Vec<u8>>,
}

impl OpeningKey {
    /// Opens what was sealed for the deployment of this name, with whichever key the role may decrypt.
    #[must_use]
    pub fn new(
        kms: Client,
        deployment: impl Into<String>,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        Self { kms, deployment: deployment.into(), now: Arc::new(now), kept: Arc::default() }
    }

    async fn data_key(&self, encrypted: Vec<u8>) -> Result<Arc<DataKey>, Fault> {
        let now = (self.now)();
        if let Some(key) = guard(&self.kept).held(&encrypted, now) {
            return Ok(key);
        }
        let what = "opening a data key";
        let call = self
            .kms
            .decrypt()
            .ciphertext_blob(Blob::new(encrypted.clone()))
            .encryption_context("deployment", &self.deployment);
        let answer = call.send().await.map_err(|error| fault(what, &error))?;
        let plain =
            answer.plaintext.ok_or_else(|| Fault::lasting(format!("{what}: the answer holds none")))?;
        let key = Arc::new(data_key(plain)?);
        guard(&self.kept).keep(encrypted, &key, now.plus_seconds(KEPT_SECONDS));
        Ok(key)
    }
}

#[async_trait]
impl OpenPayload for OpeningKey {
    async fn open(
        &self,
        sealed: &SealedPayload,
        action: &ActionId,
        revision: u32,
        now: Timestamp,
    ) -> Result<Payload, Fault> {
        sealing::fresh(sealed, now)?;
        let key = self.data_key(sealing::encrypted_key(sealed)?).await?;
        sealing::open(&key, sealed, SealedFor { action, revision }, now)
    }
}

impl Kept {
    fn held(&self, encrypted: &[u8], now: Timestamp) -> Option<Arc<DataKey>> {
        let (key, until) = self.keys.get(encrypted)?;
        (now < *until && *until <= now.plus_seconds(KEPT_SECONDS)).then(|| Arc::clone(key))
    }

    fn keep(&mut self, encrypted: Vec<u8>, key: &Arc<DataKey>, until: Timestamp) {
        if self.keys.insert(encrypted.clone(), (Arc::clone(key), until)).is_none() {
            self.order.push_back(encrypted);
        }
        while self.order.len() > KEPT_KEYS {
            if let Some(oldest) = self.order.pop_front() {
                self.keys.remove(&oldest);
            }
        }
    }
}

fn data_key(plain: Blob) -> Result<DataKey, Fault> {
    let bytes: [u8; 32] =
        plain.into_inner().try_into().map_err(|_| Fault::lasting("a data key is not 32 bytes long"))?;
    Ok(DataKey::new(Box::new(bytes)))
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
