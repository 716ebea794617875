//! How these commands end.

use super::PolicyError;
use crate::exit;

/// Something was found: a mistake, a failed case, a difference.
pub(super) const FOUND: u8 = exit::FOUND;

/// The question could not be answered.
pub(super) const COULD_NOT: u8 = exit::USAGE;

pub(super) const CODES: &str = "Exit codes: 0 nothing was found; 1 mistakes, failed cases or differences; 2 the question could not be \
answered; 74 the output could not be written; 141 its reader is gone.";

/// What stands below the help of each of these commands.
pub(super) fn help(example: &str) -> String {
    format!("{CODES}\n\nExample:\n  countersign policy {example}")
}

/// What a command found, as its exit code.
pub(super) type Found = Result<u8, PolicyError>;
