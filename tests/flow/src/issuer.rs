//! The local issuer at another time: what it signed an hour ago, or would sign for somebody who typed a password a while
//! ago. The tokens are signed with its own key, so that a test need not wait for them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use data_encoding::BASE64URL_NOPAD;
use domain::Timestamp;
use serde_json::{Value, json};

use crate::stack::{Stack, local_dir};
use crate::{FlowResult, FlowStep, fail};

/// The issuer's ES256 key, which `/jwks` publishes.
pub struct IssuerKey {
    pair: EcdsaKeyPair,
    id: String,
    issuer: String,
}

impl IssuerKey {
    /// The key that the running issuer signs access tokens with.
    ///
    /// # Errors
    /// When the stack's folder has none.
    pub fn of(stack: &Stack) -> FlowResult<Self> {
        let file = local_dir().join("keys/issuer.json");
        let bytes = std::fs::read(&file).step("the issuer's keys")?;
        let keys: Value = wire::json::parse(&bytes).step("the issuer's keys")?;
        let keys = keys.get("keys").and_then(Value::as_array).step("the issuer's keys")?;
        let key = keys.iter().find(|key| key.get("alg") == Some(&json!("ES256"))).step("an ES256 key")?;
        let part = |name: &str| {
            let text = key.get(name).and_then(Value::as_str).step(name)?;
            BASE64URL_NOPAD.decode(text.as_bytes()).step(name)
        };
        let public = [vec![4], part("x")?, part("y")?].concat();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &part("d")?, &public);
        let id = key.get("kid").and_then(Value::as_str).step("kid")?.to_owned();
        Ok(Self { pair: pair.step("the issuer's key")?, id, issuer: stack.issuer.clone() })
    }

    /// The id under which it is published.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The access token that this agent got at `at`, good for an hour.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn access_token(&self, agent: &str, at: Timestamp) -> FlowResult<String> {
        let claims = json!({
            "iss": self.issuer, "sub": agent, "aud": "countersign", "client_id": agent, "azp": agent,
            "iat": at.seconds(), "exp": at.seconds() + 3600, "jti": crate::fresh::name("token"),
        });
        self.sign("at+jwt", &claims)
    }

    /// The ID token that the pages get for this person of this group at `at`, who typed the password at `signed_in`.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn id_token(
        &self,
        (person, group): (&str, &str),
        nonce: &str,
        at: Timestamp,
        signed_in: Timestamp,
    ) -> FlowResult<String> {
        let claims = json!({
            "iss": self.issuer, "sub": person, "aud": "countersign-pages", "azp": "countersign-pages",
            "iat": at.seconds(), "exp": at.seconds() + 600, "auth_time": signed_in.seconds(),
            "nonce": nonce, "groups": [group],
        });
        self.sign("JWT", &claims)
    }

    fn sign(&self, kind: &str, claims: &Value) -> FlowResult<String> {
        let header = json!({ "alg": "ES256", "typ": kind, "kid": self.id });
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(claims));
        match self.pair.sign(&SystemRandom::new(), signed.as_bytes()) {
            Ok(signature) => Ok(format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))),
            Err(_) => fail("the issuer's key does not sign"),
        }
    }
}
