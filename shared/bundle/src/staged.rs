//! Manifests that are signed and not in force yet: `bundles/staged/<name>.json`. Whoever puts one in force copies it to
//! the number it was signed for, byte by byte; nobody but its publisher can make one.

use crate::bundle::Bundle;
use crate::manifest::Manifest;
use crate::store::{BundleFault, InForce, content_key, manifest_key, opened};

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
