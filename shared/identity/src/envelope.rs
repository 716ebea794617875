//! The signed envelope around a statement.

use async_trait::async_trait;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use data_encoding::BASE64;
use domain::Fault;
use wire::documents::{DocumentKind, Envelope};

use crate::Invalid;

/// The longest message KMS signs raw with Ed25519, in bytes. Refused here too: not every KMS refuses it.
pub const MAX_MESSAGE: usize = 4096;

/// Signing with the one key of the role: verdicts in callbacks, checkpoints in sweep.
#[async_trait]
pub trait SignEnvelope: Send + Sync {
    /// The Ed25519 signature of at most [`MAX_MESSAGE`] bytes.
    ///
    /// # Errors
    /// [`Fault`]; a longer message is a lasting one.
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], Fault>;
}

/// A raw Ed25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads base64 of the 32 raw bytes.
    ///
    /// # Errors
    /// [`Invalid::Key`].
    pub fn parse(base64: &str) -> Result<Self, Invalid> {
        let bytes = BASE64.decode(base64.trim().as_bytes()).map_err(|_| Invalid::Key)?;
        bytes.try_into().map(Self).map_err(|_| Invalid::Key)
    }

    /// Whether this key signed the message.
    ///
    /// # Errors
    /// [`Invalid::Signature`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Invalid> {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).map_err(|_| Invalid::Signature)
    }
}

impl std::str::FromStr for PublicKey {
    type Err = Invalid;

    fn from_str(base64: &str) -> Result<Self, Invalid> {
        Self::parse(base64)
    }
}

/// Whether the envelope's signature is this key's over everything else in it.
///
/// # Errors
/// [`Invalid::Envelope`] or [`Invalid::EnvelopeSignature`].
pub fn envelope_holds(envelope: &Envelope, key: &PublicKey) -> Result<(), Invalid> {
    if envelope.format != Envelope::FORMAT {
        return Err(Invalid::Envelope);
    }
    let message = envelope.unsigned().message().map_err(|_| Invalid::Envelope)?;
    let signature = BASE64.decode(envelope.signature.as_bytes()).map_err(|_| Invalid::EnvelopeSignature)?;
    key.verify(message.as_bytes(), &signature).map_err(|_| Invalid::EnvelopeSignature)
}
