//! The table's stream as Lambda hands it over.

use domain::Timestamp;
use lambda_runtime::Error;
use serde_json::Value;
use store::{Attributes, StreamImage, image};

/// One record of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRecord {
    /// What was written.
    pub image: StreamImage,
    /// How many of the item's leading events stood there before this write. Those after it were written by it, so their
    /// times must fit [`StreamRecord::at`].
    pub kept: u32,
    /// When it was written, by the stream's own clock.
    pub at: Timestamp,
}

/// The records of one invocation.
///
/// # Errors
/// When the event is not a stream's, or the stream carries no old images: then nothing is acknowledged.
pub fn read(event: &Value) -> Result<Vec<StreamRecord>, Error> {
    let records = event.get("Records").and_then(Value::as_array).ok_or("the event has no records")?;
    records.iter().map(record).collect()
}

fn record(record: &Value) -> Result<StreamRecord, Error> {
    let change = record.get("dynamodb").ok_or("a record is not a stream's")?;
    let written = record.get("eventName").and_then(Value::as_str).ok_or("a record has no name")?;
    if written != "INSERT" && change.get("OldImage").is_none_or(Value::is_null) {
        return Err("the stream must carry old images beside the new".into());
    }
    let keys = attributes(change, "Keys")?;
    let (old, new) = (attributes(change, "OldImage")?, attributes(change, "NewImage")?);
    Ok(StreamRecord { kept: image::kept(&old, &new), image: image::read(&keys, &new), at: created(change)? })
}

fn attributes(change: &Value, name: &str) -> Result<Attributes, Error> {
    let Some(value) = change.get(name).filter(|value| !value.is_null()) else { return Ok(Attributes::new()) };
    let item: serde_dynamo::Item = wire::json::from_value(value.clone())?;
    Ok(item.into())
}

/// Seconds since the epoch, with or without a fraction.
fn created(change: &Value) -> Result<Timestamp, Error> {
    let seconds = change.get("ApproximateCreationDateTime").and_then(Value::as_f64);
    let millis = (seconds.ok_or("a record has no time")? * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "a float saturates, and no time is that far away")]
    Ok(Timestamp::from_millis(millis as i64))
}
