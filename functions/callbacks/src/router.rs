//! Addresses, and what every answer carries.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use runtime::http::bounded_body;
use runtime::{Code, Problem};

use crate::app::Callbacks;
use crate::decide::post_decision;
use crate::pages::{STYLE, answer, get_history, get_inbox, get_review_page, notice};
use crate::refusal::RequestRejection;
use crate::sign_in::{get_return, get_signin, post_signout};
use crate::suspensions::{get_suspensions, post_suspension};
use crate::verdicts::{get_review, post_verdict};

/// A form's fields.
pub(crate) type Fields = BTreeMap<String, String>;

/// Every address of this function.
pub fn router(callbacks: Callbacks) -> Router {
    Router::new()
        .route("/v1/actions/{id}/review", get(get_review))
        .route("/v1/actions/{id}/verdicts", post(post_verdict))
        .route("/v1/suspensions", get(get_suspensions).post(post_suspension))
        .route("/", get(get_inbox))
        .route("/history", get(get_history))
        .route("/review/{id}", get(get_review_page))
        .route("/review/{id}/verdict", post(post_decision))
        .route("/signin", get(get_signin))
        .route("/signin/return", get(get_return))
        .route("/signout", post(post_signout))
        .route("/style.css", get(get_style))
        .fallback(get_nothing)
        .method_not_allowed_fallback(get_no_method)
        .layer(from_fn(secured))
        .with_state(Arc::new(callbacks))
}

async fn get_style() -> Response {
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    let kept = HeaderValue::from_static("public, max-age=300");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], STYLE).into_response()
}

async fn get_nothing(request: Request) -> Response {
    elsewhere(&request, Code::NotFound, "There is nothing at this address.")
}

async fn get_no_method(request: Request) -> Response {
    elsewhere(&request, Code::MethodNotAllowed, "This address does not take that.")
}

fn elsewhere(request: &Request, code: Code, text: &str) -> Response {
    if request.uri().path().starts_with("/v1/") {
        return Problem::new(code, text, "none").into_response();
    }
    let markup = notice(None, code.title(), text, Some(("/", "To your inbox")));
    answer(code.status(), &markup)
}

/// Headers of every answer; a handler's own stay.
async fn secured(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let always: [(HeaderName, &'static str); 7] = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in always {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The one value of a query's parameter; none when it is absent or comes twice.
pub(crate) fn query(raw: Option<&str>, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes());
    let mut values = pairs.filter(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

/// The fields of a form that this very site sent. A browser says where a request comes from; one that comes from
/// elsewhere is refused before it is read.
pub(crate) async fn form(headers: &HeaderMap, body: Body) -> Result<Fields, RequestRejection> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin") {
        return Err(RequestRejection::new(
            Code::StaleDigest,
            "The form came from another site. Nothing was decided.",
        ));
    }
    let kind = text(header::CONTENT_TYPE).and_then(|kind| kind.split(';').next()).map(str::trim);
    if !kind.is_some_and(|kind| kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
        return Err(RequestRejection::new(Code::UnsupportedMediaType, "Use the form on the page."));
    }
    let body = bounded_body(body).await?;
    let mut fields = Fields::new();
    for (name, value) in url::form_urlencoded::parse(&body) {
        if fields.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(RequestRejection::input("", "A field came twice. Use the form on the page."));
        }
    }
    Ok(fields)
}
