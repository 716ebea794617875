//! Classifies SDK errors: whether trying again makes sense, without repeating anything of the request or answer.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use domain::Fault;

/// Codes that AWS sends with status 400 although the same request may succeed a moment later.
const PASSING: &[&str] = &[
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "ReplicatedWriteConflictException",
    "InternalServerError",
    "InternalFailure",
    "ServiceUnavailable",
    "ItemCollectionSizeLimitExceededException",
    "DependencyTimeoutException",
    "KeyUnavailableException",
    "KMSInternalException",
    "RequestTimeout",
    "ExpiredTokenException",
];

/// The fault behind an SDK error. `what` says what was being done, e.g. `reading the item`.
pub(crate) fn fault<E: ProvideErrorMetadata>(what: &str, error: &SdkError<E, HttpResponse>) -> Fault {
    match error {
        SdkError::TimeoutError(_) => Fault::passing(format!("{what}: no answer in time")),
        SdkError::DispatchFailure(_) => Fault::passing(format!("{what}: not reachable")),
        SdkError::ResponseError(_) => Fault::passing(format!("{what}: the answer was cut off")),
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("no error code");
            let passing = service.raw().status().is_server_error()
                || service.raw().status().as_u16() == 429
                || PASSING.contains(&code);
            let said = format!("{what}: {code}");
            if passing { Fault::passing(said) } else { Fault::lasting(said) }
        }
        _ => Fault::lasting(format!("{what}: the request cannot be made")),
    }
}
