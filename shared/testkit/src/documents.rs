//! The documents table.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::{Digest, Fault};
use store::{DocumentFault, ReadDocuments, WriteDocuments};
use wire::documents::Document;

use crate::Gate;

/// Documents by digest. Clones share them.
#[derive(Clone)]
pub struct Documents {
    gate: Gate,
    bodies: Arc<Mutex<BTreeMap<Digest, String>>>,
}

impl Documents {
    /// An empty table.
    #[must_use]
    pub fn new(gate: Gate) -> Self {
        Self { gate, bodies: Arc::default() }
    }

    /// The same table, reached through another gate.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    /// Every body by its name.
    #[must_use]
    pub fn contents(&self) -> BTreeMap<Digest, String> {
        self.bodies().clone()
    }

    /// Puts these bytes under this name, whatever their digest: what a malicious putter does who comes first.
    pub fn forge(&self, digest: Digest, body: impl Into<String>) {
        self.bodies().insert(digest, body.into());
    }

    /// Takes a document away.
    pub fn remove(&self, digest: Digest) {
        self.bodies().remove(&digest);
    }

    fn bodies(&self) -> MutexGuard<'_, BTreeMap<Digest, String>> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ReadDocuments for Documents {
    async fn document(&self, digest: Digest) -> Result<Option<Document>, DocumentFault> {
        self.gate.before("documents.get").await?;
        let body = self.bodies().get(&digest).cloned();
        self.gate.after("documents.get").await?;
        let verify = |body| Document::verify(digest, body).map_err(|_| DocumentFault::Mismatch(digest));
        body.map(verify).transpose()
    }
}

#[async_trait]
impl WriteDocuments for Documents {
    async fn put(&self, document: &Document) -> Result<(), Fault> {
        self.gate.before("documents.put").await?;
        store::document_fits(document)?;
        let stored = {
            let mut bodies = self.bodies();
            bodies.entry(document.digest()).or_insert_with(|| document.body().to_owned()).clone()
        };
        self.gate.after("documents.put").await?;
        if stored == document.body() { Ok(()) } else { Err(store::document_taken(document.digest())) }
    }
}
