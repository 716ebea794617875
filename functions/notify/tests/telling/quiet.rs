//! Groups in their quiet hours are told afterwards, and nobody else waits for them.

use bundle::Destination;
use domain::{Event, Proof, VerdictKind};
use runtime::sqs::HandleMessage;
use serde_json::json;
use testkit::{SampleRequirement, Scenario};
use wire::message::EffectName;

use crate::support::{TestStack, asked, at};

/// What waits, with this handle.
fn waiting(stack: &TestStack, handle: &str) -> serde_json::Value {
    let body = wire::json::canonical(&stack.message(EffectName::AskApprovers)).unwrap().into_string();
    let queue = "arn:aws:sqs:eu-central-1:123456789012:countersign-dev-notify-quiet";
    let record =
        json!({ "messageId": handle, "receiptHandle": handle, "body": body, "eventSourceARN": queue });
    json!({ "Records": [record] })
}

async fn in_slack() -> TestStack {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &[Destination::Slack("C1".to_owned()), Destination::Console]);
    stack
}

/// Serves the channels that something was handed to; whether something waits for the end of quiet hours.
async fn serve(stack: &TestStack) -> bool {
    let mut waits = false;
    for (queue, message) in stack.handed.take() {
        match queue.as_str() {
            "quiet" => waits = true,
            channel => at(&stack.process(), channel).handle(&message).await.unwrap(),
        }
    }
    waits
}

fn told(stack: &TestStack) -> usize {
    stack.channel.received().len() + stack.slack.received().len()
}

/// W23: what asks a quiet group waits until the hours have ended, and is then told on every channel, once.
#[tokio::test]
async fn nobody_is_woken_and_nobody_is_forgotten() {
    let stack = in_slack().await;
    stack.addresses.set_quiet(&[("sre", 900), ("auditors", 5)]);
    stack.process().handle(&stack.message(EffectName::AskApprovers)).await.unwrap();
    assert!(serve(&stack).await, "it waits");
    assert_eq!(told(&stack), 0);
    for (left, kept) in [(900, 900), (80_000, 43_000)] {
        stack.addresses.set_quiet(&[("sre", left)]);
        let answer = stack.process().handle_event(&waiting(&stack, "w")).await.unwrap();
        assert_eq!(answer.batch_item_failures.len(), 1);
        assert_eq!(
            stack.postponed.0.lock().unwrap().pop(),
            Some((Some("quiet".to_owned()), "w".to_owned(), kept))
        );
        assert!(!serve(&stack).await && told(&stack) == 0, "still quiet");
    }
    stack.addresses.set_quiet(&[]);
    for _ in 0..2 {
        let answer = stack.process().handle_event(&waiting(&stack, "w")).await.unwrap();
        assert!(answer.batch_item_failures.is_empty() && !serve(&stack).await);
        assert_eq!((stack.channel.received().len(), stack.slack.received().len()), (1, 1));
    }
}

/// Without a quiet group among those that are asked nothing waits; what has ended, or is asked anew later, waits no more.
#[tokio::test]
async fn only_what_still_asks_waits() {
    let stack = in_slack().await;
    stack.addresses.set_quiet(&[("auditors", 900)]);
    stack.process().handle(&stack.message(EffectName::AskApprovers)).await.unwrap();
    assert!(!serve(&stack).await);
    assert_eq!(told(&stack), 2);

    let mut scenario = Scenario::new("reminded");
    scenario.propose();
    scenario.decide(SampleRequirement::Reminded);
    let mut stack = TestStack::of(scenario).await;
    stack.addresses.set_quiet(&[("sre", 900)]);
    let first = waiting(&stack, "w");
    let mut reminded = stack.scenario.clone();
    reminded.now = reminded.now.plus_seconds(60);
    reminded.add(Event::Reminded);
    stack.moves_on(reminded).await;
    assert!(stack.process().handle_event(&first).await.unwrap().batch_item_failures.is_empty(), "asked anew");
    assert!(
        !stack.process().handle_event(&waiting(&stack, "w")).await.unwrap().batch_item_failures.is_empty()
    );
    let mut denied = stack.scenario.clone();
    denied.vote("bob", &["sre"], VerdictKind::Deny, Proof::Service).await;
    stack.moves_on(denied).await;
    assert!(
        stack.process().handle_event(&first).await.unwrap().batch_item_failures.is_empty(),
        "it has ended"
    );
    assert_eq!(told(&stack), 0);
}
