//! What is asked of the people's provider: a sign-in, and the exchange of its code.

use async_trait::async_trait;
use domain::Fault;

use crate::ProviderError;

/// One sign-in to be asked for: authorization code with PKCE S256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Unguessable, once.
    pub state: String,
    /// The nonce that the ID token must repeat; for a verdict, the statement's digest.
    pub nonce: String,
    /// The PKCE verifier; only its challenge leaves.
    pub verifier: String,
    /// Seconds since sign-in, at most.
    pub max_age: Option<u32>,
    /// Whether the provider must ask for the credentials again.
    pub prompt_login: bool,
}

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchanged {
    /// The ID token as the provider sent it; nothing of it is verified.
    IdToken(String),
    /// The provider refused the code with this message.
    Refused(ProviderError),
}

/// The people's identity provider.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The address that begins this sign-in.
    ///
    /// # Errors
    /// [`Fault`] when the provider cannot be asked where that is.
    async fn address(&self, sign_in: &SignIn) -> Result<String, Fault>;

    /// Exchanges a code, once.
    ///
    /// # Errors
    /// [`Fault`] when there was no clear answer; the code may be used up.
    async fn exchange(&self, code: &str, verifier: &str) -> Result<Exchanged, Fault>;
}
