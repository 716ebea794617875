//! Queue events, record by record: one that cannot be read or handled fails alone.

use async_trait::async_trait;
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse};
use domain::Fault;
use serde_json::Value;
use wire::json;
use wire::message::Message;

/// What a function does with one message of its queue.
#[async_trait]
pub trait HandleMessage: Send + Sync {
    /// Processes one message; processing it again changes nothing.
    ///
    /// # Errors
    /// [`Fault`]: the queue delivers the message again, and puts it aside after too many times.
    async fn handle(&self, message: &Message) -> Result<(), Fault>;

    /// Keeps a failed message back for as many seconds as its fault asks for. A function that may not do so does nothing: the
    /// message comes again after the queue's own time.
    ///
    /// # Errors
    /// [`Fault`]; it changes nothing about the failure.
    async fn postpone(&self, _receipt: &str, _seconds: u32) -> Result<(), Fault> {
        Ok(())
    }

    /// The longest time for which a failed message is kept back, in seconds, whatever is asked for: a quarter of an hour.
    fn longest_postponement(&self) -> u32 {
        900
    }
}

/// Handles the records of a queue event one after the other and names those that failed.
///
/// A record that is not a message fails too. The queue moves it to the dead-letter queue after its last delivery,
/// where people see it; it is never dropped here.
///
/// # Errors
/// When the event is no list of records, or a record failed that has no id to name it by: then all of them come again,
/// which is safe because every consumer is idempotent.
pub async fn handle_batch(event: &Value, handler: &dyn HandleMessage) -> Result<SqsBatchResponse, Fault> {
    let records = event.get("Records").and_then(Value::as_array);
    let records = records.ok_or_else(|| Fault::lasting("the event has no list of records"))?;
    let mut failures = Vec::new();
    let mut nameless = 0_usize;
    for record in records {
        let id = record.get("messageId").and_then(Value::as_str).filter(|id| !id.trim().is_empty());
        let Err(fault) = handle_record(record, handler).await else { continue };
        tracing::error!(message = id, passing = fault.is_passing(), %fault, "a message failed");
        postpone(record, handler, &fault).await;
        match id {
            Some(id) => failures.push(failure(id)),
            None => nameless += 1,
        }
    }
    if nameless > 0 {
        return Err(Fault::lasting(format!("{nameless} failed records have no message id")));
    }
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures;
    Ok(response)
}

/// The message comes again all the same when this fails, only sooner.
async fn postpone(record: &Value, handler: &dyn HandleMessage, fault: &Fault) {
    let seconds = fault.retry_after().min(handler.longest_postponement());
    let receipt = record.get("receiptHandle").and_then(Value::as_str);
    let Some(receipt) = receipt.filter(|_| seconds > 0) else { return };
    if let Err(fault) = handler.postpone(receipt, seconds).await {
        tracing::warn!(%fault, "a failed message comes again sooner than was asked for");
    }
}

async fn handle_record(record: &Value, handler: &dyn HandleMessage) -> Result<(), Fault> {
    let body = record.get("body").and_then(Value::as_str);
    let body = body.ok_or_else(|| Fault::lasting("the record has no body"))?;
    let message: Message = json::parse(body.as_bytes())
        .map_err(|error| Fault::lasting(format!("the record's body is no message: {error}")))?;
    if message.format != Message::FORMAT {
        return Err(Fault::lasting("the message is of another format"));
    }
    handler.handle(&message).await
}

fn failure(id: &str) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id.to_owned();
    failure
}
