//! A signing key of the Bot Framework, or of somebody else.

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};

pub struct Signer {
    kid: &'static str,
    pair: &'static RsaKeyPair,
}

/// The Bot Framework's key.
pub fn framework() -> Signer {
    static PAIR: OnceLock<RsaKeyPair> = OnceLock::new();
    Signer { kid: "framework-1", pair: PAIR.get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap()) }
}

/// A key that nobody trusts, under the name of one that is trusted.
pub fn stranger() -> Signer {
    static PAIR: OnceLock<RsaKeyPair> = OnceLock::new();
    Signer { kid: "framework-1", pair: PAIR.get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap()) }
}

impl Signer {
    pub fn jwk(&self, endorsements: &Value) -> Value {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        let (n, e) = (BASE64URL_NOPAD.encode(&public.n), BASE64URL_NOPAD.encode(&public.e));
        let mut key = json!({ "kty": "RSA", "use": "sig", "kid": self.kid, "n": n, "e": e });
        if !endorsements.is_null() {
            key["endorsements"] = endorsements.clone();
        }
        key
    }

    /// A token with exactly this header and these claims.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    /// The private key in PEM.
    pub fn pem(&self) -> String {
        let der = AsDer::<Pkcs8V1Der<'_>>::as_der(self.pair).unwrap();
        pem("PRIVATE KEY", der.as_ref())
    }
}

pub fn pem(kind: &str, der: &[u8]) -> String {
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", BASE64.encode(der))
}
