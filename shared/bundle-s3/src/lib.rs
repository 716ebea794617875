//! The bundles' bucket in S3: the one adapter of the capabilities [`ReadBundles`] and [`PublishBundles`].

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use bundle::{Placed, PublishBundles, ReadBundles, Stored};
use domain::{Fault, Timestamp};

/// Anything larger is refused unread.
const MAX_OBJECT: i64 = 8 * 1024 * 1024;

/// Bundles in S3.
#[derive(Debug, Clone)]
pub struct S3Bundles {
    client: Client,
    bucket: String,
}

impl S3Bundles {
    /// The bucket, through this client.
    #[must_use]
    pub fn new(client: Client, bucket: String) -> Self {
        Self { client, bucket }
    }
}

#[async_trait]
impl ReadBundles for S3Bundles {
    async fn get(&self, key: &str) -> Result<Option<Stored>, Fault> {
        let object = match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => object,
            Err(SdkError::ServiceError(answer)) if answer.err().is_no_such_key() => return Ok(None),
            Err(error) => return Err(fault("reading", key, &error)),
        };
        if object.content_length().is_none_or(|length| length > MAX_OBJECT) {
            return Err(Fault::lasting(format!("`{key}` is larger than a bundle may be")));
        }
        let seconds = object.last_modified().map(aws_sdk_s3::primitives::DateTime::secs);
        let seconds =
            seconds.ok_or_else(|| Fault::lasting(format!("nobody says when `{key}` was stored")))?;
        let body = object.body.collect().await;
        let body = body.map_err(|error| Fault::passing(format!("reading `{key}` broke off: {error}")))?;
        Ok(Some(Stored { bytes: body.to_vec(), at: end_of(seconds) }))
    }
}

#[async_trait]
impl PublishBundles for S3Bundles {
    async fn put_new(&self, key: &str, bytes: &[u8]) -> Result<Placed, Fault> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).if_none_match("*");
        let body = ByteStream::from(bytes.to_vec());
        match request.content_type("application/json").body(body).send().await {
            Ok(_) => Ok(Placed::New),
            Err(SdkError::ServiceError(answer)) if answer.err().code() == Some("PreconditionFailed") => {
                Ok(Placed::Taken)
            }
            Err(error) => Err(fault("writing", key, &error)),
        }
    }
}

/// S3 tells whole seconds. What was stored within one counts from its end: who voted before it was there voted under what
/// was there.
fn end_of(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000).saturating_add(999))
}

/// Time-outs, broken connections, throttling and the service's own errors may pass; everything else stays.
fn fault<E>(doing: &str, key: &str, error: &SdkError<E>) -> Fault
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let told = match error.as_service_error() {
        Some(answer) => {
            format!(
                "{doing} `{key}`: {}",
                answer.code().or(answer.message()).unwrap_or("refused without a code")
            )
        }
        None => format!("{doing} `{key}`: {}", chain(error)),
    };
    let passing = match error {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            status >= 500 || [408, 409, 429].contains(&status)
        }
        SdkError::ConstructionFailure(_) => false,
        _ => true,
    };
    if passing { Fault::passing(told) } else { Fault::lasting(told) }
}

/// An error with its causes on one line, without the debug form that AWS's own display has.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F17: whoever voted within the second in which other rules came into force is not judged by those alone.
    #[test]
    fn a_second_counts_from_its_end() {
        assert_eq!(end_of(1_795_000_000), Timestamp::from_millis(1_795_000_000_999));
    }
}
