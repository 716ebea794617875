//! What went wrong between here and there, and the exit code that says so.

use std::path::Path;

use super::ApiRefusal;
use crate::exit;

/// What went wrong between here and there.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Nothing to identify with.
    #[error(
        "no token: people sign in with `countersign login`; else set COUNTERSIGN_TOKEN, or give --token-file, \
         --token-command, or --issuer with --client and --secret-file"
    )]
    NoToken,
    /// The token counts no longer, and there is no other.
    #[error("the token is no longer accepted, and no other can be got: {0}")]
    TokenEnded(String),
    /// A file that cannot be read or written.
    #[error("`{0}`: {1}")]
    File(String, std::io::Error),
    /// Something that was given cannot be used.
    #[error("{0}")]
    Usage(String),
    /// Nobody answered as long as there was time.
    #[error("no answer in time: {0}")]
    NoAnswer(String),
    /// The API refuses for good.
    #[error("{0}")]
    Refused(Box<ApiRefusal>),
    /// An answer that is not what the contract says.
    #[error("{0}")]
    Answer(String),
}

impl ApiError {
    /// About a file.
    pub(crate) fn file(file: &Path, error: std::io::Error) -> Self {
        Self::File(file.display().to_string(), error)
    }

    /// How the process ends.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::TokenEnded(_) => exit::TOKEN_ENDED,
            _ => exit::USAGE,
        }
    }
}
