//! A sign-in under way, carried by the browser that began it: each in a cookie of its own, so that two tabs can decide
//! two things at once.

use axum::http::{HeaderMap, HeaderValue};
use domain::{ActionId, Digest, Fault, Timestamp};
use serde_json::{Value, json};

use crate::app::Callbacks;
use crate::cookie;

const PREFIX: &str = "__Host-attempt-";
/// Ten minutes, in seconds.
const LIFETIME: i64 = 600;
/// So many at once; older ones are dropped so that the request never outgrows the gateway.
const MAX_AT_ONCE: usize = 6;

/// What a sign-in is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To see pages, coming back to this path.
    Enter(String),
    /// To prove this statement about this action.
    Decide(ActionId, Digest),
}

impl Purpose {
    /// Where the person goes on afterwards.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Enter(path) => path.clone(),
            Self::Decide(action, _) => format!("/review/{action}"),
        }
    }

    /// The action they come for, if it is one.
    pub(crate) fn action(&self) -> Option<ActionId> {
        match self {
            Self::Enter(path) => path.strip_prefix("/review/")?.parse().ok(),
            Self::Decide(action, _) => Some(action.clone()),
        }
    }
}

/// A sign-in under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInAttempt {
    pub purpose: Purpose,
    pub verifier: String,
    pub nonce: String,
    pub until: Timestamp,
}

/// Why a sign-in that comes back is not one that this browser began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnknownSignIn {
    /// The address names no sign-in.
    NoState,
    /// The browser sent no cookie of ours at all.
    NoCookies,
    /// It sent cookies of ours, and not the one of this sign-in.
    Others,
    /// The cookie is not as it was set.
    Unreadable,
    /// It began too long ago.
    TooLate,
}

impl UnknownSignIn {
    /// What happened, and what the person does about it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NoState => {
                "The address that you came back with is not complete: it does not say which sign-in it belongs to."
            }
            Self::NoCookies => {
                "Your browser did not send back the cookie of this sign-in, nor any other cookie of this site: it blocks them, or \
                 the sign-in began in another browser, profile or private window, or at an address without https. Allow this \
                 site's cookies, then sign in again."
            }
            Self::Others => {
                "Your browser did not send back the cookie of this sign-in: it is finished already, began more than ten minutes \
                 ago or in another browser, profile or private window, or six others began after it."
            }
            Self::Unreadable => {
                "The cookie of this sign-in is not as it was set: it was changed, or it is older than the key it was sealed with."
            }
            Self::TooLate => "This sign-in began more than ten minutes ago, and counts no longer.",
        }
    }
}

impl SignInAttempt {
    fn write(&self) -> Value {
        let (path, action, statement) = match &self.purpose {
            Purpose::Enter(path) => (Some(path), None, None),
            Purpose::Decide(action, statement) => {
                (None, Some(action.to_string()), Some(statement.to_string()))
            }
        };
        json!({
            "path": path, "action": action, "statement": statement,
            "verifier": self.verifier, "nonce": self.nonce, "until": self.until.millis(),
        })
    }

    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let purpose = match (text("path"), text("action"), text("statement")) {
            (Some(path), None, None) => Purpose::Enter(path.to_owned()),
            (None, Some(action), Some(statement)) => {
                Purpose::Decide(action.parse().ok()?, statement.parse().ok()?)
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
    /// The cookies that carry this sign-in, and take the oldest others away.
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

    /// The sign-in this browser began under this `state`, while it lasts.
    ///
    /// # Errors
    /// Why it is not known.
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

    /// A sign-in that begins now.
    pub(crate) fn begin_attempt(&self, purpose: Purpose, nonce: String) -> Result<SignInAttempt, Fault> {
        let until = self.capabilities.clock.now().plus_seconds(LIFETIME);
        Ok(SignInAttempt { purpose, verifier: self.secret::<32>()?, nonce, until })
    }
}

/// The line that ends it.
pub(crate) fn clear_attempt_cookie(state: &str) -> Option<HeaderValue> {
    cookie::clear(&format!("{PREFIX}{state}"))
}

/// Whether this text can be a `state` of ours.
pub(crate) fn is_state(text: &str) -> bool {
    text.len() == 22 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
