//! Checkpoints the auditor already holds: the log's size and root, signed by sweep's own key.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use domain::Digest;
use identity::PublicKey;
use ledger::verify::Held;
use serde_json::Value;
use wire::json;

use super::Trust;

/// Why a checkpoint says nothing about any log.
#[derive(Debug, thiserror::Error)]
#[error("the checkpoint `{file}` cannot be used: {why}")]
pub struct CheckpointError {
    file: PathBuf,
    why: String,
}

const FORMAT: &str = "countersign-checkpoint/1";
/// A checkpoint has some hundred bytes.
const MOST: u64 = 64 * 1024;

/// The checkpoint in the file, if the trusted key signed it for the trusted deployment.
///
/// # Errors
/// [`CheckpointError`]: a checkpoint that proves nothing is never left out in silence.
pub(super) fn read(file: &Path, trust: Option<&Trust>) -> Result<Held, CheckpointError> {
    let wrong = |why: String| CheckpointError { file: file.to_owned(), why };
    let trust = trust.ok_or_else(|| wrong("it needs a trust file".to_owned()))?;
    let key =
        trust.checkpoint_key().ok_or_else(|| wrong("the trust file has no `checkpoint_key`".to_owned()))?;
    let long = std::fs::metadata(file).map_err(|error| wrong(error.to_string()))?.len() > MOST;
    if long {
        return Err(wrong("it is too long".to_owned()));
    }
    let bytes = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    parse(&bytes, key, trust.deployment()).map_err(wrong)
}

fn parse(bytes: &[u8], key: &PublicKey, deployment: &str) -> Result<Held, String> {
    let value = json::parse_value(bytes).map_err(|error| error.to_string())?;
    let checkpoint = value.get("checkpoint").ok_or("`checkpoint` is missing")?;
    let signed = json::canonical(checkpoint).map_err(|error| error.to_string())?;
    let signature =
        BASE64.decode(text(&value, "signature")?.as_bytes()).map_err(|error| error.to_string())?;
    let unsigned = |_| "the signature is not the checkpoint key's".to_owned();
    key.verify(signed.as_bytes(), &signature).map_err(unsigned)?;
    if text(checkpoint, "format")? != FORMAT {
        return Err(format!("its format is not `{FORMAT}`"));
    }
    if text(checkpoint, "deployment")? != deployment {
        return Err("it was taken of another deployment's log".to_owned());
    }
    let size = checkpoint.get("size").and_then(Value::as_u64).ok_or("`size` is no number")?;
    let root: Result<Digest, _> = text(checkpoint, "root")?.parse();
    Ok(Held { size, root: root.map_err(|_| "`root` is no digest")? })
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    value.get(name).and_then(Value::as_str).ok_or_else(|| format!("`{name}` is missing"))
}
