//! Signing as KMS does it with Ed25519.

use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use domain::Fault;
use identity::{MAX_MESSAGE, PublicKey, SignEnvelope};

use crate::Gate;

/// A signing key from a seed: the same seed signs the same bytes the same way. Clones share the key.
#[derive(Clone)]
pub struct LocalSigner {
    gate: Gate,
    pair: Arc<Ed25519KeyPair>,
}

impl LocalSigner {
    /// The key of this seed.
    ///
    /// # Panics
    /// Never: any 32 bytes are a seed.
    #[must_use]
    #[expect(clippy::expect_used, reason = "any 32 bytes are a seed")]
    pub fn seeded(seed: [u8; 32], gate: Gate) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("any 32 bytes are a seed");
        Self { gate, pair: Arc::new(pair) }
    }

    /// The same key, reached through another gate: another function's way to it.
    #[must_use]
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, pair: self.pair.clone() }
    }

    /// Its public half.
    ///
    /// # Panics
    /// Never: Ed25519 public keys have 32 bytes.
    #[must_use]
    #[expect(clippy::expect_used, reason = "Ed25519 public keys have 32 bytes")]
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.pair.public_key().as_ref().try_into().expect("32 bytes"))
    }
}

#[async_trait]
impl SignEnvelope for LocalSigner {
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], Fault> {
        self.gate.before("signer.sign").await?;
        if message.len() > MAX_MESSAGE {
            return Err(Fault::lasting("the message is too long to sign"));
        }
        let signature = self.pair.sign(message);
        let bytes = signature.as_ref().try_into().map_err(|_| Fault::lasting("not 64 bytes"))?;
        self.gate.after("signer.sign").await?;
        Ok(bytes)
    }
}
