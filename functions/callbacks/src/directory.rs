//! What the directory of the bundle in force says: who belongs to which group, and who may stop what.

use std::sync::Arc;

use async_trait::async_trait;
use bundle::{Bundle, InForce, PublisherKey, ReadBundles};
use domain::{Fault, Membership, Person, Timestamp};
use tokio::sync::Mutex;

/// Reading the directory in force.
#[async_trait]
pub trait Directory: Send + Sync {
    /// What the directory in force says about the person's groups.
    ///
    /// # Errors
    /// [`Fault`] when no bundle in force can be established.
    async fn membership(&self, person: &Person, at: Timestamp) -> Result<Membership, Fault>;

    /// Who may stop what, by the rules in force.
    ///
    /// # Errors
    /// [`Fault`] when no bundle in force can be established.
    async fn stopping(&self) -> Result<Stopping, Fault>;

    /// The rules in force, which say what parameters may be.
    ///
    /// # Errors
    /// [`Fault`] when no bundle in force can be established.
    async fn bundle(&self) -> Result<Arc<Bundle>, Fault>;
}

/// Who may stop what.
#[derive(Debug, Clone, Default)]
pub struct Stopping {
    /// The groups whose people may.
    pub groups: Vec<String>,
    /// The action types there are.
    pub types: Vec<String>,
}

/// The directory of the bundle in force, asked anew each time.
pub struct BundleDirectory {
    store: Arc<dyn ReadBundles>,
    key: PublisherKey,
    cached: Mutex<Option<InForce>>,
}

impl BundleDirectory {
    /// Reads bundles signed by this publisher.
    #[must_use]
    pub fn new(store: Arc<dyn ReadBundles>, key: PublisherKey) -> Self {
        Self { store, key, cached: Mutex::new(None) }
    }
}

#[async_trait]
impl Directory for BundleDirectory {
    async fn membership(&self, person: &Person, at: Timestamp) -> Result<Membership, Fault> {
        Ok(self.in_force().await?.bundle.membership(person, at))
    }

    async fn stopping(&self) -> Result<Stopping, Fault> {
        let bundle = self.in_force().await?.bundle;
        let types = bundle.entries().map(|entry| entry.action_type.clone()).collect();
        Ok(Stopping { groups: bundle.may_freeze().to_vec(), types })
    }

    async fn bundle(&self) -> Result<Arc<Bundle>, Fault> {
        Ok(self.in_force().await?.bundle)
    }
}

impl BundleDirectory {
    async fn in_force(&self) -> Result<InForce, Fault> {
        let mut cached = self.cached.lock().await;
        let in_force = InForce::load(self.store.as_ref(), &self.key, cached.as_ref()).await;
        let in_force = in_force.map_err(|fault| match fault.is_passing() {
            true => Fault::passing(fault.to_string()),
            false => Fault::lasting(fault.to_string()),
        })?;
        *cached = Some(in_force.clone());
        Ok(in_force)
    }
}
