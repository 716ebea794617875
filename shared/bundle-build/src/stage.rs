//! Staging: a manifest that is signed and not in force yet, `bundles/staged/<name>.json`.

use bundle::{BundleFault, InForce, Placed, PublishBundles, manifest_key};
use domain::{Digest, Timestamp};

use crate::compile::Compiled;
use crate::publish::{lasting, signed, store_content};
use crate::signer::Signer;

/// The longest name of a staged manifest.
const MAX_NAME: usize = 64;

/// What staging did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// The number it is signed for.
    pub number: u64,
    /// The object of the signed manifest.
    pub key: String,
    /// The object it becomes once it is in force.
    pub destination: String,
    /// The manifest's digest.
    pub manifest: Digest,
}

/// Why nothing was staged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StageError {
    /// The name is none.
    #[error("`{0}` is no name: up to 64 lower-case letters, digits and `-`")]
    Name(String),
    /// Something else was staged under this name, and nothing that is staged is replaced.
    #[error("something is staged as `{0}` already; choose another name")]
    Taken(String),
    /// There is nothing to follow.
    #[error("nothing is in force yet: the first bundle is published directly, without staging")]
    First,
    /// The bucket.
    #[error(transparent)]
    Bundle(BundleFault),
}

impl From<BundleFault> for StageError {
    fn from(fault: BundleFault) -> Self {
        if fault == BundleFault::Nothing { Self::First } else { Self::Bundle(fault) }
    }
}

/// Stores the content and a manifest for the next number, signed, where no function takes it for one in force.
///
/// # Errors
/// [`StageError`].
pub async fn stage(
    store: &dyn PublishBundles,
    signer: &Signer,
    compiled: &Compiled,
    (publisher, name): (&str, Option<&str>),
    now: Timestamp,
) -> Result<Staged, StageError> {
    let key = signer.public().map_err(|error| lasting(&error))?;
    let in_force = InForce::load(store, &key, None).await?;
    let number = in_force.next_number();
    let name = match name {
        Some(name) => name.to_owned(),
        None => format!("{number}-{}", compiled.digest.hex().chars().take(12).collect::<String>()),
    };
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(letter) {
        return Err(StageError::Name(name));
    }
    store_content(store, compiled).await?;
    let bytes = signed(signer, (number, compiled.digest, Some(in_force.manifest)), now, publisher)?;
    let key = format!("bundles/staged/{name}.json");
    match store.put_new(&key, &bytes).await.map_err(BundleFault::from)? {
        Placed::New => {
            Ok(Staged { number, key, destination: manifest_key(number), manifest: Digest::of(&bytes) })
        }
        Placed::Taken => Err(StageError::Taken(name)),
    }
}
