//! Checkpoints: what the log itself says, signed, once.

use data_encoding::BASE64;
use domain::Digest;
use serde_json::Value;
use store::Watermark;
use testkit::LocalSigner;
use wire::json::{canonical, parse_value};

use crate::support::{TestStack, approved};

async fn recorded() -> TestStack {
    let (mut stack, scenario) = (TestStack::new(), approved("checkpoint"));
    stack.add(&scenario).await;
    stack.record(&scenario).await;
    stack.probe.clear();
    stack
}

/// P9: size and root are the log's own, signed with sweep's key over the bytes that name the object.
#[tokio::test]
async fn a_checkpoint_is_signed() {
    let stack = recorded().await;
    assert!(stack.run().await.unwrap().checkpoint);
    let kept = stack.log.checkpoints();
    let (name, bytes) = kept.first_key_value().unwrap();
    let line = parse_value(bytes).unwrap();
    let message = canonical(&line["checkpoint"]).unwrap();
    assert_eq!(*name, format!("{}-{}", stack.tail.tree.size(), message.digest().hex()));
    let signature = BASE64.decode(line["signature"].as_str().unwrap().as_bytes()).unwrap();
    assert!(stack.signer.public_key().verify(message.as_bytes(), &signature).is_ok());
    let other = LocalSigner::seeded([5; 32], testkit::Gate::open());
    assert!(other.public_key().verify(message.as_bytes(), &signature).is_err());
    assert_eq!(line["checkpoint"]["size"], Value::from(stack.tail.tree.size()));
    assert_eq!(line["checkpoint"]["root"], Value::from(stack.tail.tree.root().to_string()));
    assert_eq!(line["checkpoint"]["deployment"], "local");
}

/// P9: the same log gives the same checkpoint, whoever makes it and how often; an idle one is not signed again.
#[tokio::test]
async fn the_same_log_gives_one_checkpoint() {
    let stack = recorded().await;
    let process = stack.process();
    assert!(process.run().await.unwrap().checkpoint);
    let kept = stack.log.checkpoints();
    stack.probe.clear();
    assert!(!process.run().await.unwrap().checkpoint);
    assert!(!stack.probe.points().contains(&"signer.sign"));
    stack.run().await.unwrap();
    assert_eq!(stack.log.checkpoints(), kept);
}

/// P9, P10: nothing is signed that index and log do not agree on, and nothing of a log without records.
#[tokio::test]
async fn what_is_in_doubt_is_not_signed() {
    let stack = TestStack::new();
    assert!(!stack.run().await.unwrap().checkpoint, "an empty log");
    let stack = recorded().await;
    let (next_object, size) = (stack.tail.next, stack.tail.tree.size());
    let heartbeat = stack.now();
    let mark = |next_object, size| Watermark { next_object, size, range: vec![], last: None, heartbeat };
    stack.index.set_watermark(Some(mark(next_object, size + 1)));
    assert!(!stack.run().await.unwrap().checkpoint, "another size");
    stack.index.set_watermark(Some(mark(next_object - 1, size)));
    assert!(!stack.run().await.unwrap().checkpoint, "another object");
    stack.index.set_watermark(Some(mark(next_object + 1, size)));
    assert!(!stack.run().await.unwrap_err().is_passing(), "an object that is not there");
    stack.index.set_watermark(Some(mark(next_object, size)));
    stack.log.place(next_object - 1, format!("{{\"root\":\"{}\"}}", Digest::of(b"x")));
    assert!(!stack.run().await.unwrap().checkpoint, "garbage");
    assert!(stack.log.checkpoints().is_empty());
    assert!(!stack.probe.points().contains(&"signer.sign"));
}
