//! One issuer's profile: how its tokens are read. A preset fills in what the configuration leaves out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::allowed::{ALGORITHMS, is_reachable_safely};
use crate::claim::{ClaimPath, ClaimTest, Extract, HumanClaim};
use crate::issuers_error::IssuersError;
use crate::template::NameTemplate;

/// The values that each preset fills in, in the form in which an administrator would write them.
const PRESETS: &str = include_str!("presets.json");

/// How long after a sign-in a token may be issued that counts as its own, in seconds.
const SIGN_IN: std::ops::RangeInclusive<u32> = 1..=600;

/// One issuer, as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerSettings {
    /// Exactly the `iss` of its tokens.
    pub issuer: String,
    /// The address of its discovery document; need not be below the issuer.
    pub metadata: String,
    /// The audience of access tokens for this API.
    pub audience: String,
    /// Where a token says so.
    pub audience_by: AudienceBy,
    /// The algorithms its tokens may carry, e.g. `ES256`.
    pub algorithms: Vec<String>,
    /// Whether it is the one issuer that people come from.
    pub people: bool,
    /// The clients through which people decide.
    pub person_clients: Vec<String>,
    /// The claim that names the client; `azp` and `client_id` when not set.
    pub client_claim: Option<ClaimPath>,
    /// The scopes that the pages ask for; when not set `openid`, and the groups claim's name if the provider has such a scope.
    pub scopes: Option<Vec<String>>,
    /// The audiences that an ID token may have besides the pages' client.
    pub trusted_audiences: Vec<String>,
    /// Which claim is a person's subject.
    pub subject: SubjectClaims,
    /// Which access tokens are a human's own.
    pub human: HumanMark,
    /// What marks a machine's own token; if empty, a token is a machine's only if its subject is its client.
    pub machine: Vec<ClaimTest>,
    /// Tests that every token of this issuer must pass.
    pub require: Vec<ClaimTest>,
    /// The claim that names groups.
    pub groups_claim: ClaimPath,
    /// The claims that name the human behind a machine's token.
    pub humans: Vec<HumanClaim>,
    /// An agent's subject.
    pub principal: NameTemplate,
    /// The claims an agent's name is taken from, in this order; else it is the subject.
    pub display: Vec<ClaimPath>,
    /// The facts a token proves, by the names in [`domain::FACTS`].
    pub facts: BTreeMap<String, Extract>,
    /// Where a requirement demands a new sign-in: the most seconds between it and the ID token that proves a decision, by
    /// the provider's own `auth_time` and `iat`. More than the usual minute only where a second factor takes so long.
    pub sign_in_seconds: u32,
    /// The scope an access token must have for a person to decide with it. Reading needs none.
    pub decide_scope: String,
}

/// Where an access token says for whom it was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AudienceBy {
    /// In `aud`.
    #[default]
    Aud,
    /// In its scopes: one of them begins with the audience and a slash.
    Scope,
}

/// The claim that is a person's subject, in each kind of token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectClaims {
    /// In access tokens.
    pub access: ClaimPath,
    /// In ID tokens.
    pub id: ClaimPath,
}

impl SubjectClaims {
    /// Whether people's subjects are what access tokens call `sub`, as other claims do that name somebody.
    #[must_use]
    pub fn is_sub(&self) -> bool {
        self.access == ClaimPath::top("sub")
    }
}

/// What marks an access token as a human's own. The absence of a claim never marks anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HumanMark {
    /// All of these, and at least one.
    All(Vec<ClaimTest>),
    /// Nothing: this provider's access tokens never say so, and nobody decides with one.
    Never,
}

impl<'de> Deserialize<'de> for HumanMark {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("`human` is a list of at least one test, or \"never\"");
        match Value::deserialize(deserializer)? {
            Value::String(text) if text == "never" => Ok(Self::Never),
            Value::Array(tests) if !tests.is_empty() => {
                let tests = tests.into_iter().map(ClaimTest::deserialize).collect::<Result<_, _>>();
                tests.map(Self::All).map_err(serde::de::Error::custom)
            }
            _ => Err(wrong()),
        }
    }
}

/// An entry with its preset filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    issuer: String,
    metadata: Option<String>,
    audience: String,
    #[serde(default)]
    audience_by: AudienceBy,
    algorithms: Vec<String>,
    people: bool,
    #[serde(default)]
    person_clients: Vec<String>,
    client_claim: Option<ClaimPath>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    trusted_audiences: Vec<String>,
    subject: Option<SubjectClaims>,
    human: Option<HumanMark>,
    #[serde(default)]
    machine: Vec<ClaimTest>,
    #[serde(default)]
    require: Vec<ClaimTest>,
    groups_claim: Option<ClaimPath>,
    humans: Option<Vec<HumanClaim>>,
    principal: Option<NameTemplate>,
    #[serde(default)]
    display: Vec<ClaimPath>,
    facts: Option<BTreeMap<String, Extract>>,
    sign_in_seconds: Option<u64>,
    decide_scope: Option<String>,
}

impl IssuerSettings {
    /// [`IssuerSettings::sign_in_seconds`] where it is not set.
    pub const SIGN_IN_SECONDS: u32 = 60;
    /// [`IssuerSettings::decide_scope`] where it is not set.
    pub const DECIDE_SCOPE: &'static str = "countersign:decide";

    /// The settings of an issuer of people and agents that follows OpenID Connect and RFC 9068 in everything.
    #[must_use]
    pub fn plain(issuer: &str, audience: &str) -> Self {
        let fact = |(name, claim): (&str, &str)| (name.to_owned(), Extract::all(claim));
        Self {
            issuer: issuer.to_owned(),
            metadata: format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')),
            audience: audience.to_owned(),
            audience_by: AudienceBy::Aud,
            algorithms: vec!["RS256".to_owned()],
            people: true,
            person_clients: Vec::new(),
            client_claim: None,
            scopes: None,
            trusted_audiences: Vec::new(),
            subject: SubjectClaims { access: ClaimPath::top("sub"), id: ClaimPath::top("sub") },
            human: HumanMark::All(vec![ClaimTest::there("auth_time")]),
            machine: Vec::new(),
            require: Vec::new(),
            groups_claim: ClaimPath::top("groups"),
            humans: vec![HumanClaim::actor()],
            principal: NameTemplate::subject(),
            display: Vec::new(),
            facts: PLAIN_FACTS.map(fact).into(),
            sign_in_seconds: Self::SIGN_IN_SECONDS,
            decide_scope: Self::DECIDE_SCOPE.to_owned(),
        }
    }

    /// Reads one entry of the configuration.
    pub(crate) fn read(value: &Value) -> Result<Self, IssuersError> {
        let Value::Object(written) = value else {
            return Err(IssuersError::Shape("an issuer must be an object".to_owned()));
        };
        let fields = with_preset(written)?;
        let entry: Entry = wire::json::from_value(Value::Object(fields))
            .map_err(|error| IssuersError::Shape(error.to_string()))?;
        let named = entry.humans.is_some() || entry.people;
        if !named {
            return Err(IssuersError::Humans(entry.issuer));
        }
        let plain = Self::plain(&entry.issuer, &entry.audience);
        Ok(Self {
            metadata: entry.metadata.unwrap_or(plain.metadata),
            audience_by: entry.audience_by,
            algorithms: entry.algorithms,
            people: entry.people,
            person_clients: entry.person_clients,
            client_claim: entry.client_claim,
            scopes: entry.scopes,
            trusted_audiences: entry.trusted_audiences,
            subject: entry.subject.unwrap_or(plain.subject),
            human: entry.human.unwrap_or(plain.human),
            machine: entry.machine,
            require: entry.require,
            groups_claim: entry.groups_claim.unwrap_or(plain.groups_claim),
            humans: entry.humans.unwrap_or(plain.humans),
            principal: entry.principal.unwrap_or(plain.principal),
            display: entry.display,
            facts: entry.facts.unwrap_or(plain.facts),
            sign_in_seconds: match entry.sign_in_seconds {
                None => plain.sign_in_seconds,
                Some(seconds) => u32::try_from(seconds).map_err(|_| IssuersError::SignIn(seconds))?,
            },
            decide_scope: entry.decide_scope.unwrap_or(plain.decide_scope),
            ..plain
        })
    }

    /// What no issuer may be configured to be.
    pub(crate) fn check(&self) -> Result<(), IssuersError> {
        if let Some(name) = self.algorithms.iter().find(|name| !ALGORITHMS.contains(&name.as_str())) {
            return Err(IssuersError::Algorithm(name.clone()));
        }
        if !is_reachable_safely(&self.metadata) {
            return Err(IssuersError::Address(self.metadata.clone()));
        }
        if !SIGN_IN.contains(&self.sign_in_seconds) {
            return Err(IssuersError::SignIn(self.sign_in_seconds.into()));
        }
        let scopes = self.scopes.iter().flatten().chain([&self.decide_scope]);
        if let Some(wrong) = scopes.into_iter().find(|scope| !is_scope(scope)) {
            return Err(IssuersError::Scope(wrong.clone()));
        }
        if let Some(unknown) = self.facts.keys().find(|name| !domain::FACTS.contains(&name.as_str())) {
            return Err(IssuersError::Fact(unknown.clone(), domain::FACTS.join(", ")));
        }
        let openid = self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|scope| scope == "openid"));
        if !openid {
            return Err(IssuersError::Shape(format!("`{}`: `scopes` lack `openid`", self.issuer)));
        }
        let texts = [&self.issuer, &self.audience];
        let lists = self.person_clients.iter().chain(&self.trusted_audiences).chain(&self.algorithms);
        let empty = texts.into_iter().chain(lists).any(String::is_empty) || self.algorithms.is_empty();
        let nobody = self.people && self.person_clients.is_empty();
        if empty || nobody {
            return Err(IssuersError::Shape(format!("`{}` leaves something empty", self.issuer)));
        }
        Ok(())
    }
}

/// The facts of an issuer without a preset.
const PLAIN_FACTS: [(&str, &str); 13] = [
    ("commit", "sha"),
    ("environment", "environment"),
    ("event", "event_name"),
    ("owner", "repository_owner"),
    ("owner_id", "repository_owner_id"),
    ("ref", "ref"),
    ("ref_protected", "ref_protected"),
    ("ref_type", "ref_type"),
    ("repository", "repository"),
    ("repository_id", "repository_id"),
    ("run", "run_id"),
    ("workflow", "workflow"),
    ("workflow_ref", "workflow_ref"),
];

/// The preset's fields with those that are written over them; null is as if it were not written.
fn with_preset(written: &Map<String, Value>) -> Result<Map<String, Value>, IssuersError> {
    let mut fields = match written.get("preset") {
        None | Some(Value::Null) => Map::new(),
        Some(name) => preset(name)?,
    };
    let written = written.iter().filter(|(name, value)| *name != "preset" && !value.is_null());
    fields.extend(written.map(|(name, value)| (name.clone(), value.clone())));
    fields.entry("people").or_insert(Value::Bool(false));
    Ok(fields)
}

fn preset(name: &Value) -> Result<Map<String, Value>, IssuersError> {
    let presets = wire::json::parse_value(PRESETS.as_bytes());
    let presets = presets.map_err(|error| IssuersError::Shape(format!("presets: {error}")))?;
    let found = name.as_str().and_then(|name| presets.get(name)).and_then(Value::as_object).cloned();
    found.ok_or_else(|| {
        let all: Vec<&str> =
            presets.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
        IssuersError::Preset(name.as_str().unwrap_or_default().to_owned(), all.join(", "))
    })
}

/// One scope as RFC 6749 writes it.
fn is_scope(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}
