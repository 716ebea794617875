//! The bundle in force, remembered between requests.

use std::sync::{Mutex, PoisonError};

use crate::manifest::PublisherKey;
use crate::store::{BundleFault, InForce, ReadBundles};

/// The bundle that was in force when it was last asked for. Asking again reads only the manifests after it: usually one
/// object, which is absent.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<Option<InForce>>);

impl Remembered {
    /// The bundle in force now. Two requests may ask at once; the later answer is the one that is remembered.
    ///
    /// # Errors
    /// [`BundleFault`]; the caller denies. What is remembered never answers in place of the bucket.
    pub async fn in_force(
        &self,
        store: &dyn ReadBundles,
        key: &PublisherKey,
    ) -> Result<InForce, BundleFault> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let found = InForce::load(store, key, known.as_ref()).await?;
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|last| last.next_number() <= found.next_number()) {
            *last = Some(found.clone());
        }
        Ok(found)
    }
}
