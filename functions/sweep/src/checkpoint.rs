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
        let name = format!("{size}-{}", message.digest().hex());
        let line = json!({ "checkpoint": parsed(&message)?, "signature": signature });
        let line = json::canonical(&line).map_err(|e| Fault::lasting(e.to_string()))?;
        self.checkpoints.keep_checkpoint(&name, Bytes::from(line.into_string())).await?;
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

fn parsed(message: &json::Canonical) -> Result<serde_json::Value, Fault> {
    json::parse_value(message.as_bytes()).map_err(|e| Fault::lasting(e.to_string()))
}

fn head(bytes: &[u8]) -> Option<Head> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    json::parse::<Head>(line).ok().filter(|head| head.format == Head::FORMAT)
}
