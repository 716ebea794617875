//! How the bot proves itself to Entra ID.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use domain::{Digest, Fault, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use runtime::Random;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

/// For how many seconds an assertion holds. Entra ID advises five to ten minutes at most.
const HOLDS: i64 = 300;

/// A source of tokens that Entra ID trusts instead of a key of our own, e.g. the ones that AWS issues to a role.
#[async_trait]
pub trait FederatedToken: Send + Sync {
    /// A fresh token whose audience is the one configured at Entra ID, usually `api://AzureADTokenExchange`.
    ///
    /// # Errors
    /// [`Fault`].
    async fn token(&self) -> Result<SecretString, Fault>;
}

/// What the bot proves itself with. Its `Debug` output shows only the kind.
#[derive(Clone)]
pub struct Credential(Kind);

#[derive(Clone)]
enum Kind {
    Certificate { key: EncodingKey, thumbprint: String },
    Federated(Arc<dyn FederatedToken>),
    Secret(SecretString),
}

impl Credential {
    /// A certificate that is registered with the app, and its RSA key, both in PEM.
    ///
    /// # Errors
    /// A lasting [`Fault`] when one of them cannot be read; it repeats nothing of them.
    pub fn certificate(certificate: &str, key: &SecretString) -> Result<Self, Fault> {
        let der = der(certificate).ok_or_else(|| Fault::lasting("the bot's certificate is no PEM"))?;
        let thumbprint = BASE64URL_NOPAD.encode(Digest::of(&der).as_bytes());
        let key = EncodingKey::from_rsa_pem(key.expose_secret().as_bytes())
            .map_err(|_| Fault::lasting("the bot's key is no RSA key in PEM"))?;
        Ok(Self(Kind::Certificate { key, thumbprint }))
    }

    /// Tokens of another issuer that the app trusts (a federated credential).
    #[must_use]
    pub fn federated(source: Arc<dyn FederatedToken>) -> Self {
        Self(Kind::Federated(source))
    }

    /// A client secret.
    #[must_use]
    pub fn secret(secret: SecretString) -> Self {
        Self(Kind::Secret(secret))
    }

    /// The fields of the token request that prove the bot, for a token endpoint at this address.
    pub(crate) async fn fields(
        &self,
        app: &str,
        endpoint: &str,
        now: Timestamp,
        random: &dyn Random,
    ) -> Fields {
        let assertion = match &self.0 {
            Kind::Secret(secret) => return Ok(vec![("client_secret", secret.clone())]),
            Kind::Federated(source) => source.token().await?,
            Kind::Certificate { key, thumbprint } => signed(key, thumbprint, app, endpoint, now, random)?,
        };
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned();
        Ok(vec![("client_assertion_type", kind.into()), ("client_assertion", assertion)])
    }
}

type Fields = Result<Vec<(&'static str, SecretString)>, Fault>;

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Certificate { .. } => "Credential(certificate)",
            Kind::Federated(_) => "Credential(federated)",
            Kind::Secret(_) => "Credential(secret)",
        })
    }
}

fn signed(
    key: &EncodingKey,
    thumbprint: &str,
    app: &str,
    endpoint: &str,
    now: Timestamp,
    random: &dyn Random,
) -> Result<SecretString, Fault> {
    let mut id = [0; 16];
    random.fill(&mut id)?;
    let header = Header { x5t_s256: Some(thumbprint.to_owned()), ..Header::new(Algorithm::PS256) };
    let claims = json!({
        "aud": endpoint, "iss": app, "sub": app, "jti": HEXLOWER.encode(&id),
        "iat": now.seconds(), "nbf": now.seconds(), "exp": now.plus_seconds(HOLDS).seconds(),
    });
    let assertion = jsonwebtoken::encode(&header, &claims, key);
    assertion.map(SecretString::from).map_err(|_| Fault::lasting("the bot's key does not sign"))
}

/// The bytes of the first certificate in a PEM text.
fn der(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.split_ascii_whitespace().collect();
    BASE64.decode(body.as_bytes()).ok().filter(|der| !der.is_empty())
}
