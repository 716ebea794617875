//! What intake derives with its own key: the action id, which nobody can compute from a guessed idempotency key, and
//! the fingerprint of the body, which nobody else reads and which is useless for any other action.

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use domain::ActionId;
use serde_json::json;
use wire::json::{Canonical, JsonError, canonical};
use wire::text::Identity;

/// The prefix of each use of the key, so that no two uses give the same value.
const ID: &str = "countersign-action-id/1";
const FINGERPRINT: &str = "countersign-fingerprint/1";

/// The id of the action that this agent proposes for this human, or for none, under this idempotency key.
///
/// # Errors
/// [`JsonError`] when the names have no canonical form.
pub fn action_id(
    key: &[u8; 32],
    agent: &Identity,
    on_behalf_of: Option<&Identity>,
    idempotency_key: &str,
) -> Result<ActionId, JsonError> {
    let human = on_behalf_of.map(|human| json!([human.issuer, human.subject]));
    let name = canonical(&json!([agent.issuer, agent.subject, human, idempotency_key]))?;
    Ok(ActionId::of(tag(key, &[ID.as_bytes(), name.as_bytes()]).sign().as_ref()))
}

/// The fingerprint of an action's body, 64 hex digits.
pub(crate) fn fingerprint(key: &[u8; 32], action: &ActionId, body: &Canonical) -> String {
    HEXLOWER.encode(of_body(key, action, body).sign().as_ref())
}

/// Whether this is the fingerprint of that body. Compared in constant time.
pub(crate) fn is_of(key: &[u8; 32], action: &ActionId, body: &Canonical, fingerprint: &str) -> bool {
    let tag = HEXLOWER.decode(fingerprint.as_bytes());
    tag.is_ok_and(|tag| hmac::verify(&of_key(key), &of_body(key, action, body).bytes, &tag).is_ok())
}

fn of_body(key: &[u8; 32], action: &ActionId, body: &Canonical) -> Tagged {
    tag(key, &[FINGERPRINT.as_bytes(), action.as_str().as_bytes(), body.as_bytes()])
}

struct Tagged {
    key: hmac::Key,
    bytes: Vec<u8>,
}

impl Tagged {
    fn sign(&self) -> hmac::Tag {
        hmac::sign(&self.key, &self.bytes)
    }
}

fn of_key(key: &[u8; 32]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key)
}

/// The parts with a zero byte after each, which none of them contains.
fn tag(key: &[u8; 32], parts: &[&[u8]]) -> Tagged {
    let bytes = parts.iter().flat_map(|part| part.iter().copied().chain([0])).collect();
    Tagged { key: of_key(key), bytes }
}
