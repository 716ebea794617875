//! Which issuers are trusted, and what their tokens must contain.

use serde_json::Value;

use crate::settings::IssuerSettings;

/// All issuers; exactly one of them is the people's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuers {
    all: Vec<IssuerSettings>,
    people: IssuerSettings,
}

/// Why the configuration of issuers is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuersError {
    /// Not a JSON array of objects with known fields.
    #[error("the issuers are not the expected JSON: {0}")]
    Shape(String),
    /// Not exactly one issuer of people.
    #[error("exactly one issuer must be the people's, not {0}")]
    People(usize),
    /// Two entries for one issuer.
    #[error("`{0}` appears twice")]
    Twice(String),
    /// An algorithm that is never accepted.
    #[error("`{0}` is not an algorithm that can be allowed")]
    Algorithm(String),
    /// A new sign-in that would count for no time at all, or for too long.
    #[error("`sign_in_seconds` must be from 1 to 600, not {0}")]
    SignIn(u64),
    /// No scope as tokens carry one.
    #[error("`{0}` is no scope: visible ASCII without spaces, quotes and backslashes")]
    Scope(String),
    /// A preset that does not exist.
    #[error("`{0}` is no preset; there are: {1}")]
    Preset(String, String),
    /// A fact that rules and pages do not know.
    #[error("`{0}` is no fact; there are: {1}")]
    Fact(String, String),
    /// The configuration does not say how to find the human behind this issuer's tokens.
    #[error(
        "`{0}`: say in `humans` which claims name the human behind a token (`[]`: there is never one), or name a preset"
    )]
    Humans(String),
    /// An address that is neither https nor on this machine.
    #[error("`{0}` must be an https address (http only for 127.0.0.1)")]
    Address(String),
}

/// The algorithms that may be configured: public keys only, so that no key set can ever serve as a shared secret.
pub(crate) const ALGORITHMS: [&str; 9] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

impl Issuers {
    /// Reads a JSON array of issuers, strictly.
    ///
    /// # Errors
    /// [`IssuersError`].
    pub fn parse(json: &str) -> Result<Self, IssuersError> {
        let shape = |error: String| IssuersError::Shape(error);
        let value = wire::json::parse_value(json.as_bytes()).map_err(|e| shape(e.to_string()))?;
        let Value::Array(entries) = value else { return Err(shape("an array is expected".to_owned())) };
        let all = entries.iter().map(IssuerSettings::read).collect::<Result<Vec<_>, _>>()?;
        Self::of(all)
    }

    /// These issuers, checked.
    ///
    /// # Errors
    /// [`IssuersError`].
    pub fn of(all: Vec<IssuerSettings>) -> Result<Self, IssuersError> {
        for (place, issuer) in all.iter().enumerate() {
            issuer.check()?;
            if all.iter().take(place).any(|other| other.issuer == issuer.issuer) {
                return Err(IssuersError::Twice(issuer.issuer.clone()));
            }
        }
        let mut people = all.iter().filter(|issuer| issuer.people);
        match (people.next().cloned(), people.count()) {
            (Some(people), 0) => Ok(Self { all, people }),
            (None, _) => Err(IssuersError::People(0)),
            (Some(_), more) => Err(IssuersError::People(more.saturating_add(1))),
        }
    }

    /// The issuer with exactly this name.
    #[must_use]
    pub fn get(&self, issuer: &str) -> Option<&IssuerSettings> {
        self.all.iter().find(|settings| settings.issuer == issuer)
    }

    /// The one issuer people come from.
    #[must_use]
    pub fn people(&self) -> &IssuerSettings {
        &self.people
    }

    /// Every issuer.
    pub fn all(&self) -> impl Iterator<Item = &IssuerSettings> {
        self.all.iter()
    }
}

/// https, or plain http to this very machine (the local stack).
pub(crate) fn is_reachable_safely(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else { return false };
    let plain = url.username().is_empty() && url.password().is_none();
    let local = url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
    plain && (url.scheme() == "https" || local)
}
