//! What an answer of the Connector means.

use channel::DeliveryError;
use domain::Fault;
use serde_json::Value;

use crate::json::text;

/// The channel's name.
pub(crate) const NAME: &str = "teams";
/// The longest wait that is believed, in seconds.
const MAX_WAIT: u32 = 3600;

/// An answer, read to its bounded end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body of a success, `null` where it is empty or no JSON.
    ///
    /// # Errors
    /// [`DeliveryError`]: passing for what Teams itself says to repeat, for its faults, and for a token that it does not
    /// accept; permanent for everything else.
    pub(crate) fn json(&self) -> Result<Value, DeliveryError> {
        let value = wire::json::parse_value(&self.body).unwrap_or(Value::Null);
        let code = code(text(&value, "/error/code"), self.status);
        match self.status {
            200..=299 => Ok(value),
            300..=399 | 401 | 408 | 412 | 425 | 429 | 500..=599 => Err(passing(code, self.wait())),
            _ => Err(permanent(code)),
        }
    }

    fn wait(&self) -> u32 {
        let seconds = self.retry_after.as_deref().and_then(|text| text.trim().parse::<u32>().ok());
        seconds.unwrap_or(0).min(MAX_WAIT)
    }
}

/// The platform's word for a failure, if it is one word; else the status.
pub(crate) fn code(word: Option<&str>, status: u16) -> String {
    let is_word = |text: &&str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
    };
    word.filter(is_word).map_or_else(|| format!("status-{status}"), str::to_owned)
}

pub(crate) fn permanent(code: impl Into<String>) -> DeliveryError {
    DeliveryError::Permanent { channel: NAME, code: code.into() }
}

pub(crate) fn passing(code: impl Into<String>, retry_after: u32) -> DeliveryError {
    DeliveryError::Passing { channel: NAME, code: code.into(), retry_after }
}

/// A fault of ours while preparing a request: the message itself may still be delivered later.
pub(crate) fn not_prepared(fault: &Fault) -> DeliveryError {
    tracing::error!(%fault, "the bot's credential cannot be used");
    passing("no-credential", 0)
}
