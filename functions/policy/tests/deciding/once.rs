//! Decided once, however often and by however many.

use std::sync::Arc;

use domain::Event;
use futures::future::join_all;
use runtime::sqs::HandleMessage;
use testkit::killed;
use wire::message::EffectName;

use crate::ask::Ask;
use crate::support::{World, edited};

async fn decisions(world: &World) -> usize {
    let item = world.item().await;
    item.entries().iter().filter(|entry| matches!(entry.event, Event::Decided { .. })).count()
}

/// P2, F2, F5: a second delivery reads the item and leaves it alone, also when the rules have changed meanwhile.
#[tokio::test]
async fn a_second_delivery_decides_nothing() {
    let world = World::new().await;
    world.propose(Ask::customers()).await;
    world.deliver().await.unwrap();
    let before = world.item().await;
    world.publish(&crate::support::forged(|content| content["policies"] = serde_json::json!([]))).await;
    world.probe.clear();
    world.deliver().await.unwrap();
    assert_eq!(world.probe.points(), ["state.get"]);
    assert_eq!(world.item().await, before);
}

/// P2, W18, F7: many workers at once, each standing still at every await: one decides, the others leave it at that.
#[tokio::test]
async fn workers_racing_decide_once() {
    let world = Arc::new(World::new().await);
    world.propose(Ask::customers()).await;
    world.probe.stagger();
    for answer in join_all((0..6).map(|_| world.deliver())).await {
        answer.unwrap();
    }
    assert_eq!(decisions(&world).await, 1);
    assert_eq!(world.gist().await, "pending data-owners");
}

/// P2, D4: two workers that saw different targets: what the first wrote is shown, pinned and stays; the documents of the
/// other belong to nothing.
#[tokio::test]
async fn the_first_pins_hold() {
    let world = World::new().await;
    world.propose(Ask::customers()).await;
    world.deliver().await.unwrap();
    let writing = world.probe.points().len();
    let world = World::new().await;
    world.propose(Ask::customers()).await;
    // The slow one has looked and is about to commit.
    world.probe.hold(2 * (writing - 1));
    let (slow, message) = (world.process(), world.message(EffectName::Decide));
    let mut waiting = Box::pin(slow.handle(&message));
    assert!(killed(&mut waiting).await.is_none(), "it stands before its write");
    world.targets.things(|things| things.put_object("customers", "2026/q3.csv", "changed"));
    let before = world.documents.contents().len();
    world.deliver().await.unwrap();
    let first = (world.decided().await, world.review().await);
    assert!(world.documents.contents().len() > before, "the two saw different versions");
    world.probe.release();
    waiting.await.unwrap();
    assert_eq!((world.decided().await, world.review().await), first);
    assert_eq!(decisions(&world).await, 1);
}

/// F16, P10: what is published decides at the very next message, in a function that knows an older bundle too. Where the
/// content of what is published is gone or another, everything is denied, and nothing older stays in force.
#[tokio::test]
async fn what_is_published_decides_at_once() {
    let stricter = edited(&[(
        "policies/exports.cedar",
        "when { [\"public\", \"internal\"].contains",
        "when { [\"public\"].contains",
    )]);
    for (what, expected) in
        [("as it is", "denied no-permit"), ("gone", "denied no-rules"), ("another", "denied no-rules")]
    {
        let mut world = World::new().await;
        let process = world.process();
        world.propose(Ask::summary()).await;
        process.handle(&world.message(EffectName::Decide)).await.unwrap();
        assert_eq!(world.gist().await, "approved");
        world.publish(&stricter).await;
        let hex = stricter.digest.hex();
        let content = world.bundles.keys().into_iter().find(|key| key.contains(&hex)).expect("its content");
        match what {
            "gone" => world.bundles.remove(&content),
            "another" => world.bundles.overwrite(&content, b"{}"),
            _ => {}
        }
        world.id = domain::ActionId::of(b"the next");
        world.propose(Ask::summary()).await;
        process.handle(&world.message(EffectName::Decide)).await.unwrap();
        assert_eq!(world.gist().await, expected, "{what}");
    }
}
