//! Queue events, record by record.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use std::sync::Mutex;

use async_trait::async_trait;
use domain::{ActionId, Digest, Fault};
use runtime::sqs::{HandleMessage, handle_batch};
use serde_json::{Value, json};
use wire::message::{EffectName, Message};

#[derive(Default)]
struct Handler(Mutex<Vec<u32>>);

#[async_trait]
impl HandleMessage for Handler {
    async fn handle(&self, message: &Message) -> Result<(), Fault> {
        self.0.lock().unwrap().push(message.sequence);
        if message.sequence == 13 { Err(Fault::passing("not today")) } else { Ok(()) }
    }
}

fn body(sequence: u32) -> String {
    let message = Message {
        format: Message::FORMAT.into(),
        effect: EffectName::Decide,
        action: ActionId::of(b"example"),
        sequence,
        chain: Digest::of(b"chain"),
        proposed_object: 0,
        object: 0,
        person: None,
    };
    wire::json::canonical(&message).unwrap().into_string()
}

async fn batch(records: Value) -> (Result<Vec<String>, Fault>, Vec<u32>) {
    let handler = Handler::default();
    let response = handle_batch(&json!({ "Records": records }), &handler).await;
    let failed = response.map(|response| {
        response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    });
    (failed, handler.0.into_inner().unwrap())
}

/// F6: a poison message fails alone and is reported, so that the queue puts it aside; the others are handled.
#[tokio::test]
async fn one_bad_record_fails_alone() {
    let twice = body(1).replacen("\"sequence\":1", "\"sequence\":1,\"sequence\":1", 1);
    let other = body(1).replacen("countersign-message/1", "countersign-message/9", 1);
    let more = body(1).replacen('{', "{\"extra\":1,", 1);
    for poison in ["not JSON", "{}", "\u{feff}{}", twice.as_str(), other.as_str(), more.as_str()] {
        let records = json!([
            { "messageId": "a", "body": body(1) },
            { "messageId": "b", "body": poison },
            { "messageId": "c", "body": body(3) },
        ]);
        assert_eq!(batch(records).await, (Ok(vec!["b".to_owned()]), vec![1, 3]), "{poison}");
    }
    let records = json!([{ "messageId": "a", "body": body(13) }, { "messageId": "b" }, { "messageId": "c", "body": 7 }]);
    assert_eq!(batch(records).await.0, Ok(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
}

/// F6: a failed record without an id cannot be named, so the whole batch comes again; nothing is acknowledged by mistake.
#[tokio::test]
async fn a_failure_without_a_name_fails_the_batch() {
    for id in [json!(null), json!(""), json!("  "), json!(5)] {
        let (failed, handled) =
            batch(json!([{ "messageId": id, "body": body(13) }, { "messageId": "b", "body": body(1) }]))
                .await;
        assert!(failed.is_err(), "{id}");
        assert_eq!(handled, [13, 1], "the others are still handled");
    }
    let (failed, _) = batch(json!([{ "body": body(1) }])).await;
    assert_eq!(failed, Ok(vec![]), "one that was handled needs no name");
    assert!(handle_batch(&json!({ "records": [] }), &Handler::default()).await.is_err());
}
