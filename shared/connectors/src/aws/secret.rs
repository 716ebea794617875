//! `secret-put-value`: gives a secret a new current value.

use std::collections::HashMap;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use domain::{Digest, Fault};
use serde_json::json;
use wire::documents::Call;

use super::inputs::{input, planned, value};
use crate::{Findings, InspectError, Look, Lost, ProbeAnswer, Ran, RunError, answer};

pub(super) async fn inspect(client: &Client, look: &Look<'_>) -> Result<Findings, InspectError> {
    let name = value(look, "secret")?;
    let found = client.describe_secret().secret_id(name).send().await;
    let found = found.map_err(|error| answer::look("describing the secret", &error))?;
    changeable(&found, name, look.region)?;
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
        effects: [("also".to_owned(), also(&found))].into(),
        differences: None,
    })
}

/// C16: whether its value can be changed here, with no permission but this one.
fn changeable(found: &DescribeSecretOutput, name: &str, region: &str) -> Result<(), InspectError> {
    let cannot = |why: String| Err(InspectError::Cannot(why));
    if found.name() != Some(name) {
        return cannot("that is not a secret's whole name".to_owned());
    }
    if found.deleted_date().is_some() {
        return cannot("the secret is about to be deleted".to_owned());
    }
    if let Some(service) = found.owning_service().filter(|service| !service.is_empty()) {
        return cannot(format!("the service `{service}` manages the secret, so nobody else may change it"));
    }
    if let Some(primary) = found.primary_region().filter(|primary| !primary.is_empty() && *primary != region)
    {
        return cannot(format!("the secret is a replica; it can be changed in {primary} only"));
    }
    // Absent, it is AWS's own key for secrets, which needs no permission.
    match found.kms_key_id().filter(|key| !key.is_empty() && !key.ends_with("alias/aws/secretsmanager")) {
        Some(key) => cannot(format!(
            "the secret is encrypted with the key `{key}`, which the role of this action may not use"
        )),
        None => Ok(()),
    }
}

/// What else happens to the value, for people.
fn also(found: &DescribeSecretOutput) -> String {
    let rotation = match found.rotation_enabled() {
        Some(true) => "it is rotated by itself: the next rotation replaces this value",
        _ => "it is not rotated by itself",
    };
    let regions: Vec<&str> =
        found.replication_status().iter().filter_map(|replica| replica.region()).collect();
    match regions.is_empty() {
        true => rotation.to_owned(),
        false => format!("{rotation}; the value is copied to {}", regions.join(", ")),
    }
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

/// The service names the version after the attempt's token.
pub(super) async fn probe(
    client: &Client,
    call: &Call,
    lost: &Lost<'_>,
) -> Result<ProbeAnswer, InspectError> {
    let found = client.describe_secret().secret_id(planned(call, "SecretId")?).send().await;
    let found = found.map_err(|error| answer::look("describing the secret", &error))?;
    let Some(versions) = found.version_ids_to_stages() else { return Ok(ProbeAnswer::CannotTell) };
    Ok(told(versions, &request_token(lost.attempt), lost.plan.pins.get("current_version")))
}

/// Every new value makes the current version the previous one, and the previous one loses its stage. So while the version
/// that was to be replaced has one of the two stages, at most one value came after it.
fn told(versions: &HashMap<String, Vec<String>>, token: &str, before: Option<&String>) -> ProbeAnswer {
    let staged = |version: &String| {
        let stages = versions.get(version).map_or(&[][..], Vec::as_slice);
        stages.iter().any(|stage| stage == "AWSCURRENT" || stage == "AWSPREVIOUS")
    };
    if versions.contains_key(token) {
        return ProbeAnswer::Happened(format!(
            "The secret has the version `{token}`, which this attempt alone could make."
        ));
    }
    match before.filter(|version| staged(version)) {
        Some(version) => ProbeAnswer::DidNotHappen(format!(
            "The secret has no version of this attempt, and `{version}`, which was to be replaced, is still its current or \
             previous version."
        )),
        None => ProbeAnswer::CannotTell,
    }
}

/// 32 to 64 characters, as the service wants them.
fn request_token(attempt: &str) -> String {
    Digest::of(format!("countersign-attempt {attempt}").as_bytes()).hex()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_secretsmanager::primitives::DateTime;
    use aws_sdk_secretsmanager::types::ReplicationStatusType;

    /// The token tells this attempt's version from every other; a version that was pushed out tells nothing.
    #[test]
    fn a_lost_value_is_found_by_its_token() {
        let versions = |all: &[(&str, &str)]| -> HashMap<String, Vec<String>> {
            all.iter().map(|(version, stage)| ((*version).to_owned(), vec![(*stage).to_owned()])).collect()
        };
        let before = "v1".to_owned();
        let (ours, told) = (request_token("a"), |all: &[(&str, &str)]| {
            told(&versions(all), &request_token("a"), Some(&before))
        });
        for there in [
            told(&[(&ours, "AWSCURRENT"), ("v1", "AWSPREVIOUS")]),
            told(&[("v3", "AWSCURRENT"), (&ours, "AWSPREVIOUS")]),
        ] {
            assert!(matches!(there, ProbeAnswer::Happened(_)), "{there:?}");
        }
        for absent in [told(&[("v1", "AWSCURRENT")]), told(&[("v2", "AWSCURRENT"), ("v1", "AWSPREVIOUS")])] {
            assert!(matches!(absent, ProbeAnswer::DidNotHappen(_)), "{absent:?}");
        }
        assert_eq!(told(&[("v3", "AWSCURRENT"), ("v2", "AWSPREVIOUS")]), ProbeAnswer::CannotTell);
        assert_eq!(told(&[("v1", "AWSPENDING")]), ProbeAnswer::CannotTell);
    }

    #[test]
    fn one_attempt_has_one_token() {
        assert_eq!(request_token("a"), request_token("a"));
        assert_ne!(request_token("a"), request_token("b"));
        assert_eq!(request_token("a").len(), 64);
    }

    fn described() -> aws_sdk_secretsmanager::operation::describe_secret::builders::DescribeSecretOutputBuilder
    {
        DescribeSecretOutput::builder().name("db")
    }

    /// C16: what Secrets Manager would refuse after the approval is refused at the plan, in words.
    #[test]
    fn secrets_that_cannot_be_changed() {
        let judged = |found: DescribeSecretOutput| {
            changeable(&found, "db", "us-east-1").map_err(|error| error.to_string())
        };
        for fine in [
            described(),
            described().kms_key_id("alias/aws/secretsmanager"),
            described().kms_key_id("arn:aws:kms:us-east-1:000000000000:alias/aws/secretsmanager"),
            described().primary_region("us-east-1"),
        ] {
            assert_eq!(judged(fine.build()), Ok(()));
        }
        for (found, why) in [
            (described().kms_key_id("arn:aws:kms:us-east-1:000000000000:key/1"), "key `arn:aws:kms"),
            (described().kms_key_id("alias/payments"), "key `alias/payments`"),
            (described().owning_service("rds"), "service `rds` manages"),
            (described().primary_region("eu-west-1"), "in eu-west-1 only"),
            (described().deleted_date(DateTime::from_secs(1)), "about to be deleted"),
            (described().name("other"), "whole name"),
        ] {
            let told = judged(found.build()).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn what_else_happens_to_the_value_is_told() {
        let replica = ReplicationStatusType::builder().region("eu-west-1").build();
        let told = also(&described().rotation_enabled(true).replication_status(replica).build());
        assert_eq!(
            told,
            "it is rotated by itself: the next rotation replaces this value; the value is copied to eu-west-1"
        );
        assert_eq!(also(&described().build()), "it is not rotated by itself");
    }
}
