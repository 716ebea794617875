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
    /// An address that is neither https nor on this machine.
    #[error("`{0}` must be an https address (http only for 127.0.0.1)")]
    Address(String),
}

/// What may be allowed at all: public keys only, so that no key set can ever serve as a shared secret.
pub(crate) const ALGORITHMS: [&str; 9] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

const FIELDS: [&str; 8] = [
    "issuer",
    "metadata",
    "audience",
    "algorithms",
    "people",
    "person_clients",
    "groups_claim",
    "client_claim",
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
    let empty = issuer.issuer.is_empty() || issuer.audience.is_empty() || issuer.algorithms.is_empty();
    let nobody = issuer.people && issuer.person_clients.is_empty();
    if empty || nobody || issuer.groups_claim.is_empty() {
        return Err(IssuersError::Shape(format!("`{}` leaves something empty", issuer.issuer)));
    }
    Ok(())
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
    })
}

fn missing(name: &str) -> IssuersError {
    IssuersError::Shape(format!("`{name}` is missing or of another type"))
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
