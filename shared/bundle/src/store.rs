//! Which bundle is in force.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{Digest, Fault, Timestamp};
use futures::future::join_all;

use crate::bundle::{Bundle, LoadError};
use crate::manifest::{Manifest, PublisherKey};

/// A manifest's number and the object, if there is one.
type Found = (u64, Option<Stored>);

/// How many numbers are asked for at once when nothing is known yet.
const STRIDE: u64 = 16;

/// An object of the bundles' bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// When it was stored, by the bucket's own word.
    pub at: Timestamp,
}

/// Reading objects of the bundles' bucket.
#[async_trait]
pub trait ReadBundles: Send + Sync {
    /// The object, or none.
    ///
    /// # Errors
    /// [`Fault`]; only a clear "no such key" is absence.
    async fn get(&self, key: &str) -> Result<Option<Stored>, Fault>;
}

/// Creating objects there; the publisher alone.
#[async_trait]
pub trait PublishBundles: ReadBundles {
    /// Stores the object unless the key is taken.
    ///
    /// # Errors
    /// [`Fault`]; after a lost answer read the key.
    async fn put_new(&self, key: &str, bytes: &[u8]) -> Result<Placed, Fault>;
}

/// What creating found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It is there now and was not before.
    New,
    /// The key was taken.
    Taken,
}

/// Why no bundle is in force. Always a denial.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// The bucket did not answer as it should.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// Nothing validly signed was ever published.
    #[error("no validly signed manifest was found")]
    Nothing,
    /// The content a manifest names is not there.
    #[error("the content {0} that the manifest names is missing")]
    Missing(Digest),
    /// The content has other bytes than its name says.
    #[error("the content stored as {0} has other bytes")]
    Mismatch(Digest),
    /// The content does not read.
    #[error(transparent)]
    Load(#[from] LoadError),
}

impl BundleFault {
    /// Whether trying again makes sense.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Fault(fault) if fault.is_passing())
    }
}

impl From<BundleFault> for Fault {
    /// What only may pass is a passing fault; everything else stays until somebody mends it.
    fn from(fault: BundleFault) -> Self {
        match fault {
            BundleFault::Fault(fault) => fault,
            other => Self::lasting(other.to_string()),
        }
    }
}

/// The bundle in force and how it was found.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The manifest's number.
    pub number: u64,
    /// SHA-256 of the manifest's bytes: what decisions and claims name as their bundle.
    pub manifest: Digest,
    /// What it puts in force.
    pub bundle: Arc<Bundle>,
    /// When it was put there, by the bucket's own word: its publisher may have signed it long before.
    since: Timestamp,
    /// What was in force before it.
    previous: Option<Digest>,
    /// The key it was verified with.
    pub(crate) key: PublisherKey,
    /// The last number that is taken, by garbage too.
    tail: u64,
}

/// Where the numbers end and what the last valid one says.
#[derive(Debug, Clone, Default)]
struct Chain {
    tail: u64,
    last: Option<Last>,
}

/// A valid manifest where it is in force.
#[derive(Debug, Clone)]
struct Last {
    manifest: Manifest,
    digest: Digest,
    since: Timestamp,
}

/// Where the numbers of a bucket end: what whoever publishes continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct End {
    /// The last number that is taken, by garbage too; zero where none is.
    pub taken: u64,
    /// The digest of the manifest in force; none where none is.
    pub manifest: Option<Digest>,
}

impl End {
    /// Asks for the numbers after this end, until one is absent.
    ///
    /// # Errors
    /// [`BundleFault::Fault`] when the bucket does not answer.
    pub async fn moved(self, store: &dyn ReadBundles, key: &PublisherKey) -> Result<Self, BundleFault> {
        let chain = follow(store, key, self.taken, self.manifest).await?;
        let manifest = chain.last.map(|last| last.digest).or(self.manifest);
        Ok(Self { taken: chain.tail, manifest })
    }
}

impl InForce {
    /// Finds the last validly signed manifest before the first absent number, and loads what it names. With a bundle
    /// found before, only the numbers after it are asked for: usually one.
    ///
    /// # Errors
    /// [`BundleFault`]; the caller denies. A content that is missing or does not read never falls back to an older one.
    pub async fn load(
        store: &dyn ReadBundles,
        key: &PublisherKey,
        cached: Option<&Self>,
    ) -> Result<Self, BundleFault> {
        let cached = cached.filter(|cached| cached.key == *key);
        let (tail, before) = cached.map_or((0, None), |cached| (cached.tail, Some(cached.manifest)));
        let chain = follow(store, key, tail, before).await?;
        match (chain.last, cached) {
            (None, None) => Err(BundleFault::Nothing),
            (None, Some(cached)) => Ok(Self { tail: chain.tail, ..cached.clone() }),
            (Some(Last { manifest, digest, since }), _) => {
                let bundle = match cached.filter(|cached| cached.bundle.digest() == manifest.bundle) {
                    Some(cached) => Arc::clone(&cached.bundle),
                    None => Arc::new(load_content(store, manifest.bundle).await?),
                };
                let Manifest { number, previous, .. } = manifest;
                let tail = chain.tail;
                Ok(Self { number, manifest: digest, bundle, since, previous, key: *key, tail })
            }
        }
    }

    /// The number that the next manifest takes.
    #[must_use]
    pub fn next_number(&self) -> u64 {
        self.tail.saturating_add(1)
    }

    /// Since when it is in force, by the bucket's own clock.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// What was in force until this time, back along the manifests' own links: what was stored at that very moment came
    /// after it.
    ///
    /// # Errors
    /// [`BundleFault`]; [`BundleFault::Nothing`] when nothing was yet.
    pub async fn at(&self, store: &dyn ReadBundles, at: Timestamp) -> Result<Self, BundleFault> {
        let mut found = self.clone();
        let mut named = found.bundle.digest();
        while found.since >= at {
            let expected = found.previous.ok_or(BundleFault::Nothing)?;
            let number =
                found.number.checked_sub(1).filter(|number| *number > 0).ok_or(BundleFault::Nothing)?;
            found.number = number;
            // What lies between and is not the link is garbage that was never in force.
            let object = store.get(&manifest_key(number)).await?;
            let object = object.filter(|object| Digest::of(&object.bytes) == expected);
            let read = object
                .and_then(|Stored { bytes, at }| Some((Manifest::verified(&bytes, number, &self.key)?, at)));
            let Some((manifest, since)) = read else { continue };
            named = manifest.bundle;
            found = Self { manifest: expected, since, previous: manifest.previous, ..found };
        }
        if named != found.bundle.digest() {
            found.bundle = Arc::new(load_content(store, named).await?);
        }
        Ok(found)
    }
}

async fn follow(
    store: &dyn ReadBundles,
    key: &PublisherKey,
    tail: u64,
    before: Option<Digest>,
) -> Result<Chain, BundleFault> {
    let mut chain = Chain { tail, last: None };
    let mut previous = before;
    // Whoever knows a bundle expects nothing new; whoever knows none has everything to read.
    let mut stride = if before.is_some() { 1 } else { STRIDE };
    loop {
        let numbers = (1..=stride).map(|ahead| chain.tail.saturating_add(ahead));
        for (number, object) in fetch(store, numbers).await? {
            let Some(Stored { bytes, at: since }) = object else { return Ok(chain) };
            chain.tail = number;
            let manifest = Manifest::verified(&bytes, number, key);
            // An honest publisher names what was in force before; a manifest moved here from elsewhere does not fit.
            if let Some(manifest) = manifest.filter(|manifest| manifest.previous == previous) {
                let digest = Digest::of(&bytes);
                previous = Some(digest);
                chain.last = Some(Last { manifest, digest, since });
            }
        }
        stride = STRIDE;
    }
}

async fn fetch(store: &dyn ReadBundles, numbers: impl Iterator<Item = u64>) -> Result<Vec<Found>, Fault> {
    let each = numbers.map(|number| async move { Ok((number, store.get(&manifest_key(number)).await?)) });
    join_all(each).await.into_iter().collect()
}

/// Reads the bundle with this digest.
///
/// # Errors
/// [`BundleFault`].
pub async fn load_content(store: &dyn ReadBundles, digest: Digest) -> Result<Bundle, BundleFault> {
    let object = store.get(&content_key(digest)).await?;
    opened(digest, object.as_ref().map(|object| object.bytes.as_slice()))
}

/// The bundle of this digest, from the bytes that lie under it.
pub(crate) fn opened(digest: Digest, bytes: Option<&[u8]>) -> Result<Bundle, BundleFault> {
    let bytes = bytes.ok_or(BundleFault::Missing(digest))?;
    if Digest::of(bytes) != digest {
        return Err(BundleFault::Mismatch(digest));
    }
    Ok(Bundle::load(bytes)?)
}

/// The object of the manifest with this number.
#[must_use]
pub fn manifest_key(number: u64) -> String {
    format!("bundles/{number:020}")
}

/// The object of the content with this digest.
#[must_use]
pub fn content_key(digest: Digest) -> String {
    format!("bundles/content/{}.json", digest.hex())
}
