//! Names that tokens give to people and agents.

/// The longest subject, client or group that is kept, in bytes.
const MAX_NAME: usize = 255;

/// Whether a token can name somebody so: not empty, at most 255 bytes, without control characters.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME && !text.chars().any(char::is_control)
}
