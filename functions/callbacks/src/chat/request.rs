//! What every platform's route does with a request: it reads a bounded body of the platform's type, and bounds each call to the platform.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use channel::DeliveryError;

/// The body as it came, if it is of this type and not longer.
///
/// # Errors
/// The status to answer.
pub(super) async fn read_body(
    headers: &HeaderMap,
    body: Body,
    kind: &str,
    longest: usize,
) -> Result<Bytes, StatusCode> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let given = given.and_then(|given| given.split(';').next()).map(str::trim);
    if !given.is_some_and(|given| given.eq_ignore_ascii_case(kind)) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    axum::body::to_bytes(body, longest).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
}

/// The call; no answer within this time is none.
pub(super) async fn within<T>(
    channel: &'static str,
    longest: Duration,
    call: impl Future<Output = Result<T, DeliveryError>> + Send,
) -> Result<T, DeliveryError> {
    let late = || DeliveryError::Passing { channel, code: "timed_out".to_owned(), retry_after: 0 };
    tokio::time::timeout(longest, call).await.unwrap_or_else(|_| Err(late()))
}
