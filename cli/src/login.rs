//! `countersign login`: a person's token for the command line, by authorization code with PKCE in their own browser.

use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Args;
use identity::IssuerSettings;
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::api::{Address, ApiError, Deadline, Endpoints, Http, Issuer, Trouble, persist, text};
use crate::back::Back;
use crate::console::Console;
use crate::exit;
use crate::saved_login::{Chosen, Refresh, SavedLogin};

/// How long an issuer is asked again that does not answer, in seconds.
const DISCOVERING: u64 = 30;
/// How long the exchange of the code may take.
const EXCHANGE: Duration = Duration::from_secs(30);

/// The scopes that are asked for if none were chosen, as far as the issuer has them.
const USUAL: [&str; 2] = ["groups", "countersign:read"];

const CODES: &str = "Exit codes: 0 signed in; 2 nobody was, and why is said.";

/// Signs a person in and stores their token for the commands that need one.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  \
countersign login --api https://approvals.example.com --issuer https://id.example.com"))]
pub struct Login {
    /// The API's address; the token is used for no other.
    #[arg(long, env = "COUNTERSIGN_API", hide_env_values = true, default_value = "http://127.0.0.1:8080")]
    api: Address,
    /// The people's issuer.
    #[arg(long, env = "COUNTERSIGN_ISSUER", hide_env_values = true, default_value = "http://127.0.0.1:8081")]
    issuer: Address,
    /// A further origin, besides the issuer's own, that its endpoints may have, e.g. `https://oauth2.example.com`.
    #[arg(long, value_name = "ORIGIN")]
    endpoint_origin: Vec<Address>,
    /// A proxy for what the command itself sends; HTTP_PROXY and its like are not looked at.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// The client id of the command line at the issuer; public, with loopback redirects.
    #[arg(long, default_value = "countersign-cli")]
    client: String,
    /// Ask for a token that may also decide: `countersign suspend` and `resolve`, and the API's verdicts. Without this it may only read. No command
    /// of this program approves: people approve on the page.
    #[arg(long)]
    decide: bool,
    /// A scope to ask for, as the issuer calls it; may be given several times, or hold several apart by spaces. Without any: those
    /// of the last sign-in for this API at this issuer; else `openid`, and those of `groups` and `countersign:read` that the
    /// issuer says it has.
    #[arg(long, value_delimiter = ' ')]
    scope: Vec<String>,
    /// The scope that deciding needs, as the issuer calls it, e.g. `api://countersign/countersign:decide`. Without it: that of the
    /// last sign-in for this API at this issuer; else `countersign:decide`.
    #[arg(long, value_name = "SCOPE")]
    decide_scope: Option<String>,
    /// The port of this machine to which the browser comes back, where the issuer wants it registered
    /// (`http://127.0.0.1:PORT/return`); any free one otherwise.
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "PORT")]
    port: u16,
    /// Print the address to open instead of opening it.
    #[arg(long)]
    no_browser: bool,
    /// Print the token and keep nothing.
    #[arg(long)]
    print: bool,
    /// How long to wait for the browser, in seconds.
    #[arg(long, default_value_t = 300)]
    timeout: u64,
    /// Answer with one JSON document.
    #[arg(long, conflicts_with = "print")]
    json: bool,
}

/// Forgets the token that `countersign login` kept.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 no token is kept; 2 it could not be removed.\n\nExample:\n  countersign logout"
)]
pub struct Logout {
    /// Answer with one JSON document.
    #[arg(long)]
    json: bool,
}

impl Login {
    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn run(self, console: &Console) -> Result<u8, ApiError> {
        let chosen = self.chosen()?;
        let deadline = Deadline::after(self.timeout);
        let http = Http::new(self.proxy.as_deref(), &[&self.api])?;
        let issuer = Issuer::new(&self.issuer, &self.endpoint_origin);
        let soon = Deadline::after(self.timeout.min(DISCOVERING));
        let endpoints = persist(&soon, async |within| issuer.discover(&http, within).await).await?;
        let back = Back::open(self.port).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        console.hide(verifier.secret());
        let asked = self.asked(chosen.as_ref(), &endpoints);
        let (address, state) = self.address(&endpoints, back.address(), &asked, challenge)?;
        self.show(console, &address);
        let waited = timeout(deadline.left(), back.code(state.secret(), &endpoints.issuer)).await;
        let code = waited.map_err(|_| ApiError::Answer("nobody signed in in time".to_owned()))??;
        let answer = self.exchange(&http, &endpoints, (&code, back.address()), &verifier).await;
        let answer = answer.map_err(|trouble| issuer.about(trouble).into_error())?;
        if self.print {
            console.reveal(text(&answer, "access_token")?);
            return Ok(exit::DONE);
        }
        let saved = SavedLogin::of(self.api.as_str(), &answer, Some(asked.join(" ")), Some(self.refresh()))?;
        let saved = SavedLogin { chosen, ..saved };
        console.hide(&saved.token);
        let file = saved.write()?;
        let until = wire::text::rfc3339(saved.until);
        let scope = saved.scope.as_deref().unwrap_or_default();
        let decides = scope.split(' ').any(|one| is_scope(one, decide_scope(saved.chosen.as_ref())));
        let may = if decides { "to read and to decide" } else { "to read" };
        match self.json {
            true => {
                console.json_line(&json!({ "api": saved.api, "until": until, "file": file, "scope": scope }))
            }
            false => console.line(format!("signed in for {} until {until}, {may}", saved.api)),
        }
        Ok(exit::DONE)
    }

    /// The choices of the command line, over those of the last sign-in for this API at this issuer. A stored sign-in that
    /// cannot be used is replaced; one that cannot be read at all could not be replaced either.
    fn chosen(&self) -> Result<Option<Chosen>, ApiError> {
        let saved = match SavedLogin::for_api(&self.api) {
            Ok(saved) => saved.chosen,
            Err(ApiError::NoToken | ApiError::Usage(_)) => None,
            Err(error) => return Err(error),
        };
        let before = saved.filter(|before| before.issuer == self.issuer);
        let given: Vec<String> = self.scope.iter().filter(|scope| !scope.is_empty()).cloned().collect();
        let (scopes, decide_scope) =
            before.map(|before| (before.scopes, before.decide_scope)).unwrap_or_default();
        let scopes = if given.is_empty() { scopes } else { given };
        let decide_scope = self.decide_scope.clone().or(decide_scope);
        let any = !scopes.is_empty() || decide_scope.is_some();
        Ok(any.then(|| Chosen { issuer: self.issuer.clone(), scopes, decide_scope }))
    }

    /// The scopes that are asked for, each once. An issuer refuses a sign-in that asks for one it does not know.
    fn asked(&self, chosen: Option<&Chosen>, endpoints: &Endpoints) -> Vec<String> {
        let has = |scope: &&str| endpoints.scopes.iter().any(|one| one == scope);
        let mut asked: Vec<String> = match chosen.filter(|chosen| !chosen.scopes.is_empty()) {
            Some(chosen) => chosen.scopes.clone(),
            None => {
                std::iter::once("openid").chain(USUAL.into_iter().filter(has)).map(str::to_owned).collect()
            }
        };
        let decide = decide_scope(chosen);
        if self.decide && !asked.iter().any(|scope| scope == decide) {
            asked.push(decide.to_owned());
        }
        asked
    }

    /// Where a refresh token may be sent to, if the answer has one.
    fn refresh(&self) -> Refresh {
        Refresh {
            issuer: self.issuer.clone(),
            elsewhere: self.endpoint_origin.clone(),
            client: self.client.clone(),
            token: String::new(),
        }
    }

    fn address(
        &self,
        endpoints: &Endpoints,
        back: &str,
        asked: &[String],
        challenge: PkceCodeChallenge,
    ) -> Result<(String, CsrfToken), ApiError> {
        let wrong = |what: &str| ApiError::Answer(format!("the issuer's {what} is no address"));
        let authorize = endpoints.authorization.clone();
        let authorize = authorize
            .ok_or_else(|| ApiError::Answer("the issuer names no authorization endpoint".to_owned()))?;
        let authorize = AuthUrl::new(authorize);
        let client = BasicClient::new(ClientId::new(self.client.clone()))
            .set_auth_uri(authorize.map_err(|_| wrong("authorization endpoint"))?)
            .set_redirect_uri(RedirectUrl::new(back.to_owned()).map_err(|_| wrong("redirect"))?);
        let scopes = asked.iter().map(|scope| Scope::new(scope.clone()));
        let (address, state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        Ok((address.into(), state))
    }

    /// In the browser where one opens, and printed in any case: it may be another machine's.
    fn show(&self, console: &Console, address: &str) {
        console.note("Sign in here:");
        console.note(address);
        if !self.no_browser {
            let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
            let mut command = Command::new(opener);
            command
                .env_remove("COUNTERSIGN_TOKEN")
                .arg(address)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            drop(command.spawn());
        }
    }

    async fn exchange(
        &self,
        http: &Http,
        endpoints: &Endpoints,
        (code, back): (&str, &str),
        verifier: &PkceCodeVerifier,
    ) -> Result<Value, Trouble> {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client.as_str()),
            ("code", code),
            ("redirect_uri", back),
            ("code_verifier", verifier.secret()),
        ];
        Ok(http.json(http.client().post(&endpoints.token).form(&form), EXCHANGE).await?.value)
    }
}

/// The scope that deciding needs.
fn decide_scope(chosen: Option<&Chosen>) -> &str {
    let named = chosen.and_then(|chosen| chosen.decide_scope.as_deref());
    named.unwrap_or(IssuerSettings::DECIDE_SCOPE)
}

/// Whether an issuer means this scope: some answer with its last part alone, others with the API's address before it.
fn is_scope(said: &str, wanted: &str) -> bool {
    let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.ends_with('/'));
    said == wanted || (!said.is_empty() && (ends(said, wanted) || ends(wanted, said)))
}

impl Logout {
    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`] when the file is there and stays.
    pub fn run(&self, console: &Console) -> Result<u8, ApiError> {
        let was = SavedLogin::forget()?;
        match (self.json, was) {
            (true, _) => console.json_line(&json!({ "signed_out": was })),
            (_, true) => console.line("signed out here; the token itself counts until its time is over"),
            (_, false) => console.line("nobody was signed in"),
        }
        Ok(exit::DONE)
    }
}
