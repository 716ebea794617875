//! Whose access token this is.

use domain::{KeyRef, Person, Principal, Timestamp};
use serde_json::Value;
use wire::documents::Provenance;

use crate::claims::{Claims, is_name};
use crate::issuers::{IssuerSettings, Issuers};
use crate::jws::Unverified;
use crate::{Invalid, unverified_key_ref};

/// Who holds the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person, through one of the person clients.
    Person(PersonCaller),
    /// Everybody else.
    Agent(AgentCaller),
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonCaller {
    /// Who.
    pub person: Person,
    /// The client they came through.
    pub client: String,
    /// The groups their token names.
    pub groups: Vec<String>,
    /// Whether the token has the scope that deciding needs; without it, it only reads.
    pub may_decide: bool,
    /// A name for people to read.
    pub display: String,
}

/// An agent or a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentCaller {
    /// Who: `sub`, or with a delegation (`act`) the actor.
    pub principal: Principal,
    /// The key that verified the token.
    pub key: KeyRef,
    /// The human it acts for, as the token proves it.
    pub on_behalf_of: Option<Person>,
    /// Every human the token proves, the one above included. One whose issuer is not the people's cannot be mapped.
    pub humans: Vec<Person>,
    /// What the token proves about where it comes from, each `verified`.
    pub claims: Vec<Provenance>,
    /// A name for people to read.
    pub display: String,
    /// The token's `exp`.
    pub expires_at: Timestamp,
}

impl Caller {
    /// (issuer, subject) of whoever it is.
    #[must_use]
    pub fn identity(&self) -> wire::text::Identity {
        match self {
            Self::Person(caller) => (&caller.person).into(),
            Self::Agent(caller) => (&caller.principal).into(),
        }
    }
}

impl Caller {
    /// The person, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(caller) => Some(&caller.person),
            Self::Agent(_) => None,
        }
    }
}

impl AgentCaller {
    /// The humans behind the token who are not of the people's issuer: nobody knows which person that is.
    pub fn unmapped_humans<'a>(&'a self, issuers: &'a Issuers) -> impl Iterator<Item = &'a Person> {
        self.humans.iter().filter(|human| human.issuer != issuers.people().issuer)
    }
}

/// The claims of a token that become provenance, and the names people know them by.
const FACTS: [(&str, &str); 6] = [
    ("repository", "repository"),
    ("ref", "ref"),
    ("sha", "commit"),
    ("workflow", "workflow"),
    ("run_id", "run"),
    ("environment", "environment"),
];

/// Who holds this token, as of a time, given the key. Pure: execution asks it again with the key from the log.
///
/// # Errors
/// [`Invalid`] names the check that failed; never tell it to the caller.
pub fn caller_with_key(
    token: &str,
    key: &Value,
    issuers: &Issuers,
    at: Timestamp,
) -> Result<Caller, Invalid> {
    let key_ref = unverified_key_ref(token)?;
    let issuer = issuers.get(&key_ref.issuer).ok_or(Invalid::Issuer)?;
    let claims = Unverified::read(token)?.verify(key, issuer, &["jwt", "at+jwt"])?;
    if !claims.audiences()?.contains(&issuer.audience.as_str()) {
        return Err(Invalid::Audience);
    }
    claims.check_times(at)?;
    let (subject, client) = (claims.subject()?, claims.client(issuer)?);
    let person = client.filter(|client| is_person(&claims, issuer, subject, client));
    match person {
        Some(client) => Ok(Caller::Person(PersonCaller {
            person: Person { issuer: issuer.issuer.clone(), subject: subject.to_owned() },
            client: client.to_owned(),
            groups: claims.groups(issuer)?,
            may_decide: claims.has_scope(&issuer.decide_scope),
            display: display(&claims, subject),
        })),
        None => agent(&claims, issuer, key_ref, client).map(Caller::Agent),
    }
}

/// A person's own token: of the people's issuer, through a person client, for a human (not the client itself), and
/// handed on to nobody. Everything else is an agent's, and agents never decide.
fn is_person(claims: &Claims, issuer: &IssuerSettings, subject: &str, client: &str) -> bool {
    let delegated = claims.get("act").is_some() || claims.get("actor").is_some();
    issuer.people
        && issuer.person_clients.iter().any(|known| known == client)
        && subject != client
        && !delegated
}

fn agent(
    claims: &Claims,
    issuer: &IssuerSettings,
    key: KeyRef,
    client: Option<&str>,
) -> Result<AgentCaller, Invalid> {
    let subject = claims.subject()?;
    let of = |subject: &str| Person { issuer: issuer.issuer.clone(), subject: subject.to_owned() };
    let actors = actors(claims, issuer)?;
    let (principal, on_behalf_of) = match actors.first() {
        Some(actor) => (actor.clone(), Some(of(subject))),
        None if issuer.people && client != Some(subject) => (of(subject), Some(of(subject))),
        None => (of(subject), None),
    };
    let mut humans: Vec<Person> = on_behalf_of.iter().cloned().collect();
    humans.extend(actors.iter().skip(1).cloned());
    humans.extend(named_actor(claims)?.map(of));
    humans.dedup();
    let Person { issuer: principal_issuer, subject: name } = principal;
    Ok(AgentCaller {
        display: name.clone(),
        principal: Principal { issuer: principal_issuer, subject: name },
        key,
        on_behalf_of,
        humans,
        claims: facts(claims),
        expires_at: claims.time("exp")?.ok_or(Invalid::Expired)?,
    })
}

/// The chain of `act` claims (RFC 8693), the present actor first. The issuer speaks for its own subjects only.
fn actors(claims: &Claims, issuer: &IssuerSettings) -> Result<Vec<Person>, Invalid> {
    let mut actors: Vec<Person> = Vec::new();
    let mut next = claims.get("act");
    while let Some(act) = next {
        let fields = act.as_object().ok_or(Invalid::Actor)?;
        let text = |name: &str| match fields.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_str().filter(|text| is_name(text)).map(Some).ok_or(Invalid::Actor),
        };
        let subject = text("sub")?.ok_or(Invalid::Actor)?;
        let named = text("iss")?.unwrap_or(&issuer.issuer);
        if actors.is_empty() && named != issuer.issuer {
            return Err(Invalid::Actor);
        }
        actors.push(Person { issuer: named.to_owned(), subject: subject.to_owned() });
        next = fields.get("act").filter(|act| !act.is_null());
    }
    Ok(actors)
}

/// `actor`, as some pipelines name the human who set them going.
fn named_actor(claims: &Claims) -> Result<Option<&str>, Invalid> {
    match claims.get("actor") {
        None => Ok(None),
        Some(Value::String(actor)) if is_name(actor) => Ok(Some(actor)),
        Some(Value::Object(fields)) => fields
            .get("sub")
            .and_then(Value::as_str)
            .filter(|text| is_name(text))
            .map(Some)
            .ok_or(Invalid::Actor),
        Some(_) => Err(Invalid::Actor),
    }
}

fn facts(claims: &Claims) -> Vec<Provenance> {
    let value = |claim: &str| match claims.get(claim)? {
        Value::String(text) if text.len() <= 512 && !text.chars().any(char::is_control) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let fact = |(claim, name): &(&str, &str)| {
        value(claim).map(|value| Provenance { name: (*name).to_owned(), value, verified: true })
    };
    FACTS.iter().filter_map(fact).collect()
}

/// `name`, else `preferred_username`, else the subject; a name that is too long or hides something is passed over.
fn display(claims: &Claims, subject: &str) -> String {
    let plain = |text: &&str| {
        let letters = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_' | '\'' | '@' | '’');
        text.chars().count() <= 64 && !text.trim().is_empty() && text.chars().all(letters)
    };
    let named = ["name", "preferred_username"].into_iter().filter_map(|claim| claims.text(claim)).find(plain);
    named.unwrap_or(subject).to_owned()
}
