//! `identity check`: shows the issuers' configuration, and how a token is read with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use domain::Fault;
use identity::{
    AuthError, ClaimTest, HttpKeys, HumanClaim, HumanMark, Invalid, IssuerSettings, Issuers, PersonCheck,
    VerifiedCaller, Verifier, caller_with_key, person_checks, unverified_key_ref,
};
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::console::{Cell, Console, Tone, cell};
use crate::{exit, file};

/// Subcommands of `identity`.
#[derive(Debug, Subcommand)]
pub enum IdentityCommand {
    /// Check the configuration, and try a token with it: whose it is, and why it is no person's.
    Check(Check),
}

/// Arguments of `identity check`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 the configuration is sound (and the token holds), 1 the token is refused, 2 neither could be read\n\n\
                  Example:\n  countersign identity check issuers.json --token token.txt"
)]
pub struct Check {
    /// The issuers: a JSON array as the parameter `Issuers` takes it, or a trust file that has them under `issuers`; `-` for
    /// standard input.
    issuers: PathBuf,
    /// A file with an access token; `-` for standard input.
    #[arg(long)]
    token: Option<PathBuf>,
    /// The issuer's key set in a file, instead of asking the issuer for it.
    #[arg(long, requires = "token")]
    keys: Option<PathBuf>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read.
    #[error("`{0}` cannot be read")]
    File(PathBuf, #[source] std::io::Error),
    /// A file does not have the expected contents.
    #[error("`{0}`: {1}")]
    Content(PathBuf, String),
    /// The issuer cannot be asked for its keys.
    #[error("the issuer's keys cannot be had: {0}; a file with its key set is taken with `--keys`")]
    Keys(Fault),
}

impl IdentityCommand {
    /// Runs the command; the exit code.
    ///
    /// # Errors
    /// [`IdentityError`].
    pub async fn run(self, console: &Console) -> Result<u8, IdentityError> {
        let Self::Check(check) = self;
        check.run(console).await
    }
}

impl Check {
    async fn run(self, console: &Console) -> Result<u8, IdentityError> {
        let issuers = read_issuers(&self.issuers)?;
        let Some(path) = &self.token else {
            match self.json {
                true => {
                    console.document(&json!({ "issuers": issuers.all().map(as_json).collect::<Vec<_>>() }))
                }
                false => issuers.all().for_each(|issuer| show(console, issuer)),
            }
            return Ok(exit::DONE);
        };
        let token = text(path)?;
        console.hide(token.trim());
        let read = self.read(&issuers, token.trim()).await?;
        let checks = person_checks(token.trim(), &issuers);
        match self.json {
            true => console.document(&token_json(&read, &checks)),
            false => show_token(console, &read, &checks),
        }
        Ok(if read.is_ok() { exit::DONE } else { exit::FOUND })
    }

    /// The token as every function reads it.
    async fn read(
        &self,
        issuers: &Issuers,
        token: &str,
    ) -> Result<Result<VerifiedCaller, Invalid>, IdentityError> {
        let now = SystemClock.now();
        let Some(keys) = &self.keys else {
            let fetch = HttpKeys::new().map_err(IdentityError::Keys)?;
            return match Verifier::new(issuers.clone(), Arc::new(fetch)).caller(token, now).await {
                Ok(caller) => Ok(Ok(caller)),
                Err(AuthError::Invalid(invalid)) => Ok(Err(invalid)),
                Err(AuthError::Fault(fault)) => Err(IdentityError::Keys(fault)),
            };
        };
        let set = wire::json::parse_value(text(keys)?.as_bytes());
        let set = set.map_err(|error| IdentityError::Content(keys.clone(), error.to_string()))?;
        let all = set.get("keys").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let read = unverified_key_ref(token).and_then(|wanted| {
            let named = |key: &&Value| key.get("kid").and_then(Value::as_str) == Some(wanted.kid.as_str());
            let key = all.iter().find(named).ok_or(Invalid::Key)?;
            caller_with_key(token, key, issuers, now)
        });
        Ok(read)
    }
}

fn text(path: &Path) -> Result<String, IdentityError> {
    let bytes = file::read(path).map_err(|error| IdentityError::File(path.to_owned(), error))?;
    String::from_utf8(bytes)
        .map_err(|_| IdentityError::Content(path.to_owned(), "it is no UTF-8 text".to_owned()))
}

fn read_issuers(path: &Path) -> Result<Issuers, IdentityError> {
    let wrong = |why: String| IdentityError::Content(path.to_owned(), why);
    let written =
        wire::json::parse_value(text(path)?.as_bytes()).map_err(|error| wrong(error.to_string()))?;
    let entries = written.get("issuers").unwrap_or(&written);
    Issuers::parse(&entries.to_string()).map_err(|error| wrong(error.to_string()))
}

/// An issuer's settings with its preset filled in.
fn settings(issuer: &IssuerSettings) -> Vec<(&'static str, String)> {
    let of_people = match issuer.people {
        true => issuer.person_clients.join(", "),
        false => "none".to_owned(),
    };
    let human = match &issuer.human {
        HumanMark::Never => "never".to_owned(),
        HumanMark::All(all) => tests(all),
    };
    let human_claim = |human: &HumanClaim| {
        format!("{}{}", human.extract.claim.name(), if human.optional { ", if it is there" } else { "" })
    };
    let humans: Vec<String> = issuer.humans.iter().map(human_claim).collect();
    let facts: Vec<String> =
        issuer.facts.iter().map(|(fact, from)| format!("{fact} from {}", from.claim.name())).collect();
    let scopes = issuer
        .scopes
        .as_ref()
        .map_or_else(|| "openid, and what the provider has".to_owned(), |all| all.join(" "));
    vec![
        ("discovery", issuer.metadata.clone()),
        ("audience", issuer.audience.clone()),
        ("other audiences of ID tokens", listed(&issuer.trusted_audiences)),
        ("client", issuer.client_claim.as_ref().map_or("azp, client_id", |claim| claim.name()).to_owned()),
        ("required of every token", tests(&issuer.require)),
        ("a machine's own by", tests(&issuer.machine)),
        ("an agent's subject", issuer.principal.as_str().to_owned()),
        ("seconds of a new sign-in", issuer.sign_in_seconds.to_string()),
        ("algorithms", issuer.algorithms.join(", ")),
        ("people through", of_people),
        ("scopes asked for", scopes),
        (
            "a person's subject",
            format!("{} (ID token: {})", issuer.subject.access.name(), issuer.subject.id.name()),
        ),
        ("a human's own by", human),
        ("groups", issuer.groups_claim.name().to_owned()),
        ("humans behind by", listed(&humans)),
        ("facts", facts.join(", ")),
        ("deciding needs", issuer.decide_scope.clone()),
    ]
}

fn listed(texts: &[String]) -> String {
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

fn tests(tests: &[ClaimTest]) -> String {
    listed(&tests.iter().map(ToString::to_string).collect::<Vec<_>>())
}

fn as_json(issuer: &IssuerSettings) -> Value {
    let fields =
        settings(issuer).into_iter().map(|(name, value)| (name.replace([' ', '\''], "_"), json!(value)));
    let mut all: serde_json::Map<String, Value> = fields.collect();
    all.insert("issuer".to_owned(), json!(issuer.issuer));
    Value::Object(all)
}

fn show(console: &Console, issuer: &IssuerSettings) {
    console.line(issuer.issuer.as_str());
    let rows: Vec<Vec<Cell>> = settings(issuer)
        .into_iter()
        .map(|(name, value)| vec![cell(format!("  {name}")), cell(value)])
        .collect();
    console.table(&[], &rows);
}

/// How the token is read, as text.
fn read_as(caller: &VerifiedCaller) -> Vec<(&'static str, String)> {
    match caller {
        VerifiedCaller::Person(person) => vec![
            ("whose", "a person's own".to_owned()),
            ("person", person.person.to_string()),
            ("client", person.client.clone()),
            ("groups", person.groups.names.join(", ")),
            ("groups left out", person.groups.left_out.to_string()),
            ("may decide", person.may_decide.to_string()),
        ],
        VerifiedCaller::Agent(agent) => {
            let humans: Vec<String> = agent.humans.iter().map(ToString::to_string).collect();
            let facts: Vec<String> =
                agent.claims.iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect();
            vec![
                ("whose", "an agent's".to_owned()),
                ("agent", agent.principal.to_string()),
                ("humans behind", humans.join(", ")),
                ("a human it does not name", agent.unnamed_human.to_string()),
                ("facts", facts.join(", ")),
            ]
        }
    }
}

fn token_json(read: &Result<VerifiedCaller, Invalid>, checks: &Result<Vec<PersonCheck>, Invalid>) -> Value {
    let unchecked = checks.as_ref().err().map(ToString::to_string);
    let checks: Vec<Value> =
        checks.iter().flatten().map(|check| json!({ "what": check.what, "holds": check.holds })).collect();
    match read {
        Ok(caller) => {
            let fields =
                read_as(caller).into_iter().map(|(name, value)| (name.replace(' ', "_"), json!(value)));
            json!({ "result": "holds", "read": fields.collect::<serde_json::Map<_, _>>(), "person": checks, "person_unchecked": unchecked })
        }
        Err(why) => {
            json!({ "result": "refused", "check": why.code(), "why": why.to_string(), "advice": why.advice(), "person": checks, "person_unchecked": unchecked })
        }
    }
}

fn show_token(
    console: &Console,
    read: &Result<VerifiedCaller, Invalid>,
    checks: &Result<Vec<PersonCheck>, Invalid>,
) {
    match read {
        Ok(caller) => {
            let rows: Vec<Vec<Cell>> =
                read_as(caller).into_iter().map(|(name, value)| vec![cell(name), cell(value)]).collect();
            console.table(&[], &rows);
        }
        Err(why) => {
            console.line(format!("refused: {why} ({})", why.code()));
            why.advice().into_iter().for_each(|advice| console.line(advice));
        }
    }
    console.line("");
    let checks = match checks {
        Ok(checks) => checks,
        Err(why) => {
            return console.line(format!("what makes it a person's own cannot be checked: {why}"));
        }
    };
    let row = |check: &PersonCheck| {
        let (text, tone) = if check.holds { ("yes", Tone::Good) } else { ("no", Tone::Bad) };
        vec![Cell { text: text.to_owned(), tone }, cell(check.what.clone())]
    };
    let rows: Vec<Vec<Cell>> = checks.iter().map(row).collect();
    console.table(&["holds", "what makes it a person's own, and lets it decide"], &rows);
}
