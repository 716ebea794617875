//! What the reference on a message's buttons stands for. The reference itself is opaque to the platform and to whoever reads the
//! message; only this record says which action it belongs to.

use domain::ActionId;
use serde::{Deserialize, Serialize};

use crate::json::{self, JsonError};
use crate::text;

/// The bytes of a reference before they are written as base64url without padding.
pub const REFERENCE_BYTES: usize = 24;
/// The characters of a reference.
pub const REFERENCE_LENGTH: usize = 32;
/// The longest key of a message, in bytes.
const LONGEST_MESSAGE: usize = 200;

/// One sent card with controls. It is stored before the message is sent, as canonical JSON, in the table of channels under the
/// topic [`CardReference::topic`] and the key [`CardReference::KEY`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardReference {
    /// The action.
    #[serde(with = "text")]
    pub action: ActionId,
    /// The number of the last event of the item that the card shows, from 1.
    pub sequence: u32,
    /// The key of the message: 1 to 200 printable ASCII characters without spaces.
    pub message: String,
}

impl CardReference {
    /// The key under its topic.
    pub const KEY: &'static str = "card";

    /// The topic of this reference; none when the text is not a reference of ours (32 characters of base64url).
    #[must_use]
    pub fn topic(reference: &str) -> Option<String> {
        let ours = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_one = reference.len() == REFERENCE_LENGTH && reference.bytes().all(ours);
        is_one.then(|| format!("reference/{reference}"))
    }

    /// The stored text.
    ///
    /// # Errors
    /// [`JsonError`] when a field is out of its bounds: then [`CardReference::parse`] would not read it.
    pub fn to_stored(&self) -> Result<String, JsonError> {
        self.check()?;
        json::canonical(self).map(json::Canonical::into_string)
    }

    /// Reads what [`CardReference::to_stored`] wrote, and nothing else.
    ///
    /// # Errors
    /// [`JsonError`] when the text has another shape, an unknown field, a field out of its bounds, or is not canonical.
    pub fn parse(stored: &str) -> Result<Self, JsonError> {
        let read: Self = json::parse_stored(stored.as_bytes())?;
        match read.to_stored()? == stored {
            true => Ok(read),
            false => Err(JsonError::new("not in canonical form")),
        }
    }

    fn check(&self) -> Result<(), JsonError> {
        let message = &self.message;
        if self.sequence == 0 {
            return Err(JsonError::new("`sequence` begins at 1"));
        }
        if !(1..=LONGEST_MESSAGE).contains(&message.len()) || !message.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(JsonError::new("`message` must be 1 to 200 printable ASCII characters"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> CardReference {
        let action = "act_000000000000000000000000000".parse().unwrap_or_else(|_| ActionId::suspensions());
        CardReference { action, sequence: 3, message: "slack/C1/3".to_owned() }
    }

    #[test]
    fn a_reference_is_read_as_it_was_written() {
        let stored = sample().to_stored().unwrap();
        assert!(stored.starts_with(r#"{"action":""#), "{stored}");
        assert_eq!(CardReference::parse(&stored).unwrap(), sample());
    }

    /// C39: whatever the platform sends as a reference names one key of ours, or nothing.
    #[test]
    fn a_topic_is_made_of_32_characters_and_no_others() {
        let good = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-_";
        assert_eq!(CardReference::topic(good), Some(format!("reference/{good}")));
        for bad in ["", &good[1..], &format!("{good}A"), &good.replace('-', "/"), &good.replace("A-", "é")] {
            assert_eq!(CardReference::topic(bad), None, "{bad}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let stored = sample().to_stored().unwrap();
        let changed = [
            stored.replace("\"sequence\":3", "\"sequence\":0"),
            stored.replace("\"sequence\":3", "\"sequence\":-1"),
            stored.replace("\"sequence\":3", "\"sequence\":4294967296"),
            stored.replace("\"sequence\":3", "\"sequence\": 3"),
            stored.replace("slack/C1/3", ""),
            stored.replace("slack/C1/3", "slack C1"),
            stored.replace("slack/C1/3", &"a".repeat(201)),
            stored.replace("}", ",\"person\":\"bob\"}"),
            stored.replace("\"action\":", "\"Action\":"),
            format!("{stored} "),
            String::new(),
        ];
        for changed in changed {
            assert!(CardReference::parse(&changed).is_err(), "{changed}");
        }
        assert!(CardReference { sequence: 0, ..sample() }.to_stored().is_err());
        assert!(CardReference { message: "é".into(), ..sample() }.to_stored().is_err());
    }
}
