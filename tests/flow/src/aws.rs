//! The target's owner: looks at buckets with the emulator's root key. The product never does.

use aws_credential_types::Credentials;
use aws_sdk_s3::Client as S3;

use crate::stack::Stack;
use crate::{FlowResult, FlowStep};

/// The SDK's configuration with the emulator's root key.
pub async fn root(stack: &Stack) -> aws_config::SdkConfig {
    with(stack, Credentials::new("test", "test", None, None, "root")).await
}

/// The SDK's configuration with these credentials.
pub async fn with(stack: &Stack, credentials: Credentials) -> aws_config::SdkConfig {
    aws_config::defaults(aws_config::BehaviorVersion::latest())
        .endpoint_url(&stack.endpoint)
        .region(aws_config::Region::new(stack.region.clone()))
        .credentials_provider(credentials)
        .load()
        .await
}

/// An S3 client that addresses buckets by path, as the emulator wants it.
#[must_use]
pub fn s3(config: &aws_config::SdkConfig) -> S3 {
    S3::from_conf(aws_sdk_s3::config::Builder::from(config).force_path_style(true).build())
}

/// The newest bytes of an object; none if there is no such object.
///
/// # Errors
/// When the bucket does not answer.
pub async fn object(s3: &S3, bucket: &str, key: &str) -> FlowResult<Option<Vec<u8>>> {
    match s3.get_object().bucket(bucket).key(key).send().await {
        Ok(answer) => Ok(Some(answer.body.collect().await.step(key)?.to_vec())),
        Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => Ok(None),
        Err(error) => Err(crate::Failure(format!("s3://{bucket}/{key}: {error:?}"))),
    }
}

/// Puts a new version of an object.
///
/// # Errors
/// When the bucket does not take it.
pub async fn put(s3: &S3, bucket: &str, key: &str, bytes: Vec<u8>) -> FlowResult<()> {
    let sent = s3.put_object().bucket(bucket).key(key).body(bytes.into()).send().await;
    sent.map(|_| ()).step(&format!("s3://{bucket}/{key}"))
}

/// Keys and bytes of everything below a prefix.
///
/// # Errors
/// When the bucket does not answer.
pub async fn download(s3: &S3, bucket: &str, prefix: &str) -> FlowResult<Vec<(String, Vec<u8>)>> {
    let mut pages = s3.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
    let mut objects = Vec::new();
    while let Some(page) = pages.next().await {
        for entry in page.step(bucket)?.contents() {
            let key = entry.key().step("a key")?;
            objects.push((key.to_owned(), object(s3, bucket, key).await?.step(key)?));
        }
    }
    Ok(objects)
}
