//! Claims of a token whose signature holds.

use domain::Timestamp;
use serde_json::{Map, Value};

use crate::issuers::IssuerSettings;
use crate::{Invalid, SKEW};

/// The longest subject, client or group that is kept, in bytes.
const MAX_NAME: usize = 255;
/// The most groups of one token.
const MAX_GROUPS: usize = 200;

pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    pub(crate) fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text claim; absent, or of another type, is none.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// `sub`: there, short, without control characters.
    pub(crate) fn subject(&self) -> Result<&str, Invalid> {
        self.text("sub").filter(|text| is_name(text)).ok_or(Invalid::Subject)
    }

    /// A time in seconds; whole or fractional.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, Invalid> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let seconds = value.as_f64().filter(|seconds| (0.0..1.0e11).contains(seconds));
        let seconds = seconds.ok_or(Invalid::Malformed)?;
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked on the line above")]
        let millis = (seconds * 1000.0) as i64;
        Ok(Some(Timestamp::from_millis(millis)))
    }

    /// `exp`, `nbf` and `iat` as of this moment.
    pub(crate) fn check_times(&self, at: Timestamp) -> Result<(), Invalid> {
        let expires = self.time("exp")?.ok_or(Invalid::Expired)?;
        if at >= expires.plus_seconds(SKEW) {
            return Err(Invalid::Expired);
        }
        for name in ["nbf", "iat"] {
            if self.time(name)?.is_some_and(|from| from > at.plus_seconds(SKEW)) {
                return Err(Invalid::NotYetValid);
            }
        }
        Ok(())
    }

    /// Every audience; a claim of another shape is refused.
    pub(crate) fn audiences(&self) -> Result<Vec<&str>, Invalid> {
        match self.get("aud") {
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(several)) => {
                several.iter().map(|one| one.as_str().ok_or(Invalid::Audience)).collect()
            }
            _ => Err(Invalid::Audience),
        }
    }

    /// The client it was issued to: by the configured claim, else `azp` and `client_id`, which must agree.
    pub(crate) fn client(&self, issuer: &IssuerSettings) -> Result<Option<&str>, Invalid> {
        let one = |name: &str| match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().filter(|text| is_name(text)).map(Some).ok_or(Invalid::Client),
        };
        match &issuer.client_claim {
            Some(name) => one(name),
            None => match (one("azp")?, one("client_id")?) {
                (Some(a), Some(b)) if a != b => Err(Invalid::Client),
                (a, b) => Ok(a.or(b)),
            },
        }
    }

    /// Whether the token has this scope: `scope` as a text (RFC 9068), or `scp` as a text or a list. Any other shape has none.
    pub(crate) fn has_scope(&self, wanted: &str) -> bool {
        let of_text = |text: &str| text.split(' ').any(|scope| scope == wanted);
        let by_list = match self.get("scp") {
            Some(Value::String(text)) => of_text(text),
            Some(Value::Array(scopes)) => scopes.iter().any(|scope| scope.as_str() == Some(wanted)),
            _ => false,
        };
        by_list || self.text("scope").is_some_and(of_text)
    }

    /// The groups, under the issuer's claim; absent is none.
    pub(crate) fn groups(&self, issuer: &IssuerSettings) -> Result<Vec<String>, Invalid> {
        let values = match self.get(&issuer.groups_claim) {
            None => return Ok(Vec::new()),
            Some(Value::Array(values)) if values.len() <= MAX_GROUPS => values,
            Some(_) => return Err(Invalid::Groups),
        };
        let one = |value: &Value| value.as_str().filter(|text| is_name(text)).map(str::to_owned);
        values.iter().map(|value| one(value).ok_or(Invalid::Groups)).collect()
    }
}

/// Whether a token can name somebody so: not empty, at most 255 bytes, without control characters.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME && !text.chars().any(char::is_control)
}
