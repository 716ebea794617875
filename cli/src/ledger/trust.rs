//! Whom the verifier believes: one small file that comes from elsewhere than the log.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use domain::{KeyRef, Membership, Person, Proof, Verdict};
use identity::{Issuers, PublicKey, VerdictContext, VerdictDocuments, unverified_key_ref, verdict_holds};
use ledger::evidence::Objection;
use ledger::verify::{CheckVerdict, VerdictEvidence};
use serde_json::Value;
use wire::documents::{Document, IdTokenProof};
use wire::json;

/// The deployment, its keys, its issuers, and who is in which group by directory.
#[derive(Debug, Clone)]
pub struct Trust {
    deployment: String,
    verdict_key: PublicKey,
    checkpoint_key: Option<PublicKey>,
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

const FIELDS: [&str; 7] = [
    "deployment",
    "verdict_key",
    "checkpoint_key",
    "issuers",
    "pages_client",
    "log_retention_days",
    "directory",
];

impl Trust {
    /// Reads `{"deployment", "verdict_key", "issuers", "pages_client"}`, and optionally `"checkpoint_key"` for checkpoints
    /// somebody holds, `"log_retention_days"`, and `"directory": [{"issuer", "subject", "groups"}]`, who belongs to the groups
    /// whose members the bundle lists: of a group that is named there nobody else is a member, whatever an ID token says.
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
        Ok(Self {
            deployment: text(&value, "deployment")?,
            verdict_key: key(&value, "verdict_key")?,
            checkpoint_key: has_checkpoints.then(|| key(&value, "checkpoint_key")).transpose()?,
            issuers: Issuers::parse(&issuers).map_err(|error| error.to_string())?,
            pages_client: text(&value, "pages_client")?,
            directory: directory.iter().map(member).collect::<Result<_, _>>()?,
        })
    }

    /// What this file says about the groups of whoever said this. Without a directory of its own it says nothing against what
    /// no ID token is kept for, and a seat is taken for lent where its owner belongs to the group.
    fn membership(&self, verdict: &Verdict) -> Membership {
        let unproven = self.directory.is_empty() && verdict.proof == Proof::Service;
        let said = verdict.groups.iter().filter(|_| unproven).cloned();
        let groups_of = |person: &Person| {
            let of_person = self.directory.iter().filter(|(member, _)| member == person);
            of_person.flat_map(|(_, groups)| groups.clone()).collect::<BTreeSet<String>>()
        };
        let lent = verdict
            .seats
            .iter()
            .filter(|seat| self.directory.is_empty() || groups_of(&seat.person).contains(&seat.group));
        Membership {
            listed: self.directory.iter().flat_map(|(_, groups)| groups.clone()).collect(),
            groups: groups_of(&verdict.person).into_iter().chain(said).collect(),
            lent: lent.map(|seat| (seat.group.clone(), BTreeSet::from([seat.person.clone()]))).collect(),
        }
    }

    /// Whose log it is.
    pub(super) fn deployment(&self) -> &str {
        &self.deployment
    }

    /// What only `sweep` may sign with.
    pub(super) fn checkpoint_key(&self) -> Option<&PublicKey> {
        self.checkpoint_key.as_ref()
    }
}

fn key(value: &Value, name: &str) -> Result<PublicKey, String> {
    PublicKey::parse(&text(value, name)?).map_err(|error| format!("`{name}`: {error}"))
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

impl CheckVerdict for Trust {
    fn verdict(&self, evidence: &VerdictEvidence<'_>) -> Result<(), Objection> {
        let context = VerdictContext {
            deployment: &self.deployment,
            action: evidence.action,
            review: evidence.review,
            scope: evidence.scope,
            verdict: evidence.verdict,
            committed_at: evidence.at,
            verdict_key: &self.verdict_key,
            issuers: &self.issuers,
            pages_client: &self.pages_client,
        };
        let documents = VerdictDocuments {
            statement: evidence.statement,
            envelope: evidence.envelope,
            proof: evidence.proof,
            proof_key: evidence.proof_key,
        };
        verdict_holds(&context, &documents, &self.membership(evidence.verdict))
            .map_err(|invalid| Objection::new(invalid.code(), invalid.to_string()))
    }

    fn proof_key(&self, proof: &Document) -> Option<KeyRef> {
        unverified_key_ref(&proof.open::<IdTokenProof>().ok()?.id_token).ok()
    }
}
