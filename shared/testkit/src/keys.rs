//! Fetching key sets.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::Fault;
use identity::{FetchKeys, IssuerSettings};
use serde_json::Value;

use crate::{Gate, Issuer};

/// The key sets of some issuers, as they are at that moment. Clones share everything.
#[derive(Clone)]
pub struct Keys {
    gate: Gate,
    issuers: Vec<Issuer>,
    fetches: Arc<AtomicUsize>,
    unreachable: Arc<Mutex<Option<Fault>>>,
}

impl Keys {
    /// The key sets of these issuers.
    #[must_use]
    pub fn of(issuers: &[Issuer], gate: Gate) -> Self {
        Self { gate, issuers: issuers.to_vec(), fetches: Arc::default(), unreachable: Arc::default() }
    }

    /// How often a key set was asked for.
    #[must_use]
    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }

    /// From now on every fetch ends in this fault; none makes the providers answer again.
    pub fn fail(&self, fault: Option<Fault>) {
        *self.unreachable.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

#[async_trait]
impl FetchKeys for Keys {
    async fn keys(&self, issuer: &IssuerSettings) -> Result<Vec<Value>, Fault> {
        self.gate.before("keys.fetch").await?;
        self.fetches.fetch_add(1, Ordering::Relaxed);
        if let Some(fault) = self.unreachable.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Err(fault);
        }
        let found = self.issuers.iter().find(|known| known.name() == issuer.issuer);
        let keys = found.map(Issuer::jwks).ok_or_else(|| Fault::passing("no such issuer"))?;
        self.gate.after("keys.fetch").await?;
        Ok(keys)
    }
}
