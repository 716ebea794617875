//! Manifests: which content is in force, said and signed by the publisher under a rising number.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use data_encoding::BASE64;
use domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use wire::text;

/// One manifest, the object `bundles/<20 digits>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `countersign-manifest/1`.
    pub format: String,
    /// Its number, the one in its key.
    pub number: u64,
    /// The content it puts in force.
    #[serde(with = "text")]
    pub bundle: Digest,
    /// The manifest that was in force before: SHA-256 of that object's bytes.
    #[serde(with = "text::option")]
    pub previous: Option<Digest>,
    /// When it was signed; in force it is since it was stored under its number.
    #[serde(with = "text::time")]
    pub published_at: Timestamp,
    /// Who published it, as they call themselves.
    pub publisher: String,
    /// Ed25519 over the canonical JSON of everything above, base64 of 64 bytes.
    pub signature: String,
}

#[derive(Serialize)]
struct Unsigned<'a> {
    format: &'a str,
    number: u64,
    #[serde(with = "text")]
    bundle: Digest,
    #[serde(with = "text::option")]
    previous: Option<Digest>,
    #[serde(with = "text::time")]
    published_at: Timestamp,
    publisher: &'a str,
}

/// A text that is no publisher's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the publisher's key is not base64 of 32 bytes")]
pub struct KeyError;

/// The publisher's public key; no function holds the other half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublisherKey([u8; 32]);

impl PublisherKey {
    /// Reads base64 of the raw 32 bytes.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|_| KeyError)?;
        bytes.try_into().map(Self).map_err(|_| KeyError)
    }

    /// The key with these raw bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Base64 of the raw 32 bytes.
    #[must_use]
    pub fn to_base64(&self) -> String {
        BASE64.encode(&self.0)
    }

    fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let signature = BASE64.decode(signature.as_bytes()).unwrap_or_default();
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, &signature).is_ok()
    }
}

impl Manifest {
    /// The value of `format`.
    pub const FORMAT: &str = "countersign-manifest/1";

    /// What the signature is made over: the canonical JSON of everything but the signature.
    ///
    /// # Errors
    /// When it has no canonical form (a number beyond 2⁵³).
    pub fn message(&self) -> Result<Vec<u8>, wire::json::JsonError> {
        let unsigned = Unsigned {
            format: &self.format,
            number: self.number,
            bundle: self.bundle,
            previous: self.previous,
            published_at: self.published_at,
            publisher: &self.publisher,
        };
        Ok(wire::json::canonical(&unsigned)?.as_bytes().to_vec())
    }

    /// The object's bytes.
    ///
    /// # Errors
    /// When it has no canonical form.
    pub fn bytes(&self) -> Result<Vec<u8>, wire::json::JsonError> {
        Ok(wire::json::canonical(self)?.as_bytes().to_vec())
    }

    /// Reads an object, if its bytes are canonical, its signature holds and it says the number it lies under. Anything
    /// else is garbage that takes up a number.
    #[must_use]
    pub(crate) fn verified(bytes: &[u8], number: u64, key: &PublisherKey) -> Option<Self> {
        let manifest: Self = wire::json::parse(bytes).ok()?;
        let signed = key.verifies(&manifest.message().ok()?, &manifest.signature);
        let canonical = manifest.bytes().ok()? == bytes;
        (signed && canonical && manifest.format == Self::FORMAT && manifest.number == number)
            .then_some(manifest)
    }
}
