//! Public keys from key sets.

use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use crate::Invalid;

/// The public part of a JSON Web Key that can verify signatures; `None` for everything else (symmetric keys, keys for
/// encryption, keys without id). This part is cached and recorded; certificates and private parts are dropped.
#[must_use]
pub fn public_jwk(key: &Value) -> Option<Value> {
    let fields = key.as_object()?;
    let material: &[&str] = match fields.get("kty")?.as_str()? {
        "RSA" => &["n", "e"],
        "EC" => &["crv", "x", "y"],
        "OKP" => &["crv", "x"],
        _ => return None,
    };
    let encrypts = fields.get("use").is_some_and(|usage| usage != "sig");
    let operations = fields.get("key_ops").and_then(Value::as_array);
    if encrypts || operations.is_some_and(|operations| !operations.iter().any(|name| name == "verify")) {
        return None;
    }
    let mut public = Map::new();
    for name in ["kty", "kid"].iter().chain(material) {
        public.insert((*name).to_owned(), Value::String(fields.get(*name)?.as_str()?.to_owned()));
    }
    if let Some(algorithm) = fields.get("alg").and_then(Value::as_str) {
        public.insert("alg".to_owned(), Value::String(algorithm.to_owned()));
    }
    Some(Value::Object(public))
}

/// The key for verifying with this algorithm, if it is the one named and was made for that.
pub(crate) fn verification_key(
    key: &Value,
    kid: &str,
    algorithm: &str,
) -> Result<(DecodingKey, Algorithm), Invalid> {
    let key = public_jwk(key).ok_or(Invalid::Key)?;
    let field = |name: &str| key.get(name).and_then(Value::as_str);
    if field("kid") != Some(kid) || field("alg").is_some_and(|made_for| made_for != algorithm) {
        return Err(Invalid::Key);
    }
    let (parsed, family) = (parse(algorithm).ok_or(Invalid::Algorithm)?, field("kty"));
    let curve = match parsed {
        Algorithm::ES256 => Some("P-256"),
        Algorithm::ES384 => Some("P-384"),
        Algorithm::EdDSA => Some("Ed25519"),
        _ => None,
    };
    let (x, y) = (field("x").unwrap_or_default(), field("y").unwrap_or_default());
    let decoding = match (family, curve) {
        (Some("RSA"), None) => {
            DecodingKey::from_rsa_components(field("n").unwrap_or_default(), field("e").unwrap_or_default())
        }
        (Some("EC"), Some("P-256" | "P-384")) if field("crv") == curve => {
            DecodingKey::from_ec_components(x, y)
        }
        (Some("OKP"), Some("Ed25519")) if field("crv") == curve => DecodingKey::from_ed_components(x),
        _ => return Err(Invalid::Key),
    };
    decoding.map(|decoding| (decoding, parsed)).map_err(|_| Invalid::Key)
}

fn parse(algorithm: &str) -> Option<Algorithm> {
    Some(match algorithm {
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "PS384" => Algorithm::PS384,
        "PS512" => Algorithm::PS512,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "EdDSA" => Algorithm::EdDSA,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    fn key(over: Value) -> Value {
        let zero = "A".repeat(43);
        let mut key = json!({ "kty": "EC", "kid": "k1", "crv": "P-256", "x": zero, "y": zero });
        let (Value::Object(fields), Value::Object(over)) = (&mut key, over) else { unreachable!() };
        fields.extend(over);
        key
    }

    /// O4: a key is used for what it was made for, or not at all.
    #[test]
    fn keys_that_verify_nothing() {
        assert!(verification_key(&key(json!({})), "k1", "ES256").is_ok());
        for (name, over) in [
            ("one for encryption", json!({ "use": "enc" })),
            ("one for signing only", json!({ "key_ops": ["sign"] })),
            ("a symmetric one", json!({ "kty": "oct", "k": "AAAA" })),
            ("one without id", json!({ "kid": null })),
            ("one with another id", json!({ "kid": "k2" })),
            ("one made for another algorithm", json!({ "alg": "ES384" })),
            ("one on another curve", json!({ "crv": "P-384" })),
            ("one of another family", json!({ "kty": "OKP" })),
        ] {
            assert_eq!(verification_key(&key(over), "k1", "ES256").err(), Some(Invalid::Key), "{name}");
        }
        assert_eq!(verification_key(&key(json!({})), "k1", "HS256").err(), Some(Invalid::Algorithm));
        let edwards = |curve: &str| key(json!({ "kty": "OKP", "crv": curve }));
        assert!(verification_key(&edwards("Ed25519"), "k1", "EdDSA").is_ok());
        assert_eq!(verification_key(&edwards("X25519"), "k1", "EdDSA").err(), Some(Invalid::Key));
    }

    /// P8: what is kept and recorded of a key is its public part.
    #[test]
    fn the_private_part_falls_away() {
        let kept = public_jwk(&key(json!({ "d": "c2VjcmV0", "x5c": ["…"], "alg": "ES256" }))).unwrap();
        let names: BTreeSet<&str> = kept.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "x", "y"].into());
    }
}
