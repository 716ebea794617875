//! `s3-export`: copies one version of one object to a key where nothing is. `bundle-publish` does the same.

mod object;

use std::fmt::Write as _;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{
    AnnotationDirective, MetadataDirective, OptionalObjectAttributes, ServerSideEncryption, TaggingDirective,
};
use domain::Fault;
use serde_json::json;
use wire::documents::Call;

use super::inputs::{input, planned, value};
use crate::{Findings, InspectError, Look, ProbeAnswer, Ran, RunError, answer};
use object::{Latest, copyable, encryption, newest};

/// The largest object whose content is read.
const MAX_READ: i64 = 8 * 1024 * 1024;

/// What of an object is copied, as people read it. The call says the same in its directives.
const COPIED: &str = "its content alone: no tags, no metadata, no content type, no annotations, no access list, no \
                      retention; at the destination it is encrypted with S3's own keys";

/// Versions, ETags, sizes and classes come from listings, so the role that looks need not read content. Its headers are seen
/// where that role may see them.
pub(super) async fn inspect(
    client: &Client,
    look: &Look<'_>,
    destination_owner: Option<&str>,
) -> Result<Findings, InspectError> {
    let source = (value(look, "source_bucket")?, value(look, "source_key")?);
    let destination = (value(look, "destination_bucket")?, value(look, "destination_key")?);
    let found = latest(client, source, Some(look.account)).await?;
    let found = found.ok_or_else(|| InspectError::Cannot("there is no object at the source".to_owned()))?;
    copyable(&found)?;
    let head = headers(client, source, &found.version, look.account).await?;
    let encryption = encryption(&found, head.as_ref())?;
    let Latest { version, etag, size, .. } = found;
    if latest(client, destination, destination_owner).await?.is_some() {
        let why = "something is at the destination already, and nothing is overwritten; choose another key";
        return Err(InspectError::Cannot(why.to_owned()));
    }
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Ok(Findings {
        pins: [
            text("source_version", &version),
            text("source_etag", &etag),
            text("destination_state", "absent"),
        ]
        .into(),
        effects: [
            text("source_size", &size.to_string()),
            text("source_encryption", &encryption),
            text("copied", COPIED),
        ]
        .into(),
        differences: None,
    })
}

/// The headers of this version; none where the role that looks may not see them, which AWS grants only with the content.
async fn headers(
    client: &Client,
    (bucket, key): (&str, &str),
    version: &str,
    owner: &str,
) -> Result<Option<HeadObjectOutput>, InspectError> {
    let request = client.head_object().bucket(bucket).key(key).version_id(version);
    match request.expected_bucket_owner(owner).send().await {
        Ok(head) => Ok(Some(head)),
        Err(SdkError::ServiceError(error)) if error.raw().status().as_u16() == 403 => Ok(None),
        // S3 does not show the headers of what is encrypted with a key that is sent along.
        Err(SdkError::ServiceError(error)) if error.raw().status().as_u16() == 400 => Err(InspectError::Cannot(
            "the object's headers cannot be seen; it may be encrypted with a key that only its owner sends along".to_owned(),
        )),
        Err(error) => Err(answer::look("reading the object's headers", &error)),
    }
}

/// An object's bytes, in this version or the newest; none when there is none.
pub(super) async fn read(
    client: &Client,
    (bucket, key): (&str, &str),
    version: Option<&str>,
    owner: &str,
) -> Result<Option<Vec<u8>>, InspectError> {
    let request = client.get_object().bucket(bucket).key(key).set_version_id(version.map(str::to_owned));
    let object = match request.expected_bucket_owner(owner).send().await {
        Ok(object) => object,
        Err(SdkError::ServiceError(error)) if error.err().is_no_such_key() => return Ok(None),
        Err(error) => return Err(answer::look("reading the object", &error)),
    };
    if object.content_length().is_none_or(|length| length > MAX_READ) {
        return Err(InspectError::Cannot("what should be read is larger than it may be".to_owned()));
    }
    let body = object.body.collect().await;
    let broken =
        |error| InspectError::Fault(Fault::passing(format!("reading the object broke off: {error}")));
    Ok(Some(body.map_err(broken)?.to_vec()))
}

/// The newest version of exactly this key; none when there is none or it was deleted.
async fn latest(
    client: &Client,
    (bucket, key): (&str, &str),
    owner: Option<&str>,
) -> Result<Option<Latest>, InspectError> {
    newest(&versions(client, (bucket, key), owner).await?, key)
}

async fn versions(
    client: &Client,
    (bucket, key): (&str, &str),
    owner: Option<&str>,
) -> Result<ListObjectVersionsOutput, InspectError> {
    // Keys come in order: the key itself is the first that begins with it, its newest version the first of its own.
    let request = client.list_object_versions().bucket(bucket).prefix(key).max_keys(10);
    // A restored copy of what is archived can be read.
    let request = request.optional_object_attributes(OptionalObjectAttributes::RestoreStatus);
    let answer = request.set_expected_bucket_owner(owner.map(str::to_owned)).send().await;
    answer.map_err(|error| answer::look("listing the object's versions", &error))
}

/// Nothing was at the destination before: what is there now with the source's content is the copy.
pub(super) async fn probe(client: &Client, call: &Call) -> Result<ProbeAnswer, InspectError> {
    let (bucket, key) = (planned(call, "Bucket")?, planned(call, "Key")?);
    let owner = call.input.get("ExpectedBucketOwner").map(String::as_str);
    let answer = versions(client, (bucket, key), owner).await?;
    let deleted = answer.delete_markers().iter().any(|marker| marker.key() == Some(key));
    Ok(told(newest(&answer, key)?.is_some(), deleted))
}

/// What is there may be the copy of another action, and what was deleted may have been this one's.
fn told(there: bool, deleted: bool) -> ProbeAnswer {
    match (there, deleted) {
        (false, false) => ProbeAnswer::DidNotHappen("There is nothing at the destination.".to_owned()),
        _ => ProbeAnswer::CannotTell,
    }
}

pub(super) async fn copy(client: &Client, call: &Call) -> Result<Ran, RunError> {
    let (bucket, key) = (input(call, "SourceBucket")?, input(call, "SourceKey")?);
    let version = input(call, "SourceVersionId")?;
    let source = format!("{bucket}/{}?versionId={}", encoded(key, true), encoded(version, false));
    let optional = |name: &str| call.input.get(name).cloned();
    let copied = client
        .copy_object()
        .copy_source(source)
        .copy_source_if_match(format!("\"{}\"", input(call, "CopySourceIfMatch")?))
        .bucket(input(call, "Bucket")?)
        .key(input(call, "Key")?)
        .if_none_match(input(call, "IfNoneMatch")?)
        .tagging_directive(TaggingDirective::from(input(call, "TaggingDirective")?))
        .metadata_directive(MetadataDirective::from(input(call, "MetadataDirective")?))
        .annotation_directive(AnnotationDirective::from(input(call, "AnnotationDirective")?))
        .content_type(input(call, "ContentType")?)
        .server_side_encryption(ServerSideEncryption::from(input(call, "ServerSideEncryption")?))
        .set_expected_bucket_owner(optional("ExpectedBucketOwner"))
        .set_expected_source_bucket_owner(optional("ExpectedSourceBucketOwner"))
        .send()
        .await
        .map_err(|error| answer::run(&error))?;
    // An answer without a result is not the answer of a copy.
    let result = copied.copy_object_result().ok_or(RunError::NoAnswer)?;
    let etag = result.e_tag().map(|etag| etag.trim_matches('"'));
    let result = json!({
        "copied_version": copied.copy_source_version_id().unwrap_or(version),
        "destination_version": copied.version_id(),
        "destination_etag": etag,
    });
    Ok(Ran { result, error: None })
}

/// Percent-encoding of everything but unreserved characters, so that a key never becomes a query or another path.
fn encoded(text: &str, slashes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b'/' if slashes => out.push('/'),
            // Writing into a String cannot fail.
            other => _ = write!(out, "%{other:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_destination_tells_of_a_lost_copy() {
        assert!(matches!(told(false, false), ProbeAnswer::DidNotHappen(_)));
        for (there, deleted) in [(true, false), (false, true), (true, true)] {
            assert_eq!(told(there, deleted), ProbeAnswer::CannotTell);
        }
    }

    /// O8: a key with `?versionId=` in it names that key, not another version.
    #[test]
    fn a_key_never_becomes_a_query() {
        assert_eq!(encoded("2026/q3 (1).csv", true), "2026/q3%20%281%29.csv");
        assert_eq!(encoded("a?versionId=b&c#d%é", true), "a%3FversionId%3Db%26c%23d%25%C3%A9");
        assert_eq!(encoded("../x", false), "..%2Fx");
    }
}
