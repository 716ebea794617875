//! `bundle-publish`: puts a staged manifest in force by copying it to its number.

use aws_sdk_s3::Client;

use super::inputs::value;
use super::s3;
use crate::rules::{next_manifest, next_number, tell};
use crate::{Findings, InspectError, Look};

/// The manifest is read in the version that is pinned, and its content by the digest that the manifest names.
pub(super) async fn inspect(client: &Client, look: &Look<'_>) -> Result<Findings, InspectError> {
    next_number(look)?;
    let found = s3::inspect(client, look, Some(look.account)).await?;
    let (bucket, key) = (value(look, "source_bucket")?, value(look, "source_key")?);
    let version = found.pins.get("source_version").map(String::as_str);
    let staged = s3::read(client, (bucket, key), version, look.account).await?;
    let gone = || InspectError::Cannot("what was staged is not there".to_owned());
    let manifest = next_manifest(look, &staged.ok_or_else(gone)?)?;
    let content = s3::read(client, (bucket, &manifest.content_key()), None, look.account).await?;
    tell(look, &manifest, content.as_deref(), found)
}
