//! Slack's ids.

/// Whether this is an id that begins with one of these letters.
pub(crate) fn is_id(text: &str, kinds: &[char]) -> bool {
    let rest = text.strip_prefix(kinds);
    rest.is_some_and(|rest| {
        (2..=30).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// A conversation: a channel, a private channel, a direct message.
pub(crate) fn is_conversation(text: &str) -> bool {
    is_id(text, &['C', 'G', 'D'])
}

/// Whether an address is an account (`U…`, `W…`) and not a conversation.
#[must_use]
pub fn is_user(text: &str) -> bool {
    is_id(text, &['U', 'W'])
}

/// A workspace, or an Enterprise Grid organisation.
pub(crate) fn is_organisation(text: &str) -> bool {
    is_id(text, &['T', 'E'])
}
