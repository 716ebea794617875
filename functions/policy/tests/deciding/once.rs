//! Decided once, however often and by however many.

use std::sync::Arc;

use domain::Event;
use futures::future::join_all;
use runtime::sqs::HandleMessage;
use testkit::killed;
use wire::message::EffectName;

use crate::sample_request::SampleRequest;
use crate::support::{TestStack, edited};

async fn decisions(stack: &TestStack) -> usize {
    let item = stack.item().await;
    item.entries().iter().filter(|entry| matches!(entry.event, Event::Decided { .. })).count()
}

/// P2, F2, F5: a second delivery reads the item and leaves it alone, also when the rules have changed meanwhile.
#[tokio::test]
async fn a_second_delivery_decides_nothing() {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::customers()).await;
    stack.deliver().await.unwrap();
    let before = stack.item().await;
    stack.publish(&crate::support::forged(|content| content["policies"] = serde_json::json!([]))).await;
    stack.probe.clear();
    stack.deliver().await.unwrap();
    assert_eq!(stack.probe.points(), ["state.get"]);
    assert_eq!(stack.item().await, before);
}

/// P2, W18, F7: many workers at once, each standing still at every await: one decides, the others leave it at that.
#[tokio::test]
async fn workers_racing_decide_once() {
    let stack = Arc::new(TestStack::new().await);
    stack.propose(SampleRequest::customers()).await;
    stack.probe.stagger();
    for answer in join_all((0..6).map(|_| stack.deliver())).await {
        answer.unwrap();
    }
    assert_eq!(decisions(&stack).await, 1);
    assert_eq!(stack.gist().await, "pending data-owners");
}

/// P2, D4: two workers that saw different targets: what the first wrote is shown, pinned and stays; the documents of the
/// other belong to nothing.
#[tokio::test]
async fn the_first_pins_hold() {
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::customers()).await;
    stack.deliver().await.unwrap();
    let writing = stack.probe.points().len();
    let stack = TestStack::new().await;
    stack.propose(SampleRequest::customers()).await;
    // The slow one has looked and is about to commit.
    stack.probe.hold(2 * (writing - 1));
    let (slow, message) = (stack.process(), stack.message(EffectName::Decide));
    let mut waiting = Box::pin(slow.handle(&message));
    assert!(killed(&mut waiting).await.is_none(), "it stands before its write");
    stack.targets.things(|things| things.put_object("customers", "2026/q3.csv", "changed"));
    let before = stack.documents.contents().len();
    stack.deliver().await.unwrap();
    let first = (stack.decided().await, stack.review().await);
    assert!(stack.documents.contents().len() > before, "the two saw different versions");
    stack.probe.release();
    waiting.await.unwrap();
    assert_eq!((stack.decided().await, stack.review().await), first);
    assert_eq!(decisions(&stack).await, 1);
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
        let mut stack = TestStack::new().await;
        let process = stack.process();
        stack.propose(SampleRequest::summary()).await;
        process.handle(&stack.message(EffectName::Decide)).await.unwrap();
        assert_eq!(stack.gist().await, "approved");
        stack.publish(&stricter).await;
        let hex = stricter.digest.hex();
        let content = stack.bundles.keys().into_iter().find(|key| key.contains(&hex)).expect("its content");
        match what {
            "gone" => stack.bundles.remove(&content),
            "another" => stack.bundles.overwrite(&content, b"{}"),
            _ => {}
        }
        stack.id = domain::ActionId::of(b"the next");
        stack.propose(SampleRequest::summary()).await;
        process.handle(&stack.message(EffectName::Decide)).await.unwrap();
        assert_eq!(stack.gist().await, expected, "{what}");
    }
}
