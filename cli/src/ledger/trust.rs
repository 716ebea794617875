//! Whom the verifier believes: one small file that comes from elsewhere than the log.

use std::path::{Path, PathBuf};

use bundle::PublisherKey;
use domain::{Person, Verdict};
use identity::{Issuers, PublicKey};
use serde_json::Value;
use wire::json;

/// The deployment, its keys, its issuers, and whom the auditor knows to be in which group.
#[derive(Debug, Clone)]
pub struct Trust {
    deployment: String,
    verdict_key: PublicKey,
    checkpoint_key: Option<PublicKey>,
    publisher_key: Option<PublisherKey>,
    issuers: Issuers,
    pages_client: String,
    directory: Vec<(Person, Vec<String>)>,
}

/// Why a trust file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the trust file `{file}` cannot be used: {why}")]
pub struct TrustError {
    file: PathBuf,
    why: String,
}

const FIELDS: [&str; 8] = [
    "deployment",
    "verdict_key",
    "checkpoint_key",
    "publisher_key",
    "issuers",
    "pages_client",
    "log_retention_days",
    "directory",
];

impl Trust {
    /// Reads `{"deployment", "verdict_key", "issuers", "pages_client"}`, and optionally `"checkpoint_key"` for checkpoints
    /// somebody holds, `"publisher_key"` for bundles, `"log_retention_days"`, and `"directory": [{"issuer", "subject",
    /// "groups"}]`, members that the auditor knows of. It has no times, so it can only confirm: it is looked at where no
    /// bundle of a verdict's time is at hand, and whom it does not list is unchecked.
    ///
    /// # Errors
    /// [`TrustError`].
    pub fn read(file: &Path) -> Result<Self, TrustError> {
        let wrong = |why: String| TrustError { file: file.to_owned(), why };
        let bytes = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
        Self::parse(&bytes).map_err(wrong)
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let value = json::parse_value(bytes).map_err(|error| error.to_string())?;
        let fields = value.as_object().ok_or("it is no JSON object")?;
        if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            return Err(format!("`{unknown}` is no field of it"));
        }
        let issuers = json::canonical(value.get("issuers").unwrap_or(&Value::Null));
        let issuers = issuers.map_err(|error| error.to_string())?.into_string();
        let directory = value.get("directory").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let has_checkpoints = value.get("checkpoint_key").is_some();
        let has_publisher = value.get("publisher_key").is_some();
        Ok(Self {
            deployment: text(&value, "deployment")?,
            verdict_key: key(&value, "verdict_key")?,
            checkpoint_key: has_checkpoints.then(|| key(&value, "checkpoint_key")).transpose()?,
            publisher_key: has_publisher.then(|| publisher_key(&value)).transpose()?,
            issuers: Issuers::parse(&issuers).map_err(|error| error.to_string())?,
            pages_client: text(&value, "pages_client")?,
            directory: directory.iter().map(member).collect::<Result<_, _>>()?,
        })
    }

    /// Whether the auditor knows the person to be in every group of the verdict, on a seat of their own.
    pub(super) fn lists(&self, verdict: &Verdict) -> bool {
        let known = |group: &String| {
            self.directory.iter().any(|(member, groups)| *member == verdict.person && groups.contains(group))
        };
        verdict.seats.is_empty() && verdict.groups.iter().all(known)
    }

    /// Whose log it is.
    pub(super) fn deployment(&self) -> &str {
        &self.deployment
    }

    /// The key with which only `callbacks` may sign.
    pub(super) fn verdict_key(&self) -> &PublicKey {
        &self.verdict_key
    }

    /// Who says who people and agents are.
    pub(super) fn issuers(&self) -> &Issuers {
        &self.issuers
    }

    /// The audience of proofs.
    pub(super) fn pages_client(&self) -> &str {
        &self.pages_client
    }

    /// Whose bundles are believed.
    pub(super) fn publisher_key(&self) -> Option<&PublisherKey> {
        self.publisher_key.as_ref()
    }

    /// The key with which only `sweep` may sign.
    pub(super) fn checkpoint_key(&self) -> Option<&PublicKey> {
        self.checkpoint_key.as_ref()
    }
}

fn key(value: &Value, name: &str) -> Result<PublicKey, String> {
    PublicKey::parse(&text(value, name)?).map_err(|error| format!("`{name}`: {error}"))
}

fn publisher_key(value: &Value) -> Result<PublisherKey, String> {
    PublisherKey::parse(&text(value, "publisher_key")?).map_err(|error| format!("`publisher_key`: {error}"))
}

fn text(value: &Value, name: &str) -> Result<String, String> {
    let found = value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    found.map(str::to_owned).ok_or_else(|| format!("`{name}` is missing"))
}

fn member(value: &Value) -> Result<(Person, Vec<String>), String> {
    let person = Person { issuer: text(value, "issuer")?, subject: text(value, "subject")? };
    let groups = value.get("groups").and_then(Value::as_array).ok_or("`groups` is missing")?;
    let groups = groups.iter().map(|group| group.as_str().map(str::to_owned).ok_or("a group is no text"));
    Ok((person, groups.collect::<Result<_, _>>()?))
}
