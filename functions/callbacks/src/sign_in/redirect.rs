//! Redirects: to the sign-in of this function, and from there to the identity provider.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ActionId;
use identity::{Freshness, SignIn};

use super::attempt::SignInAttempt;
use super::refusal::SignInRefusal;
use crate::accounts::is_reference;
use crate::app::Callbacks;
use crate::layout::{Interstitial, html_response, interstitial};
use crate::refusal::RequestRejection;
use crate::session::Session;

/// An authorization request without demands on how recently the person signed in.
pub(super) const ANY_FRESHNESS: Freshness = Freshness { max_age: None, prompt_login: false };

/// To the sign-in, and from there to this path.
pub(crate) fn redirect_to_sign_in(path: &str) -> Response {
    let path = if is_page(path) { path } else { "/" };
    see_other(&format!("/signin?to={path}"), [])
}

/// The same in answer to a form. A redirect after a form must not leave this site, so a page of this site comes in between.
pub(crate) fn redirect_to_sign_in_by_page(path: &str) -> Response {
    let path = if is_page(path) { path } else { "/" };
    see_other(&format!("/signin?to={path}&page=yes"), [])
}

/// `303 See Other` to this address, with these `Set-Cookie` values.
pub(crate) fn see_other(address: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, location);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether a sign-in may lead to this path: it must be a page of this site.
pub(super) fn is_page(path: &str) -> bool {
    let review = path.strip_prefix("/review/").is_some_and(|id| id.parse::<ActionId>().is_ok());
    let link = path.strip_prefix("/link/").is_some_and(is_reference);
    review || link || matches!(path, "/" | "/history" | "/accounts")
}

/// An authorization request: the address at the identity provider, and the `Set-Cookie` values that carry the sign-in.
struct AuthorizationRequest {
    address: String,
    cookies: Vec<HeaderValue>,
}

impl Callbacks {
    /// Redirects to the identity provider.
    pub(super) async fn redirect_to_idp(
        &self,
        headers: &HeaderMap,
        attempt: &SignInAttempt,
    ) -> Result<Response, RequestRejection> {
        let request = self.authorization_request(headers, attempt, ANY_FRESHNESS).await?;
        Ok(see_other(&request.address, request.cookies))
    }

    /// Goes to the identity provider in answer to a form, by a page of this site with this text.
    pub(crate) async fn redirect_to_idp_by_page(
        &self,
        session: Option<&Session>,
        text: &str,
        headers: &HeaderMap,
        attempt: &SignInAttempt,
        fresh: Freshness,
    ) -> Result<Response, RequestRejection> {
        let request = self.authorization_request(headers, attempt, fresh).await?;
        let page = interstitial(session, Interstitial { title: "Sign in", text, address: &request.address });
        let mut response = html_response(StatusCode::OK, &page);
        response.headers_mut().extend(request.cookies.into_iter().map(|line| (header::SET_COOKIE, line)));
        Ok(response)
    }

    async fn authorization_request(
        &self,
        headers: &HeaderMap,
        attempt: &SignInAttempt,
        Freshness { max_age, prompt_login }: Freshness,
    ) -> Result<AuthorizationRequest, RequestRejection> {
        let state = self.secret::<16>()?;
        let sign_in = SignIn {
            state: state.clone(),
            nonce: attempt.nonce.clone(),
            verifier: attempt.verifier.clone(),
            max_age,
            prompt_login,
        };
        let address = self.capabilities.provider.address(&sign_in).await;
        let address =
            address.map_err(|fault| SignInRefusal::ProviderFault(fault).into_page(&attempt.purpose))?;
        let cookies = self.attempt_cookies(headers, &state, attempt)?;
        Ok(AuthorizationRequest { address, cookies })
    }
}
