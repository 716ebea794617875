//! The locked bucket in S3. Retention comes only from the bucket's default; no put names one.

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ObjectLockMode, ObjectLockRetentionMode};
use bytes::{Bytes, BytesMut};
use domain::{ActionId, Fault, Timestamp};

use crate::capabilities::{
    AppendLog, Claimed, DefaultRetention, KeepCheckpoint, Lock, Put, PutClaim, ReadLocked, ReadLog,
};
use crate::object::MAX_OBJECT_BYTES;

/// The key of a log object: `log/` and twenty digits.
#[must_use]
pub fn log_key(number: u64) -> String {
    format!("log/{number:020}")
}

/// The number in a log object's key; none for every other key.
#[must_use]
pub fn log_number(key: &str) -> Option<u64> {
    let digits = key.strip_prefix("log/")?;
    let exact = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    exact.then(|| digits.parse().ok()).flatten()
}

/// One bucket, reached with one function's permissions.
#[derive(Debug, Clone)]
pub struct LogBucket {
    client: Client,
    bucket: String,
}

impl LogBucket {
    /// The bucket with this name.
    #[must_use]
    pub fn new(client: Client, bucket: impl Into<String>) -> Self {
        Self { client, bucket: bucket.into() }
    }

    async fn get(&self, key: &str) -> Result<Option<GetObjectOutput>, Fault> {
        match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if deleted(&error) => Err(Fault::lasting("an object of the log bucket was deleted")),
            Err(error) if status(&error) == Some(404) && error.code() == Some("NoSuchKey") => Ok(None),
            Err(error) => Err(fault("reading from the log bucket", &error)),
        }
    }

    async fn put(&self, key: &str, bytes: Bytes) -> Result<Put, Fault> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).if_none_match("*");
        match request.content_type("application/x-ndjson").body(ByteStream::from(bytes)).send().await {
            Ok(_) => Ok(Put::Created),
            Err(error) if status(&error) == Some(412) => Ok(Put::Taken),
            Err(error) => Err(fault("writing to the log bucket", &error)),
        }
    }
}

#[async_trait]
impl ReadLog for LogBucket {
    async fn object(&self, number: u64) -> Result<Option<Bytes>, Fault> {
        match self.get(&log_key(number)).await? {
            Some(answer) => read(answer.body).await.map(Some),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl ReadLocked for LogBucket {
    async fn locked_object(&self, number: u64) -> Result<Option<(Bytes, Lock)>, Fault> {
        let Some(answer) = self.get(&log_key(number)).await? else { return Ok(None) };
        let compliance = answer.object_lock_mode == Some(ObjectLockMode::Compliance);
        let until = answer.object_lock_retain_until_date.map_or(0, |until| until.secs());
        let lock = Lock { compliance, until: Timestamp::from_millis(0).plus_seconds(until) };
        Ok(Some((read(answer.body).await?, lock)))
    }
}

#[async_trait]
impl AppendLog for LogBucket {
    async fn put_new(&self, number: u64, bytes: Bytes) -> Result<Put, Fault> {
        self.put(&log_key(number), bytes).await
    }

    async fn default_retention(&self) -> Result<Option<DefaultRetention>, Fault> {
        let answer = self.client.get_object_lock_configuration().bucket(&self.bucket).send().await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("ObjectLockConfigurationNotFoundError") => return Ok(None),
            Err(error) => return Err(fault("reading the log bucket's lock", &error)),
        };
        let rule = answer.object_lock_configuration.and_then(|configuration| configuration.rule);
        let Some(default) = rule.and_then(|rule| rule.default_retention) else { return Ok(None) };
        let compliance = default.mode == Some(ObjectLockRetentionMode::Compliance);
        let days = default.days.or_else(|| default.years.and_then(|years| years.checked_mul(365)));
        let days = days.and_then(|days| u32::try_from(days).ok());
        Ok(days.map(|days| DefaultRetention { compliance, days }))
    }
}

#[async_trait]
impl PutClaim for LogBucket {
    async fn claim(&self, action: &ActionId, bytes: Bytes) -> Result<Claimed, Fault> {
        let key = format!("claims/{action}");
        match self.put(&key, bytes).await? {
            Put::Created => Ok(Claimed::Created),
            Put::Taken => match self.get(&key).await? {
                Some(answer) => Ok(Claimed::Taken(read(answer.body).await?)),
                None => Err(Fault::passing("the claim that was there cannot be read")),
            },
        }
    }
}

#[async_trait]
impl KeepCheckpoint for LogBucket {
    async fn keep_checkpoint(&self, name: &str, bytes: Bytes) -> Result<(), Fault> {
        self.put(&format!("checkpoints/{name}"), bytes).await.map(|_| ())
    }
}

/// The body, or its first bytes up to one more than an object may have.
async fn read(mut body: ByteStream) -> Result<Bytes, Fault> {
    let mut read = BytesMut::new();
    let unreadable = |_| Fault::passing("the log bucket's answer broke off");
    while let Some(chunk) = body.try_next().await.map_err(unreadable)? {
        let room = MAX_OBJECT_BYTES.saturating_add(1).saturating_sub(read.len());
        read.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if chunk.len() >= room {
            break;
        }
    }
    Ok(read.freeze())
}

/// Nobody may delete, so a delete marker does not count as absence: a create-only put would succeed on it.
fn deleted<E>(error: &SdkError<E>) -> bool {
    error.raw_response().is_some_and(|response| response.headers().contains_key("x-amz-delete-marker"))
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// A request that S3 refuses is a lasting fault. After every other error it is unknown whether the object is there.
fn fault<E: ProvideErrorMetadata>(doing: &str, error: &SdkError<E>) -> Fault {
    let code = error.code().unwrap_or("no answer");
    let what = format!("{doing}: {code}");
    match status(error) {
        Some(400..=405) if !matches!(code, "RequestTimeout" | "SlowDown" | "ThrottlingException") => {
            Fault::lasting(what)
        }
        _ => Fault::passing(what),
    }
}
