//! Why nothing can be shown.

use std::path::PathBuf;

use crate::policy::PolicyError;

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// A file could not be read.
    #[error("`{0}`: {1}")]
    File(PathBuf, std::io::Error),
    /// It is too long to be read whole.
    #[error("`{0}` has more than {1} MiB: split it, or read it with --lines")]
    TooLong(PathBuf, usize),
    /// Not what the command takes.
    #[error("{0}")]
    Usage(String),
    /// The bundle does not open.
    #[error("the bundle does not open: {0}")]
    Bundle(#[from] PolicyError),
}
