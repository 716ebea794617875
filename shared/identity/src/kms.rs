//! Signing with a KMS key that only one function's role may use.

use async_trait::async_trait;
use aws_sdk_kms::Client;
use aws_sdk_kms::error::DisplayErrorContext;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use domain::Fault;

use crate::envelope::{MAX_MESSAGE, SignEnvelope};

/// Ed25519 in KMS.
#[derive(Debug, Clone)]
pub struct KmsSigner {
    client: Client,
    key: String,
}

impl KmsSigner {
    /// Signs with this key (an ARN).
    #[must_use]
    pub fn new(client: Client, key: impl Into<String>) -> Self {
        Self { client, key: key.into() }
    }
}

#[async_trait]
impl SignEnvelope for KmsSigner {
    async fn sign(&self, message: &[u8]) -> Result<[u8; 64], Fault> {
        if message.len() > MAX_MESSAGE {
            return Err(Fault::lasting(format!("a message of {} bytes is too long to sign", message.len())));
        }
        let request = self
            .client
            .sign()
            .key_id(&self.key)
            .message(Blob::new(message))
            .message_type(MessageType::Raw)
            .signing_algorithm(SigningAlgorithmSpec::Ed25519Sha512);
        let answer = request.send().await.map_err(|error| {
            let denied = error.as_service_error().is_some_and(|e| {
                !e.is_kms_internal_exception()
                    && !e.is_dependency_timeout_exception()
                    && !throttled(e.meta().code())
            });
            let text = format!("kms sign: {}", DisplayErrorContext(&error));
            if denied { Fault::lasting(text) } else { Fault::passing(text) }
        })?;
        let signature = answer.signature.ok_or_else(|| Fault::passing("kms sign: no signature came back"))?;
        signature.into_inner().try_into().map_err(|_| Fault::lasting("kms sign: not an Ed25519 signature"))
    }
}

fn throttled(code: Option<&str>) -> bool {
    matches!(code, Some("ThrottlingException" | "LimitExceededException" | "RequestLimitExceeded"))
}
