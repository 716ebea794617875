//! A bucket in memory, and what is published into it.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bundle::{BundleFault, InForce, Placed, PublishBundles, PublisherKey, ReadBundles, Stored};
use bundle_build::{Compiled, Signer};
use domain::{Digest, Fault, Timestamp};

use crate::sample::Sample;

#[derive(Default)]
pub struct Bucket {
    pub objects: Mutex<BTreeMap<String, Vec<u8>>>,
    /// When a key was stored, where that is not [`now`].
    pub stored: Mutex<BTreeMap<String, Timestamp>>,
    pub asked: Mutex<Vec<String>>,
    pub failing: Mutex<Option<String>>,
}

#[async_trait]
impl ReadBundles for Bucket {
    async fn get(&self, key: &str) -> Result<Option<Stored>, Fault> {
        self.asked.lock().unwrap().push(key.to_owned());
        if self.failing.lock().unwrap().as_deref() == Some(key) {
            return Err(Fault::lasting("access denied"));
        }
        let at = self.stored.lock().unwrap().get(key).copied().unwrap_or_else(now);
        Ok(self.objects.lock().unwrap().get(key).cloned().map(|bytes| Stored { bytes, at }))
    }
}

#[async_trait]
impl PublishBundles for Bucket {
    async fn put_new(&self, key: &str, bytes: &[u8]) -> Result<Placed, Fault> {
        let mut objects = self.objects.lock().unwrap();
        if objects.contains_key(key) {
            return Ok(Placed::Taken);
        }
        objects.insert(key.to_owned(), bytes.to_vec());
        Ok(Placed::New)
    }
}

impl Bucket {
    pub fn put(&self, number: u64, bytes: &[u8]) {
        self.objects.lock().unwrap().insert(manifest_key(number), bytes.to_vec());
    }

    pub fn stored(&self, number: u64, at: Timestamp) {
        self.stored.lock().unwrap().insert(manifest_key(number), at);
    }

    pub fn read(&self, key: &str) -> Vec<u8> {
        self.objects.lock().unwrap().get(key).unwrap().clone()
    }

    pub fn manifest(&self, number: u64) -> Vec<u8> {
        self.read(&manifest_key(number))
    }

    pub fn copy(&self) -> Self {
        Self { objects: Mutex::new(self.objects.lock().unwrap().clone()), ..Self::default() }
    }

    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

pub fn manifest_key(number: u64) -> String {
    format!("bundles/{number:020}")
}

pub fn content_key(digest: Digest) -> String {
    format!("bundles/content/{}.json", digest.hex())
}

/// The sample bundle with something else in its files: (file, what, to). In YAML `what` is a JSON pointer and `to` the JSON
/// of the value there; in a file of rules both are stretches of its text.
pub fn edited(edits: &[(&str, &str, &str)]) -> Compiled {
    let mut sample = Sample::new();
    for (file, what, to) in edits {
        if file.ends_with(".yaml") {
            sample = sample.set(file, what, wire::json::parse_value(to.as_bytes()).unwrap());
            continue;
        }
        let text = sample.sources.0.get_mut(*file).unwrap();
        assert!(text.contains(what), "{file} has no `{what}`");
        *text = text.replacen(what, to, 1);
    }
    sample.compile().unwrap()
}

pub fn signer() -> (Signer, PublisherKey) {
    let signer = Signer::from_pkcs8(&Signer::generate().unwrap()).unwrap();
    let key = signer.public().unwrap();
    (signer, key)
}

pub fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

pub async fn load(bucket: &Bucket, key: &PublisherKey) -> Result<(u64, Digest), BundleFault> {
    InForce::load(bucket, key, None).await.map(|found| (found.number, found.bundle.digest()))
}
