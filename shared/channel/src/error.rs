//! Why a message was not delivered.

use thiserror::Error;

/// A delivery that failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeliveryError {
    /// The same attempt can never succeed: the conversation is archived, the account removed, the bot blocked.
    #[error("{channel} will not deliver it: {code}")]
    Permanent {
        /// The channel's name.
        channel: &'static str,
        /// The platform's word for it, ASCII.
        code: String,
    },
    /// It may succeed later.
    #[error("{channel} did not deliver it: {code}")]
    Passing {
        /// The channel's name.
        channel: &'static str,
        /// The platform's word for it, ASCII.
        code: String,
        /// For how many seconds the platform wants no further attempt; 0 when it does not say.
        retry_after: u32,
    },
}
