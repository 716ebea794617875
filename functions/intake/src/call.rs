//! One call: its id to quote, its headers and how it is answered.

use axum::Json;
use axum::response::{IntoResponse, Response};
use domain::{Digest, Fault, Timestamp};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use runtime::{Code, Problem};
use store::{DocumentFault, StateError};
use wire::http::{ActionView, FieldError};
use wire::json;

/// One call in progress.
pub(crate) struct Call {
    instance: String,
    pub headers: HeaderMap,
    /// When the function's own time ends.
    pub deadline: Option<Timestamp>,
}

impl Call {
    pub fn new(instance: String, headers: HeaderMap, deadline: Option<Timestamp>) -> Self {
        Self { instance, headers, deadline }
    }

    pub fn instance(&self) -> &str {
        &self.instance
    }

    pub fn problem(&self, code: Code, detail: impl Into<String>) -> Problem {
        Problem::new(code, detail, &self.instance)
    }

    /// One part of the input is wrong.
    pub fn field(&self, code: Code, pointer: &str, detail: impl Into<String>) -> Problem {
        let error = FieldError { pointer: pointer.to_owned(), detail: detail.into() };
        self.problem(code, format!("{}: {}", error.pointer, error.detail)).errors(vec![error])
    }

    /// Something outside failed. The cause is written to our log only.
    pub fn fault(&self, fault: &Fault) -> Problem {
        tracing::error!(instance = self.instance, passing = fault.is_passing(), %fault, "answered 503");
        self.problem(Code::Unavailable, "Nothing was done. Ask again with the same key.")
    }

    pub fn unavailable(&self, what: &str) -> Problem {
        self.fault(&Fault::passing(what))
    }

    pub fn state(&self, error: &StateError) -> Problem {
        match error {
            StateError::Fault(fault) => self.fault(fault),
            StateError::Item(error) => {
                tracing::error!(alarm = true, instance = self.instance, %error, "an item cannot be read");
                self.unavailable("an item cannot be read")
            }
        }
    }

    pub fn document(&self, error: &DocumentFault) -> Problem {
        match error {
            DocumentFault::Fault(fault) => self.fault(fault),
            DocumentFault::Mismatch(_) => {
                tracing::error!(alarm = true, instance = self.instance, %error, "a document does not have its digest");
                self.unavailable("a document does not have its digest")
            }
        }
    }

    pub fn not_found(&self) -> Problem {
        self.problem(Code::NotFound, "There is no such action, or it is not yours to see.")
    }

    /// The value of a header that may come once.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(first)
    }
}

/// A JSON answer that no cache may store.
pub(crate) fn json_answer<T: serde::Serialize>(status: StatusCode, body: &T) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// The action with its `ETag` and, until it is final, a `Retry-After` that grows with its age.
pub(crate) fn action_answer(status: StatusCode, view: &ActionView, now: Timestamp) -> Response {
    let mut response = match status {
        StatusCode::NOT_MODIFIED => status.into_response(),
        _ => json_answer(status, view),
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&etag(view)) {
        headers.insert(header::ETAG, tag);
    }
    if !view.is_final {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after(view.created_at, now)));
    }
    response
}

/// A tag of the whole view: it differs whenever the caller would see a difference.
pub(crate) fn etag(view: &ActionView) -> String {
    let digest =
        json::canonical(view).map_or_else(|_| Digest::of(view.agent_message.as_bytes()), |c| c.digest());
    let hex = digest.hex();
    format!("\"{}\"", hex.get(..32).unwrap_or(&hex))
}

/// Whether one of the tags of `If-None-Match` is this one.
pub(crate) fn matches(if_none_match: &str, tag: &str) -> bool {
    let mut tags = if_none_match.split(',').map(str::trim);
    tags.any(|given| given == "*" || given.trim_start_matches("W/") == tag)
}

/// A tenth of its age, between one second and a minute.
fn retry_after(created_at: Timestamp, now: Timestamp) -> i64 {
    now.seconds().saturating_sub(created_at.seconds()).div_euclid(10).clamp(1, 60)
}
