//! Final failure by rule, as opposed to a technical one.

/// Why something is not accepted. It is final: trying again changes nothing. Technical failures are [`crate::Fault`]s.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Rejection {
    /// Stable; it is recorded and answered, e.g. `document-missing`.
    pub code: &'static str,
    /// One sentence for people, without text from outside.
    pub detail: String,
}

impl Rejection {
    /// A rejection with this code and sentence.
    #[must_use]
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}
