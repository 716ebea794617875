//! Whose access token this is.

use domain::{KeyRef, Person, Principal, Timestamp};
use serde_json::Value;
use wire::documents::Provenance;

use crate::claim::{Extract, HumanClaim, scalar};
use crate::claims::{Claims, Groups};
use crate::issuers::Issuers;
use crate::jws::Unverified;
use crate::names::is_name;
use crate::settings::IssuerSettings;
use crate::{Invalid, unverified_key_ref};

/// Who holds the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifiedCaller {
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
    pub groups: Groups,
    /// Whether the token has the scope that deciding needs; without it, it only reads.
    pub may_decide: bool,
    /// A name for people to read.
    pub display: String,
}

/// An agent or a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentCaller {
    /// The principal that the issuer's settings make of the claims; with a delegation (`act`), the actor.
    pub principal: Principal,
    /// The key that verified the token.
    pub key: KeyRef,
    /// The human it acts for, as the token proves it; where nothing marks the token as a machine's, whatever its subject is.
    pub on_behalf_of: Option<Person>,
    /// Every human the token proves, the one above included. One of another issuer than the people's is whom the directory
    /// says, or nobody knows who.
    pub humans: Vec<Person>,
    /// Whether the token should name the human behind it, as its issuer's tokens do, and does not.
    pub unnamed_human: bool,
    /// What the token proves about where it comes from, each `verified`.
    pub claims: Vec<Provenance>,
    /// A name for people to read.
    pub display: String,
    /// The token's `exp`.
    pub expires_at: Timestamp,
}

impl VerifiedCaller {
    /// (issuer, subject) of whoever it is.
    #[must_use]
    pub fn identity(&self) -> wire::text::Identity {
        match self {
            Self::Person(caller) => (&caller.person).into(),
            Self::Agent(caller) => (&caller.principal).into(),
        }
    }
}

impl VerifiedCaller {
    /// Whether it is a person whose groups, or some of them, the provider left out of the token.
    #[must_use]
    pub fn leaves_groups_out(&self) -> bool {
        matches!(self, Self::Person(person) if person.groups.left_out)
    }

    /// The person, if it is one.
    #[must_use]
    pub fn person(&self) -> Option<&Person> {
        match self {
            Self::Person(caller) => Some(&caller.person),
            Self::Agent(_) => None,
        }
    }
}

/// Who holds this token, as of a time, given the key. Pure: execution asks it again with the key from the log.
///
/// # Errors
/// [`Invalid`] names the check that failed; the caller learns only [`Invalid::told`].
pub fn caller_with_key(
    token: &str,
    key: &Value,
    issuers: &Issuers,
    at: Timestamp,
) -> Result<VerifiedCaller, Invalid> {
    let key_ref = unverified_key_ref(token)?;
    let issuer = issuers.get(&key_ref.issuer).ok_or(Invalid::Issuer)?;
    let claims = Unverified::read(token)?.verify(key, issuer, &["jwt", "at+jwt"])?;
    if !claims.is_for(issuer)? {
        return Err(Invalid::Audience);
    }
    claims.check_times(at)?;
    if !claims.pass(&issuer.require) {
        return Err(Invalid::Required);
    }
    let client = claims.client(issuer)?;
    match client.filter(|client| is_person(&claims, issuer, client)) {
        Some(client) => person(&claims, issuer, client).map(VerifiedCaller::Person),
        None => agent(&claims, issuer, key_ref, client).map(VerifiedCaller::Agent),
    }
}

/// A person's own token: from the people's issuer, through a person client, marked as a human's, and not delegated.
/// Everything else is an agent's, and agents never decide.
fn is_person(claims: &Claims, issuer: &IssuerSettings, client: &str) -> bool {
    let delegated = claims.get("act").is_some() || claims.get("actor").is_some();
    issuer.people
        && issuer.person_clients.iter().any(|known| known == client)
        && claims.is_a_humans(issuer)
        && !claims.is_a_machines(issuer, Some(client))
        && !delegated
}

fn person(claims: &Claims, issuer: &IssuerSettings, client: &str) -> Result<PersonCaller, Invalid> {
    let subject = claims.person(&issuer.subject.access)?;
    Ok(PersonCaller {
        person: Person { issuer: issuer.issuer.clone(), subject: subject.to_owned() },
        client: client.to_owned(),
        groups: claims.groups(issuer)?,
        may_decide: claims.has_scope(&issuer.decide_scope),
        display: display(claims, subject),
    })
}

fn agent(
    claims: &Claims,
    issuer: &IssuerSettings,
    key: KeyRef,
    client: Option<&str>,
) -> Result<AgentCaller, Invalid> {
    let of = |subject: &str| Person { issuer: issuer.issuer.clone(), subject: subject.to_owned() };
    let actors = actors(claims, issuer)?;
    // What is not surely a machine's own is a human's as well: nobody may agree to what their own token asks for.
    let somebodys = issuer.people && !claims.is_a_machines(issuer, client);
    let subject = claims.person(&issuer.subject.access);
    // Without the claim that is a person's subject here, or without a mark and a client that it was handed to, it is
    // somebody's of whom nobody knows who that is.
    let marked = !actors.is_empty() || claims.is_a_humans(issuer);
    let unclear = somebodys && (subject.is_err() || !marked);
    let human = match somebodys {
        true => Some(of(subject.or_else(|_| claims.subject())?)),
        false => None,
    };
    let (principal, on_behalf_of) = match actors.first() {
        Some(actor) => {
            let subject = human.map_or_else(|| claims.subject().map(of), Ok)?;
            (actor.subject.clone(), Some(subject))
        }
        None => (issuer.principal.fill(claims.all()).ok_or(Invalid::Principal)?, human),
    };
    let (behind, unnamed) = humans(claims, issuer);
    // `act` names by `sub`, which need not be what people's subjects are here.
    let others = actors.get(1..).unwrap_or_default();
    let unclear = unclear || (!others.is_empty() && issuer.people && !issuer.subject.is_sub());
    let mut humans: Vec<Person> = on_behalf_of.iter().cloned().collect();
    humans.extend(others.iter().cloned());
    humans.extend(behind);
    humans.dedup();
    Ok(AgentCaller {
        display: name(claims, issuer, &principal),
        principal: Principal { issuer: issuer.issuer.clone(), subject: principal },
        key,
        on_behalf_of,
        humans,
        unnamed_human: unnamed || unclear,
        claims: facts(claims, issuer)?,
        expires_at: claims.time("exp")?.ok_or(Invalid::Expired)?,
    })
}

/// The humans behind the token, as its issuer's settings find them, and whether a human is missing who must be named,
/// or is named in a way that identifies nobody.
fn humans(claims: &Claims, issuer: &IssuerSettings) -> (Vec<Person>, bool) {
    let (mut named, mut unnamed) = (Vec::new(), false);
    // Nobody wrote that `actor` names people as their subjects do.
    let unsure = issuer.people && !issuer.subject.is_sub() && issuer.humans == [HumanClaim::actor()];
    for human in &issuer.humans {
        let there = human.extract.claim.of(claims.all()).is_some();
        match human.person(claims.all(), &issuer.issuer) {
            Some(person) => named.push(person),
            None => unnamed |= there || !human.optional,
        }
        unnamed |= there && unsure;
    }
    (named, unnamed)
}

/// The chain of `act` claims (RFC 8693), the present actor first. The issuer vouches for its own subjects only.
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

/// A fact that cannot be stored unchanged refuses the token, because a rule that forbids by that fact would not see
/// it.
fn facts(claims: &Claims, issuer: &IssuerSettings) -> Result<Vec<Provenance>, Invalid> {
    let fact = |(name, claim): (&String, &Extract)| {
        if claim.claim.of(claims.all()).is_some_and(|value| scalar(value).is_none()) {
            return Some(Err(Invalid::Fact));
        }
        let value = claim.of(claims.all())?;
        let kept = value.len() <= 512 && !value.chars().any(char::is_control);
        Some(match kept {
            true => Ok(Provenance { name: name.clone(), value, verified: true }),
            false => Err(Invalid::Fact),
        })
    };
    issuer.facts.iter().filter_map(fact).collect()
}

/// The agent's name by the issuer's settings, if the token has it in plain letters; otherwise its subject.
fn name(claims: &Claims, issuer: &IssuerSettings, subject: &str) -> String {
    let mut named = issuer.display.iter().filter_map(|claim| claim.of(claims.all()).and_then(scalar));
    let plain =
        |text: &String| !text.is_empty() && text.len() <= 64 && text.chars().all(|c| c.is_ascii_graphic());
    named.find(plain).unwrap_or_else(|| subject.to_owned())
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
