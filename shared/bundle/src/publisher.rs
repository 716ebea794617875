//! Whether a publisher's key is the one that what is published was signed with.

use crate::manifest::PublisherKey;
use crate::store::{BundleFault, InForce, ReadBundles, manifest_key};

/// Why a key is not published with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OtherKey {
    /// There are manifests, and none of them verifies with this key.
    #[error(
        "the bucket has manifests, and this key verifies none of them: they were signed with another publisher's key, so \
         nothing was published. Use the key whose public half the deployment has as `PublisherKey`"
    )]
    Unverified,
    /// The bucket.
    #[error(transparent)]
    Bundle(BundleFault),
}

/// Checks that this key verifies a manifest of the bucket, or that the bucket has none yet.
///
/// A manifest that is signed with another key takes up its number for ever and is never in force.
///
/// # Errors
/// [`OtherKey`].
pub async fn check_publisher_key(store: &dyn ReadBundles, key: &PublisherKey) -> Result<(), OtherKey> {
    match InForce::load(store, key, None).await {
        Err(BundleFault::Nothing) => match store.get(&manifest_key(1)).await {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(OtherKey::Unverified),
            Err(fault) => Err(OtherKey::Bundle(fault.into())),
        },
        Err(fault @ BundleFault::Fault(_)) => Err(OtherKey::Bundle(fault)),
        // A verified manifest whose content is missing or does not read is what publishing again mends.
        Ok(_) | Err(_) => Ok(()),
    }
}
