//! Compact JWS, read strictly: nothing in the header is believed before the signature holds, and nothing in it ever
//! chooses a key address, a key or an algorithm that configuration does not allow.

use data_encoding::BASE64URL_NOPAD;
use domain::KeyRef;
use serde_json::{Map, Value};

use crate::claims::Claims;
use crate::settings::IssuerSettings;
use crate::{Invalid, jwk};

/// The longest token that is read, in bytes.
pub const MAX_TOKEN: usize = 16 * 1024;

/// A token nobody has vouched for yet.
pub(crate) struct Unverified<'a> {
    signed: &'a str,
    signature: &'a str,
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

/// The key that the token says signed it. Nothing of this is verified: it only serves to choose the key to verify
/// with.
///
/// # Errors
/// [`Invalid::Malformed`], [`Invalid::TooLong`], [`Invalid::Issuer`] or [`Invalid::KeyId`].
pub fn unverified_key_ref(token: &str) -> Result<KeyRef, Invalid> {
    let token = Unverified::read(token)?;
    let issuer = token.claims.get("iss").and_then(Value::as_str).ok_or(Invalid::Issuer)?;
    Ok(KeyRef { issuer: issuer.to_owned(), kid: token.kid()?.to_owned() })
}

impl<'a> Unverified<'a> {
    /// Takes the token apart.
    pub(crate) fn read(token: &'a str) -> Result<Self, Invalid> {
        if token.len() > MAX_TOKEN {
            return Err(Invalid::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Invalid::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Invalid::Malformed)?;
        let bytes = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| Invalid::Malformed)?;
        if bytes.is_empty() {
            return Err(Invalid::Malformed);
        }
        Ok(Self { signed, signature, header: object(header)?, claims: object(claims)? })
    }

    /// The claims, not verified.
    pub(crate) fn into_claims(self) -> Map<String, Value> {
        self.claims
    }

    fn kid(&self) -> Result<&str, Invalid> {
        let kid = self.header.get("kid").and_then(Value::as_str).ok_or(Invalid::KeyId)?;
        let comparable = !kid.is_empty() && kid.len() <= 256 && kid.bytes().all(|b| b.is_ascii_graphic());
        if comparable { Ok(kid) } else { Err(Invalid::KeyId) }
    }

    /// The claims, once header, key and signature hold for this issuer.
    pub(crate) fn verify(
        self,
        key: &Value,
        issuer: &IssuerSettings,
        types: &[&str],
    ) -> Result<Claims, Invalid> {
        self.check_header(types)?;
        if self.claims.get("iss").and_then(Value::as_str) != Some(issuer.issuer.as_str()) {
            return Err(Invalid::Issuer);
        }
        let algorithm = self.header.get("alg").and_then(Value::as_str).ok_or(Invalid::Algorithm)?;
        if !issuer.algorithms.iter().any(|allowed| allowed == algorithm) {
            return Err(Invalid::Algorithm);
        }
        let (key, algorithm) = jwk::verification_key(key, self.kid()?, algorithm)?;
        let holds = jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), &key, algorithm);
        match holds {
            Ok(true) => Ok(Claims::new(self.claims)),
            Ok(false) | Err(_) => Err(Invalid::Signature),
        }
    }

    /// `crit` names extensions that must be understood; none is supported. `jku`, `x5u`, `jwk` and `x5c` would
    /// supply a key with the token. An honest provider sends none of them, so such a token is refused instead of
    /// ignoring the header.
    fn check_header(&self, types: &[&str]) -> Result<(), Invalid> {
        let refused = ["crit", "b64", "jku", "x5u", "jwk", "x5c", "zip", "enc"];
        if refused.iter().any(|name| self.header.contains_key(*name)) {
            return Err(Invalid::Header);
        }
        match self.header.get("typ") {
            None => Ok(()),
            Some(Value::String(typ)) => {
                let typ = typ.to_ascii_lowercase();
                let typ = typ.strip_prefix("application/").unwrap_or(&typ);
                if types.contains(&typ) { Ok(()) } else { Err(Invalid::Type) }
            }
            Some(_) => Err(Invalid::Type),
        }
    }
}

fn object(part: &str) -> Result<Map<String, Value>, Invalid> {
    let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| Invalid::Malformed)?;
    match wire::json::parse_value(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Invalid::Malformed),
    }
}
