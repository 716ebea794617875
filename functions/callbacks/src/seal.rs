//! Encrypts the content of cookies. The browser can neither read nor change it, nor use it as the content of another cookie.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use data_encoding::BASE64URL_NOPAD;
use domain::Fault;
use runtime::Random;
use serde_json::Value;

/// AES-256-GCM with the cookie key; the name of the cookie is the associated data.
pub(crate) struct Sealer(LessSafeKey);

impl Sealer {
    pub(crate) fn new(key: &[u8; 32]) -> Result<Self, Fault> {
        let key =
            UnboundKey::new(&AES_256_GCM, key).map_err(|_| Fault::lasting("the cookie key is unusable"))?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// The encrypted value for the cookie of this name.
    pub(crate) fn seal(&self, name: &str, content: &Value, random: &dyn Random) -> Result<String, Fault> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce)?;
        let mut sealed = wire::json::canonical(content)
            .map_err(|_| Fault::lasting("a cookie's content has no canonical form"))?
            .as_bytes()
            .to_vec();
        let aad = Aad::from(name.as_bytes());
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| Fault::lasting("a cookie cannot be sealed"))?;
        Ok(BASE64URL_NOPAD.encode(&[nonce.as_slice(), &sealed].concat()))
    }

    /// The content of the cookie of this name; `None` for every value that was not encrypted for it.
    pub(crate) fn open(&self, name: &str, value: &str) -> Option<Value> {
        let mut bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.0.open_in_place(nonce, Aad::from(name.as_bytes()), sealed).ok()?;
        wire::json::parse_value(opened).ok()
    }
}
