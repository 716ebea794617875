//! `countersign login`: a person's token for the command line, by authorization code with PKCE in their own browser.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use clap::Args;
use identity::{Endpoints, HttpKeys, IssuerSettings};
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::api::{ApiError, body, text};
use crate::back::Back;
use crate::kept::Kept;

/// How long a token counts whose issuer does not say.
const SECONDS: i64 = 300;

/// Signs a person in and keeps their token, for the commands that need one. Exit code 0: signed in.
#[derive(Debug, Args)]
pub struct Login {
    /// The API's address; the token is used for no other.
    #[arg(long, env = "COUNTERSIGN_API", default_value = "http://127.0.0.1:8080")]
    api: String,
    /// The people's issuer.
    #[arg(long, env = "COUNTERSIGN_ISSUER", default_value = "http://127.0.0.1:8081")]
    issuer: String,
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
pub struct Logout {}

impl Login {
    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn run(self) -> Result<ExitCode, ApiError> {
        let http = HttpKeys::new()?;
        let endpoints = http.endpoints(&self.issuer()).await?;
        let back = Back::open().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state) = self.address(&endpoints, back.address(), challenge)?;
        self.show(&address);
        let waited =
            timeout(Duration::from_secs(self.timeout), back.code(state.secret(), &self.issuer)).await;
        let code = waited.map_err(|_| ApiError::Answer("nobody signed in in time".to_owned()))??;
        let answer = self.exchange(&http, &endpoints, (&code, back.address()), &verifier).await?;
        let token = text(&answer, "access_token")?;
        if self.print {
            println!("{token}");
            return Ok(ExitCode::SUCCESS);
        }
        let scope = self.granted(&answer);
        let seconds = answer.get("expires_in").and_then(Value::as_i64).unwrap_or(SECONDS);
        let kept = Kept {
            api: self.api.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
            until: SystemClock.now().plus_seconds(seconds),
            scope: Some(scope.clone()),
        };
        let file = kept.write()?;
        let until = wire::text::rfc3339(kept.until);
        let decides = scope.split(' ').any(|one| one == self.decide_scope);
        let may = if decides { "to read and to decide" } else { "to read" };
        match self.json {
            true => println!("{}", json!({ "api": kept.api, "until": until, "file": file, "scope": scope })),
            false => println!("signed in for {} until {until}, {may}", kept.api),
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The scopes that are asked for.
    fn asked(&self) -> String {
        match self.decide {
            true => format!("{} {}", self.scope, self.decide_scope),
            false => self.scope.clone(),
        }
    }

    /// The scopes that were granted: an issuer that does not say granted what was asked for (RFC 6749).
    fn granted(&self, answer: &Value) -> String {
        answer.get("scope").and_then(Value::as_str).map_or_else(|| self.asked(), str::to_owned)
    }

    fn issuer(&self) -> IssuerSettings {
        let issuer = self.issuer.trim_end_matches('/').to_owned();
        IssuerSettings {
            metadata: format!("{issuer}/.well-known/openid-configuration"),
            issuer: self.issuer.clone(),
            audience: String::new(),
            algorithms: Vec::new(),
            people: true,
            person_clients: vec![self.client.clone()],
            groups_claim: String::new(),
            client_claim: None,
            sign_in_seconds: IssuerSettings::SIGN_IN_SECONDS,
            decide_scope: IssuerSettings::DECIDE_SCOPE.to_owned(),
        }
    }

    fn address(
        &self,
        endpoints: &Endpoints,
        back: &str,
        challenge: PkceCodeChallenge,
    ) -> Result<(String, CsrfToken), ApiError> {
        let wrong = |what: &str| ApiError::Answer(format!("the issuer's {what} is no address"));
        let authorize = AuthUrl::new(endpoints.authorization.clone());
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
    fn show(&self, address: &str) {
        eprintln!("Sign in here:\n{address}");
        if !self.no_browser {
            let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
            let mut command = Command::new(opener);
            command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            drop(command.spawn());
        }
    }

    async fn exchange(
        &self,
        http: &HttpKeys,
        endpoints: &Endpoints,
        (code, back): (&str, &str),
        verifier: &PkceCodeVerifier,
    ) -> Result<Value, ApiError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", self.client.as_str()),
            ("code", code),
            ("redirect_uri", back),
            ("code_verifier", verifier.secret()),
        ];
        body(http.client().post(&endpoints.token).form(&form).send().await?).await
    }
}

impl Logout {
    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`] when the file is there and stays.
    pub fn run(&self) -> Result<ExitCode, ApiError> {
        match Kept::forget()? {
            true => println!("signed out here; the token itself counts until its time is over"),
            false => println!("nobody was signed in"),
        }
        Ok(ExitCode::SUCCESS)
    }
}
