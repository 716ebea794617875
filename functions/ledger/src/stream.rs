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
    /// How many of the item's leading events stood there before this write ([`image::change`]). Those after it were written
    /// by it, so their times must fit [`StreamRecord::at`].
    pub kept: u32,
    /// When it was written, by the stream's own clock.
    pub at: Timestamp,
}

/// The records of one invocation. A record with another shape than a stream's becomes [`StreamImage::Malformed`], so that it
/// does not keep the others from being handled.
///
/// # Errors
/// When the event is no list of records, or the stream delivers no old images: then nothing is acknowledged.
pub fn read(event: &Value) -> Result<Vec<StreamRecord>, Error> {
    let records = event.get("Records").and_then(Value::as_array).ok_or("the event has no records")?;
    if records.iter().any(lacks_old_image) {
        return Err("the stream must deliver old images as well as new ones".into());
    }
    // A record without a time was written about when the others were.
    let latest = records.iter().filter_map(created).max().unwrap_or(Timestamp::from_millis(0));
    Ok(records.iter().map(|record| read_record(record, created(record).unwrap_or(latest))).collect())
}

/// Whether it is a change of an item without the image of before.
fn lacks_old_image(record: &Value) -> bool {
    let named = record.get("eventName").and_then(Value::as_str);
    let changes = named.is_some_and(|name| name != "INSERT");
    let change = record.get("dynamodb").filter(|_| changes);
    change.is_some_and(|change| change.get("OldImage").is_none_or(Value::is_null))
}

fn read_record(record: &Value, at: Timestamp) -> StreamRecord {
    let malformed = |key: String, reason: &str| {
        let (code, reason) = ("malformed-record", reason.to_owned());
        StreamRecord { image: StreamImage::Malformed { key, sequence: 0, code, reason }, kept: 0, at }
    };
    let change = record.get("dynamodb").filter(|_| record.get("eventName").is_some_and(Value::is_string));
    let Some(change) = change else {
        return malformed(String::new(), "the record is not one of a table's stream");
    };
    let Some(keys) = attributes(change, "Keys") else {
        return malformed(String::new(), "the record's keys cannot be read");
    };
    match attributes(change, "OldImage").zip(attributes(change, "NewImage")) {
        Some((old, new)) => {
            let (image, kept) = image::change(&keys, &old, &new);
            StreamRecord { image, kept, at }
        }
        None => malformed(image::key(&keys), "the record's images cannot be read"),
    }
}

/// The attributes under this name, none of them where there is nothing; none at all when they cannot be read.
fn attributes(change: &Value, name: &str) -> Option<Attributes> {
    let Some(value) = change.get(name).filter(|value| !value.is_null()) else {
        return Some(Attributes::new());
    };
    let item: serde_dynamo::Item = wire::json::from_value(value.clone()).ok()?;
    Some(item.into())
}

/// Seconds since the epoch, with or without a fraction.
fn created(record: &Value) -> Option<Timestamp> {
    let seconds = record.get("dynamodb")?.get("ApproximateCreationDateTime")?.as_f64()?;
    let millis = (seconds * 1000.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "a float saturates, and no time is that far away")]
    Some(Timestamp::from_millis(millis as i64))
}
