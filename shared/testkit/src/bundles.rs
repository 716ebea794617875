//! The bundles' bucket in memory, and a publisher.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bundle::{BundleFault, Placed, PublishBundles, PublisherKey, ReadBundles, Stored};
use bundle_build::{Compiled, Diagnostic, Published, Signer, Sources};
use domain::{Fault, Timestamp};
use runtime::Clock;

use crate::Gate;

/// The bucket: keys to bytes and when they were stored, create-only.
#[derive(Clone)]
pub struct Bundles {
    objects: Arc<Mutex<BTreeMap<String, Stored>>>,
    clock: Arc<dyn Clock>,
    gate: Gate,
}

impl Bundles {
    /// An empty bucket behind a gate (`bundles.get`, `bundles.put`).
    #[must_use]
    pub fn new(gate: Gate, clock: Arc<dyn Clock>) -> Self {
        Self { objects: Arc::default(), clock, gate }
    }

    /// Puts bytes there whatever was there before: what an attacker or an accident would do.
    pub fn overwrite(&self, key: &str, bytes: &[u8]) {
        self.objects().insert(key.to_owned(), self.stored(bytes));
    }

    /// Takes an object away.
    pub fn remove(&self, key: &str) {
        self.objects().remove(key);
    }

    /// All keys, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.objects().keys().cloned().collect()
    }

    fn stored(&self, bytes: &[u8]) -> Stored {
        Stored { bytes: bytes.to_vec(), at: self.clock.now() }
    }

    fn objects(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Stored>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ReadBundles for Bundles {
    async fn get(&self, key: &str) -> Result<Option<Stored>, Fault> {
        self.gate.before("bundles.get").await?;
        let found = self.objects().get(key).cloned();
        self.gate.after("bundles.get").await?;
        Ok(found)
    }
}

#[async_trait]
impl PublishBundles for Bundles {
    async fn put_new(&self, key: &str, bytes: &[u8]) -> Result<Placed, Fault> {
        self.gate.before("bundles.put").await?;
        let placed = {
            let mut objects = self.objects();
            let free = !objects.contains_key(key);
            if free {
                objects.insert(key.to_owned(), self.stored(bytes));
            }
            if free { Placed::New } else { Placed::Taken }
        };
        self.gate.after("bundles.put").await?;
        Ok(placed)
    }
}

/// Somebody with a publisher's key.
pub struct Publisher {
    signer: Signer,
    key: PublisherKey,
}

impl Publisher {
    /// A publisher with a new key; no test depends on which.
    ///
    /// # Panics
    /// When the system has no randomness.
    #[must_use]
    #[expect(clippy::expect_used, reason = "development only: a test without a key fails loudly")]
    pub fn new() -> Self {
        let signer = Signer::from_pkcs8(&Signer::generate().expect("randomness")).expect("a key just made");
        let key = signer.public().expect("a key just made");
        Self { signer, key }
    }

    /// The public half.
    #[must_use]
    pub fn key(&self) -> PublisherKey {
        self.key
    }

    /// The private half.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Puts a compiled bundle in force.
    ///
    /// # Errors
    /// [`BundleFault`] from the gate.
    pub async fn publish(
        &self,
        store: &Bundles,
        compiled: &Compiled,
        now: Timestamp,
    ) -> Result<Published, BundleFault> {
        bundle_build::publish(store, &self.signer, compiled, "carol", now).await
    }
}

impl Default for Publisher {
    fn default() -> Self {
        Self::new()
    }
}

/// The repository's sample bundle, compiled.
///
/// # Panics
/// When it has mistakes; they are printed.
#[must_use]
pub fn sample_bundle() -> Compiled {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies");
    bundle_build::compile(&folder).unwrap_or_else(|wrong| refused(&wrong))
}

/// The sample with `to` instead of `from` in this file, which must change something.
///
/// # Panics
/// When it changes nothing, or the result has mistakes.
#[must_use]
pub fn changed_bundle(file: &str, from: &str, to: &str) -> Compiled {
    edited_bundle(file, |text| text.replace(from, to))
}

/// The sample with this file changed, which must change something.
///
/// # Panics
/// When it changes nothing, or the result has mistakes.
#[must_use]
#[expect(clippy::panic, reason = "development only: a change that changes nothing fails loudly")]
pub fn edited_bundle(file: &str, change: impl FnOnce(&str) -> String) -> Compiled {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies");
    let mut sources = Sources::read(&folder).unwrap_or_else(|wrong| refused(&wrong));
    let Some(text) = sources.0.get_mut(file) else { panic!("there is no {file}") };
    let changed = change(text);
    assert_ne!(changed, *text, "{file} is as it was");
    *text = changed;
    Compiled::from_sources(&sources, None).unwrap_or_else(|wrong| refused(&wrong))
}

#[expect(clippy::panic, reason = "development only: a sample with mistakes fails loudly")]
fn refused(wrong: &[Diagnostic]) -> ! {
    let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    panic!("the sample bundle has mistakes:\n{}", told.join("\n"))
}
