//! Clients that drive a running local stack from outside, as agents, people and auditors do: over HTTP, through the
//! real pages and the real identity provider. Nothing here is linked into the product.

pub mod agent;
pub mod alone;
pub mod aws;
pub mod browser;
pub mod chat;
pub mod cli;
pub mod fresh;
pub mod issuer;
pub mod log;
pub mod person;
pub mod planted;
pub mod roles;
pub mod stack;
pub mod workload;

/// A step that did not go as it must; the text says which and what came instead.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

/// What every step returns.
pub type FlowResult<T> = Result<T, Failure>;

/// A failure with this text.
pub fn fail<T>(text: impl Into<String>) -> FlowResult<T> {
    Err(Failure(text.into()))
}

/// Puts the step's name in front of whatever went wrong.
pub trait FlowStep<T> {
    /// `step: cause`.
    ///
    /// # Errors
    /// The failure, named.
    fn step(self, step: &str) -> FlowResult<T>;
}

impl<T, E: std::fmt::Display> FlowStep<T> for Result<T, E> {
    fn step(self, step: &str) -> FlowResult<T> {
        self.map_err(|error| Failure(format!("{step}: {error}")))
    }
}

impl<T> FlowStep<T> for Option<T> {
    fn step(self, step: &str) -> FlowResult<T> {
        self.ok_or_else(|| Failure(format!("{step}: nothing there")))
    }
}
