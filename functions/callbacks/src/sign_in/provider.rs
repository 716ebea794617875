//! The identity provider of people over HTTP, through the `oauth2` crate.

use std::pin::Pin;
use std::sync::Mutex;

use async_trait::async_trait;
use domain::Fault;
use identity::{Endpoints, Exchanged, HttpKeys, IssuerSettings, Provider, ProviderError, SignIn};
use oauth2::basic::BasicClient;
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

/// The longest response of a token endpoint that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// The client that the pages are at the provider.
#[derive(Clone)]
pub struct ProviderClient {
    /// Its client id.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
    /// The redirect URI, exactly as it is registered.
    pub redirect_uri: String,
}

/// Any conforming provider: authorization code flow with PKCE (S256) and `client_secret_basic`.
pub struct HttpProvider {
    http: HttpKeys,
    issuer: IssuerSettings,
    client: ProviderClient,
    endpoints: OnceCell<Endpoints>,
}

type Client =
    oauth2::basic::BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

impl HttpProvider {
    /// The provider of this issuer, for this client.
    #[must_use]
    pub fn new(http: HttpKeys, issuer: IssuerSettings, client: ProviderClient) -> Self {
        Self { http, issuer, client, endpoints: OnceCell::new() }
    }

    async fn client(&self) -> Result<Client, Fault> {
        let endpoints = self.endpoints().await?;
        let wrong = |what: &str| Fault::lasting(format!("`{what}` of the issuer of people is not a URL"));
        let authorize = AuthUrl::new(endpoints.authorization.clone());
        let token = TokenUrl::new(endpoints.token.clone());
        let redirect = RedirectUrl::new(self.client.redirect_uri.clone());
        Ok(BasicClient::new(ClientId::new(self.client.id.clone()))
            .set_client_secret(ClientSecret::new(self.client.secret.expose_secret().to_owned()))
            .set_auth_uri(authorize.map_err(|_| wrong("authorization_endpoint"))?)
            .set_token_uri(token.map_err(|_| wrong("token_endpoint"))?)
            .set_redirect_uri(redirect.map_err(|_| wrong("redirect"))?))
    }

    /// The configured scopes. Where none are configured: `openid`, and the scope that is named like the groups claim if the
    /// provider's metadata lists it, because providers refuse scopes that they do not know.
    async fn scopes(&self) -> Result<Vec<Scope>, Fault> {
        let scopes = match &self.issuer.scopes {
            Some(scopes) => scopes.clone(),
            None => {
                let groups = self.issuer.groups_claim.name();
                let known = self.endpoints().await?.scopes.iter().any(|scope| scope == groups);
                std::iter::once("openid").chain(known.then_some(groups)).map(str::to_owned).collect()
            }
        };
        Ok(scopes.into_iter().map(Scope::new).collect())
    }

    async fn endpoints(&self) -> Result<&Endpoints, Fault> {
        self.endpoints.get_or_try_init(|| self.http.endpoints(&self.issuer)).await
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let (parts, body) = request.into_parts();
        let address = parts.uri.to_string();
        let passing = |e: reqwest::Error| Fault::passing(format!("token endpoint: {}", e.without_url()));
        let sent = self.http.client().request(parts.method, address).headers(parts.headers).body(body).send();
        let mut answer = sent.await.map_err(passing)?;
        let (status, mut bytes) = (answer.status(), Vec::new());
        let kind = answer.headers().get(reqwest::header::CONTENT_TYPE).cloned();
        while let Some(chunk) = answer.chunk().await.map_err(passing)? {
            if bytes.len().saturating_add(chunk.len()) > MAX_ANSWER {
                return Err(Fault::lasting("the response of the token endpoint is too long"));
            }
            bytes.extend_from_slice(&chunk);
        }
        let mut response = HttpResponse::new(bytes);
        *response.status_mut() = status;
        response.headers_mut().extend(kind.map(|kind| (reqwest::header::CONTENT_TYPE, kind)));
        Ok(response)
    }
}

/// One token request, and the bytes of its response.
struct Exchanging<'a> {
    provider: &'a HttpProvider,
    seen: Mutex<Vec<u8>>,
}

impl<'c> AsyncHttpClient<'c> for Exchanging<'_> {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.provider.send(request).await?;
            let mut seen = self.seen.lock().map_err(|_| Fault::passing("an exchange was interrupted"))?;
            seen.clone_from(answer.body());
            Ok(answer)
        })
    }
}

#[async_trait]
impl Provider for HttpProvider {
    async fn address(&self, sign_in: &SignIn) -> Result<String, Fault> {
        let client = self.client().await?;
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(sign_in.verifier.clone()));
        let state = CsrfToken::new(sign_in.state.clone());
        let mut request = client
            .authorize_url(move || state)
            .add_scopes(self.scopes().await?)
            .add_extra_param("nonce", sign_in.nonce.clone())
            .set_pkce_challenge(challenge);
        if let Some(max_age) = sign_in.max_age {
            request = request.add_extra_param("max_age", max_age.to_string());
        }
        if sign_in.prompt_login {
            request = request.add_extra_param("prompt", "login");
        }
        Ok(request.url().0.into())
    }

    async fn exchange(&self, code: &str, verifier: &str) -> Result<Exchanged, Fault> {
        let client = self.client().await?;
        // The response type of the crate has no ID token, so it is read from the same bytes that the crate has checked.
        let exchanging = Exchanging { provider: self, seen: Mutex::default() };
        let exchange = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
        match exchange.request_async(&exchanging).await {
            Ok(_) => {}
            Err(RequestTokenError::ServerResponse(said)) => {
                let description = said.error_description().map(String::as_str);
                return Ok(Exchanged::Refused(ProviderError::new(said.error().as_ref(), description)));
            }
            Err(RequestTokenError::Request(fault)) => return Err(fault),
            Err(_) => return Err(Fault::passing("the response of the token endpoint is not understood")),
        }
        let bytes = exchanging
            .seen
            .into_inner()
            .map_err(|_| Fault::passing("the response of the token endpoint was lost"))?;
        let answer = wire::json::parse_value(&bytes).map_err(|e| Fault::passing(e.to_string()))?;
        let id_token = answer.get("id_token").and_then(serde_json::Value::as_str);
        id_token
            .map(|token| Exchanged::IdToken(token.to_owned()))
            .ok_or_else(|| Fault::lasting("the response of the token endpoint has no ID token"))
    }
}
