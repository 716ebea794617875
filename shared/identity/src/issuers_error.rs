//! Why a configuration of issuers is refused.

/// Why the configuration of issuers is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuersError {
    /// Not a JSON array of objects with known fields.
    #[error("the issuers are not the expected JSON: {0}")]
    Shape(String),
    /// Not exactly one issuer of people.
    #[error("exactly one issuer must be the people's, not {0}")]
    People(usize),
    /// Two entries for one issuer.
    #[error("`{0}` appears twice")]
    Twice(String),
    /// An algorithm that is never accepted.
    #[error("`{0}` is not an algorithm that can be allowed")]
    Algorithm(String),
    /// A new sign-in that would count for no time at all, or for too long.
    #[error("`sign_in_seconds` must be from 1 to 600, not {0}")]
    SignIn(u64),
    /// No scope as tokens carry one.
    #[error("`{0}` is no scope: visible ASCII without spaces, quotes and backslashes")]
    Scope(String),
    /// A preset that does not exist.
    #[error("`{0}` is no preset; there are: {1}")]
    Preset(String, String),
    /// A fact that rules and pages do not know.
    #[error("`{0}` is no fact; there are: {1}")]
    Fact(String, String),
    /// Nobody knows which human stands behind this issuer's tokens.
    #[error(
        "`{0}`: say in `humans` which claims name the human behind a token (`[]`: there is never one), or name a preset"
    )]
    Humans(String),
    /// An address that is neither https nor on this machine.
    #[error("`{0}` must be an https address (http only for 127.0.0.1)")]
    Address(String),
}
