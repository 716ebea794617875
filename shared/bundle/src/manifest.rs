//! Manifests: which content is in force, said and signed by the publisher under a rising number.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::BASE64;
use domain::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use wire::text;

/// The value of `format`.
const FORMAT: &str = "countersign-manifest/1";

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

/// Why a key is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not base64 of 32 bytes.
    #[error("the publisher's key is not base64 of 32 bytes")]
    Public,
    /// Not an Ed25519 key in PKCS#8.
    #[error("the file holds no Ed25519 key in PKCS#8")]
    Private,
    /// The system gave no randomness.
    #[error("no key could be made")]
    Generate,
}

/// The publisher's public key; no function holds the other half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublisherKey([u8; 32]);

impl PublisherKey {
    /// Reads base64 of the raw 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::Public`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes = BASE64.decode(text.trim().as_bytes()).map_err(|_| KeyError::Public)?;
        bytes.try_into().map(Self).map_err(|_| KeyError::Public)
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

/// The publisher's private key.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// A new key as PKCS#8 bytes.
    ///
    /// # Errors
    /// [`KeyError::Generate`].
    pub fn generate() -> Result<Vec<u8>, KeyError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Generate)?;
        Ok(pair.to_pkcs8v1().map_err(|_| KeyError::Generate)?.as_ref().to_vec())
    }

    /// Reads PKCS#8 bytes.
    ///
    /// # Errors
    /// [`KeyError::Private`].
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, KeyError> {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).map(Self).map_err(|_| KeyError::Private)
    }

    /// The public half.
    ///
    /// # Errors
    /// [`KeyError::Public`] never happens for a key that was read.
    pub fn public(&self) -> Result<PublisherKey, KeyError> {
        self.0.public_key().as_ref().try_into().map(PublisherKey).map_err(|_| KeyError::Public)
    }
}

impl Manifest {
    /// A signed manifest.
    ///
    /// # Errors
    /// When it has no canonical form (a number beyond 2⁵³).
    pub fn sign(
        signer: &Signer,
        number: u64,
        bundle: Digest,
        previous: Option<Digest>,
        published_at: Timestamp,
        publisher: &str,
    ) -> Result<Self, wire::json::JsonError> {
        let unsigned = Unsigned { format: FORMAT, number, bundle, previous, published_at, publisher };
        let message = wire::json::canonical(&unsigned)?;
        let signature = BASE64.encode(signer.0.sign(message.as_bytes()).as_ref());
        Ok(Self {
            format: FORMAT.to_owned(),
            number,
            bundle,
            previous,
            published_at,
            publisher: publisher.to_owned(),
            signature,
        })
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
        let unsigned = Unsigned {
            format: &manifest.format,
            number: manifest.number,
            bundle: manifest.bundle,
            previous: manifest.previous,
            published_at: manifest.published_at,
            publisher: &manifest.publisher,
        };
        let message = wire::json::canonical(&unsigned).ok()?;
        let signed = key.verifies(message.as_bytes(), &manifest.signature);
        let canonical = manifest.bytes().ok()? == bytes;
        (signed && canonical && manifest.format == FORMAT && manifest.number == number).then_some(manifest)
    }
}
