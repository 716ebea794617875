//! Who is signed in at this browser. A session shows pages and denies; it never approves. Each has an id of its own, and one
//! that was ended is refused wherever its cookie still lies: the channels table knows, and is asked whenever one is used.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use domain::{Fault, Person, Timestamp};
use identity::IdTokenFacts;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use crate::app::Callbacks;
use crate::attempt::Purpose;
use crate::cookie;
use crate::pages::refused;
use crate::refusal::RequestRejection;
use crate::session_groups::SessionGroups;
use crate::sign_in::redirect_to_sign_in;

const NAME: &str = "__Host-session";
/// Eight hours, in seconds.
const LIFETIME: i64 = 8 * 3600;
/// The longest value of the cookie, in bytes: browsers keep 4,096 of name and value together.
const LONGEST: usize = 4000;

/// The topic under which ended sessions are remembered.
const ENDED: &str = "session-ended";

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// Of this session alone; never shown.
    pub id: String,
    pub person: Person,
    pub display: String,
    pub groups: SessionGroups,
    /// Must come back with every POST.
    pub csrf: String,
    pub until: Timestamp,
}

impl Session {
    /// Whether the form was made for this session.
    pub(crate) fn has_csrf_token(&self, csrf: &str) -> bool {
        self.csrf.as_bytes().ct_eq(csrf.as_bytes()).into()
    }

    fn write(&self) -> Value {
        json!({
            "id": self.id, "issuer": self.person.issuer, "subject": self.person.subject, "display": self.display,
            "groups": self.groups.write(), "csrf": self.csrf, "until": self.until.millis(),
        })
    }

    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        Some(Self {
            id: text("id")?,
            person: Person { issuer: text("issuer")?, subject: text("subject")? },
            display: text("display")?,
            groups: SessionGroups::read(value.get("groups")?)?,
            csrf: text("csrf")?,
            until: Timestamp::from_millis(value.get("until")?.as_i64()?),
        })
    }
}

impl Callbacks {
    /// The session of this browser, while it lasts and nobody has ended it.
    ///
    /// # Errors
    /// [`Fault`] when nobody can tell whether it was ended; then nothing is shown and nothing changes.
    pub(crate) async fn session(&self, headers: &HeaderMap) -> Result<Option<Session>, Fault> {
        let Some(session) = self.sealed_session(headers) else { return Ok(None) };
        let ended = self.capabilities.channels.recall(ENDED, &session.id).await?;
        Ok(ended.is_none().then_some(session))
    }

    /// The session of this browser, or what to answer instead: the way to the sign-in and from there to this path. One that may
    /// lack a group which the rules name by now is begun anew.
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
            Err(fault) => {
                Err(Box::new(refused(None, &RequestRejection::from(fault), Some((path, "Try again")))))
            }
        }
    }

    fn sealed_session(&self, headers: &HeaderMap) -> Option<Session> {
        let value = runtime::http::cookie(headers, &[], NAME)?;
        let session = Session::read(&self.sealer.open(NAME, value)?)?;
        let issuer = &self.capabilities.verifier.issuers().people().issuer;
        let lasts = self.capabilities.clock.now() < session.until && session.person.issuer == *issuer;
        lasts.then_some(session)
    }

    /// Ends a session: no copy of its cookie counts from now on.
    ///
    /// # Errors
    /// [`Fault`] when that could not be remembered; the session may go on.
    pub(crate) async fn end_session(&self, session: &Session) -> Result<(), Fault> {
        self.capabilities.channels.remember(ENDED, &session.id, "ended").await.map(drop)
    }

    /// A new session with an id of its own, and the line that sets it; the one before it ends. Forms that the same person
    /// has open in other tabs stay good.
    ///
    /// # Errors
    /// [`Fault`] when the one before could not be ended, or nobody can tell which groups the rules name; there is no new one
    /// then.
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
        while value.len() > LONGEST && session.groups.leave_one_out() {
            value = self.sealer.seal(NAME, &session.write(), self.capabilities.random.as_ref())?;
        }
        Ok(cookie::set(NAME, &value, LIFETIME))
    }
}

/// The line that ends a session.
pub(crate) fn clear_session_cookie() -> Option<HeaderValue> {
    cookie::clear(NAME)
}
