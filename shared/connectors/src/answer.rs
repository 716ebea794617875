//! What an SDK error proves, and what it does not.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::Fault;

use crate::{InspectError, RunError};

/// Of a look: a refusal stays until somebody changes something, everything else may pass.
pub(crate) fn look<E: ProvideErrorMetadata>(doing: &str, error: &SdkError<E, HttpResponse>) -> InspectError {
    let code = code(error);
    match error {
        SdkError::ServiceError(answer) if refuses(answer.raw().status().as_u16(), &code) => {
            InspectError::Cannot(format!("{doing}: the target answered `{code}`"))
        }
        SdkError::ConstructionFailure(_) => InspectError::Cannot(format!("{doing}: no request can be made")),
        _ => InspectError::Fault(Fault::passing(format!("{doing}: {code}"))),
    }
}

/// Whether IAM refused the call: nothing is known of what it asked about.
pub(crate) fn is_denied<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(code(error).as_str(), "AccessDenied" | "AccessDeniedException")
}

/// Of a command: only a clear refusal proves that nothing happened. A server's own failure, a broken answer and silence
/// prove nothing (P2).
pub(crate) fn run<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> RunError {
    let code = code(error);
    match error {
        SdkError::ConstructionFailure(_) => {
            not_done("request-impossible", "no request could be made from the plan")
        }
        SdkError::ServiceError(answer) if proves_nothing_done(answer.raw().status().as_u16(), &code) => {
            RunError::NotDone { detail: message(error), code }
        }
        _ => RunError::NoAnswer,
    }
}

/// The effect is not there, for a reason of our own.
pub(crate) fn not_done(code: &str, detail: &str) -> RunError {
    RunError::NotDone { code: code.to_owned(), detail: detail.to_owned() }
}

/// A redirect is no answer of the service that would act; it did not.
fn proves_nothing_done(status: u16, code: &str) -> bool {
    (300..500).contains(&status)
        && status != 408
        && !matches!(code, "RequestTimeout" | "RequestTimeoutException")
}

fn refuses(status: u16, code: &str) -> bool {
    let slow = status == 408 || status == 429 || code.contains("Throttl") || code.contains("TooManyRequests");
    let expired = matches!(code, "ExpiredToken" | "ExpiredTokenException" | "RequestTimeout" | "SlowDown");
    (300..500).contains(&status) && !slow && !expired
}

fn code<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> String {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    code.filter(|code| is_code(code)).unwrap_or("no answer").to_owned()
}

fn is_code(code: &str) -> bool {
    (1..=80).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn message<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> String {
    let message = error.as_service_error().and_then(ProvideErrorMetadata::message).unwrap_or_default();
    message.chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F18, P2: what a status proves. Only a refusal is a failure; the rest nobody knows.
    #[test]
    fn only_a_clear_refusal_proves_that_nothing_happened() {
        for (status, code, proves) in [
            (200, "InternalError", false),
            (301, "PermanentRedirect", true),
            (307, "TemporaryRedirect", true),
            (400, "ValidationException", true),
            (400, "RequestTimeout", false),
            (403, "AccessDenied", true),
            (404, "NoSuchKey", true),
            (408, "no answer", false),
            (409, "ConditionalRequestConflict", true),
            (412, "PreconditionFailed", true),
            (429, "TooManyRequestsException", true),
            (500, "InternalError", false),
            (502, "no answer", false),
            (503, "SlowDown", false),
        ] {
            assert_eq!(proves_nothing_done(status, code), proves, "{status} {code}");
        }
    }

    #[test]
    fn a_look_that_may_pass_is_looked_again() {
        for (status, code, lasting) in [
            (403, "AccessDenied", true),
            (404, "NoSuchBucket", true),
            (301, "PermanentRedirect", true),
            (400, "ThrottlingException", false),
            (429, "TooManyRequestsException", false),
            (400, "ExpiredToken", false),
            (503, "SlowDown", false),
            (500, "InternalError", false),
        ] {
            assert_eq!(refuses(status, code), lasting, "{status} {code}");
        }
    }
}
