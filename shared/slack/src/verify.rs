//! Whether Slack signed a request: version 0 of its signatures, over the raw bytes of the body.

use std::fmt;

use aws_lc_rs::{digest, hmac};
use data_encoding::HEXLOWER;
use domain::Timestamp;
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};

use crate::refused::Refused;

const TIMESTAMP: &str = "x-slack-request-timestamp";
const SIGNATURE: &str = "x-slack-signature";
/// How far a request's time may be away, in seconds, in either direction.
const WINDOW: i64 = 300;
/// The longest body that is looked at, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// The app's signing secrets: the current one, and the one before while it is being replaced.
#[derive(Clone)]
pub struct SigningSecrets(Vec<SecretString>);

impl SigningSecrets {
    /// The secrets; white space around them is removed.
    ///
    /// # Errors
    /// [`Refused::NoSecret`] when one of them is empty.
    pub fn new(current: &SecretString, previous: Option<&SecretString>) -> Result<Self, Refused> {
        let trimmed = |secret: &SecretString| {
            let text = secret.expose_secret().trim();
            if text.is_empty() { Err(Refused::NoSecret) } else { Ok(SecretString::from(text.to_owned())) }
        };
        std::iter::once(current).chain(previous).map(trimmed).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Debug for SigningSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningSecrets({})", self.0.len())
    }
}

/// A request that Slack signed within the last five minutes. It may be a repetition: see [`Verified::replay_key`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<'a> {
    body: &'a [u8],
    replay_key: String,
}

impl<'a> Verified<'a> {
    /// The raw body.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// 64 hex digits that this signature and time alone have. Whoever acts on the request first writes this key on the
    /// condition that it is not there, and keeps it for longer than ten minutes: a copy of the request is then found out.
    #[must_use]
    pub fn replay_key(&self) -> &str {
        &self.replay_key
    }
}

/// Checks the signature. `body` is what came over the wire: not decoded, not parsed (where the Lambda event says base64,
/// the decoded bytes).
///
/// # Errors
/// [`Refused`].
pub fn verify<'a>(
    headers: &HeaderMap,
    body: &'a [u8],
    now: Timestamp,
    secrets: &SigningSecrets,
) -> Result<Verified<'a>, Refused> {
    if body.len() > MAX_BODY {
        return Err(Refused::TooLong);
    }
    let time = only(headers, TIMESTAMP)?;
    let seconds = decimal(time).ok_or(Refused::Headers)?;
    let tag = only(headers, SIGNATURE)?.strip_prefix(b"v0=").ok_or(Refused::Headers)?;
    // Lower case only: another spelling of the same signature would have another replay key.
    let tag = HEXLOWER.decode(tag).ok().filter(|tag| tag.len() == 32).ok_or(Refused::Headers)?;
    if now.seconds().abs_diff(seconds) > WINDOW.unsigned_abs() {
        return Err(Refused::Time);
    }
    let signed = [b"v0:", time, b":", body].concat();
    let holds = |secret: &SecretString| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        hmac::verify(&key, &signed, &tag).is_ok()
    };
    // An empty list is no secret, whatever made it.
    if secrets.0.is_empty() {
        return Err(Refused::NoSecret);
    }
    match secrets.0.iter().any(holds) {
        true => Ok(Verified { body, replay_key: replay_key(time, &tag) }),
        false => Err(Refused::Signature),
    }
}

fn replay_key(time: &[u8], tag: &[u8]) -> String {
    let named = [b"countersign slack v0:".as_slice(), time, b":", tag].concat();
    HEXLOWER.encode(digest::digest(&digest::SHA256, &named).as_ref())
}

/// The value of a header that is there exactly once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h [u8], Refused> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value.as_bytes()),
        _ => Err(Refused::Headers),
    }
}

/// Seconds as Slack writes them: up to twelve decimal digits, no sign, no space, no zero in front.
fn decimal(text: &[u8]) -> Option<i64> {
    let digits = (1..=12).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    if !digits || (text.first() == Some(&b'0') && text.len() > 1) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}
