//! The HTTP contract from a pipeline's or a person's side: a token, proposals, waiting, stops.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use reqwest::Method;
use serde_json::Value;
use wire::json;

use crate::kept::Kept;

/// Where the API is and who is asking.
#[derive(Debug, Args)]
pub struct Connection {
    /// The API's address.
    #[arg(long, env = "COUNTERSIGN_API", default_value = "http://127.0.0.1:8080")]
    api: String,
    /// A file that holds the bearer token (or set COUNTERSIGN_TOKEN).
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// The bearer token; prefer the environment over the command line, which others can read.
    #[arg(long, env = "COUNTERSIGN_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The issuer to ask for a token with client credentials.
    #[arg(long, requires = "client", requires = "secret_file")]
    issuer: Option<String>,
    /// The client id at the issuer.
    #[arg(long)]
    client: Option<String>,
    /// A file that holds the client secret.
    #[arg(long)]
    secret_file: Option<PathBuf>,
}

/// What went wrong between here and there.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Nothing to identify with.
    #[error(
        "no token: people sign in with `countersign login`; else set COUNTERSIGN_TOKEN, or give --token-file, or --issuer \
         with --client and --secret-file"
    )]
    NoToken,
    /// The token that was kept is too old.
    #[error("you are no longer signed in: `countersign login`")]
    SignedOut,
    /// A file that cannot be read.
    #[error("`{0}`: {1}")]
    File(String, std::io::Error),
    /// The identity provider.
    #[error(transparent)]
    Fault(#[from] domain::Fault),
    /// No answer.
    #[error("{0}")]
    Transport(#[from] reqwest::Error),
    /// An answer that is not what the contract says.
    #[error("{0}")]
    Answer(String),
}

/// A connection with its token.
pub struct Api {
    http: reqwest::Client,
    api: String,
    token: String,
}

impl Connection {
    /// Finds or fetches the token.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn open(&self) -> Result<Api, ApiError> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(45)).build()?;
        let token = match (&self.token_file, &self.token, &self.issuer) {
            (Some(file), _, _) => read(file)?,
            (None, Some(token), _) => token.clone(),
            (None, None, Some(issuer)) => self.fetch_token(&http, issuer).await?,
            (None, None, None) => Kept::token(self.api.trim_end_matches('/'))?,
        };
        Ok(Api { http, api: self.api.trim_end_matches('/').to_owned(), token })
    }

    async fn fetch_token(&self, http: &reqwest::Client, issuer: &str) -> Result<String, ApiError> {
        let (Some(client), Some(file)) = (&self.client, &self.secret_file) else {
            return Err(ApiError::NoToken);
        };
        let discovery = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let metadata = body(http.get(discovery).send().await?).await?;
        let endpoint = text(&metadata, "token_endpoint")?;
        let secret = read(file)?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", client.as_str()),
            ("client_secret", secret.as_str()),
        ];
        let answer = body(http.post(endpoint).form(&form).send().await?).await?;
        text(&answer, "access_token").map(str::to_owned)
    }
}

impl Api {
    /// Proposes this body under this key.
    ///
    /// # Errors
    /// [`ApiError`], with the problem's own sentence when the API refuses.
    pub async fn propose(&self, key: &str, proposal: Vec<u8>) -> Result<Value, ApiError> {
        let request =
            self.http.request(Method::POST, format!("{}/v1/actions", self.api)).bearer_auth(&self.token);
        let request = request.header("idempotency-key", key).header("content-type", "application/json");
        body(request.body(proposal).send().await?).await
    }

    /// Everything that is stopped.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn freezes(&self) -> Result<Value, ApiError> {
        let address = format!("{}/v1/freezes", self.api);
        body(self.http.get(address).bearer_auth(&self.token).send().await?).await
    }

    /// Stops what this says.
    ///
    /// # Errors
    /// [`ApiError`], with the problem's own sentence when the API refuses.
    pub async fn freeze(&self, stop: Vec<u8>) -> Result<Value, ApiError> {
        let request = self.http.post(format!("{}/v1/freezes", self.api)).bearer_auth(&self.token);
        body(request.header("content-type", "application/json").body(stop).send().await?).await
    }

    /// The action, once it is final or after up to `seconds` (at most 25).
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn action(&self, id: &str, seconds: u64) -> Result<Value, ApiError> {
        let address = format!("{}/v1/actions/{id}?wait={}", self.api, seconds.min(25));
        body(self.http.get(address).bearer_auth(&self.token).send().await?).await
    }
}

/// A text field that must be there.
///
/// # Errors
/// [`ApiError::Answer`] naming it.
pub fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, ApiError> {
    let found = value.get(field).and_then(Value::as_str);
    found.ok_or_else(|| ApiError::Answer(format!("the answer has no `{field}`")))
}

/// The answer's JSON, if it is a success.
///
/// # Errors
/// [`ApiError`], with the problem's own sentence.
pub async fn body(response: reqwest::Response) -> Result<Value, ApiError> {
    let status = response.status();
    let bytes = response.bytes().await?;
    let value = json::parse_stored_value(&bytes).map_err(|e| ApiError::Answer(format!("{status}: {e}")))?;
    if status.is_success() {
        return Ok(value);
    }
    let said = value.get("detail").or_else(|| value.get("error_description")).and_then(Value::as_str);
    let code = value.get("code").and_then(Value::as_str).unwrap_or("refused");
    Err(ApiError::Answer(format!("{status} {code}: {}", said.unwrap_or("no reason given"))))
}

fn read(file: &PathBuf) -> Result<String, ApiError> {
    let text =
        std::fs::read_to_string(file).map_err(|error| ApiError::File(file.display().to_string(), error))?;
    Ok(text.trim().to_owned())
}
