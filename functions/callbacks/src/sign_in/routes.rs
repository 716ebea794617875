//! The three routes: to the identity provider, back from it, and out.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::attempt::{Purpose, UnknownSignIn, clear_attempt_cookie, is_state};
use super::redirect::{ANY_FRESHNESS, is_page, redirect_to_sign_in_by_page, see_other};
use super::session;
use crate::app::Callbacks;
use crate::form::{query_parameter, read_form};
use crate::layout::{Link, Notice, html_response, notice, refused};

const INBOX: Link<'static> = Link { address: "/", label: "Back to your inbox" };

/// `GET /signin`: begins a sign-in that leads to the page in `to`, or finishes one on the way back (`back=yes`).
pub(crate) async fn get_signin(
    State(callbacks): State<Arc<Callbacks>>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let path =
        query_parameter(raw.as_deref(), "to").filter(|path| is_page(path)).unwrap_or_else(|| "/".to_owned());
    let is_yes = |name: &str| query_parameter(raw.as_deref(), name).is_some_and(|value| value == "yes");
    if is_yes("back") {
        return callbacks.after_sign_in(&headers, &path).await;
    }
    let by_page = is_yes("page");
    let begun = async {
        let nonce = callbacks.secret::<16>()?;
        let attempt = callbacks.begin_attempt(Purpose::Enter(path.clone()), nonce)?;
        match by_page {
            true => {
                let text = "You were not signed in, so nothing was decided. Your identity provider asks you to sign in.";
                callbacks.redirect_to_idp_by_page(None, text, &headers, &attempt, ANY_FRESHNESS).await
            }
            false => callbacks.redirect_to_idp(&headers, &attempt).await,
        }
    };
    let again = format!("/signin?to={path}");
    begun.await.unwrap_or_else(|no| refused(None, &no, Some(Link { address: &again, label: "Try again" })))
}

/// `GET /signin/return`: the redirect URI. Finishes the sign-in that the browser keeps under this `state`.
pub(crate) async fn get_return(
    State(callbacks): State<Arc<Callbacks>>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let raw = raw.as_deref();
    let Some(state) = query_parameter(raw, "state").filter(|state| is_state(state)) else {
        return refuse_unknown_sign_in(UnknownSignIn::NoState);
    };
    let attempt = match callbacks.attempt_of(&headers, &state) {
        Ok(attempt) => attempt,
        Err(unknown) => return refuse_unknown_sign_in(unknown),
    };
    let path = attempt.purpose.path();
    let label = match attempt.purpose {
        Purpose::Enter(_) => "Try again",
        Purpose::Decide { .. } | Purpose::Link { .. } => "Back to the page",
    };
    let back = Link { address: &path, label };
    let session = match callbacks.session(&headers).await {
        Ok(session) => session,
        Err(fault) => return refused(None, &fault.into(), Some(back)),
    };
    let finished = callbacks.finish_sign_in(&attempt, &state, raw, session.as_ref()).await;
    let mut response = finished.unwrap_or_else(|no| refused(session.as_ref(), &no, Some(back)));
    response.headers_mut().extend(clear_attempt_cookie(&state).map(|line| (header::SET_COOKIE, line)));
    response
}

fn refuse_unknown_sign_in(unknown: UnknownSignIn) -> Response {
    let text = format!("{} Nothing was decided.", unknown.text());
    let link = Some(Link { address: "/", label: "Sign in" });
    let page = notice(None, &Notice { title: "This sign-in is not known here", text: &text, link });
    html_response(StatusCode::BAD_REQUEST, &page)
}

/// `POST /signout`: ends the session.
pub(crate) async fn post_signout(
    State(callbacks): State<Arc<Callbacks>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let session = match callbacks.session(&headers).await {
        Ok(session) => session,
        Err(fault) => return refused(None, &fault.into(), Some(INBOX)),
    };
    let fields = read_form(&headers, body).await.unwrap_or_default();
    let Some(session) = session else { return redirect_to_sign_in_by_page("/") };
    if !fields.get("csrf").is_some_and(|csrf| session.has_csrf_token(csrf)) {
        return see_other("/", []);
    }
    if let Err(fault) = callbacks.end_session(&session).await {
        return refused(Some(&session), &fault.into(), Some(INBOX));
    }
    let text =
        "You are signed out of this site in every tab. You may still be signed in at your identity provider.";
    let link = Some(Link { address: "/", label: "Sign in again" });
    let mut response =
        html_response(StatusCode::OK, &notice(None, &Notice { title: "Signed out", text, link }));
    response.headers_mut().extend(session::clear_session_cookie().map(|line| (header::SET_COOKIE, line)));
    response
}

impl Callbacks {
    /// Right after a sign-in: redirects to this path. A browser that does not send the session's cookie gets a page that says so;
    /// a redirect to the sign-in would go round for ever, because the provider signs the person in without asking.
    async fn after_sign_in(&self, headers: &HeaderMap, path: &str) -> Response {
        let text = "You signed in, but your browser did not send back the session's cookie. It blocks the cookies of this site, or \
            the address has no https. Allow the cookies of this site, then sign in again.";
        let again = format!("/signin?to={path}");
        match self.session(headers).await {
            Ok(Some(_)) => see_other(path, []),
            Ok(None) => {
                let link = Some(Link { address: &again, label: "Sign in again" });
                let page = notice(None, &Notice { title: "You are not signed in", text, link });
                html_response(StatusCode::BAD_REQUEST, &page)
            }
            Err(fault) => refused(None, &fault.into(), Some(Link { address: path, label: "Try again" })),
        }
    }
}
