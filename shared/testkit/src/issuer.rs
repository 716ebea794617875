//! An OpenID provider's signing side: real keys, real tokens, and every way to get a token wrong.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use data_encoding::BASE64URL_NOPAD;
use domain::Timestamp;
use identity::IssuerSettings;
use serde_json::{Map, Value, json};

/// Which keys an issuer makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Elliptic curve P-256.
    Es256,
    /// RSA with 2,048 bits; all such issuers share one key pair, because making one is slow.
    Rs256,
    /// Ed25519 from a seed: the only one whose tokens are the same in every run.
    EdDsa(u8),
}

/// An issuer. Clones share its keys.
#[derive(Clone)]
pub struct Issuer {
    name: String,
    algorithm: Algorithm,
    keys: Arc<Mutex<Vec<Arc<SigningKey>>>>,
}

struct SigningKey {
    kid: String,
    pair: Pair,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(&'static RsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// An ID token's claims.
#[derive(Debug, Clone)]
pub struct IdToken<'a> {
    /// Who.
    pub subject: &'a str,
    /// Their groups.
    pub groups: &'a [&'a str],
    /// The client.
    pub client: &'a str,
    /// The nonce.
    pub nonce: &'a str,
    /// When it is issued; it lasts five minutes.
    pub at: Timestamp,
    /// When the person signed in.
    pub auth_time: Option<Timestamp>,
}

impl Issuer {
    /// An issuer of this name with one key.
    #[must_use]
    pub fn new(name: &str, algorithm: Algorithm) -> Self {
        let issuer = Self { name: name.to_owned(), algorithm, keys: Arc::default() };
        issuer.rotate();
        issuer
    }

    /// Its name, the `iss` of its tokens.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is configured as the issuer of people (and agents).
    #[must_use]
    pub fn settings(&self) -> IssuerSettings {
        IssuerSettings {
            algorithms: ["ES256", "RS256", "EdDSA"].map(str::to_owned).to_vec(),
            person_clients: ["countersign-cli", "countersign-pages"].map(str::to_owned).to_vec(),
            ..IssuerSettings::plain(&self.name, "countersign")
        }
    }

    /// Its key set, newest last.
    #[must_use]
    pub fn jwks(&self) -> Vec<Value> {
        self.keys().iter().map(|key| key.jwk()).collect()
    }

    /// The newest key's public half.
    #[must_use]
    pub fn jwk(&self) -> Value {
        self.newest().jwk()
    }

    /// A new signing key; older ones stay in the set.
    pub fn rotate(&self) {
        let mut keys = self.keys();
        let number = u8::try_from(keys.len()).unwrap_or(u8::MAX);
        keys.push(Arc::new(SigningKey::new(self.algorithm, number)));
    }

    /// Takes all but the newest key out of the set.
    pub fn retire(&self) {
        let mut keys = self.keys();
        let last = keys.len().saturating_sub(1);
        keys.drain(..last);
    }

    /// A person's access token, through `countersign-cli`, for an hour: it reads and decides.
    #[must_use]
    pub fn person(&self, subject: &str, groups: &[&str], at: Timestamp) -> String {
        let scope = "openid groups countersign:read countersign:decide";
        self.scoped(subject, groups, &json!({ "scope": scope }), at)
    }

    /// The same with these claims about its scopes and no other.
    #[must_use]
    pub fn scoped(&self, subject: &str, groups: &[&str], scopes: &Value, at: Timestamp) -> String {
        let auth_time = at.seconds();
        let claims = json!({
            "sub": subject, "client_id": "countersign-cli", "groups": groups, "auth_time": auth_time,
        });
        self.access(&merged(claims, scopes), at)
    }

    /// An agent's access token from its own credentials, for an hour.
    #[must_use]
    pub fn agent(&self, client: &str, at: Timestamp) -> String {
        self.access(&json!({"sub": client, "client_id": client}), at)
    }

    /// An access token of an hour with these claims over the usual ones; null takes one away.
    #[must_use]
    pub fn access(&self, claims: &Value, at: Timestamp) -> String {
        let usual =
            json!({"iss": self.name, "aud": "countersign", "iat": at.seconds(), "exp": at.seconds() + 3600});
        self.sign(&json!({"typ": "at+jwt"}), &merged(usual, claims))
    }

    /// An ID token.
    #[must_use]
    pub fn id_token(&self, token: &IdToken<'_>) -> String {
        self.id_token_with(token, &json!({}))
    }

    /// An ID token with these claims over the usual ones; null takes one away.
    #[must_use]
    pub fn id_token_with(&self, token: &IdToken<'_>, over: &Value) -> String {
        let claims = json!({
            "iss": self.name, "sub": token.subject, "aud": token.client, "nonce": token.nonce,
            "iat": token.at.seconds(), "exp": token.at.seconds() + 300,
            "auth_time": token.auth_time.map(Timestamp::seconds), "groups": token.groups,
        });
        self.sign(&json!({"typ": "JWT"}), &merged(claims, over))
    }

    /// Signs any header (over `alg` and `kid`; null takes one away) and any claims with the newest key.
    #[must_use]
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let key = self.newest();
        let header = merged(json!({"alg": key.algorithm(), "kid": key.kid}), header);
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let signature = key.sign(signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, Vec<Arc<SigningKey>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(clippy::expect_used, reason = "an issuer is made with a key and keeps the newest")]
    fn newest(&self) -> Arc<SigningKey> {
        self.keys().last().expect("an issuer has a key").clone()
    }
}

#[expect(clippy::expect_used, reason = "a key that cannot be made or used must fail the test loudly")]
impl SigningKey {
    fn new(algorithm: Algorithm, number: u8) -> Self {
        let (kid, pair) = match algorithm {
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
                ("es", Pair::Ec(pair))
            }
            Algorithm::Rs256 => ("rs", Pair::Rsa(shared_rsa())),
            Algorithm::EdDsa(seed) => {
                let mut bytes = [seed; 32];
                if let Some(last) = bytes.last_mut() {
                    *last = number;
                }
                ("ed", Pair::Ed(Ed25519KeyPair::from_seed_unchecked(&bytes).expect("a key")))
            }
        };
        Self { kid: format!("{kid}-{number}"), pair }
    }

    fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Ec(_) => "ES256",
            Pair::Rsa(_) => "RS256",
            Pair::Ed(_) => "EdDSA",
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Ec(pair) => {
                pair.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec()
            }
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .expect("a signature");
                signature
            }
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        let jwk = match &self.pair {
            Pair::Ec(pair) => {
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..).expect("an uncompressed point").split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": text(x), "y": text(y)})
            }
            Pair::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({"kty": "RSA", "n": text(&public.n), "e": text(&public.e)})
            }
            Pair::Ed(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref())})
            }
        };
        merged(jwk, &json!({"kid": self.kid, "use": "sig", "alg": self.algorithm()}))
    }
}

#[expect(clippy::expect_used, reason = "a key that cannot be made must fail the test loudly")]
fn shared_rsa() -> &'static RsaKeyPair {
    static PAIR: OnceLock<RsaKeyPair> = OnceLock::new();
    PAIR.get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"))
}

fn merged(base: Value, over: &Value) -> Value {
    let (Value::Object(mut fields), Value::Object(over)) = (base, over) else { return Value::Null };
    fields.extend(over.clone());
    fields.retain(|_, value| !value.is_null());
    Value::Object(Map::from_iter(fields))
}

fn encode(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}
