//! What Slack's error codes mean for another attempt.

use channel::DeliveryError;

/// The channel's name.
pub(crate) const NAME: &str = "slack";

/// Codes after which the same attempt can never succeed: somebody has to change the conversation, the account, the app or
/// the message first. Every other code, unknown ones among them, may pass.
const PERMANENT: [&str; 59] = [
    // The conversation.
    "channel_not_found",
    "channel_is_limited_access",
    "is_archived",
    "is_inactive",
    "not_in_channel",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "messages_tab_disabled",
    "cannot_dm_bot",
    // The account.
    "user_not_found",
    "user_not_visible",
    "user_disabled",
    "user_is_restricted",
    "user_is_bot",
    "users_not_found",
    "invalid_user_combination",
    // The message.
    "cant_update_message",
    "edit_window_closed",
    "message_not_found",
    "cant_broadcast_message",
    // The token and the app.
    "access_denied",
    "account_inactive",
    "app_access_restricted",
    "as_user_not_supported",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "invalid_auth",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_authed",
    "team_access_not_granted",
    "team_not_found",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
    // What was sent.
    "duplicate_external_id",
    "expired_trigger_id",
    "exchanged_trigger_id",
    "invalid_trigger_id",
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_array_arg",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_charset",
    "invalid_form_data",
    "invalid_post_type",
    "missing_post_type",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "trigger_expired",
    "trigger_exchanged",
    "method_deprecated",
    "deprecated_endpoint",
];

/// The failure that a code in an answer with `ok: false` is.
pub(crate) fn failure(code: Option<&str>) -> DeliveryError {
    let code = code.filter(|code| is_code(code)).unwrap_or("unknown_error");
    match PERMANENT.contains(&code) {
        true => permanent(code),
        false => passing(code, 0),
    }
}

/// A failure that lasts.
pub(crate) fn permanent(code: &str) -> DeliveryError {
    DeliveryError::Permanent { channel: NAME, code: code.to_owned() }
}

/// A failure that may pass.
pub(crate) fn passing(code: &str, retry_after: u32) -> DeliveryError {
    DeliveryError::Passing { channel: NAME, code: code.to_owned(), retry_after }
}

/// A code is a word of Slack's; anything else, a token that somebody echoes for instance, is not repeated.
fn is_code(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'0'..=b'9'))
}
