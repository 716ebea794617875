//! One call of Slack's Web API: bounded in time and size, no redirects, no proxy.

use std::time::Duration;

use channel::DeliveryError;
use domain::Fault;
use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::codes::{failure, passing};

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;
/// The longest wait that is believed, in seconds.
const MAX_WAIT: u32 = 3600;

/// How arguments are sent: methods that only read take no JSON.
pub(crate) enum Arguments<'a> {
    Json(&'a Value),
    Form(&'a [(&'a str, &'a str)]),
}

pub(crate) struct Transport {
    http: reqwest::Client,
    base: String,
    token: SecretString,
}

impl Transport {
    pub(crate) fn new(base: &str, token: SecretString) -> Result<Self, Fault> {
        if !is_safe(base) {
            return Err(Fault::lasting("the address of Slack's API is neither HTTPS nor this machine"));
        }
        let shown = token.expose_secret();
        if shown.is_empty() || !shown.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Fault::lasting("Slack's token is empty or not a token"));
        }
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(8))
            .build()
            .map_err(|error| Fault::lasting(format!("no HTTP client: {error}")))?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), token })
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The answer of a method; HTTP 200 is a success only with `ok: true`.
    pub(crate) async fn call(&self, method: &str, arguments: Arguments<'_>) -> Result<Value, DeliveryError> {
        // `bearer_auth` marks the header as sensitive: it is not in the request's debug output.
        let request =
            self.http.post(format!("{}/{method}", self.base)).bearer_auth(self.token.expose_secret());
        let answer = with(request, arguments).send().await.map_err(|error| unreachable(&error))?;
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(passing("ratelimited", wait(&answer)));
        }
        if !status.is_success() {
            return Err(passing(&format!("http_{}", status.as_u16()), wait(&answer)));
        }
        let waits = wait(&answer);
        let body = bounded(answer).await?;
        let value = wire::json::parse_stored_value(&body).map_err(|_| passing("not_json", 0))?;
        if value.get("ok").and_then(Value::as_bool) == Some(true) {
            return Ok(value);
        }
        match failure(value.get("error").and_then(Value::as_str)) {
            DeliveryError::Passing { code, .. } => Err(passing(&code, waits)),
            lasting => Err(lasting),
        }
    }
}

fn with(request: RequestBuilder, arguments: Arguments<'_>) -> RequestBuilder {
    match arguments {
        Arguments::Json(body) => request
            .header(reqwest::header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body.to_string()),
        Arguments::Form(fields) => request.form(fields),
    }
}

/// Whether the token may be sent there: HTTPS, or this machine.
pub(crate) fn is_safe(base: &str) -> bool {
    let Ok(url) = url::Url::parse(base) else { return false };
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let local = url.scheme() == "http" && url.host_str() == Some("127.0.0.1");
    plain && (url.scheme() == "https" || local)
}

fn unreachable(error: &reqwest::Error) -> DeliveryError {
    // The error's own text is not repeated: it holds the address.
    passing(if error.is_timeout() { "timed_out" } else { "unreachable" }, 0)
}

/// `Retry-After` in whole seconds; 0 when it is missing or something else.
fn wait(answer: &Response) -> u32 {
    let header = answer.headers().get(reqwest::header::RETRY_AFTER);
    let seconds =
        header.and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse::<u32>().ok());
    seconds.unwrap_or(0).min(MAX_WAIT)
}

async fn bounded(mut answer: Response) -> Result<Vec<u8>, DeliveryError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
            return Err(passing("answer_too_long", 0));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
