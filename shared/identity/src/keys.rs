//! Fetching key sets: discovery, then `jwks_uri`. Bounded in time and size, no redirects, no proxy.

use std::time::Duration;

use async_trait::async_trait;
use domain::Fault;
use serde_json::Value;

use crate::allowed::is_reachable_safely;
use crate::settings::IssuerSettings;

/// The longest answer that is read, in bytes.
const MAX_BODY: usize = 256 * 1024;

/// How long fetching a key set may take, discovery included.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// Fetching an issuer's keys.
#[async_trait]
pub trait FetchKeys: Send + Sync {
    /// Its key set as it is now.
    ///
    /// # Errors
    /// [`Fault`]; an unreachable provider is a passing one.
    async fn keys(&self, issuer: &IssuerSettings) -> Result<Vec<Value>, Fault>;
}

/// Where a provider is spoken to, from its discovery document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Where people sign in.
    pub authorization: String,
    /// Where codes are exchanged.
    pub token: String,
    /// The key set.
    pub jwks: String,
    /// The scopes it says it has.
    pub scopes: Vec<String>,
}

/// Key sets over HTTP, with the public roots.
#[derive(Debug, Clone)]
pub struct HttpKeys(reqwest::Client);

impl HttpKeys {
    /// A client of its own: three seconds to connect, five in all, no redirects, no proxy.
    ///
    /// # Errors
    /// A lasting [`Fault`] when TLS cannot be set up.
    pub fn new() -> Result<Self, Fault> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build();
        client.map(Self).map_err(|e| Fault::lasting(format!("no HTTP client: {e}")))
    }

    /// The HTTP client, for the code exchange with the same provider.
    #[must_use]
    pub fn client(&self) -> &reqwest::Client {
        &self.0
    }

    /// The provider's addresses. Its discovery document must name the configured issuer.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn endpoints(&self, issuer: &IssuerSettings) -> Result<Endpoints, Fault> {
        let document = self.get(&issuer.metadata).await?;
        let wrong = |what: &str| Fault::lasting(format!("discovery of `{}`: {what}", issuer.issuer));
        if document.get("issuer").and_then(Value::as_str) != Some(issuer.issuer.as_str()) {
            return Err(wrong("it names another issuer"));
        }
        let address = |name: &str| {
            let text = document.get(name).and_then(Value::as_str).unwrap_or_default();
            if is_reachable_safely(text) { Ok(text.to_owned()) } else { Err(wrong(name)) }
        };
        Ok(Endpoints {
            authorization: address("authorization_endpoint").unwrap_or_default(),
            token: address("token_endpoint").unwrap_or_default(),
            jwks: address("jwks_uri")?,
            scopes: texts(document.get("scopes_supported")),
        })
    }

    async fn get(&self, address: &str) -> Result<Value, Fault> {
        let passing = |e: reqwest::Error| Fault::passing(format!("`{address}`: {}", e.without_url()));
        let mut answer = self.0.get(address).send().await.map_err(passing)?;
        if !answer.status().is_success() {
            return Err(Fault::passing(format!("`{address}` answered {}", answer.status().as_u16())));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(passing)? {
            if body.len().saturating_add(chunk.len()) > MAX_BODY {
                return Err(Fault::lasting(format!("`{address}` answered more than {MAX_BODY} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        wire::json::parse_value(&body).map_err(|e| Fault::passing(format!("`{address}`: {e}")))
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let listed = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    listed.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[async_trait]
impl FetchKeys for HttpKeys {
    /// Both requests together take as long as one may: an issuer that answers slowly costs no more than one that is away.
    async fn keys(&self, issuer: &IssuerSettings) -> Result<Vec<Value>, Fault> {
        let fetched = async { self.get(&self.endpoints(issuer).await?.jwks).await };
        let late = |_| Fault::passing(format!("the key set of `{}` does not come in time", issuer.issuer));
        let set = tokio::time::timeout(FETCH_TIMEOUT, fetched).await.map_err(late)??;
        match set.get("keys") {
            Some(Value::Array(keys)) => Ok(keys.clone()),
            _ => Err(Fault::passing(format!("the key set of `{}` has no keys", issuer.issuer))),
        }
    }
}
