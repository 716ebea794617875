//! What stands beside a place of a text.

/// The character before a place.
pub(crate) fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The character at a place.
pub(crate) fn after(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether a character is a letter or a digit.
pub(crate) fn alphanumeric(char: Option<char>) -> bool {
    char.is_some_and(char::is_alphanumeric)
}
