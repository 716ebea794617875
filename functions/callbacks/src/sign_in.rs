//! Signing in, coming back, signing out.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{ActionId, Digest, Timestamp, VerdictKind};
use identity::{
    Exchanged, Freshness, IdTokenExpected, IdTokenFacts, Invalid, ProviderError, SignIn, freshness_of,
    id_token, unverified_key_ref,
};
use runtime::Code;
use serde_json::Value;
use wire::documents::{Document, DocumentKind, IdTokenProof, Statement};

use crate::app::Callbacks;
use crate::attempt::{Purpose, SignInAttempt, UnknownSignIn, clear_attempt_cookie, is_state};
use crate::check::VerdictRequest;
use crate::commit::{UnsignedVerdict, is_person};
use crate::pages::{answer, notice, onward, refused};
use crate::refusal::RequestRejection;
use crate::review_context::ReviewContext;
use crate::router::{form, query};
use crate::session::{self, Session};
use crate::sign_in_refusal::SignInRefusal;

/// The topic under which sign-ins that came back are remembered.
const TOPIC: &str = "sign-in";

/// A sign-in of any age.
const ANY: Freshness = Freshness { max_age: None, prompt_login: false };

/// To the sign-in, and from there to this path.
pub(crate) fn redirect_to_sign_in(path: &str) -> Response {
    let path = if is_page(path) { path } else { "/" };
    see_other(&format!("/signin?to={path}"), [])
}

/// The same as the answer to a form: no redirect may leave this site there, so a page of ours comes in between.
pub(crate) fn redirect_to_sign_in_by_page(path: &str) -> Response {
    let path = if is_page(path) { path } else { "/" };
    see_other(&format!("/signin?to={path}&page=yes"), [])
}

/// On to another address, with these cookies.
pub(crate) fn see_other(address: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, location);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The pages one may come back to: no other host, nothing that is not a page.
fn is_page(path: &str) -> bool {
    let review = path.strip_prefix("/review/").is_some_and(|id| id.parse::<ActionId>().is_ok());
    review || matches!(path, "/" | "/history")
}

pub(crate) async fn get_signin(
    State(callbacks): State<Arc<Callbacks>>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let path = query(raw.as_deref(), "to").filter(|path| is_page(path)).unwrap_or_else(|| "/".to_owned());
    let says = |name: &str| query(raw.as_deref(), name).is_some_and(|value| value == "yes");
    if says("back") {
        return callbacks.after_sign_in(&headers, &path).await;
    }
    let by_page = says("page");
    let begun = async {
        let nonce = callbacks.secret::<16>()?;
        let attempt = callbacks.begin_attempt(Purpose::Enter(path.clone()), nonce)?;
        match by_page {
            true => {
                let text =
                    "You are signed out, so nothing was decided. Your identity provider asks who you are.";
                callbacks.redirect_to_idp_by_page((None, text), &headers, &attempt, ANY).await
            }
            false => callbacks.redirect_to_idp(&headers, &attempt).await,
        }
    };
    let again = format!("/signin?to={path}");
    begun.await.unwrap_or_else(|no| refused(None, &no, Some((&again, "Try again"))))
}

pub(crate) async fn get_return(
    State(callbacks): State<Arc<Callbacks>>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let raw = raw.as_deref();
    let Some(state) = query(raw, "state").filter(|state| is_state(state)) else {
        return refuse_unknown_sign_in(UnknownSignIn::NoState);
    };
    let attempt = match callbacks.attempt_of(&headers, &state) {
        Ok(attempt) => attempt,
        Err(unknown) => return refuse_unknown_sign_in(unknown),
    };
    let path = attempt.purpose.path();
    let back = match attempt.purpose {
        Purpose::Enter(_) => (path.as_str(), "Try again"),
        Purpose::Decide(..) => (path.as_str(), "Back to the page"),
    };
    let session = match callbacks.session(&headers).await {
        Ok(session) => session,
        Err(fault) => return refused(None, &fault.into(), Some(back)),
    };
    let finish_sign_in = callbacks.finish_sign_in(&attempt, &state, raw, session.as_ref()).await;
    let mut response = finish_sign_in.unwrap_or_else(|no| refused(session.as_ref(), &no, Some(back)));
    response.headers_mut().extend(clear_attempt_cookie(&state).map(|line| (header::SET_COOKIE, line)));
    response
}

fn refuse_unknown_sign_in(unknown: UnknownSignIn) -> Response {
    let text = format!("{} Nothing was decided.", unknown.words());
    answer(
        StatusCode::BAD_REQUEST,
        &notice(None, "This sign-in is not known here", &text, Some(("/", "Sign in"))),
    )
}

pub(crate) async fn post_signout(
    State(callbacks): State<Arc<Callbacks>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let session = match callbacks.session(&headers).await {
        Ok(session) => session,
        Err(fault) => return refused(None, &fault.into(), Some(("/", "Back to your inbox"))),
    };
    let fields = form(&headers, body).await.unwrap_or_default();
    let Some(session) = session else { return redirect_to_sign_in_by_page("/") };
    if !fields.get("csrf").is_some_and(|csrf| session.has_csrf_token(csrf)) {
        return see_other("/", []);
    }
    if let Err(fault) = callbacks.end_session(&session).await {
        return refused(Some(&session), &fault.into(), Some(("/", "Back to your inbox")));
    }
    let text = "You are signed out here, in every tab. Your identity provider may still know you.";
    let mut response =
        answer(StatusCode::OK, &notice(None, "Signed out", text, Some(("/", "Sign in again"))));
    response.headers_mut().extend(session::clear_session_cookie().map(|line| (header::SET_COOKIE, line)));
    response
}

impl Callbacks {
    /// Just signed in, on to this path; words where the browser has not brought the session back: it would be sent to the
    /// provider and back for ever, since the provider knows the person by now.
    async fn after_sign_in(&self, headers: &HeaderMap, path: &str) -> Response {
        let text = "You signed in, but your browser did not send back the cookie that says so: it blocks this site's cookies, or \
            the address has no https. Allow this site's cookies, then sign in again.";
        let again = format!("/signin?to={path}");
        match self.session(headers).await {
            Ok(Some(_)) => see_other(path, []),
            Ok(None) => answer(
                StatusCode::BAD_REQUEST,
                &notice(None, "You are not signed in", text, Some((&again, "Sign in again"))),
            ),
            Err(fault) => refused(None, &fault.into(), Some((path, "Try again"))),
        }
    }

    /// Off to the provider, however fresh its sign-in; the browser carries what is needed to come back.
    async fn redirect_to_idp(
        &self,
        headers: &HeaderMap,
        attempt: &SignInAttempt,
    ) -> Result<Response, RequestRejection> {
        let (address, cookies) = self.authorization_request(headers, attempt, ANY).await?;
        Ok(see_other(&address, cookies))
    }

    /// The same as the answer to a form: by a page of ours with this text that goes on there.
    pub(crate) async fn redirect_to_idp_by_page(
        &self,
        (session, text): (Option<&Session>, &str),
        headers: &HeaderMap,
        attempt: &SignInAttempt,
        fresh: Freshness,
    ) -> Result<Response, RequestRejection> {
        let (address, cookies) = self.authorization_request(headers, attempt, fresh).await?;
        let mut response = answer(StatusCode::OK, &onward(session, "Sign in", text, &address));
        response.headers_mut().extend(cookies.into_iter().map(|line| (header::SET_COOKIE, line)));
        Ok(response)
    }

    async fn authorization_request(
        &self,
        headers: &HeaderMap,
        attempt: &SignInAttempt,
        Freshness { max_age, prompt_login }: Freshness,
    ) -> Result<(String, Vec<HeaderValue>), RequestRejection> {
        let state = self.secret::<16>()?;
        let sign_in = SignIn {
            state: state.clone(),
            nonce: attempt.nonce.clone(),
            verifier: attempt.verifier.clone(),
            max_age,
            prompt_login,
        };
        let address = self.capabilities.provider.address(&sign_in).await;
        let address = address.map_err(|fault| SignInRefusal::ProviderFault(fault).no(&attempt.purpose))?;
        let cookies = self.attempt_cookies(headers, &state, attempt)?;
        Ok((address, cookies))
    }

    async fn finish_sign_in(
        &self,
        attempt: &SignInAttempt,
        state: &str,
        raw: Option<&str>,
        before: Option<&Session>,
    ) -> Result<Response, RequestRejection> {
        let purpose = &attempt.purpose;
        let refused = |refusal: SignInRefusal| refusal.no(purpose);
        let code = self.code(raw).map_err(refused)?;
        // Once only, and marked before the code is spent: a second return finds it taken.
        if !self.capabilities.channels.remember(TOPIC, state, "used").await? {
            return Err(refused(SignInRefusal::Used));
        }
        let exchanged = self.capabilities.provider.exchange(&code, &attempt.verifier).await;
        let token = match exchanged.map_err(|fault| refused(SignInRefusal::ProviderFault(fault)))? {
            Exchanged::IdToken(token) => token,
            Exchanged::Refused(error) => return Err(refused(SignInRefusal::Exchange(error))),
        };
        match purpose {
            Purpose::Enter(path) => {
                let (facts, _) =
                    self.verified(&token, &attempt.nonce, (None, None)).await.map_err(refused)?;
                let session = self.begin_session(before, &facts, purpose).await?;
                Ok(see_other(&format!("/signin?to={path}&back=yes"), session))
            }
            Purpose::Decide(action, statement) => {
                self.prove((action, *statement), purpose, &token, before).await
            }
        }
    }

    /// The code that the browser brings back from the people's issuer.
    fn code(&self, raw: Option<&str>) -> Result<String, SignInRefusal> {
        let issuer = &self.capabilities.verifier.issuers().people().issuer;
        let brings = |name: &str| has_parameter(raw, name);
        if brings("iss") && query(raw, "iss").as_ref() != Some(issuer) {
            return Err(SignInRefusal::OtherIssuer);
        }
        if let Some(error) = query(raw, "error") {
            let description = query(raw, "error_description");
            return Err(SignInRefusal::Provider(ProviderError::new(&error, description.as_deref())));
        }
        let code = query(raw, "code").filter(|code| !code.is_empty() && !brings("error"));
        code.ok_or(SignInRefusal::NoAnswer)
    }

    async fn verified(
        &self,
        token: &str,
        nonce: &str,
        (max_age, fresh_since): (Option<u32>, Option<Timestamp>),
    ) -> Result<(IdTokenFacts, Value), SignInRefusal> {
        let key_ref = unverified_key_ref(token).map_err(SignInRefusal::Token)?;
        let now = self.capabilities.clock.now();
        let key =
            self.capabilities.verifier.key(&key_ref, now).await.map_err(SignInRefusal::ProviderFault)?;
        let key = key.ok_or(SignInRefusal::Token(Invalid::Key))?;
        let expected = IdTokenExpected {
            issuer: self.capabilities.verifier.issuers().people(),
            client: &self.config.pages_client,
            nonce,
            at: now,
            max_age,
            fresh_since,
        };
        Ok((id_token(token, &key, &expected).map_err(SignInRefusal::Token)?, key))
    }

    /// The ID token proves the statement: everything is checked again, then one write.
    async fn prove(
        &self,
        (action, statement): (&ActionId, Digest),
        purpose: &Purpose,
        token: &str,
        before: Option<&Session>,
    ) -> Result<Response, RequestRejection> {
        let document = self
            .capabilities
            .documents
            .document(statement)
            .await?
            .ok_or_else(RequestRejection::unavailable)?;
        let stated: Statement = document.open().map_err(|_| RequestRejection::unavailable())?;
        let item = self.item(action.as_str()).await?;
        let context = ReviewContext::of(&item).ok_or_else(RequestRejection::not_found)?;
        let fresh = freshness_of(stated.verdict.into(), &context.review.decision.requirements);
        let since = fresh.prompt_login.then_some(stated.at);
        let verified = self.verified(token, &statement.to_string(), (fresh.max_age, since)).await;
        let (facts, key) = verified.map_err(|refusal| refusal.no(purpose))?;
        if !is_person(&facts.person, &stated.person) {
            let refused = self.refuse_and_record(&item, &(&facts.person).into(), Code::NotAnApprover).await;
            let detail =
                "Somebody else signed in than the person who pressed the button. Nothing was decided.";
            return Err(RequestRejection { detail: detail.to_owned(), ..refused });
        }
        let resolved = self.resolve_person(&facts.person, &facts.groups.names).await?;
        let proof = IdTokenProof { format: IdTokenProof::FORMAT.to_owned(), id_token: token.to_owned() };
        let proof: Document = proof.document().map_err(|_| RequestRejection::unavailable())?;
        let wanted = VerdictRequest {
            person: &facts.person,
            groups: &resolved.groups,
            membership: &resolved.membership,
            kind: VerdictKind::from(stated.verdict),
            action: stated.action_digest,
            review: stated.review_digest,
            grants: stated.grant.is_some(),
            whole: self.is_shown_whole(&context, stated.verdict.into()).await?,
        };
        let (grant, patch, proof) =
            (stated.grant.map(Into::into), stated.patch.as_ref(), Some((&proof, &key)));
        let directory = &resolved.directory;
        let unsigned =
            UnsignedVerdict { action, wanted, grant, patch, statement: &document, proof, directory };
        if let Err(no) = self.commit(&unsigned).await {
            return Err(self.because_left_out(no, facts.groups.left_out).await);
        }
        // It is decided: where no new session can begin, the one before goes on.
        let session = self.begin_session(before, &facts, purpose).await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "a session was not renewed");
            None
        });
        Ok(see_other(&format!("/review/{action}"), session))
    }
}

/// Whether a query has this parameter at all.
fn has_parameter(raw: Option<&str>, name: &str) -> bool {
    url::form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).any(|(found, _)| found == name)
}
