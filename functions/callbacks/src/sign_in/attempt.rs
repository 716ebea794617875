//! A sign-in that has begun and not yet ended. The browser that began it keeps it in an encrypted cookie; each sign-in has
//! a cookie of its own, so that a person can decide two actions in two tabs.

use axum::http::{HeaderMap, HeaderValue};
use domain::{ActionId, Digest, Fault, Timestamp};
use serde_json::{Value, json};

use super::cookie;
use crate::app::Callbacks;

const PREFIX: &str = "__Host-attempt-";
/// How long a sign-in may take: ten minutes, in seconds.
const LIFETIME: i64 = 600;
/// The number of sign-ins that a browser keeps. Older ones are dropped, so that requests stay below the gateway's limit.
const MAX_AT_ONCE: usize = 6;

/// What a sign-in is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To see pages; afterwards the browser goes to this path.
    Enter(String),
    /// To prove a signed statement about an action.
    Decide { action: ActionId, statement: Digest },
    /// To prove a statement that links the chat account of an invitation.
    Link { invitation: String, statement: Digest },
}

impl Purpose {
    /// The path to which the browser goes afterwards.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Enter(path) => path.clone(),
            Self::Decide { action, .. } => format!("/review/{action}"),
            Self::Link { invitation, .. } => format!("/link/{invitation}"),
        }
    }

    /// The action whose page the person wants to see or decide; `None` for every other page.
    pub(crate) fn action(&self) -> Option<ActionId> {
        match self {
            Self::Enter(path) => path.strip_prefix("/review/")?.parse().ok(),
            Self::Decide { action, .. } => Some(action.clone()),
            Self::Link { .. } => None,
        }
    }
}

/// A sign-in that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInAttempt {
    pub purpose: Purpose,
    pub verifier: String,
    pub nonce: String,
    pub until: Timestamp,
}

/// Why the return from the identity provider belongs to no sign-in that this browser began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownSignIn {
    /// The address has no valid `state`.
    NoState,
    /// The browser sent no cookie of this site.
    NoCookies,
    /// The browser sent cookies of this site, but not the one of this sign-in.
    Others,
    /// The cookie cannot be decrypted.
    Unreadable,
    /// The sign-in began more than ten minutes ago.
    TooLate,
}

impl UnknownSignIn {
    /// What happened and what the person can do.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::NoState => {
                "The address that you came back with is not complete: the part that names the sign-in is missing."
            }
            Self::NoCookies => {
                "Your browser did not send back the cookie of this sign-in, nor any other cookie of this site. It blocks cookies, \
                 or the sign-in began in another browser, profile or private window, or at an address without https. Allow the \
                 cookies of this site, then sign in again."
            }
            Self::Others => {
                "Your browser did not send back the cookie of this sign-in. The sign-in has ended already, began more than ten \
                 minutes ago, began in another browser, profile or private window, or six others began after it."
            }
            Self::Unreadable => {
                "The cookie of this sign-in cannot be read: it was changed, or the key that encrypts cookies was replaced."
            }
            Self::TooLate => "This sign-in began more than ten minutes ago and is no longer valid.",
        }
    }
}

impl SignInAttempt {
    fn write(&self) -> Value {
        let (path, action, link, statement) = match &self.purpose {
            Purpose::Enter(path) => (Some(path), None, None, None),
            Purpose::Decide { action, statement } => (None, Some(action.to_string()), None, Some(statement)),
            Purpose::Link { invitation, statement } => (None, None, Some(invitation), Some(statement)),
        };
        json!({
            "path": path, "action": action, "link": link, "statement": statement.map(Digest::to_string),
            "verifier": self.verifier, "nonce": self.nonce, "until": self.until.millis(),
        })
    }

    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let purpose = match (text("path"), text("action"), text("link"), text("statement")) {
            (Some(path), None, None, None) => Purpose::Enter(path.to_owned()),
            (None, Some(action), None, Some(statement)) => {
                Purpose::Decide { action: action.parse().ok()?, statement: statement.parse().ok()? }
            }
            (None, None, Some(invitation), Some(statement)) => {
                Purpose::Link { invitation: invitation.to_owned(), statement: statement.parse().ok()? }
            }
            _ => return None,
        };
        Some(Self {
            purpose,
            verifier: text("verifier")?.to_owned(),
            nonce: text("nonce")?.to_owned(),
            until: Timestamp::from_millis(value.get("until")?.as_i64()?),
        })
    }
}

impl Callbacks {
    /// The `Set-Cookie` values that store this sign-in and remove the oldest others.
    pub(crate) fn attempt_cookies(
        &self,
        headers: &HeaderMap,
        state: &str,
        attempt: &SignInAttempt,
    ) -> Result<Vec<HeaderValue>, Fault> {
        let name = format!("{PREFIX}{state}");
        let value = self.sealer.seal(&name, &attempt.write(), self.capabilities.random.as_ref())?;
        let mut others: Vec<(Timestamp, &str)> = runtime::http::cookies(headers, &[])
            .filter(|(name, _)| name.starts_with(PREFIX))
            .map(|(name, value)| {
                let opened = self.sealer.open(name, value).as_ref().and_then(SignInAttempt::read);
                (opened.map_or(Timestamp::from_millis(0), |attempt| attempt.until), name)
            })
            .collect();
        others.sort_unstable();
        let spare = (others.len() + 1).saturating_sub(MAX_AT_ONCE);
        let dropped = others.iter().take(spare).filter(|(_, other)| *other != name);
        let dropped = dropped.filter_map(|(_, other)| cookie::clear(other));
        Ok(cookie::set(&name, &value, LIFETIME).into_iter().chain(dropped).collect())
    }

    /// The sign-in that this browser began with this `state`.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn attempt_of(
        &self,
        headers: &HeaderMap,
        state: &str,
    ) -> Result<SignInAttempt, UnknownSignIn> {
        let name = format!("{PREFIX}{state}");
        let Some(value) = runtime::http::cookie(headers, &[], &name) else {
            let others = runtime::http::cookies(headers, &[]).any(|(name, _)| cookie::is_own_cookie(name));
            return Err(if others { UnknownSignIn::Others } else { UnknownSignIn::NoCookies });
        };
        let attempt = self.sealer.open(&name, value).as_ref().and_then(SignInAttempt::read);
        let attempt = attempt.ok_or(UnknownSignIn::Unreadable)?;
        if self.capabilities.clock.now() < attempt.until { Ok(attempt) } else { Err(UnknownSignIn::TooLate) }
    }

    /// A new sign-in with ten minutes of time.
    pub(crate) fn begin_attempt(&self, purpose: Purpose, nonce: String) -> Result<SignInAttempt, Fault> {
        let until = self.capabilities.clock.now().plus_seconds(LIFETIME);
        Ok(SignInAttempt { purpose, verifier: self.secret::<32>()?, nonce, until })
    }
}

/// The `Set-Cookie` value that removes the cookie of a sign-in.
pub(crate) fn clear_attempt_cookie(state: &str) -> Option<HeaderValue> {
    cookie::clear(&format!("{PREFIX}{state}"))
}

/// Whether a text has the form of a `state` that this function issues.
pub(crate) fn is_state(text: &str) -> bool {
    text.len() == 22 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
