//! Sessions in cookies. Each session has an id, and every use of a session asks the channels table whether it was ended: a
//! copied cookie of an ended session is refused everywhere.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use domain::Fault;
use identity::IdTokenFacts;

use super::attempt::Purpose;
use super::cookie;
use super::redirect::redirect_to_sign_in;
use crate::app::Callbacks;
use crate::layout::{Link, refused};
use crate::refusal::RequestRejection;
use crate::session::Session;

const NAME: &str = "__Host-session";
/// The lifetime of a session: eight hours, in seconds.
const LIFETIME: i64 = 8 * 3600;
/// The longest value of the cookie, in bytes. Browsers store 4,096 bytes of name and value together.
const LONGEST: usize = 4000;
/// The topic of the channels table that lists ended sessions.
const ENDED: &str = "session-ended";
/// For how many seconds after a session could have lasted its end is remembered.
const DAY: i64 = 86_400;

impl Callbacks {
    /// The session of this browser; `None` without one, when it has expired and when it was ended.
    ///
    /// # Errors
    /// [`Fault`] when the channels table cannot be read, so that nobody knows whether the session was ended. The caller then
    /// shows nothing and changes nothing.
    pub(crate) async fn session(&self, headers: &HeaderMap) -> Result<Option<Session>, Fault> {
        let Some(session) = self.sealed_session(headers) else { return Ok(None) };
        let ended = self.capabilities.channels.recall(ENDED, &session.id).await?;
        Ok(ended.is_none().then_some(session))
    }

    /// The session of this browser, or the response that leads to the sign-in and from there to `path`. A session that may lack
    /// a group which the rules name now is replaced by signing in again.
    pub(crate) async fn session_or_sign_in(
        &self,
        headers: &HeaderMap,
        path: &str,
    ) -> Result<Session, Box<Response>> {
        let found = match self.session(headers).await {
            Ok(Some(session)) => {
                self.has_outdated_groups(&session).await.map(|old| (!old).then_some(session))
            }
            other => other,
        };
        match found {
            Ok(Some(session)) => Ok(session),
            Ok(None) => Err(Box::new(redirect_to_sign_in(path))),
            Err(fault) => Err(Box::new(refused(
                None,
                &RequestRejection::from(fault),
                Some(Link { address: path, label: "Try again" }),
            ))),
        }
    }

    fn sealed_session(&self, headers: &HeaderMap) -> Option<Session> {
        let value = runtime::http::cookie(headers, &[], NAME)?;
        let session = Session::read(&self.sealer.open(NAME, value)?)?;
        let issuer = &self.capabilities.verifier.issuers().people().issuer;
        let lasts = self.capabilities.clock.now() < session.until && session.person.issuer == *issuer;
        lasts.then_some(session)
    }

    /// Ends a session: every copy of its cookie is refused from now on.
    ///
    /// # Errors
    /// [`Fault`] when the end could not be stored; the session may still be valid.
    pub(crate) async fn end_session(&self, session: &Session) -> Result<(), Fault> {
        let until = session.until.plus_seconds(DAY);
        self.capabilities.channels.remember_until(ENDED, &session.id, "ended", until).await.map(drop)
    }

    /// Begins a new session and ends the one before; the result is the `Set-Cookie` value. The CSRF token stays the same for
    /// the same person, so that forms which are open in other tabs can still be sent.
    ///
    /// # Errors
    /// [`Fault`] when the session before could not be ended, or the groups that the rules name cannot be read. Then no new
    /// session begins.
    pub(crate) async fn begin_session(
        &self,
        before: Option<&Session>,
        facts: &IdTokenFacts,
        purpose: &Purpose,
    ) -> Result<Option<HeaderValue>, Fault> {
        let (person, groups) = (&facts.person, self.session_groups(&facts.groups, purpose).await?);
        if let Some(before) = before {
            self.end_session(before).await?;
        }
        let csrf = match before.filter(|before| before.person == *person) {
            Some(before) => before.csrf.clone(),
            None => self.secret::<16>()?,
        };
        let mut session = Session {
            id: self.secret::<16>()?,
            person: person.clone(),
            display: person.subject.clone(),
            groups,
            csrf,
            until: self.capabilities.clock.now().plus_seconds(LIFETIME),
        };
        let mut value = self.sealer.seal(NAME, &session.write(), self.capabilities.random.as_ref())?;
        while value.len() > LONGEST && session.groups.drop_last() {
            value = self.sealer.seal(NAME, &session.write(), self.capabilities.random.as_ref())?;
        }
        Ok(cookie::set(NAME, &value, LIFETIME))
    }
}

/// The `Set-Cookie` value that removes the session's cookie.
pub(crate) fn clear_session_cookie() -> Option<HeaderValue> {
    cookie::clear(NAME)
}
