//! One SDK configuration and one HTTP client for every SDK client of a function.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::Fault;

/// Amazon's own root certificates, which every AWS endpoint chains to. Reading the machine's whole store makes each
/// start ten times slower, and trusts more authorities than necessary.
const ROOTS: &[u8] = include_bytes!("../assets/amazon-roots.pem");

/// The configuration: region, credentials and `AWS_ENDPOINT_URL` as the SDK itself reads them, time-outs and retries
/// bounded so that a call gives up well before the function's own time is over.
///
/// # Errors
/// A lasting [`Fault`] when TLS cannot be set up.
pub async fn configuration() -> Result<SdkConfig, Fault> {
    let trust = TrustStore::empty().with_pem_certificate(ROOTS);
    let tls = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| Fault::lasting(format!("TLS cannot be set up: {error}")))?;
    let client =
        Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls).build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(8))
        .operation_timeout(Duration::from_secs(20))
        .build();
    Ok(aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .load()
        .await)
}

/// The fault of an SDK error: passing if trying again makes sense. `doing` says what failed, e.g. `sending a
/// message`; the service's own text stays in our logs, because it may quote what callers must not read.
pub fn fault<E: ProvideErrorMetadata>(doing: &str, error: &SdkError<E, HttpResponse>) -> Fault {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or("no answer");
    let what = format!("{doing}: {code}");
    match error {
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            match status >= 500 || status == 429 || passes(code) {
                true => Fault::passing(what),
                false => Fault::lasting(what),
            }
        }
        SdkError::ConstructionFailure(_) => Fault::lasting(format!("{doing}: the request cannot be made")),
        _ => Fault::passing(what),
    }
}

fn passes(code: &str) -> bool {
    const PASSING: &[&str] = &[
        "ConditionalRequestConflict",
        "InternalServerError",
        "KMSInternalException",
        "LimitExceededException",
        "OperationAborted",
        "ProvisionedThroughputExceededException",
        "RequestTimeout",
        "RequestTimeoutException",
        "SlowDown",
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    ];
    PASSING.contains(&code) || code.contains("Throttl")
}
