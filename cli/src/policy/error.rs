//! Why a command ended without an answer.

use std::path::PathBuf;

use bundle::LoadError;
use bundle_build::{Diagnostic, Sources};

use crate::ledger::LedgerError;

/// Why a command ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The sources have mistakes.
    #[error("the sources have mistakes")]
    Mistakes(Vec<Diagnostic>, Option<Sources>),
    /// A file could not be read or written.
    #[error("`{0}`: {1}")]
    File(PathBuf, std::io::Error),
    /// A compiled bundle does not load.
    #[error("`{0}`: {1}")]
    Load(PathBuf, LoadError),
    /// The log cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Not what the command takes.
    #[error("{0}")]
    Usage(String),
}
