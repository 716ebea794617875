//! Whether a request is Teams': its token, and that the token is for this activity.

use domain::Timestamp;
use identity::{Invalid, IssuerSettings, key_by_id, service_claims, unverified_key_ref};
use serde_json::Value;

use crate::cloud::ServiceUrl;
use crate::conversation::Conversation;
use crate::json::text;
use crate::refused::Refused;
use crate::reply::Invoke;
use crate::settings::TeamsSettings;

/// The longest body that is read, in bytes.
pub const MAX_BODY: usize = 256 * 1024;
/// Teams' name among the channels of the Bot Framework.
const CHANNEL: &str = "msteams";

/// An activity that Teams sent to this bot. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    activity: Value,
    service: ServiceUrl,
}

impl Verified {
    /// The kind of invoke, which decides the shape of the answer; `None` for other activities, which are answered with
    /// an empty 200.
    #[must_use]
    pub fn invoke(&self) -> Option<Invoke> {
        Invoke::of(text(&self.activity, "/type")?, text(&self.activity, "/name")?)
    }

    /// The conversation it is from, whatever kind of activity it is, as Teams addresses it now.
    #[must_use]
    pub fn conversation(&self) -> Option<Conversation> {
        Conversation::new(self.service.clone(), text(&self.activity, "/conversation/id")?)
    }

    pub(crate) fn activity(&self) -> &Value {
        &self.activity
    }
}

/// Verifies the `Authorization` header of a request against the Bot Framework's keys, and the token's claims against
/// this very body. Tokens of other issuers (Entra ID's own, those of agent identities, of skills and of the emulator) are
/// refused.
///
/// # Errors
/// [`Refused`]: answer [`Refused::status`] and nothing else.
pub fn verify(
    authorization: Option<&str>,
    body: &[u8],
    now: Timestamp,
    keys: &[Value],
    settings: &TeamsSettings,
) -> Result<Verified, Refused> {
    let token = bearer(authorization).ok_or(Refused::NoToken)?;
    let named = unverified_key_ref(token)?;
    let issuer = issuer(settings);
    if named.issuer != issuer.issuer {
        return Err(Invalid::Issuer.into());
    }
    let key = key_by_id(keys, &named.kid).ok_or(Invalid::Key)?;
    let claims = service_claims(token, key, &issuer, now)?;
    let activity = parsed(body)?;
    if text(&activity, "/channelId") != Some(CHANNEL) || !endorses(key) {
        return Err(Refused::Channel);
    }
    let service = text(&activity, "/serviceUrl").ok_or(Refused::ServiceUrl)?;
    let service = ServiceUrl::allowed(service, &settings.cloud).ok_or(Refused::ServiceNotAllowed)?;
    let claimed = claims.get("serviceurl").and_then(Value::as_str);
    if !claimed.is_some_and(|claimed| service.is(claimed)) {
        return Err(Refused::ServiceUrl);
    }
    Ok(Verified { activity, service })
}

/// The Bot Framework as an issuer of tokens for this bot.
pub(crate) fn issuer(settings: &TeamsSettings) -> IssuerSettings {
    IssuerSettings {
        metadata: settings.cloud.metadata.clone(),
        ..IssuerSettings::plain(&settings.cloud.issuer, &settings.app)
    }
}

/// The token of a header `Bearer …`.
pub(crate) fn bearer(authorization: Option<&str>) -> Option<&str> {
    authorization?.strip_prefix("Bearer ").filter(|token| !token.is_empty())
}

fn parsed(body: &[u8]) -> Result<Value, Refused> {
    if body.len() > MAX_BODY {
        return Err(Refused::Body);
    }
    let value = wire::json::parse_value(body).map_err(|_| Refused::Body)?;
    if value.is_object() { Ok(value) } else { Err(Refused::Body) }
}

/// Whether the key may sign for Teams. A key without endorsements may sign for no channel.
fn endorses(key: &Value) -> bool {
    let listed = key.get("endorsements").and_then(Value::as_array);
    listed.is_some_and(|channels| channels.iter().any(|channel| channel == CHANNEL))
}
