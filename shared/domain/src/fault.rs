//! Technical failure, as opposed to a rejection by rule.

/// Something outside failed. The caller denies, and the fault says whether trying again makes sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    what: String,
    retry: bool,
}

impl Fault {
    /// A fault that may pass: throttling, a time-out, a lost answer.
    #[must_use]
    pub fn passing(what: impl Into<String>) -> Self {
        Self { what: what.into(), retry: true }
    }

    /// A fault that lasts until somebody repairs it: access denied, malformed data, missing configuration.
    #[must_use]
    pub fn lasting(what: impl Into<String>) -> Self {
        Self { what: what.into(), retry: false }
    }

    /// Whether trying again makes sense.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.retry
    }
}
