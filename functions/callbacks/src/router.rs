//! The routes of this function, and the headers of every response.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use runtime::{Code, Problem};

use crate::accounts::{get_accounts, get_link, post_link, post_unlink};
use crate::app::Callbacks;
use crate::chat::{post_slack, post_teams};
use crate::layout::{Link, Notice, STYLE, html_response, notice};
use crate::pages::{get_history, get_inbox, get_review_page, post_decision};
use crate::sign_in::{get_return, get_signin, post_signout};
use crate::verdicts::{get_review, get_suspensions, post_resolution, post_suspension, post_verdict};

/// The routes of this function.
pub fn router(callbacks: Callbacks) -> Router {
    // A platform that the deployment does not use has no address.
    let mut chat = Router::new();
    if callbacks.capabilities.slack.is_some() {
        chat = chat.route("/callbacks/slack", post(post_slack));
    }
    if callbacks.capabilities.teams.is_some() {
        chat = chat.route("/callbacks/teams", post(post_teams));
    }
    Router::new()
        .merge(chat)
        .route("/v1/actions/{id}/review", get(get_review))
        .route("/v1/actions/{id}/verdicts", post(post_verdict))
        .route("/v1/actions/{id}/resolution", post(post_resolution))
        .route("/v1/suspensions", get(get_suspensions).post(post_suspension))
        .route("/", get(get_inbox))
        .route("/history", get(get_history))
        .route("/review/{id}", get(get_review_page))
        .route("/review/{id}/verdict", post(post_decision))
        .route("/link/{reference}", get(get_link).post(post_link))
        .route("/accounts", get(get_accounts))
        .route("/accounts/unlink", post(post_unlink))
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
    let page = notice(None, &Notice { title: code.title(), text, link: Some(Link::INBOX) });
    html_response(code.status(), &page)
}

/// Adds the security headers to every response; a header that a handler has set stays.
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
