//! Digests, commitments, the running chain and action ids: all of them functions of canonical bytes.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest, written `sha256:<64 lower-case hex digits>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// The running hash over an item's events; the empty item has [`ZERO_CHAIN`].
pub type Chain = Digest;

/// The chain before the first event.
pub const ZERO_CHAIN: Chain = Digest([0; 32]);

/// Text that is not a digest or an id of the expected shape.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct ParseError {
    text: String,
    expected: &'static str,
}

impl ParseError {
    pub(crate) fn new(text: &str, expected: &'static str) -> Self {
        Self { text: shorten(text), expected }
    }
}

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest whose raw bytes these are.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The 64 hex digits without the `sha256:` in front.
    #[must_use]
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// The chain after one more event, given its canonical bytes: SHA-256(this chain ‖ event).
    #[must_use]
    pub fn extend(&self, event: &[u8]) -> Chain {
        Self(Sha256::new().chain_update(self.0).chain_update(event).finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Digest {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new(text, "a digest `sha256:<64 hex digits>`");
        let hex = text.strip_prefix("sha256:").ok_or_else(wrong)?;
        let bytes = HEXLOWER.decode(hex.as_bytes()).map_err(|_| wrong())?;
        bytes.try_into().map(Self).map_err(|_| wrong())
    }
}

/// The random 32-byte key of one action's commitment. It cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// The key with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes, for sealing only.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// HMAC-SHA-256 of the full parameters under the action's own key, written `hmac-sha256:<64 hex digits>`.
///
/// A plain hash of a telephone number is found by trying them all; without the key this one is not.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// The commitment to the canonical form of the full parameters.
    #[must_use]
    pub fn of(key: &Key, canonical: &[u8]) -> Self {
        let pad = |byte: u8| {
            let mut block = [byte; 64];
            block.iter_mut().zip(key.expose()).for_each(|(slot, key)| *slot ^= key);
            block
        };
        let inner = Sha256::new().chain_update(pad(0x36)).chain_update(canonical).finalize();
        Self(Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into())
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hmac-sha256:{}", HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Commitment {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new(text, "a commitment `hmac-sha256:<64 hex digits>`");
        let hex = text.strip_prefix("hmac-sha256:").ok_or_else(wrong)?;
        let bytes = HEXLOWER.decode(hex.as_bytes()).map_err(|_| wrong())?;
        bytes.try_into().map(Self).map_err(|_| wrong())
    }
}

/// An action's id: `act_` and 26 lower-case base32 characters (130 bits of SHA-256). A chat account's begins with `acc_`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(String);

/// What the ids of actions begin with.
const ACTION: &str = "act_";
/// What the ids of chat accounts begin with.
const ACCOUNT: &str = "acc_";

impl ActionId {
    /// The id that follows from the canonical JSON of [issuer, subject, on-behalf-of, idempotency key].
    /// The same request always has the same id, so creating twice cannot happen.
    #[must_use]
    pub fn of(canonical: &[u8]) -> Self {
        Self::prefixed(ACTION, canonical)
    }

    /// The same for a chat account.
    pub(crate) fn of_account(canonical: &[u8]) -> Self {
        Self::prefixed(ACCOUNT, canonical)
    }

    fn prefixed(prefix: &str, canonical: &[u8]) -> Self {
        let text = BASE32_NOPAD.encode(Digest::of(canonical).as_bytes()).to_ascii_lowercase();
        Self(format!("{prefix}{}", text.get(..26).unwrap_or(&text)))
    }

    /// Whether a chat account is kept under it, and no action.
    #[must_use]
    pub fn is_account(&self) -> bool {
        self.0.starts_with(ACCOUNT)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ActionId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let rest = text.strip_prefix(ACTION).or_else(|| text.strip_prefix(ACCOUNT));
        let shaped = rest.is_some_and(|rest| {
            rest.len() == 26 && rest.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'))
        });
        if shaped {
            return Ok(Self(text.to_owned()));
        }
        Err(ParseError::new(text, "an action id `act_<26 base32 characters>`"))
    }
}

/// Foreign text in an error message stays short.
fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
