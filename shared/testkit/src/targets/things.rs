//! The things themselves.

use std::collections::BTreeMap;

use connectors::rules::{next_manifest, next_number, tell};
use connectors::{Findings, InspectError, Look, Lost, ProbeAnswer, Ran, RunError};
use domain::Digest;
use serde_json::json;
use wire::documents::{Call, Differences};

type Named = (String, String);

/// Buckets, roles, policies, secrets and functions. Every change makes a new version.
#[derive(Debug, Clone, Default)]
pub struct Things {
    objects: BTreeMap<Named, Vec<Option<String>>>,
    policies: BTreeMap<String, (String, String)>,
    roles: BTreeMap<String, String>,
    attached: BTreeMap<Named, ()>,
    secrets: BTreeMap<String, Vec<(String, String)>>,
    functions: BTreeMap<Named, String>,
    differences: Option<Differences>,
}

impl Things {
    /// Puts a new version of an object.
    pub fn put_object(&mut self, bucket: &str, key: &str, body: &str) {
        self.versions(bucket, key).push(Some(body.to_owned()));
    }

    /// Deletes an object: a marker becomes its newest version.
    pub fn delete_object(&mut self, bucket: &str, key: &str) {
        self.versions(bucket, key).push(None);
    }

    /// The newest version of an object.
    #[must_use]
    pub fn object(&self, bucket: &str, key: &str) -> Option<&str> {
        self.objects.get(&named(bucket, key))?.last()?.as_deref()
    }

    /// A role with this ARN and id.
    pub fn put_role(&mut self, arn: &str, id: &str) {
        self.roles.insert(arn.to_owned(), id.to_owned());
    }

    /// A policy whose default version has this text.
    pub fn put_policy(&mut self, arn: &str, version: &str, text: &str) {
        self.policies.insert(arn.to_owned(), (version.to_owned(), text.to_owned()));
    }

    /// Whether the policy is attached to the role of this name.
    #[must_use]
    pub fn is_attached(&self, role: &str, policy: &str) -> bool {
        self.attached.contains_key(&named(role, policy))
    }

    /// Gives a secret a new value under this version.
    pub fn put_secret(&mut self, name: &str, version: &str, value: &str) {
        self.secrets.entry(name.to_owned()).or_default().push((version.to_owned(), value.to_owned()));
    }

    /// A secret's current value.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&str> {
        self.secrets.get(name)?.last().map(|(_, value)| value.as_str())
    }

    /// A published version of a function and the digest of its code.
    pub fn put_function(&mut self, name: &str, version: &str, code: &str) {
        self.functions.insert(named(name, version), code.to_owned());
    }

    /// What every look finds as differing from now on, before and after.
    pub fn show_differences(&mut self, differences: Option<Differences>) {
        self.differences = differences;
    }

    fn versions(&mut self, bucket: &str, key: &str) -> &mut Vec<Option<String>> {
        self.objects.entry(named(bucket, key)).or_default()
    }

    pub(super) fn inspect(&self, look: &Look<'_>) -> Result<Findings, InspectError> {
        let none = |what: &str| InspectError::Cannot(format!("there is no {what}"));
        let get = |name: &str| look.values.get(name).cloned().ok_or_else(|| none(name));
        let (pins, effects) = match look.connector {
            "bundle-publish" => {
                next_number(look)?;
                let (bucket, source) = (get("source_bucket")?, get("source_key")?);
                let found = self.inspect(&Look { connector: "s3-export", ..*look })?;
                let staged = self.object(&bucket, &source).ok_or_else(|| none("object at the source"))?;
                let manifest = next_manifest(look, staged.as_bytes())?;
                let content = self.object(&bucket, &manifest.content_key()).map(str::as_bytes);
                return tell(look, &manifest, content, found);
            }
            "s3-export" => {
                let source = named(&get("source_bucket")?, &get("source_key")?);
                let versions = self.objects.get(&source).ok_or_else(|| none("object at the source"))?;
                let body = versions.last().cloned().flatten().ok_or_else(|| none("object at the source"))?;
                if self.object(&get("destination_bucket")?, &get("destination_key")?).is_some() {
                    return Err(InspectError::Cannot("something is at the destination already".to_owned()));
                }
                let version = format!("v{}", versions.len());
                let pins = vec![
                    ("source_version", version),
                    ("source_etag", etag(&body)),
                    ("destination_state", "absent".to_owned()),
                ];
                let effects = vec![
                    ("source_size", body.len().to_string()),
                    ("source_encryption", "with S3's own keys".to_owned()),
                    ("copied", "its content alone".to_owned()),
                ];
                (pins, effects)
            }
            "iam-attach-role-policy" => {
                let role = self.roles.get(&get("role")?).cloned().ok_or_else(|| none("such role"))?;
                let policy = self.policies.get(&get("policy")?).ok_or_else(|| none("such policy"))?;
                let attached = self.is_attached(&get("role_name")?, &get("policy")?);
                let attached = if attached { "already attached" } else { "not yet attached" };
                let digest = Digest::of(policy.1.as_bytes()).to_string();
                let pins =
                    vec![("role_id", role), ("policy_version", policy.0.clone()), ("policy_digest", digest)];
                let effects = vec![
                    ("attached", attached.to_owned()),
                    ("boundary", "no permissions boundary limits the role".to_owned()),
                ];
                (pins, effects)
            }
            "secret-put-value" => {
                let name = get("secret")?;
                let current = self.secrets.get(&name).and_then(|versions| versions.last());
                let (version, _) = current.ok_or_else(|| none("such secret"))?;
                let pins = vec![("secret_arn", secret_arn(&name)), ("current_version", version.clone())];
                (pins, vec![("also", "it is not rotated by itself".to_owned())])
            }
            "lambda-invoke" => {
                let code = self.functions.get(&named(&get("function")?, &get("version")?));
                (vec![("code_sha256", code.cloned().ok_or_else(|| none("such version"))?)], Vec::new())
            }
            other => return Err(none(other)),
        };
        let owned = |pairs: Vec<(&str, String)>| {
            pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        };
        Ok(Findings { pins: owned(pins), effects: owned(effects), differences: self.differences.clone() })
    }

    /// What of this command can be seen here; the secret's version is named after the attempt.
    pub(super) fn probe(&self, lost: &Lost<'_>) -> ProbeAnswer {
        let told = |there: bool| match there {
            true => ProbeAnswer::Happened("It is there.".to_owned()),
            false => ProbeAnswer::DidNotHappen("It is not there.".to_owned()),
        };
        let [call] = lost.plan.calls.as_slice() else { return ProbeAnswer::CannotTell };
        let get = |name: &str| call.input.get(name).map(String::as_str).unwrap_or_default();
        match (call.service.as_str(), call.operation.as_str()) {
            ("s3", "CopyObject") => {
                let there = self.objects.get(&named(get("Bucket"), get("Key")));
                match there.and_then(|versions| versions.last()) {
                    None => told(false),
                    Some(_) => ProbeAnswer::CannotTell,
                }
            }
            ("iam", "AttachRolePolicy") => match lost.plan.effects.get("attached").map(String::as_str) {
                Some("not yet attached") if !self.is_attached(get("RoleName"), get("PolicyArn")) => {
                    told(false)
                }
                _ => ProbeAnswer::CannotTell,
            },
            ("secretsmanager", "PutSecretValue") => {
                let mut versions =
                    self.secrets.iter().filter(|(name, _)| secret_arn(name) == get("SecretId"));
                told(versions.any(|(_, all)| all.iter().any(|(version, _)| version == lost.attempt)))
            }
            _ => ProbeAnswer::CannotTell,
        }
    }

    pub(super) fn change(&mut self, call: &Call, attempt: &str) -> Result<Ran, RunError> {
        let refused =
            |code: &str| RunError::NotDone { code: code.to_owned(), detail: "the target refused".to_owned() };
        let get = |name: &str| call.input.get(name).cloned().ok_or_else(|| refused("Malformed"));
        let result = match (call.service.as_str(), call.operation.as_str()) {
            ("s3", "CopyObject") => {
                let (bucket, key, version) =
                    (get("SourceBucket")?, get("SourceKey")?, get("SourceVersionId")?);
                let number = version.strip_prefix('v').and_then(|number| number.parse::<usize>().ok());
                let versions = self.objects.get(&named(&bucket, &key)).ok_or_else(|| refused("NoSuchKey"))?;
                let body = number.and_then(|number| versions.get(number.checked_sub(1)?)).cloned().flatten();
                let body = body.ok_or_else(|| refused("NoSuchVersion"))?;
                let (bucket, key) = (get("Bucket")?, get("Key")?);
                if etag(&body) != get("CopySourceIfMatch")? || self.object(&bucket, &key).is_some() {
                    return Err(refused("PreconditionFailed"));
                }
                self.put_object(&bucket, &key, &body);
                json!({ "copied_version": version, "destination_version": "v1", "destination_etag": etag(&body) })
            }
            ("iam", "AttachRolePolicy") => {
                self.attached.insert(named(&get("RoleName")?, &get("PolicyArn")?), ());
                json!({ "role": get("RoleName")?, "policy": get("PolicyArn")?, "attached": true })
            }
            ("secretsmanager", "PutSecretValue") => {
                let (arn, value) = (get("SecretId")?, get("SecretString")?);
                let name = self.secrets.keys().find(|name| secret_arn(name) == arn).cloned();
                self.put_secret(&name.ok_or_else(|| refused("ResourceNotFoundException"))?, attempt, &value);
                json!({ "secret": arn, "version": attempt, "echo": value })
            }
            ("lambda", "Invoke") => json!({ "status_code": 200, "answer": call.input.get("Payload") }),
            _ => return Err(refused("UnknownOperation")),
        };
        Ok(Ran { result, error: None })
    }
}

fn named(one: &str, other: &str) -> Named {
    (one.to_owned(), other.to_owned())
}

fn etag(body: &str) -> String {
    Digest::of(body.as_bytes()).hex().chars().take(32).collect()
}

fn secret_arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}-AbCdEf")
}
