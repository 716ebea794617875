//! HTTP: bounded in time and size, no redirects, no proxy.

use std::time::Duration;

use channel::DeliveryError;
use domain::Fault;
use reqwest::header::RETRY_AFTER;
use reqwest::{Method, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::answer::{Answer, passing};

/// The longest answer that is read, in bytes; the rest is not.
const MAX_ANSWER: usize = 64 * 1024;

#[derive(Clone)]
pub(crate) struct Http(reqwest::Client);

impl Http {
    pub(crate) fn new() -> Result<Self, Fault> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build();
        client.map(Self).map_err(|error| Fault::lasting(format!("no HTTP client: {error}")))
    }

    /// POSTs a form.
    pub(crate) async fn form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer, DeliveryError> {
        sent(self.0.post(url).form(fields)).await
    }

    /// Sends a request of this method with our token. The caller has checked that the address may receive it.
    pub(crate) async fn call(
        &self,
        method: Method,
        url: &str,
        token: &SecretString,
        body: Option<&Value>,
    ) -> Result<Answer, DeliveryError> {
        let request = self.0.request(method, url).bearer_auth(token.expose_secret());
        sent(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }
}

async fn sent(request: RequestBuilder) -> Result<Answer, DeliveryError> {
    let unreachable = |_: reqwest::Error| passing("unreachable", 0);
    let answer = request.send().await.map_err(unreachable)?;
    let status = answer.status().as_u16();
    let retry_after =
        answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Answer { status, retry_after, body: bounded(answer).await.map_err(unreachable)? })
}

async fn bounded(mut answer: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            // No answer of Teams is so long: what is left of it is no JSON, and is read as one without a body.
            body.clear();
            break;
        }
    }
    Ok(body)
}
