//! Where messages go, as the directory of the bundle in force says.

use std::sync::Arc;

use async_trait::async_trait;
use bundle::{Destination, PublisherKey, ReadBundles, Remembered};
use domain::Fault;

/// Where people are told.
#[async_trait]
pub trait Destinations: Send + Sync {
    /// Every address of this audience, `group:<name>` or `person:<subject>`; those of `default` when it has none of its own.
    ///
    /// # Errors
    /// [`Fault`]: nobody can be told before the directory can be read.
    async fn of(&self, audience: &str) -> Result<Vec<Destination>, Fault>;
}

/// The directory of the bundle in force; every call looks for a newer bundle.
pub struct BundleDestinations {
    store: Arc<dyn ReadBundles>,
    key: PublisherKey,
    remembered: Remembered,
}

impl BundleDestinations {
    /// Reads bundles signed by this publisher.
    #[must_use]
    pub fn new(store: Arc<dyn ReadBundles>, key: PublisherKey) -> Self {
        Self { store, key, remembered: Remembered::default() }
    }
}

#[async_trait]
impl Destinations for BundleDestinations {
    async fn of(&self, audience: &str) -> Result<Vec<Destination>, Fault> {
        let in_force = self.remembered.in_force(self.store.as_ref(), &self.key).await?;
        Ok(in_force.bundle.directory().destinations(audience))
    }
}
