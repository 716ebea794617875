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
use crate::kept::{Kept, Refresh};

/// How long an issuer is asked again that does not answer, in seconds.
const DISCOVERING: u64 = 30;
/// How long the exchange of the code may take.
const EXCHANGE: Duration = Duration::from_secs(30);

const CODES: &str = "Exit codes: 0 signed in; 2 nobody was, and why is said.";

/// Signs a person in and keeps their token, for the commands that need one.
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
    /// An origin beside the issuer's own that its endpoints may have, e.g. `https://oauth2.example.com`.
    #[arg(long, value_name = "ORIGIN")]
    endpoint_origin: Vec<Address>,
    /// A proxy for what the command itself sends; HTTP_PROXY and its like are not looked at.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// The client id of the command line at the issuer; public, with loopback redirects.
    #[arg(long, default_value = "countersign-cli")]
    client: String,
    /// Ask for a token that may also decide: deny, approve, and `countersign freeze`. Without this it may only read.
    #[arg(long)]
    decide: bool,
    /// What else is asked for: scopes, apart by spaces.
    #[arg(long, default_value = "openid groups countersign:read")]
    scope: String,
    /// The scope that deciding needs, as the API is configured.
    #[arg(long, default_value = IssuerSettings::DECIDE_SCOPE)]
    decide_scope: String,
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
        let deadline = Deadline::after(self.timeout);
        let http = Http::new(self.proxy.as_deref(), &[&self.api])?;
        let issuer = Issuer::new(&self.issuer, &self.endpoint_origin);
        let soon = Deadline::after(self.timeout.min(DISCOVERING));
        let endpoints = persist(&soon, async |within| issuer.discover(&http, within).await).await?;
        let back = Back::open(self.port).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        console.hide(verifier.secret());
        let (address, state) = self.address(&endpoints, back.address(), challenge)?;
        self.show(console, &address);
        let waited = timeout(deadline.left(), back.code(state.secret(), &endpoints.issuer)).await;
        let code = waited.map_err(|_| ApiError::Answer("nobody signed in in time".to_owned()))??;
        let answer = self.exchange(&http, &endpoints, (&code, back.address()), &verifier).await;
        let answer = answer.map_err(|trouble| issuer.about(trouble).into_error())?;
        if self.print {
            console.reveal(text(&answer, "access_token")?);
            return Ok(exit::DONE);
        }
        let kept = Kept::of(self.api.as_str(), &answer, Some(self.asked()), Some(self.refresh()))?;
        console.hide(&kept.token);
        let file = kept.write()?;
        let until = wire::text::rfc3339(kept.until);
        let scope = kept.scope.as_deref().unwrap_or_default();
        let decides = scope.split(' ').any(|one| one == self.decide_scope);
        let may = if decides { "to read and to decide" } else { "to read" };
        match self.json {
            true => {
                console.json_line(&json!({ "api": kept.api, "until": until, "file": file, "scope": scope }))
            }
            false => console.line(format!("signed in for {} until {until}, {may}", kept.api)),
        }
        Ok(exit::DONE)
    }

    /// The scopes that are asked for.
    fn asked(&self) -> String {
        match self.decide {
            true => format!("{} {}", self.scope, self.decide_scope),
            false => self.scope.clone(),
        }
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
        challenge: PkceCodeChallenge,
    ) -> Result<(String, CsrfToken), ApiError> {
        let wrong = |what: &str| ApiError::Answer(format!("the issuer's {what} is no address"));
        let authorize = AuthUrl::new(endpoints.authorization.clone().unwrap_or_default());
        let client = BasicClient::new(ClientId::new(self.client.clone()))
            .set_auth_uri(authorize.map_err(|_| wrong("authorization endpoint"))?)
            .set_redirect_uri(RedirectUrl::new(back.to_owned()).map_err(|_| wrong("redirect"))?);
        let asked = self.asked();
        let scopes = asked.split_whitespace().map(|scope| Scope::new(scope.to_owned()));
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

impl Logout {
    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`] when the file is there and stays.
    pub fn run(&self, console: &Console) -> Result<u8, ApiError> {
        let was = Kept::forget()?;
        match (self.json, was) {
            (true, _) => console.json_line(&json!({ "signed_out": was })),
            (_, true) => console.line("signed out here; the token itself counts until its time is over"),
            (_, false) => console.line("nobody was signed in"),
        }
        Ok(exit::DONE)
    }
}
