//! Manifests that are signed and not in force yet: `bundles/staged/<name>.json`. Whoever puts one in force copies it to
//! the number it was signed for, byte by byte; nobody but its publisher can make one.

use domain::{Digest, Timestamp};

use crate::bundle::Bundle;
use crate::compile::Compiled;
use crate::manifest::{Manifest, Signer};
use crate::store::{
    BundleFault, InForce, Placed, PublishBundles, content_key, lasting, manifest_key, opened, signed,
    store_content,
};

/// The longest name of a staged manifest.
const MAX_NAME: usize = 64;

/// Why a staged manifest would not come into force. Each is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StagedRejection {
    /// The number is not the one after the last that is taken.
    #[error("number {asked} is not the next one, which is {next}: stage the rules again")]
    Number {
        /// Where it should go.
        asked: u64,
        /// Where the next goes.
        next: u64,
    },
    /// Not canonical, not signed by the publisher's key, or for another number.
    #[error("what is staged is no manifest for number {0} signed with the publisher's key")]
    NotSigned(u64),
    /// It was signed when other rules were in force.
    #[error("what is staged follows other rules than those in force: stage it again")]
    OtherRules,
    /// What it names is no bundle.
    #[error(transparent)]
    Content(#[from] BundleFault),
}

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

impl InForce {
    /// The manifest in these bytes, if it would come into force once they lie under this number.
    ///
    /// # Errors
    /// [`StagedRejection`].
    pub fn would_follow(&self, bytes: &[u8], number: u64) -> Result<Manifest, StagedRejection> {
        let next = self.next_number();
        if number != next {
            return Err(StagedRejection::Number { asked: number, next });
        }
        let manifest =
            Manifest::verified(bytes, number, &self.key).ok_or(StagedRejection::NotSigned(number))?;
        if manifest.previous == Some(self.manifest) { Ok(manifest) } else { Err(StagedRejection::OtherRules) }
    }
}

impl Manifest {
    /// The bundle it names, from these bytes: every rule read, so that what it is said to change is what it changes.
    ///
    /// # Errors
    /// [`StagedRejection::Content`] when they are missing, others than it names, or no bundle.
    pub fn content(&self, bytes: Option<&[u8]>) -> Result<Bundle, StagedRejection> {
        let bundle = opened(self.bundle, bytes)?;
        let unread = |error| BundleFault::Load(crate::LoadError::Broken(error));
        bundle.engine().parse_all().map_err(unread)?;
        Ok(bundle)
    }

    /// The object of what it names.
    #[must_use]
    pub fn content_key(&self) -> String {
        content_key(self.bundle)
    }
}

/// The number in the key of a manifest's object.
#[must_use]
pub fn number_of(key: &str) -> Option<u64> {
    let number = key.strip_prefix("bundles/")?.parse().ok()?;
    (manifest_key(number) == key).then_some(number)
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
