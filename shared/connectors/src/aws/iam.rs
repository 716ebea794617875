//! `iam-attach-role-policy`: attaches one managed policy to one role.

use aws_sdk_iam::Client;
use data_encoding::HEXLOWER_PERMISSIVE;
use domain::{Digest, Fault};
use serde_json::json;
use wire::documents::Call;
use wire::json::{canonical, parse_value};

use super::{input, value};
use crate::{Findings, InspectError, Look, Ran, RunError, answer};

pub(super) async fn inspect(client: &Client, look: &Look<'_>) -> Result<Findings, InspectError> {
    let (role, policy) = (value(look, "role_name")?, value(look, "policy")?);
    let found = client.get_role().role_name(role).send().await;
    let found = found.map_err(|error| answer::look("reading the role", &error))?;
    let found = found.role.ok_or_else(|| incomplete("role"))?;
    if found.arn != value(look, "role")? {
        return Err(InspectError::Cannot("the role of that name has another ARN".to_owned()));
    }
    let version = default_version(client, policy).await?;
    let document = client.get_policy_version().policy_arn(policy).version_id(&version).send().await;
    let document = document.map_err(|error| answer::look("reading the policy's text", &error))?;
    let document = document.policy_version.and_then(|version| version.document);
    let document = document.ok_or_else(|| incomplete("policy's text"))?;
    let attached =
        if is_attached(client, role, policy).await? { "already attached" } else { "not yet attached" };
    let text = |name: &str, value: String| (name.to_owned(), value);
    Ok(Findings {
        pins: [
            text("role_id", found.role_id),
            text("policy_version", version),
            text("policy_digest", digest(&document).to_string()),
        ]
        .into(),
        effects: [text("attached", attached.to_owned())].into(),
    })
}

async fn default_version(client: &Client, policy: &str) -> Result<String, InspectError> {
    let found = client.get_policy().policy_arn(policy).send().await;
    let found = found.map_err(|error| answer::look("reading the policy", &error))?;
    found.policy.and_then(|policy| policy.default_version_id).ok_or_else(|| incomplete("policy"))
}

async fn is_attached(client: &Client, role: &str, policy: &str) -> Result<bool, InspectError> {
    let mut pages = client.list_attached_role_policies().role_name(role).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| answer::look("listing what is attached", &error))?;
        if page.attached_policies().iter().any(|attached| attached.policy_arn() == Some(policy)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn incomplete(what: &str) -> InspectError {
    InspectError::Fault(Fault::passing(format!("the answer about the {what} leaves something out")))
}

/// IAM gives a policy's text percent-encoded. The digest is of its canonical JSON, so that the file it was made from
/// gives the same; of a text that does not read strictly, of its bytes.
fn digest(document: &str) -> Digest {
    let text = decoded(document);
    match parse_value(&text).and_then(|value| canonical(&value)) {
        Ok(canonical) => canonical.digest(),
        Err(_) => Digest::of(&text),
    }
}

fn decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = after.get(..2).filter(|_| *first == b'%');
        match byte.and_then(|hex| HEXLOWER_PERMISSIVE.decode(hex).ok()) {
            Some(byte) => {
                out.extend(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

pub(super) async fn attach(client: &Client, call: &Call) -> Result<Ran, RunError> {
    let (role, policy) = (input(call, "RoleName")?, input(call, "PolicyArn")?);
    let answer = client.attach_role_policy().role_name(role).policy_arn(policy).send().await;
    answer.map_err(|error| answer::run(&error))?;
    Ok(Ran { result: json!({ "role": role, "policy": policy, "attached": true }), error: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policys_digest_is_that_of_its_canonical_text() {
        let plain = r#"{ "Version": "2012-10-17", "Statement": [] }"#;
        let encoded = "%7B%22Statement%22%3A%5B%5D%2C%22Version%22%3A%222012-10-17%22%7D";
        assert_eq!(digest(plain), digest(encoded));
        assert_eq!(digest(encoded), Digest::of(br#"{"Statement":[],"Version":"2012-10-17"}"#));
        assert_ne!(digest(plain), digest(&plain.replace("[]", "[1]")));
        assert_eq!(decoded("100%"), b"100%");
        assert_eq!(decoded("%zz%41"), b"%zzA");
    }
}
