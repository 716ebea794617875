//! STS itself.

use async_trait::async_trait;
use aws_sdk_sts::Client;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::types::Tag;
use domain::Fault;
use secrecy::SecretString;

use crate::{AssumeRole, Credentials, Session};

/// STS, reached with the function's own role.
#[derive(Debug, Clone)]
pub struct Sts(Client);

impl Sts {
    /// The STS this client reaches.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self(client)
    }
}

#[async_trait]
impl AssumeRole for Sts {
    async fn assume(&self, session: &Session) -> Result<Credentials, Fault> {
        session.check()?;
        let seconds = i32::try_from(session.seconds).map_err(|_| Fault::lasting("too many seconds"))?;
        let mut request = self.0.assume_role().role_arn(&session.role).role_session_name(&session.name);
        for (key, value) in &session.tags {
            let tag = Tag::builder().key(key).value(value).build();
            request = request.tags(tag.map_err(|_| Fault::lasting("a session tag is incomplete"))?);
        }
        let answer = request
            .set_policy(session.policy.clone())
            .set_source_identity(session.source_identity.clone())
            .duration_seconds(seconds)
            .send()
            .await
            .map_err(|error| fault(&error))?;
        let minted = answer.credentials.ok_or_else(|| Fault::passing("STS answered without credentials"))?;
        Ok(Credentials {
            access_key: minted.access_key_id,
            secret_key: SecretString::from(minted.secret_access_key),
            token: SecretString::from(minted.session_token),
            expires_at: minted.expiration.secs(),
        })
    }
}

/// What STS refuses by rule stays refused; everything else may pass. The text of STS may quote our policy, so it is
/// not passed on.
fn fault<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Fault {
    const LASTING: [&str; 7] = [
        "AccessDenied",
        "AccessDeniedException",
        "MalformedPolicyDocument",
        "PackedPolicyTooLarge",
        "RegionDisabledException",
        "ValidationError",
        "InvalidParameterValue",
    ];
    let code = error.code().unwrap_or("no answer");
    let what = format!("assuming a role: {code}");
    match error {
        SdkError::ConstructionFailure(_) => Fault::lasting(what),
        _ if LASTING.contains(&code) => Fault::lasting(what),
        _ => Fault::passing(what),
    }
}
