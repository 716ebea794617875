//! Signing in, coming back, signing out.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{ActionId, Digest, Timestamp, VerdictKind};
use identity::{
    Exchanged, Freshness, IdTokenExpected, IdTokenFacts, SignIn, freshness_of, id_token, unverified_key_ref,
};
use runtime::Code;
use serde_json::Value;
use wire::documents::{Document, IdTokenProof, Kind, Statement};

use crate::app::Callbacks;
use crate::attempt::{Attempt, Purpose, done, is_state};
use crate::commit::{Ballot, is_same};
use crate::judge::Wish;
use crate::matter::Matter;
use crate::pages::{answer, notice, onward, refused};
use crate::refusal::No;
use crate::router::{form, query};
use crate::session::{self, Session};

/// The topic under which sign-ins that came back are remembered.
const TOPIC: &str = "sign-in";

/// A sign-in of any age.
const ANY: Freshness = Freshness { max_age: None, prompt_login: false };

/// To the sign-in, and from there to this path.
pub(crate) fn to_sign_in(path: &str) -> Response {
    let path = if is_ours(path) { path } else { "/" };
    see(&format!("/signin?to={path}"), [])
}

/// The same as the answer to a form: no redirect may leave this site there, so a page of ours comes in between.
pub(crate) fn to_sign_in_by_page(path: &str) -> Response {
    let path = if is_ours(path) { path } else { "/" };
    see(&format!("/signin?to={path}&page=yes"), [])
}

/// On to another address, with these cookies.
pub(crate) fn see(address: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, location);
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The pages one may come back to: no other host, nothing that is not a page.
fn is_ours(path: &str) -> bool {
    let review = path.strip_prefix("/review/").is_some_and(|id| id.parse::<ActionId>().is_ok());
    review || matches!(path, "/" | "/history")
}

pub(crate) async fn get_signin(
    State(callbacks): State<Arc<Callbacks>>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let path = query(raw.as_deref(), "to").filter(|path| is_ours(path)).unwrap_or_else(|| "/".to_owned());
    let by_page = query(raw.as_deref(), "page").is_some_and(|page| page == "yes");
    let begun = async {
        let nonce = callbacks.secret::<16>()?;
        let attempt = callbacks.begin_attempt(Purpose::Enter(path), nonce)?;
        match by_page {
            true => {
                let text =
                    "You are signed out, so nothing was decided. Your identity provider asks who you are.";
                callbacks.leave_by_page((None, text), &headers, &attempt, ANY).await
            }
            false => callbacks.leave(&headers, &attempt).await,
        }
    };
    begun.await.unwrap_or_else(|no| refused(None, &no, Some(("/", "Try again"))))
}

pub(crate) async fn get_return(
    State(callbacks): State<Arc<Callbacks>>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Response {
    let raw = raw.as_deref();
    let Some(state) = query(raw, "state").filter(|state| is_state(state)) else {
        return unknown_sign_in();
    };
    let Some(attempt) = callbacks.carried(&headers, &state) else { return unknown_sign_in() };
    let session = match callbacks.session(&headers).await {
        Ok(session) => session,
        Err(fault) => return refused(None, &fault.into(), Some((&attempt.path(), "Back to the page"))),
    };
    let mut response = match callbacks.come_back(&attempt, &state, raw, session.as_ref()).await {
        Ok(response) => response,
        Err(no) => {
            let back = attempt.path();
            refused(session.as_ref(), &no, Some((&back, "Back to the page")))
        }
    };
    response.headers_mut().extend(done(&state).map(|line| (header::SET_COOKIE, line)));
    response
}

fn unknown_sign_in() -> Response {
    let text = "This browser did not begin this sign-in, or more than ten minutes ago. Nothing was decided.";
    answer(
        StatusCode::BAD_REQUEST,
        &notice(None, "This sign-in is not known here", text, Some(("/", "Sign in"))),
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
    let Some(session) = session else { return to_sign_in_by_page("/") };
    if !fields.get("csrf").is_some_and(|csrf| session.made(csrf)) {
        return see("/", []);
    }
    if let Err(fault) = callbacks.end_session(&session).await {
        return refused(Some(&session), &fault.into(), Some(("/", "Back to your inbox")));
    }
    let text = "You are signed out here, in every tab. Your identity provider may still know you.";
    let mut response =
        answer(StatusCode::OK, &notice(None, "Signed out", text, Some(("/", "Sign in again"))));
    response.headers_mut().extend(session::end().map(|line| (header::SET_COOKIE, line)));
    response
}

impl Attempt {
    fn path(&self) -> String {
        match &self.purpose {
            Purpose::Enter(path) => path.clone(),
            Purpose::Decide(action, _) => format!("/review/{action}"),
        }
    }
}

impl Callbacks {
    /// Off to the provider, however fresh its sign-in; the browser carries what is needed to come back.
    async fn leave(&self, headers: &HeaderMap, attempt: &Attempt) -> Result<Response, No> {
        let (address, cookies) = self.away(headers, attempt, ANY).await?;
        Ok(see(&address, cookies))
    }

    /// The same as the answer to a form: by a page of ours with this text that goes on there.
    pub(crate) async fn leave_by_page(
        &self,
        (session, text): (Option<&Session>, &str),
        headers: &HeaderMap,
        attempt: &Attempt,
        fresh: Freshness,
    ) -> Result<Response, No> {
        let (address, cookies) = self.away(headers, attempt, fresh).await?;
        let mut response = answer(StatusCode::OK, &onward(session, "Sign in", text, &address));
        response.headers_mut().extend(cookies.into_iter().map(|line| (header::SET_COOKIE, line)));
        Ok(response)
    }

    async fn away(
        &self,
        headers: &HeaderMap,
        attempt: &Attempt,
        Freshness { max_age, prompt_login }: Freshness,
    ) -> Result<(String, Vec<HeaderValue>), No> {
        let state = self.secret::<16>()?;
        let sign_in = SignIn {
            state: state.clone(),
            nonce: attempt.nonce.clone(),
            verifier: attempt.verifier.clone(),
            max_age,
            prompt_login,
        };
        let address = self.parts.provider.address(&sign_in).await?;
        let cookies = self.carry(headers, &state, attempt)?;
        Ok((address, cookies))
    }

    async fn come_back(
        &self,
        attempt: &Attempt,
        state: &str,
        raw: Option<&str>,
        before: Option<&Session>,
    ) -> Result<Response, No> {
        let issuer = self.parts.verifier.issuers().people();
        if query(raw, "iss").is_some_and(|iss| iss != issuer.issuer) {
            return Err(not_signed_in("The answer came from another identity provider."));
        }
        let Some(code) = query(raw, "code").filter(|code| !code.is_empty()) else {
            return Err(not_signed_in("The sign-in was not finished."));
        };
        // Once only, and marked before the code is spent: a second return finds it taken.
        if !self.parts.channels.remember(TOPIC, state, "used").await? {
            return Err(not_signed_in("This sign-in has been used already."));
        }
        let token = match self.parts.provider.exchange(&code, &attempt.verifier).await? {
            Exchanged::IdToken(token) => token,
            Exchanged::Refused => return Err(not_signed_in("Your identity provider took it back.")),
        };
        match &attempt.purpose {
            Purpose::Enter(path) => {
                let (facts, _) = self.verified(&token, &attempt.nonce, None, None).await?;
                let session = self.begin_session(before, &facts.person, &facts.groups).await?;
                Ok(see(path, session))
            }
            Purpose::Decide(action, statement) => self.prove(action, *statement, &token, before).await,
        }
    }

    async fn verified(
        &self,
        token: &str,
        nonce: &str,
        max_age: Option<u32>,
        fresh_since: Option<Timestamp>,
    ) -> Result<(IdTokenFacts, Value), No> {
        let refused = |invalid: identity::Invalid| {
            tracing::warn!(check = invalid.code(), "an ID token was refused");
            match invalid {
                identity::Invalid::NotFresh => not_signed_in(
                    "Your identity provider did not ask you to sign in again just now, as this decision demands.",
                ),
                _ => not_signed_in("The sign-in does not hold."),
            }
        };
        let key_ref = unverified_key_ref(token).map_err(refused)?;
        let now = self.parts.clock.now();
        let key = self.parts.verifier.key(&key_ref, now).await?;
        let key = key.ok_or(identity::Invalid::Key).map_err(refused)?;
        let expected = IdTokenExpected {
            issuer: self.parts.verifier.issuers().people(),
            client: &self.config.pages_client,
            nonce,
            at: now,
            max_age,
            fresh_since,
        };
        Ok((id_token(token, &key, &expected).map_err(refused)?, key))
    }

    /// The ID token proves the statement: everything is checked again, then one write.
    async fn prove(
        &self,
        action: &ActionId,
        statement: Digest,
        token: &str,
        before: Option<&Session>,
    ) -> Result<Response, No> {
        let document = self.parts.documents.document(statement).await?.ok_or_else(No::unavailable)?;
        let stated: Statement = document.open().map_err(|_| No::unavailable())?;
        let item = self.item(action.as_str()).await?;
        let matter = Matter::of(&item).ok_or_else(No::not_found)?;
        let fresh = freshness_of(stated.verdict.into(), &matter.review.decision.requirements);
        let since = fresh.prompt_login.then_some(stated.at);
        let (facts, key) = self.verified(token, &statement.to_string(), fresh.max_age, since).await?;
        if !is_same(&facts.person, &stated.person) {
            let refused = self.refuse(&item, &(&facts.person).into(), Code::NotAnApprover).await;
            let detail =
                "Somebody else signed in than the person who pressed the button. Nothing was decided.";
            return Err(No { detail: detail.to_owned(), ..refused });
        }
        let known = self.known(&facts.person, &facts.groups).await?;
        let proof = IdTokenProof { format: IdTokenProof::FORMAT.to_owned(), id_token: token.to_owned() };
        let proof: Document = proof.document().map_err(|_| No::unavailable())?;
        let wish = Wish {
            person: &facts.person,
            groups: &known.groups,
            membership: &known.membership,
            kind: VerdictKind::from(stated.verdict),
            action: stated.action_digest,
            review: stated.review_digest,
            promises: stated.grant.is_some(),
            whole: self.shown_whole(&matter, stated.verdict.into()).await?,
        };
        let (grant, patch, proof) =
            (stated.grant.map(Into::into), stated.patch.as_ref(), Some((&proof, &key)));
        let directory = &known.directory;
        let ballot = Ballot { action, wish, grant, patch, statement: &document, proof, directory };
        self.commit(&ballot).await?;
        // It is decided: where no new session can begin, the one before goes on.
        let session =
            self.begin_session(before, &facts.person, &facts.groups).await.unwrap_or_else(|fault| {
                tracing::warn!(%fault, "a session was not renewed");
                None
            });
        Ok(see(&format!("/review/{action}"), session))
    }
}

fn not_signed_in(what: &str) -> No {
    No::new(Code::StepUpRequired, format!("{what} Nothing was decided; you can try again."))
}
