//! What is wrong with a field of a proposal.

/// What is wrong with a field of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer from the proposal, `/parameters/…`.
    pub pointer: String,
    /// What is wrong; never repeats a value.
    pub detail: String,
}
