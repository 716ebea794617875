//! `secret-put-value`: gives a secret a new current value.

use aws_sdk_secretsmanager::Client;
use domain::{Digest, Fault};
use serde_json::json;
use wire::documents::Call;

use super::{input, value};
use crate::{Findings, InspectError, Look, Ran, RunError, answer};

pub(super) async fn inspect(client: &Client, look: &Look<'_>) -> Result<Findings, InspectError> {
    let name = value(look, "secret")?;
    let found = client.describe_secret().secret_id(name).send().await;
    let found = found.map_err(|error| answer::look("describing the secret", &error))?;
    if found.name() != Some(name) {
        return Err(InspectError::Cannot("that is not a secret's whole name".to_owned()));
    }
    if found.deleted_date().is_some() {
        return Err(InspectError::Cannot("the secret is about to be deleted".to_owned()));
    }
    let current = found.version_ids_to_stages().and_then(|versions| {
        let holds = |stages: &Vec<String>| stages.iter().any(|stage| stage == "AWSCURRENT");
        versions.iter().find(|(_, stages)| holds(stages)).map(|(version, _)| version.clone())
    });
    let none =
        || InspectError::Cannot("the secret has no value yet, so nothing can be held fixed".to_owned());
    let arn = found.arn().ok_or_else(|| {
        InspectError::Fault(Fault::passing("the answer about the secret leaves something out"))
    })?;
    Ok(Findings {
        pins: [
            ("secret_arn".to_owned(), arn.to_owned()),
            ("current_version".to_owned(), current.ok_or_else(none)?),
        ]
        .into(),
        effects: [].into(),
    })
}

/// The token makes a repetition of the same attempt the same version, whoever repeats it.
pub(super) async fn put(client: &Client, call: &Call, attempt: &str) -> Result<Ran, RunError> {
    let (secret, value) = (input(call, "SecretId")?, input(call, "SecretString")?);
    let request = client.put_secret_value().secret_id(secret).secret_string(value);
    let answer = request.client_request_token(request_token(attempt)).send().await;
    let answer = answer.map_err(|error| answer::run(&error))?;
    let version = answer.version_id().ok_or(RunError::NoAnswer)?;
    Ok(Ran { result: json!({ "secret": secret, "version": version }), error: None })
}

/// 32 to 64 characters, as the service wants them.
fn request_token(attempt: &str) -> String {
    Digest::of(format!("countersign-attempt {attempt}").as_bytes()).hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_attempt_has_one_token() {
        assert_eq!(request_token("a"), request_token("a"));
        assert_ne!(request_token("a"), request_token("b"));
        assert_eq!(request_token("a").len(), 64);
    }
}
