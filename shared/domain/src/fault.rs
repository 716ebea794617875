//! Technical failure, as opposed to a rejection by rule.

/// Something outside failed. The caller denies, and the fault says whether trying again makes sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    what: String,
    retry: bool,
    retry_after: u32,
}

impl Fault {
    /// A fault that may pass: throttling, a time-out, a lost answer.
    #[must_use]
    pub fn passing(what: impl Into<String>) -> Self {
        Self { what: what.into(), retry: true, retry_after: 0 }
    }

    /// A fault that lasts until somebody repairs it: access denied, malformed data, missing configuration.
    #[must_use]
    pub fn lasting(what: impl Into<String>) -> Self {
        Self { what: what.into(), retry: false, retry_after: 0 }
    }

    /// The same, with the seconds for which whoever failed wants no further attempt.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.retry_after = seconds;
        self
    }

    /// For how many seconds no further attempt should be made; 0 when nobody said.
    #[must_use]
    pub fn retry_after(&self) -> u32 {
        self.retry_after
    }

    /// Whether trying again makes sense.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.retry
    }
}
