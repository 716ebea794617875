//! The bot's own access token.

use channel::DeliveryError;
use domain::Timestamp;
use runtime::Random;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::answer::{code, not_prepared, passing};
use crate::assertion::Credential;
use crate::connector::Http;
use crate::json::text;
use crate::settings::TeamsSettings;

/// A token is not used in the last seconds before it expires.
const SPARE: i64 = 300;

/// Gets the token from Entra ID and keeps it until shortly before it expires.
pub(crate) struct Tokens {
    credential: Credential,
    kept: Mutex<Option<(SecretString, Timestamp)>>,
}

impl Tokens {
    pub(crate) fn new(credential: Credential) -> Self {
        Self { credential, kept: Mutex::default() }
    }

    /// The token. Every failure is passing: the configuration can be repaired while the message waits.
    pub(crate) async fn get(
        &self,
        http: &Http,
        settings: &TeamsSettings,
        now: Timestamp,
        random: &dyn Random,
    ) -> Result<SecretString, DeliveryError> {
        let mut kept = self.kept.lock().await;
        if let Some((token, until)) = kept.as_ref()
            && now < *until
        {
            return Ok(token.clone());
        }
        *kept = None;
        let endpoint = format!("{}/{}/oauth2/v2.0/token", settings.cloud.login, settings.tenant);
        let proof = self.credential.fields(&settings.app, &endpoint, now, random).await;
        let proof = proof.map_err(|fault| not_prepared(&fault))?;
        let mut fields = vec![
            ("grant_type", "client_credentials"),
            ("client_id", settings.app.as_str()),
            ("scope", settings.cloud.scope.as_str()),
        ];
        fields.extend(proof.iter().map(|(name, value)| (*name, value.expose_secret())));
        let answer = http.form(&endpoint, &fields).await?;
        let value = wire::json::parse_value(&answer.body).unwrap_or(Value::Null);
        if !(200..=299).contains(&answer.status) {
            return Err(passing(refusal(&value, answer.status), 0));
        }
        let (token, seconds) = granted(&value).ok_or_else(|| passing("token-malformed", 0))?;
        *kept = Some((token.clone(), now.plus_seconds(seconds.saturating_sub(SPARE))));
        Ok(token)
    }

    /// Forgets the token: the Connector did not accept it.
    pub(crate) async fn forget(&self) {
        *self.kept.lock().await = None;
    }
}

/// The number in Entra ID's documentation of errors, e.g. `AADSTS7000229`; else the protocol's own word.
fn refusal(value: &Value, status: u16) -> String {
    match value.pointer("/error_codes/0").and_then(Value::as_u64) {
        Some(number) => format!("AADSTS{number}"),
        None => code(text(value, "/error"), status),
    }
}

/// The token, if it can stand in a header, and for how many seconds it holds.
fn granted(value: &Value) -> Option<(SecretString, i64)> {
    let token = text(value, "/access_token")?;
    let bearer = text(value, "/token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    let sendable = (1..=16_384).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    let seconds =
        value.get("expires_in").and_then(Value::as_i64).filter(|seconds| (0..=86_400).contains(seconds))?;
    (bearer && sendable).then(|| (token.to_owned().into(), seconds))
}
