//! Whose tokens count, and how they must look.

use serde_json::{Map, Value};

/// One issuer, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// Exactly the `iss` of its tokens.
    pub issuer: String,
    /// The address of its discovery document; need not be below the issuer.
    pub metadata: String,
    /// The `aud` of access tokens for us.
    pub audience: String,
    /// The algorithms its tokens may carry, e.g. `ES256`.
    pub algorithms: Vec<String>,
    /// Whether it is the one issuer that people come from.
    pub people: bool,
    /// The clients through which people decide.
    pub person_clients: Vec<String>,
    /// The claim that names groups.
    pub groups_claim: String,
    /// The claim that names the client; `azp` and `client_id` when not set.
    pub client_claim: Option<String>,
    /// Where a requirement demands a new sign-in: the most seconds between it and the ID token that proves a decision, by
    /// the provider's own `auth_time` and `iat`. More than the usual minute only where a second factor takes so long.
    pub sign_in_seconds: u32,
    /// The scope an access token must have for a person to decide with it. Reading needs none.
    pub decide_scope: String,
}

impl IssuerSettings {
    /// [`IssuerSettings::sign_in_seconds`] where it is not set.
    pub const SIGN_IN_SECONDS: u32 = 60;
    /// [`IssuerSettings::decide_scope`] where it is not set.
    pub const DECIDE_SCOPE: &'static str = "countersign:decide";
}

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
    /// An address that is neither https nor on this machine.
    #[error("`{0}` must be an https address (http only for 127.0.0.1)")]
    Address(String),
}

/// What may be allowed at all: public keys only, so that no key set can ever serve as a shared secret.
pub(crate) const ALGORITHMS: [&str; 9] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

/// How long after a sign-in a token may be issued that counts as its own, in seconds.
const SIGN_IN: std::ops::RangeInclusive<u32> = 1..=600;

const FIELDS: [&str; 10] = [
    "issuer",
    "metadata",
    "audience",
    "algorithms",
    "people",
    "person_clients",
    "groups_claim",
    "client_claim",
    "sign_in_seconds",
    "decide_scope",
];

impl Issuers {
    /// Reads a JSON array of issuers, strictly.
    ///
    /// # Errors
    /// [`IssuersError`].
    pub fn parse(json: &str) -> Result<Self, IssuersError> {
        let shape = |error: String| IssuersError::Shape(error);
        let value = wire::json::parse_value(json.as_bytes()).map_err(|e| shape(e.to_string()))?;
        let Value::Array(entries) = value else { return Err(shape("an array is expected".to_owned())) };
        let all = entries.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        Self::of(all)
    }

    /// These issuers, checked.
    ///
    /// # Errors
    /// [`IssuersError`].
    pub fn of(all: Vec<IssuerSettings>) -> Result<Self, IssuersError> {
        for (place, issuer) in all.iter().enumerate() {
            check(issuer)?;
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

fn check(issuer: &IssuerSettings) -> Result<(), IssuersError> {
    if let Some(name) = issuer.algorithms.iter().find(|name| !ALGORITHMS.contains(&name.as_str())) {
        return Err(IssuersError::Algorithm(name.clone()));
    }
    if !is_reachable_safely(&issuer.metadata) {
        return Err(IssuersError::Address(issuer.metadata.clone()));
    }
    if !SIGN_IN.contains(&issuer.sign_in_seconds) {
        return Err(IssuersError::SignIn(issuer.sign_in_seconds.into()));
    }
    if !is_scope(&issuer.decide_scope) {
        return Err(IssuersError::Scope(issuer.decide_scope.clone()));
    }
    let empty = issuer.issuer.is_empty() || issuer.audience.is_empty() || issuer.algorithms.is_empty();
    let nobody = issuer.people && issuer.person_clients.is_empty();
    if empty || nobody || issuer.groups_claim.is_empty() {
        return Err(IssuersError::Shape(format!("`{}` leaves something empty", issuer.issuer)));
    }
    Ok(())
}

/// One scope as RFC 6749 writes it.
fn is_scope(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

/// https, or plain http to this very machine (the local stack).
pub(crate) fn is_reachable_safely(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else { return false };
    let plain = url.username().is_empty() && url.password().is_none();
    let local = url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
    plain && (url.scheme() == "https" || local)
}

fn read(value: &Value) -> Result<IssuerSettings, IssuersError> {
    let Value::Object(fields) = value else {
        return Err(IssuersError::Shape("an issuer must be an object".to_owned()));
    };
    if let Some(unknown) = fields.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(IssuersError::Shape(format!("`{unknown}` is not a known field")));
    }
    Ok(IssuerSettings {
        issuer: text(fields, "issuer")?,
        metadata: text(fields, "metadata")?,
        audience: text(fields, "audience")?,
        algorithms: texts(fields, "algorithms")?,
        people: fields.get("people").and_then(Value::as_bool).ok_or_else(|| missing("people"))?,
        person_clients: texts(fields, "person_clients")?,
        groups_claim: text(fields, "groups_claim")?,
        client_claim: match fields.get("client_claim") {
            None | Some(Value::Null) => None,
            Some(_) => Some(text(fields, "client_claim")?),
        },
        sign_in_seconds: match fields.get("sign_in_seconds") {
            None | Some(Value::Null) => IssuerSettings::SIGN_IN_SECONDS,
            Some(value) => seconds(value)?,
        },
        decide_scope: match fields.get("decide_scope") {
            None | Some(Value::Null) => IssuerSettings::DECIDE_SCOPE.to_owned(),
            Some(_) => text(fields, "decide_scope")?,
        },
    })
}

fn missing(name: &str) -> IssuersError {
    IssuersError::Shape(format!("`{name}` is missing or of another type"))
}

fn seconds(value: &Value) -> Result<u32, IssuersError> {
    let seconds = value.as_u64().ok_or_else(|| missing("sign_in_seconds"))?;
    u32::try_from(seconds).map_err(|_| IssuersError::SignIn(seconds))
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<String, IssuersError> {
    let value = fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    value.map(str::to_owned).ok_or_else(|| missing(name))
}

fn texts(fields: &Map<String, Value>, name: &str) -> Result<Vec<String>, IssuersError> {
    let values = match fields.get(name) {
        Some(Value::Array(values)) => values,
        None => return Ok(Vec::new()),
        Some(_) => return Err(missing(name)),
    };
    values.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(|| missing(name))).collect()
}
