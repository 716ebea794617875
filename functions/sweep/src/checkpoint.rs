//! Checkpoints: the log's size and root, signed, so that truncation and rollback can be told by whoever holds one.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use data_encoding::BASE64;
use domain::Fault;
use serde_json::json;
use wire::json;
use wire::record::Head;

use crate::Sweep;

/// A checkpoint before it is signed. The same log gives the same checkpoint, so storing it twice is storing it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The deployment.
    pub deployment: String,
    /// Records in the log.
    pub size: u64,
    /// The tree's root.
    pub root: domain::Digest,
    /// The last object.
    pub object: u64,
}

impl Sweep {
    /// Stores a checkpoint of what the index follows, taken from the log itself; false when the log is empty.
    pub(crate) async fn keep_checkpoint(&self) -> Result<bool, Fault> {
        let Some(watermark) = self.index.watermark().await? else { return Ok(false) };
        let Some(object) = watermark.next_object.checked_sub(1) else { return Ok(false) };
        if self.checkpointed.load(Ordering::Relaxed) == watermark.size {
            return Ok(false);
        }
        let bytes = self.log.object(object).await?;
        let bytes =
            bytes.ok_or_else(|| Fault::lasting(format!("log object {object} is indexed but not there")))?;
        let Some(head) = head(&bytes) else {
            tracing::error!(alarm = true, object, "the log's last object has no head; no checkpoint");
            return Ok(false);
        };
        let size = head.first.saturating_add(head.count);
        if head.object != object || size != watermark.size {
            tracing::error!(alarm = true, object, "index and log differ; no checkpoint");
            return Ok(false);
        }
        let checkpoint = Checkpoint { deployment: self.deployment.clone(), size, root: head.root, object };
        let message = message(&checkpoint)?;
        let signature = BASE64.encode(&self.signer.sign(message.as_bytes()).await?);
        let name = name(size, &message);
        self.checkpoints.keep_checkpoint(&name, signed(&message, &signature)?).await?;
        self.checkpointed.store(size, Ordering::Relaxed);
        Ok(true)
    }
}

/// The bytes that are signed.
fn message(checkpoint: &Checkpoint) -> Result<json::Canonical, Fault> {
    let Checkpoint { deployment, size, root, object } = checkpoint;
    let value = json!({
        "format": "countersign-checkpoint/1",
        "deployment": deployment,
        "size": size,
        "root": root.to_string(),
        "object": object,
    });
    json::canonical(&value).map_err(|e| Fault::lasting(e.to_string()))
}

/// What follows `checkpoints/` in its key.
fn name(size: u64, message: &json::Canonical) -> String {
    format!("{size}-{}", message.digest().hex())
}

/// The object: what was signed, and the signature.
fn signed(message: &json::Canonical, signature: &str) -> Result<Bytes, Fault> {
    let lasting = |error: json::JsonError| Fault::lasting(error.to_string());
    let checkpoint = json::parse_value(message.as_bytes()).map_err(lasting)?;
    let object = json!({ "checkpoint": checkpoint, "signature": signature });
    Ok(Bytes::from(json::canonical(&object).map_err(lasting)?.into_string()))
}

fn head(bytes: &[u8]) -> Option<Head> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    json::parse_stored::<Head>(line).ok().filter(|head| head.format == Head::FORMAT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/formats.md");

    /// P9: the example of `docs/formats.md` is what is signed and written, under the name the page gives it.
    #[test]
    fn the_documented_checkpoint() {
        let example = PAGE.split("```json\n").find(|rest| rest.contains("countersign-checkpoint/1")).unwrap();
        let example = json::parse_value(example.split("```").next().unwrap().as_bytes()).unwrap();
        let shown = example.get("checkpoint").unwrap();
        let text = |name: &str| shown.get(name).unwrap().as_str().unwrap();
        let number = |name: &str| shown.get(name).unwrap().as_u64().unwrap();
        let checkpoint = Checkpoint {
            deployment: text("deployment").to_owned(),
            size: number("size"),
            root: text("root").parse().unwrap(),
            object: number("object"),
        };
        let message = message(&checkpoint).unwrap();
        let written = signed(&message, example.get("signature").unwrap().as_str().unwrap()).unwrap();
        assert_eq!(written, json::canonical(&example).unwrap().into_string());
        let key = format!("checkpoints/{}", name(checkpoint.size, &message));
        assert!(PAGE.contains(&key), "{key}");
    }
}
