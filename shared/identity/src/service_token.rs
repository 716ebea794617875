//! Tokens with which a service of a third party calls us, e.g. a chat platform that forwards a press.

use domain::Timestamp;
use serde_json::{Map, Value};

use crate::jws::Unverified;
use crate::settings::IssuerSettings;
use crate::{Invalid, jwk};

/// The claims of a JWT of this issuer for exactly this audience, once header, key, signature and times hold as of this
/// moment. Nothing is read from it about people or agents: of the issuer's settings only `issuer`, `audience` and
/// `algorithms` are used.
///
/// # Errors
/// [`Invalid`].
pub fn service_claims(
    token: &str,
    key: &Value,
    issuer: &IssuerSettings,
    at: Timestamp,
) -> Result<Map<String, Value>, Invalid> {
    let claims = Unverified::read(token)?.verify(key, issuer, &["jwt"])?;
    if claims.audiences()? != [issuer.audience.as_str()] {
        return Err(Invalid::Audience);
    }
    claims.check_times(at)?;
    Ok(claims.all().clone())
}

/// The one key of a key set with this id; an id with two keys is ambiguous and counts as unknown.
#[must_use]
pub fn key_by_id<'a>(keys: &'a [Value], kid: &str) -> Option<&'a Value> {
    let usable =
        |key: &&Value| key.get("kid").and_then(Value::as_str) == Some(kid) && jwk::public_jwk(key).is_some();
    let mut found = keys.iter().filter(usable);
    found.next().filter(|_| found.next().is_none())
}
