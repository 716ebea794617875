//! Who is signed in at this browser. A session shows pages and denies; it never approves.

use axum::http::{HeaderMap, HeaderValue};
use domain::{Fault, Person, Timestamp};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use crate::app::Callbacks;
use crate::cookie;

const NAME: &str = "__Host-session";
/// Eight hours, in seconds.
const LIFETIME: i64 = 8 * 3600;
/// So that the cookie stays below what browsers keep, in bytes of group names.
const MAX_GROUPS: usize = 2000;

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub person: Person,
    pub display: String,
    pub groups: Vec<String>,
    /// Must come back with every POST.
    pub csrf: String,
    pub until: Timestamp,
}

impl Session {
    /// Whether the form was made for this session.
    pub(crate) fn made(&self, csrf: &str) -> bool {
        self.csrf.as_bytes().ct_eq(csrf.as_bytes()).into()
    }

    fn write(&self) -> Value {
        json!({
            "issuer": self.person.issuer, "subject": self.person.subject, "display": self.display,
            "groups": self.groups, "csrf": self.csrf, "until": self.until.millis(),
        })
    }

    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        let groups = value.get("groups")?.as_array()?.iter();
        Some(Self {
            person: Person { issuer: text("issuer")?, subject: text("subject")? },
            display: text("display")?,
            groups: groups.map(|group| group.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            csrf: text("csrf")?,
            until: Timestamp::from_millis(value.get("until")?.as_i64()?),
        })
    }
}

impl Callbacks {
    /// The session of this browser, while it lasts.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        let value = runtime::http::cookie(headers, &[], NAME)?;
        let session = Session::read(&self.sealer.open(NAME, value)?)?;
        let issuer = &self.parts.verifier.issuers().people().issuer;
        let lasts = self.parts.clock.now() < session.until && session.person.issuer == *issuer;
        lasts.then_some(session)
    }

    /// A new session, and the line that sets it. Forms that the same person has open in other tabs stay good.
    pub(crate) fn begin_session(
        &self,
        before: Option<&Session>,
        person: &Person,
        groups: &[String],
    ) -> Result<Option<HeaderValue>, Fault> {
        let csrf = match before.filter(|before| before.person == *person) {
            Some(before) => before.csrf.clone(),
            None => self.secret::<16>()?,
        };
        let session = Session {
            person: person.clone(),
            display: person.subject.clone(),
            groups: fitting(groups),
            csrf,
            until: self.parts.clock.now().plus_seconds(LIFETIME),
        };
        let value = self.sealer.seal(NAME, &session.write(), self.parts.random.as_ref())?;
        Ok(cookie::set(NAME, &value, LIFETIME))
    }
}

/// Those groups that a cookie has room for. One that is left out only hides things: proofs bring their own groups.
fn fitting(groups: &[String]) -> Vec<String> {
    let mut room = MAX_GROUPS;
    let mut kept = Vec::new();
    for group in groups {
        match room.checked_sub(group.len()) {
            Some(left) => room = left,
            None => break,
        }
        kept.push(group.clone());
    }
    kept
}

/// The line that ends a session.
pub(crate) fn end() -> Option<HeaderValue> {
    cookie::clear(NAME)
}
