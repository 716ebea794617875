//! `iam-attach-role-policy`: attaches one managed policy to one role.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::Role;
use data_encoding::HEXLOWER_PERMISSIVE;
use domain::{Digest, Fault};
use serde_json::json;
use wire::documents::{Call, Plan};
use wire::json::{canonical, parse_value};

use super::inputs::{input, planned, value};
use crate::{Findings, InspectError, Look, ProbeAnswer, Ran, RunError, answer};

/// What people read of a policy that the role does not have.
const NOT_YET: &str = "not yet attached";
/// So many managed policies a role has room for, unless AWS raised it for the account, which this role cannot see.
const MAX_ATTACHED: usize = 10;

pub(super) async fn inspect(client: &Client, look: &Look<'_>) -> Result<Findings, InspectError> {
    let (role, policy) = (value(look, "role_name")?, value(look, "policy")?);
    let found = client.get_role().role_name(role).send().await;
    let found = found.map_err(|error| answer::look("reading the role", &error))?;
    let found = found.role.ok_or_else(|| incomplete("role"))?;
    if found.arn != value(look, "role")? {
        return Err(InspectError::Cannot("the role of that name has another ARN".to_owned()));
    }
    changeable(&found)?;
    let version = default_version(client, policy).await?;
    let document = client.get_policy_version().policy_arn(policy).version_id(&version).send().await;
    let document = document.map_err(|error| answer::look("reading the policy's text", &error))?;
    let document = document.policy_version.and_then(|version| version.document);
    let document = document.ok_or_else(|| incomplete("policy's text"))?;
    let attached = attached(client, role).await?;
    let text = |name: &str, value: String| (name.to_owned(), value);
    Ok(Findings {
        effects: [text("attached", room(&attached, policy)?.to_owned()), text("boundary", boundary(&found))]
            .into(),
        pins: [
            text("role_id", found.role_id),
            text("policy_version", version),
            text("policy_digest", digest(&document).to_string()),
        ]
        .into(),
        differences: None,
    })
}

/// C16: whether anybody but AWS may change the role.
fn changeable(role: &Role) -> Result<(), InspectError> {
    let reserved =
        ["/aws-service-role/", "/aws-reserved/"].iter().find(|path| role.path().starts_with(**path));
    match reserved {
        Some(path) => {
            Err(InspectError::Cannot(format!("roles below `{path}` belong to AWS, which alone changes them")))
        }
        None => Ok(()),
    }
}

/// C16: whether it is attached already, or the role has room for it.
fn room(attached: &[String], policy: &str) -> Result<&'static str, InspectError> {
    if attached.iter().any(|one| one == policy) {
        return Ok("already attached");
    }
    match attached.len() < MAX_ATTACHED {
        true => Ok(NOT_YET),
        false => Err(InspectError::Cannot(format!(
            "the role has {MAX_ATTACHED} policies already, and no room for more"
        ))),
    }
}

/// What limits the role whatever is attached to it, for people.
fn boundary(role: &Role) -> String {
    let boundary = role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
    boundary.map_or_else(
        || "no permissions boundary limits the role".to_owned(),
        |arn| format!("at most what {arn} allows"),
    )
}

async fn default_version(client: &Client, policy: &str) -> Result<String, InspectError> {
    let found = client.get_policy().policy_arn(policy).send().await;
    let found = found.map_err(|error| answer::look("reading the policy", &error))?;
    let found = found.policy.ok_or_else(|| incomplete("policy"))?;
    if !found.is_attachable() {
        return Err(InspectError::Cannot("the policy is one that cannot be attached".to_owned()));
    }
    found.default_version_id.ok_or_else(|| incomplete("policy"))
}

/// The ARNs of all managed policies of the role.
async fn attached(client: &Client, role: &str) -> Result<Vec<String>, InspectError> {
    let mut arns = Vec::new();
    let mut pages = client.list_attached_role_policies().role_name(role).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| answer::look("listing what is attached", &error))?;
        arns.extend(page.attached_policies().iter().filter_map(|one| one.policy_arn().map(str::to_owned)));
    }
    Ok(arns)
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

pub(super) async fn probe(client: &Client, call: &Call, plan: &Plan) -> Result<ProbeAnswer, InspectError> {
    let (role, policy) = (planned(call, "RoleName")?, planned(call, "PolicyArn")?);
    let now = attached(client, role).await?.iter().any(|one| one == policy);
    Ok(told(plan.effects.get("attached").map(String::as_str), now))
}

/// What was attached before tells nothing of the attempt; nor does what is attached now, which another action may have done.
fn told(before: Option<&str>, now: bool) -> ProbeAnswer {
    match (before, now) {
        (Some(NOT_YET), false) => ProbeAnswer::DidNotHappen(
            "The policy is not attached to the role, and was not before.".to_owned(),
        ),
        _ => ProbeAnswer::CannotTell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_iam::types::AttachedPermissionsBoundary;

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

    #[test]
    fn what_was_attached_before_tells_nothing_of_the_attempt() {
        assert!(matches!(told(Some("not yet attached"), false), ProbeAnswer::DidNotHappen(_)));
        assert_eq!(told(Some("not yet attached"), true), ProbeAnswer::CannotTell, "whoever attached it");
        for now in [true, false] {
            assert_eq!(told(Some("already attached"), now), ProbeAnswer::CannotTell);
            assert_eq!(told(None, now), ProbeAnswer::CannotTell);
        }
    }

    fn role(path: &str) -> aws_sdk_iam::types::builders::RoleBuilder {
        Role::builder()
            .path(path)
            .role_name("etl")
            .role_id("AROA1")
            .arn("arn:aws:iam::000000000000:role/etl")
            .create_date(aws_sdk_iam::primitives::DateTime::from_secs(1))
    }

    /// C16: what IAM would refuse after the approval is refused at the plan, in words.
    #[test]
    fn roles_that_cannot_be_changed_or_have_no_room() {
        for (path, fine) in [
            ("/", true),
            ("/service-role/", true),
            ("/aws-service-role/ecs.amazonaws.com/", false),
            ("/aws-reserved/sso.amazonaws.com/", false),
        ] {
            assert_eq!(changeable(&role(path).build().unwrap()).is_ok(), fine, "{path}");
        }
        let policies: Vec<String> = (0..10).map(|n| format!("arn:aws:iam::aws:policy/p{n}")).collect();
        assert_eq!(room(&policies[..9], "arn:new"), Ok("not yet attached"));
        assert_eq!(room(&policies, "arn:aws:iam::aws:policy/p3"), Ok("already attached"));
        assert!(room(&policies, "arn:new").unwrap_err().to_string().contains("no room"));
    }

    #[test]
    fn a_permissions_boundary_is_told() {
        let limit = AttachedPermissionsBoundary::builder().permissions_boundary_arn("arn:limit").build();
        let limited = role("/").permissions_boundary(limit).build().unwrap();
        assert_eq!(boundary(&limited), "at most what arn:limit allows");
        assert!(boundary(&role("/").build().unwrap()).starts_with("no permissions boundary"));
    }
}
