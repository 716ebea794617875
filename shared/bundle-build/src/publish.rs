//! Publishing: a compiled bundle into the bucket and in force.

use bundle::{BundleFault, End, Placed, PublishBundles, content_key, load_content, manifest_key};
use domain::{Digest, Fault, Timestamp};

use crate::compile::Compiled;
use crate::signer::Signer;

/// How often a publisher moves on to the next number before giving up.
const ATTEMPTS: u32 = 20;

/// What publishing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The new manifest's number.
    pub number: u64,
    /// The new manifest's digest.
    pub manifest: Digest,
}

/// Stores the content and puts it in force under the next free number. Publishing old content again is rolling back.
///
/// # Errors
/// [`BundleFault`] when the bucket does not answer, or others took every number that was tried.
pub async fn publish(
    store: &dyn PublishBundles,
    signer: &Signer,
    compiled: &Compiled,
    publisher: &str,
    now: Timestamp,
) -> Result<Published, BundleFault> {
    let key = signer.public().map_err(|error| lasting(&error))?;
    store_content(store, compiled).await?;
    let mut end = End::default().moved(store, &key).await?;
    for _ in 0..ATTEMPTS {
        let number = end.taken.saturating_add(1);
        let bytes = signed(signer, (number, compiled.digest, end.manifest), now, publisher)?;
        if store.put_new(&manifest_key(number), &bytes).await? == Placed::New {
            return Ok(Published { number, manifest: Digest::of(&bytes) });
        }
        end = end.moved(store, &key).await?;
    }
    Err(BundleFault::Fault(Fault::passing("others took every number that was tried")))
}

/// Stores the content. What the functions will read must be what was compiled, whoever stored it first.
pub(crate) async fn store_content(
    store: &dyn PublishBundles,
    compiled: &Compiled,
) -> Result<(), BundleFault> {
    store.put_new(&content_key(compiled.digest), &compiled.bytes).await?;
    load_content(store, compiled.digest).await.map(drop)
}

/// The bytes of a signed manifest: number, content, and what was in force before.
pub(crate) fn signed(
    signer: &Signer,
    (number, bundle, previous): (u64, Digest, Option<Digest>),
    now: Timestamp,
    publisher: &str,
) -> Result<Vec<u8>, BundleFault> {
    let manifest = signer.sign(number, bundle, previous, now, publisher);
    manifest.and_then(|manifest| manifest.bytes()).map_err(|error| lasting(&error))
}

pub(crate) fn lasting(error: &dyn std::fmt::Display) -> BundleFault {
    BundleFault::Fault(Fault::lasting(error.to_string()))
}
