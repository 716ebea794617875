//! Sealing a payload under a data key: AES-256-GCM over its canonical bytes, bound to action, revision and expiry.
//!
//! Pure: data key and nonce are parameters. Where they come from is [`crate::SealingKey`]'s matter.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use data_encoding::BASE64;
use domain::{ActionId, Fault, Timestamp};
use secrecy::{ExposeSecret, SecretBox};
use wire::documents::{DocumentKind, Payload, SealedPayload};
use wire::json;
use wire::text::rfc3339;

/// The furthest that an expiry may lie ahead, in seconds: a proposal waits a week at most, and clocks differ.
const LONGEST: i64 = 7 * 86_400 + 600;

/// A data key: 32 bytes that cannot be printed and are wiped when dropped.
pub type DataKey = SecretBox<[u8; 32]>;

/// What a payload is sealed for: it opens for nothing else.
#[derive(Debug, Clone, Copy)]
pub struct SealedFor<'a> {
    /// The action.
    pub action: &'a ActionId,
    /// The revision, from 1.
    pub revision: u32,
}

/// Seals the payload; `encrypted_key` is how the data key travels with it. A nonce must never be used twice.
///
/// # Errors
/// A lasting [`Fault`] when the payload has no canonical form.
pub fn seal(
    key: &DataKey,
    encrypted_key: &[u8],
    nonce: [u8; NONCE_LEN],
    payload: &Payload,
    sealed_for: SealedFor<'_>,
    expires_at: Timestamp,
) -> Result<SealedPayload, Fault> {
    let content = json::canonical(payload).map_err(|error| Fault::lasting(error.to_string()))?;
    let mut bytes = content.as_bytes().to_vec();
    aead(key)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            bound_to(sealed_for, expires_at),
            &mut bytes,
        )
        .map_err(|_| Fault::lasting("the payload cannot be sealed"))?;
    Ok(SealedPayload {
        format: SealedPayload::FORMAT.to_owned(),
        key: BASE64.encode(encrypted_key),
        nonce: BASE64.encode(&nonce),
        ciphertext: BASE64.encode(&bytes),
        expires_at,
    })
}

/// The encrypted data key of a sealed payload.
///
/// # Errors
/// A lasting [`Fault`] when it is no base64.
pub fn encrypted_key(sealed: &SealedPayload) -> Result<Vec<u8>, Fault> {
    decode(&sealed.key)
}

/// Whether it may still be opened: before its time, which is never further away than anything may wait.
///
/// # Errors
/// A lasting [`Fault`].
pub fn fresh(sealed: &SealedPayload, now: Timestamp) -> Result<(), Fault> {
    if now < sealed.expires_at && sealed.expires_at <= now.plus_seconds(LONGEST) {
        return Ok(());
    }
    Err(Fault::lasting("the sealed payload has expired"))
}

/// Opens what was sealed for this action and revision under this data key and has not expired at `now`.
///
/// # Errors
/// A lasting [`Fault`] when it was sealed for something else, under another key, was changed or has expired.
pub fn open(
    key: &DataKey,
    sealed: &SealedPayload,
    sealed_for: SealedFor<'_>,
    now: Timestamp,
) -> Result<Payload, Fault> {
    fresh(sealed, now)?;
    let wrong =
        || Fault::lasting("the sealed payload was made for another action or revision, or has been changed");
    if sealed.format != SealedPayload::FORMAT {
        return Err(wrong());
    }
    let nonce: [u8; NONCE_LEN] = decode(&sealed.nonce)?.try_into().map_err(|_| wrong())?;
    let mut bytes = decode(&sealed.ciphertext)?;
    let content = aead(key)?
        .open_in_place(
            Nonce::assume_unique_for_key(nonce),
            bound_to(sealed_for, sealed.expires_at),
            &mut bytes,
        )
        .map_err(|_| wrong())?;
    // The text of a parse error may point at a place, never repeat a value.
    let payload: Payload =
        json::parse_stored(content).map_err(|_| Fault::lasting("the opened payload is malformed"))?;
    if payload.format == Payload::FORMAT { Ok(payload) } else { Err(wrong()) }
}

fn aead(key: &DataKey) -> Result<LessSafeKey, Fault> {
    let key = UnboundKey::new(&AES_256_GCM, key.expose_secret());
    key.map(LessSafeKey::new).map_err(|_| Fault::lasting("the data key is no AES-256 key"))
}

fn bound_to(SealedFor { action, revision }: SealedFor<'_>, expires_at: Timestamp) -> Aad<Vec<u8>> {
    Aad::from(format!("{action}/{revision}/{}", rfc3339(expires_at)).into_bytes())
}

fn decode(text: &str) -> Result<Vec<u8>, Fault> {
    BASE64.decode(text.as_bytes()).map_err(|_| Fault::lasting("the sealed payload is malformed"))
}
