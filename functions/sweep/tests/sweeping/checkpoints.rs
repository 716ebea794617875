//! Checkpoints: what the log itself says, signed, once.

use data_encoding::BASE64;
use domain::Digest;
use serde_json::Value;
use store::Watermark;
use testkit::LocalSigner;
use wire::json::{canonical, parse_value};

use crate::support::{World, approved};

async fn recorded() -> World {
    let (mut world, story) = (World::new(), approved("checkpoint"));
    world.add(&story).await;
    world.record(&story).await;
    world.probe.clear();
    world
}

/// P9: size and root are the log's own, signed with sweep's key over the bytes that name the object.
#[tokio::test]
async fn a_checkpoint_is_signed() {
    let world = recorded().await;
    assert!(world.run().await.unwrap().checkpoint);
    let kept = world.log.checkpoints();
    let (name, bytes) = kept.first_key_value().unwrap();
    let line = parse_value(bytes).unwrap();
    let message = canonical(&line["checkpoint"]).unwrap();
    assert_eq!(*name, format!("{}-{}", world.tail.tree.size(), message.digest().hex()));
    let signature = BASE64.decode(line["signature"].as_str().unwrap().as_bytes()).unwrap();
    assert!(world.signer.public_key().verify(message.as_bytes(), &signature).is_ok());
    let other = LocalSigner::seeded([5; 32], testkit::Gate::open());
    assert!(other.public_key().verify(message.as_bytes(), &signature).is_err());
    assert_eq!(line["checkpoint"]["size"], Value::from(world.tail.tree.size()));
    assert_eq!(line["checkpoint"]["root"], Value::from(world.tail.tree.root().to_string()));
    assert_eq!(line["checkpoint"]["deployment"], "local");
}

/// P9: the same log gives the same checkpoint, whoever makes it and how often; an idle one is not signed again.
#[tokio::test]
async fn the_same_log_gives_one_checkpoint() {
    let world = recorded().await;
    let process = world.process();
    assert!(process.run().await.unwrap().checkpoint);
    let kept = world.log.checkpoints();
    world.probe.clear();
    assert!(!process.run().await.unwrap().checkpoint);
    assert!(!world.probe.points().contains(&"signer.sign"));
    world.run().await.unwrap();
    assert_eq!(world.log.checkpoints(), kept);
}

/// P9, P10: nothing is signed that index and log do not agree on, and nothing of a log without records.
#[tokio::test]
async fn what_is_in_doubt_is_not_signed() {
    let world = World::new();
    assert!(!world.run().await.unwrap().checkpoint, "an empty log");
    let world = recorded().await;
    let (next_object, size) = (world.tail.next, world.tail.tree.size());
    let heartbeat = world.now();
    let mark = |next_object, size| Watermark { next_object, size, range: vec![], last: None, heartbeat };
    world.index.set_watermark(Some(mark(next_object, size + 1)));
    assert!(!world.run().await.unwrap().checkpoint, "another size");
    world.index.set_watermark(Some(mark(next_object - 1, size)));
    assert!(!world.run().await.unwrap().checkpoint, "another object");
    world.index.set_watermark(Some(mark(next_object + 1, size)));
    assert!(!world.run().await.unwrap_err().is_passing(), "an object that is not there");
    world.index.set_watermark(Some(mark(next_object, size)));
    world.log.place(next_object - 1, format!("{{\"root\":\"{}\"}}", Digest::of(b"x")));
    assert!(!world.run().await.unwrap().checkpoint, "garbage");
    assert!(world.log.checkpoints().is_empty());
    assert!(!world.probe.points().contains(&"signer.sign"));
}
