//! AWS from the command line: the caller's own credentials, and what its errors mean for somebody at a terminal.

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use domain::Fault;

use crate::console::chain;

/// Region and credentials as AWS's own tools find them. Both are looked for before anything is sent.
///
/// # Errors
/// A lasting [`Fault`] whose sentence says what to do.
pub(crate) async fn configuration() -> Result<SdkConfig, Fault> {
    let sdk = runtime::aws::configuration().await?;
    if sdk.region().is_none() {
        return Err(Fault::lasting(NO_REGION));
    }
    let provider = sdk.credentials_provider().ok_or_else(|| Fault::lasting(NO_CREDENTIALS))?;
    match provider.provide_credentials().await {
        Ok(_) => Ok(sdk),
        Err(CredentialsError::CredentialsNotLoaded(_)) => Err(Fault::lasting(NO_CREDENTIALS)),
        Err(error) => Err(Fault::lasting(explained(&format!("AWS gives no credentials: {}", chain(&error))))),
    }
}

/// What an answer of AWS, or none, means: the service's code or what happened on the way, and what to do about it.
pub(crate) fn sentence<E, R>(error: &SdkError<E, R>) -> String
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match error.as_service_error() {
        Some(answer) => explained(answer.code().or(answer.message()).unwrap_or("AWS refused without a code")),
        None => explained(&match error {
            SdkError::TimeoutError(_) => "AWS gave no answer in time".to_owned(),
            SdkError::DispatchFailure(failure) => {
                format!(
                    "no connection to AWS: {}",
                    failure.as_connector_error().map_or_else(String::new, |e| chain(e))
                )
            }
            other => chain(other),
        }),
    }
}

/// A text of AWS with what to do about it, where it is one of the usual ones.
pub(crate) fn explained(text: &str) -> String {
    let known = MEANINGS.iter().find(|(codes, _)| codes.iter().any(|code| text.contains(code)));
    known.map_or_else(|| text.to_owned(), |(_, meaning)| format!("{text}: {meaning}"))
}

const NO_CREDENTIALS: &str = "there are no AWS credentials: sign in with `aws sso login` or `aws login`, choose a profile with \
                              AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
const NO_REGION: &str =
    "no AWS region is set: set AWS_REGION to the region of the deployment, or choose a profile that has one";

/// Words of AWS's errors and what they mean, the first that fits.
const MEANINGS: [(&[&str], &str); 8] = [
    (
        &[
            "ExpiredToken",
            "TokenRefreshRequired",
            "RequestExpired",
            "token has expired",
            "session has expired",
        ],
        "the AWS session has expired; sign in again, for example with `aws sso login`",
    ),
    (
        &["InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidToken"],
        "AWS does not know these credentials; look at AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN",
    ),
    (
        &["SignatureDoesNotMatch", "RequestTimeTooSkewed", "InvalidSignature"],
        "the secret key is not the access key's, or this machine's clock is wrong",
    ),
    (
        &[
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraint",
            "TemporaryRedirect",
        ],
        "the bucket is in another region; set AWS_REGION to the bucket's",
    ),
    (
        &["AccessDenied", "AllAccessDisabled", "UnauthorizedOperation"],
        "these credentials may not do that; docs/cli.md lists the permissions that each command needs",
    ),
    (&["NoSuchBucket"], "there is no such bucket; look at its name and at AWS_REGION and AWS_ENDPOINT_URL"),
    (
        &["no connection to AWS", "dns error", "no answer in time", "timed out", "dispatch failure"],
        "look at the network, AWS_REGION and AWS_ENDPOINT_URL",
    ),
    (&["SlowDown", "Throttl", "TooManyRequests"], "AWS asks for fewer requests; try again in a minute"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Each usual fault says what to do, in one sentence.
    #[test]
    fn usual_faults_say_what_to_do() {
        for (text, wanted) in [
            ("reading `bundles/1`: ExpiredToken", "aws sso login"),
            ("AuthorizationHeaderMalformed", "set AWS_REGION to the bucket's"),
            ("AccessDenied", "may not do that"),
            ("NoSuchBucket", "no such bucket"),
            ("no connection to AWS: dns error", "look at the network"),
        ] {
            let told = explained(text);
            assert!(told.starts_with(text) && told.contains(wanted), "{told}");
        }
        assert_eq!(explained("NoSuchUpload"), "NoSuchUpload");
    }
}
