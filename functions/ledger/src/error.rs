//! Why one event is not recorded now.

use domain::{Fault, Rejection};

/// Why one event is not recorded now.
#[derive(Debug)]
pub(crate) enum ExamineError {
    /// The event may never stand: a violation is recorded in its place.
    Rejection(Rejection),
    /// Nobody can tell now: its item is left for later.
    Fault(Fault),
}

impl From<Rejection> for ExamineError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejection(rejection)
    }
}

impl From<Fault> for ExamineError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
