//! Credentials minted for one command: session policies and STS.
//!
//! There is no cache. Credentials are used for one look or one command and then dropped.

mod narrow;
mod run;
mod session;
mod sts;

use async_trait::async_trait;
use domain::Fault;
use secrecy::{ExposeSecret, SecretString};

pub use narrow::{NarrowError, narrowed};
pub use run::{RUN_SECONDS, RunRole, RunSessionError, run_session, session_name};
pub use session::{MAX_NAME, MAX_POLICY, SECONDS, Session, SessionError};
pub use sts::Sts;

/// Minting credentials.
#[async_trait]
pub trait AssumeRole: Send + Sync {
    /// Credentials for exactly this session.
    ///
    /// # Errors
    /// [`Fault`]; nobody holds credentials then.
    async fn assume(&self, session: &Session) -> Result<Credentials, Fault>;
}

/// Temporary credentials. They cannot be printed and never leave the function.
#[derive(Clone)]
pub struct Credentials {
    /// `ASIA…`.
    pub access_key: String,
    /// The secret key.
    pub secret_key: SecretString,
    /// The session token.
    pub token: SecretString,
    /// Seconds since the epoch when they end.
    pub expires_at: i64,
}

impl Credentials {
    /// As an SDK client takes them.
    #[must_use]
    pub fn provider(&self) -> aws_credential_types::Credentials {
        aws_credential_types::Credentials::new(
            &self.access_key,
            self.secret_key.expose_secret(),
            Some(self.token.expose_secret().to_owned()),
            None,
            "countersign",
        )
    }
}
