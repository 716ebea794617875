//! Why nothing could be verified or fetched.

use super::{CheckpointError, TrustError};

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Not what the command takes.
    #[error("{0}")]
    Usage(String),
    /// The log cannot be read.
    #[error("{0}")]
    Source(String),
    /// The trust file cannot be used.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
