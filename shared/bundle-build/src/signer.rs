//! The publisher's private key. No function depends on this crate, so none holds it.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use bundle::{Manifest, PublisherKey};
use data_encoding::BASE64;
use domain::{Digest, Timestamp};

/// The publisher's private key.
pub struct Signer(Ed25519KeyPair);

/// Why there is no private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// Not an Ed25519 key in PKCS#8.
    #[error("the file holds no Ed25519 key in PKCS#8")]
    Private,
    /// The system gave no randomness.
    #[error("no key could be made")]
    Generate,
}

impl Signer {
    /// A new key as PKCS#8 bytes.
    ///
    /// # Errors
    /// [`SignerError::Generate`].
    pub fn generate() -> Result<Vec<u8>, SignerError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| SignerError::Generate)?;
        Ok(pair.to_pkcs8v1().map_err(|_| SignerError::Generate)?.as_ref().to_vec())
    }

    /// Reads PKCS#8 bytes.
    ///
    /// # Errors
    /// [`SignerError::Private`].
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, SignerError> {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).map(Self).map_err(|_| SignerError::Private)
    }

    /// The public half.
    ///
    /// # Errors
    /// [`SignerError::Private`] never happens for a key that was read.
    pub fn public(&self) -> Result<PublisherKey, SignerError> {
        let bytes = self.0.public_key().as_ref().try_into().map_err(|_| SignerError::Private)?;
        Ok(PublisherKey::from_bytes(bytes))
    }

    /// A signed manifest.
    ///
    /// # Errors
    /// When it has no canonical form (a number beyond 2⁵³).
    pub fn sign(
        &self,
        number: u64,
        bundle: Digest,
        previous: Option<Digest>,
        published_at: Timestamp,
        publisher: &str,
    ) -> Result<Manifest, wire::json::JsonError> {
        let unsigned = Manifest {
            format: Manifest::FORMAT.to_owned(),
            number,
            bundle,
            previous,
            published_at,
            publisher: publisher.to_owned(),
            signature: String::new(),
        };
        let signature = BASE64.encode(self.0.sign(&unsigned.message()?).as_ref());
        Ok(Manifest { signature, ..unsigned })
    }
}
