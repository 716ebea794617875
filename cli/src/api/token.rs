//! The bearer token: where it comes from, and how another is got once it counts no longer.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use clap::Args;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::http::{Http, Trouble};
use super::issuer::Issuer;
use super::{Address, ApiError};
use crate::console::Console;
use crate::saved_login::{Refresh, SavedLogin};

/// The longest token that the API accepts.
const LONGEST: usize = 16 * 1024;
/// A shell's own codes for a command that cannot be run.
const NOT_RUN: [i32; 2] = [126, 127];

/// Where the token comes from. The command line contains only places, because other users can read it.
#[derive(Debug, Clone, Args)]
pub(crate) struct Source {
    /// A file that holds the bearer token (or set COUNTERSIGN_TOKEN); read again once the token is no longer accepted.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A command (for `sh -c`) that prints a bearer token; run again once the token is no longer accepted.
    #[arg(long, env = "COUNTERSIGN_TOKEN_COMMAND", hide_env_values = true, value_name = "COMMAND")]
    token_command: Option<String>,
    /// The issuer to ask for a token with client credentials; asked again once the token is no longer accepted.
    #[arg(long, requires = "client", requires = "secret_file", value_name = "URL")]
    issuer: Option<Address>,
    /// The client id at the issuer.
    #[arg(long, requires = "issuer")]
    client: Option<String>,
    /// A file that holds the client secret.
    #[arg(long, requires = "issuer", value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// A scope to ask the issuer for (repeatable), e.g. `countersign:propose`. Okta and Entra ID give no token without one.
    #[arg(long, requires = "issuer", value_name = "SCOPE")]
    token_scope: Vec<String>,
    /// A further origin, besides the issuer's own, that its endpoints may have, e.g. `https://oauth2.example.com`.
    #[arg(long, requires = "issuer", value_name = "ORIGIN")]
    endpoint_origin: Vec<Address>,
}

/// One way to get a token.
#[derive(Clone)]
pub(crate) enum Way {
    File(PathBuf),
    Command(String),
    /// There is only this one.
    Given(String),
    Client {
        issuer: Issuer,
        client: String,
        secret: PathBuf,
        scopes: Vec<String>,
    },
    /// The sign-in of a person.
    SavedLogin,
}

/// The token that counts, and the way to another.
pub(crate) struct Tokens {
    way: Way,
    token: Option<String>,
    refused: Option<(String, String)>,
    /// Whether the API has taken this token before.
    accepted: bool,
}

impl Source {
    /// The command line comes before the environment, and the environment before a sign-in.
    fn way(self) -> Way {
        let Self { token_file, token_command, issuer, client, secret_file, token_scope, endpoint_origin } =
            self;
        if let Some(file) = token_file {
            return Way::File(file);
        }
        if let (Some(issuer), Some(client), Some(secret)) = (issuer, client, secret_file) {
            let issuer = Issuer::new(&issuer, &endpoint_origin);
            return Way::Client { issuer, client, secret, scopes: token_scope };
        }
        if let Some(command) = token_command.filter(|command| !command.trim().is_empty()) {
            return Way::Command(command);
        }
        let given = std::env::var_os("COUNTERSIGN_TOKEN").filter(|value| !value.is_empty());
        given.map_or(Way::SavedLogin, |value| Way::Given(value.to_string_lossy().into_owned()))
    }
}

impl Tokens {
    /// With none yet, but for the sign-in: whether there is one is known at once.
    pub(crate) fn open(source: Source, api: &Address, console: &Console) -> Result<Self, ApiError> {
        let mut tokens = Self { way: source.way(), token: None, refused: None, accepted: false };
        if matches!(tokens.way, Way::SavedLogin) {
            let saved = SavedLogin::for_api(api)?;
            if saved.counts() {
                let token = checked(&saved.token, "the sign-in")?;
                console.hide(&token);
                tokens.token = Some(token);
            }
        }
        Ok(tokens)
    }

    /// # Errors
    /// [`ApiError::NoToken`] where none was got.
    pub(crate) fn bearer(&self) -> Result<&str, ApiError> {
        self.token.as_deref().ok_or(ApiError::NoToken)
    }

    /// The way to a token, where there is none, and the one that is to be replaced.
    pub(crate) fn wanting(&self) -> Option<(Way, Option<String>)> {
        let refused = self.refused.as_ref().map(|(token, _)| token.clone());
        self.token.is_none().then(|| (self.way.clone(), refused))
    }

    /// The API took the token.
    pub(crate) fn accepted(&mut self) {
        self.accepted = true;
        self.refused = None;
    }

    /// The API did not take it, and said why. One that it never took is not replaced a second time.
    pub(crate) fn refused(&mut self, why: String) -> Result<(), ApiError> {
        let again = self.refused.is_some() && !self.accepted;
        if again || matches!(self.way, Way::Given(_)) {
            return Err(ApiError::TokenEnded(why));
        }
        self.refused = self.token.take().map(|token| (token, why));
        self.accepted = false;
        Ok(())
    }

    /// Takes a new one, unless it is the one that was refused.
    pub(crate) fn take(&mut self, token: String, console: &Console) -> Result<(), Trouble> {
        if let Some((_, why)) = self.refused.as_ref().filter(|(old, _)| *old == token) {
            let advice = match self.way {
                Way::SavedLogin => "sign in again with `countersign login`",
                Way::File(_) => "the file still holds the same token",
                _ => "the same token came again",
            };
            return Err(ApiError::TokenEnded(format!("{why} ({advice})")).into());
        }
        console.hide(&token);
        self.token = Some(token);
        Ok(())
    }
}

impl Way {
    /// Gets a token in place of the one that was refused.
    pub(crate) async fn fetch(
        &self,
        (http, within): (&Http, Duration),
        api: &Address,
        refused: Option<&str>,
        console: &Console,
    ) -> Result<String, Trouble> {
        let (token, from) = match self {
            Self::File(file) => (read(file)?, format!("the file `{}`", file.display())),
            Self::Given(token) => (token.clone(), "COUNTERSIGN_TOKEN".to_owned()),
            Self::SavedLogin => {
                let saved = SavedLogin::for_api(api)?;
                let fresh = saved.counts() && refused != Some(saved.token.as_str());
                let token = if fresh { saved.token } else { again((http, within), saved, console).await? };
                (token, "the sign-in".to_owned())
            }
            Self::Command(command) => (run(command, within).await?, "the token command".to_owned()),
            Self::Client { issuer, client, secret, scopes } => {
                let secret = read(secret)?;
                console.hide(&secret);
                let form = credentials(client, &secret, scopes);
                (exchange(http, issuer, &form, within).await?, "the issuer".to_owned())
            }
        };
        Ok(checked(&token, &from)?)
    }
}

/// The form that asks for a token with client credentials. Without scopes the issuer chooses.
fn credentials(client: &str, secret: &str, scopes: &[String]) -> Vec<(&'static str, String)> {
    let mut form = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", client.to_owned()),
        ("client_secret", secret.to_owned()),
    ];
    if !scopes.is_empty() {
        form.push(("scope", scopes.join(" ")));
    }
    form
}

async fn exchange(
    http: &Http,
    issuer: &Issuer,
    form: &[(&'static str, String)],
    within: Duration,
) -> Result<String, Trouble> {
    let endpoint = issuer.discover(http, within).await?.token;
    let answer = http.json(http.client().post(endpoint).form(form), within).await;
    let answer = answer.map_err(|trouble| issuer.about(trouble))?;
    let token = answer.value.get("access_token").and_then(Value::as_str);
    Ok(token
        .ok_or_else(|| ApiError::Answer("the issuer's answer has no `access_token`".to_owned()))?
        .to_owned())
}

/// A new token for the same sign-in, kept in its place.
async fn again(
    (http, within): (&Http, Duration),
    saved: SavedLogin,
    console: &Console,
) -> Result<String, Trouble> {
    let late = || ApiError::TokenEnded("you are no longer signed in: `countersign login`".to_owned());
    let refresh = saved.refresh.ok_or_else(late)?;
    let Refresh { issuer, elsewhere, client, token } = &refresh;
    console.hide(token);
    let issuer = Issuer::new(issuer, elsewhere);
    let endpoint = issuer.discover(http, within).await?.token;
    let form =
        [("grant_type", "refresh_token"), ("client_id", client.as_str()), ("refresh_token", token.as_str())];
    let answer = match http.json(http.client().post(endpoint).form(&form), within).await {
        Ok(answer) => answer.value,
        Err(trouble @ Trouble::Passing(..)) => return Err(issuer.about(trouble)),
        Err(refusal) => {
            let why = format!("{}; sign in again with `countersign login`", refusal.into_error());
            return Err(ApiError::TokenEnded(why).into());
        }
    };
    let renewed = SavedLogin::of(&saved.api, &answer, saved.scope, Some(refresh))?;
    let renewed = SavedLogin { chosen: saved.chosen, ..renewed };
    renewed.write()?;
    Ok(renewed.token)
}

/// The output of the command. A command that fails may succeed later; one that cannot be run never will.
async fn run(command: &str, within: Duration) -> Result<String, Trouble> {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command).stdin(Stdio::null()).kill_on_drop(true);
    let late = |_| Trouble::passing("the token command takes too long");
    let output = timeout(within, shell.output()).await.map_err(late)?;
    let output = output.map_err(|error| ApiError::Usage(format!("the token command: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    let last = errors.trim().lines().next_back().unwrap_or("it printed no error");
    let said = format!("the token command failed ({}): {last}", output.status);
    match output.status.code().is_some_and(|code| NOT_RUN.contains(&code)) {
        true => Err(ApiError::Usage(said).into()),
        false => Err(Trouble::passing(said)),
    }
}

fn read(file: &Path) -> Result<String, ApiError> {
    let text = std::fs::read_to_string(file).map_err(|error| ApiError::file(file, error))?;
    Ok(text.trim_start_matches('\u{feff}').trim().to_owned())
}

/// Only what a header can contain. The value is not repeated in the error.
fn checked(token: &str, from: &str) -> Result<String, ApiError> {
    let fits =
        !token.is_empty() && token.len() <= LONGEST && token.bytes().all(|byte| byte.is_ascii_graphic());
    let none =
        format!("{from} gives no token: a token is one word of visible ASCII, at most {LONGEST} bytes");
    if fits { Ok(token.to_owned()) } else { Err(ApiError::Usage(none)) }
}
