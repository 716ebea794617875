//! An agent: client credentials, proposals, waiting.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::stack::Stack;
use crate::{FlowResult, FlowStep, fail};

/// A caller of the API with a bearer token: an agent, or a person through a script.
#[derive(Clone)]
pub struct AgentClient {
    http: reqwest::Client,
    api: String,
    token: String,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct AgentAnswer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body; null when it is no JSON.
    pub body: Value,
}

impl AgentClient {
    /// The agent of this name; at the issuer its secret equals its id.
    ///
    /// # Errors
    /// When the issuer gives no token.
    pub async fn agent(stack: &Stack, id: &str) -> FlowResult<Self> {
        let http = reqwest::Client::new();
        let metadata =
            http.get(stack.discovery()).send().await.step("discovery")?.bytes().await.step("discovery")?;
        let metadata: Value = wire::json::parse(&metadata).step("discovery")?;
        let endpoint = metadata.get("token_endpoint").and_then(Value::as_str).step("token_endpoint")?;
        let client = stack.client(id);
        let form = [("grant_type", "client_credentials"), ("client_id", client), ("client_secret", client)];
        let answer =
            http.post(endpoint).form(&form).send().await.step("token")?.bytes().await.step("token")?;
        let answer: Value = wire::json::parse(&answer).step("token")?;
        let token = answer.get("access_token").and_then(Value::as_str).step(&format!("a token for {id}"))?;
        Ok(Self::with_token(stack, token))
    }

    /// Whoever holds this token.
    #[must_use]
    pub fn with_token(stack: &Stack, token: &str) -> Self {
        Self { http: reqwest::Client::new(), api: stack.api.clone(), token: token.to_owned() }
    }

    /// The token itself.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// One call of the API.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> FlowResult<AgentAnswer> {
        let mut request = self.http.request(method, format!("{}{path}", self.api));
        request = request.bearer_auth(&self.token).timeout(Duration::from_secs(60));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.step(path)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.step(path)?;
        Ok(AgentAnswer { status, headers, body: wire::json::parse_value(&bytes).unwrap_or(Value::Null) })
    }

    /// Proposes this body under this idempotency key.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn propose(&self, key: &str, body: &Value) -> FlowResult<AgentAnswer> {
        self.call(
            Method::POST,
            "/v1/actions",
            &[("idempotency-key", key)],
            Some(body.to_string().into_bytes()),
        )
        .await
    }

    /// Reads an address of the API.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn get(&self, path: &str) -> FlowResult<AgentAnswer> {
        self.call(Method::GET, path, &[], None).await
    }

    /// Sends a body.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn post(&self, path: &str, body: &Value) -> FlowResult<AgentAnswer> {
        self.call(Method::POST, path, &[], Some(body.to_string().into_bytes())).await
    }

    /// Waits until the action has one of these statuses, at most a minute.
    ///
    /// # Errors
    /// When it ends otherwise or takes longer.
    pub async fn wait_for(&self, id: &str, statuses: &[&str]) -> FlowResult<Value> {
        let mut last = Value::Null;
        for _ in 0..240 {
            last = self.get(&format!("/v1/actions/{id}")).await?.body;
            let status = last.get("status").and_then(Value::as_str).unwrap_or("");
            if statuses.contains(&status) {
                return Ok(last);
            }
            if last.get("final") == Some(&Value::Bool(true)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        fail(format!("{id} is not {statuses:?} but {last}"))
    }

    /// Gives a verdict on the review as it is shown to this caller.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn verdict(&self, id: &str, verdict: &str, review: &Value) -> FlowResult<AgentAnswer> {
        let body = serde_json::json!({
            "verdict": verdict,
            "action_digest": review.get("action_digest"),
            "review_digest": review.get("review_digest"),
            "reason_code": if verdict == "deny" { Some("not-recognised") } else { None },
            "reason": null,
        });
        self.post(&format!("/v1/actions/{id}/verdicts"), &body).await
    }
}

impl AgentAnswer {
    /// A text field of the body, or an empty text.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.body.get(field).and_then(Value::as_str).unwrap_or("")
    }
}
