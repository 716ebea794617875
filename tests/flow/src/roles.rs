//! Credentials of a function's own role: what is tried with them, the function could do under foreign control.

use aws_credential_types::Credentials;

use crate::stack::Stack;
use crate::{FlowResult, FlowStep, aws};

/// Credentials of the role that this function runs with.
///
/// # Errors
/// When the stack has no such function or the emulator gives none.
pub async fn of(stack: &Stack, function: &str) -> FlowResult<Credentials> {
    assumed(&aws::root(stack).await, stack.roles.get(function).step(function)?).await
}

/// Credentials of this role, as whoever these settings stand for gets them.
///
/// # Errors
/// When the emulator gives none.
pub async fn assumed(by: &aws_config::SdkConfig, role: &str) -> FlowResult<Credentials> {
    let sts = aws_sdk_sts::Client::new(by);
    let session = sts.assume_role().role_arn(role).role_session_name("flow").send().await;
    let session = session.map_err(|error| crate::Failure(format!("{role}: {error:?}")))?;
    let minted = session.credentials().step(role)?;
    let (key, secret) = (minted.access_key_id().to_owned(), minted.secret_access_key().to_owned());
    Ok(Credentials::new(key, secret, Some(minted.session_token().to_owned()), None, "flow"))
}
