//! From the ledger's queue to the queues of the channels: none waits for another.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bundle::Destination;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use domain::VerdictKind;
use runtime::sqs::HandleMessage;
use serde_json::json;
use wire::message::EffectName;

use crate::support::{Recorder, TestStack, asked, at, passing, voted};

/// A platform that never answers.
struct Silent(&'static str);

#[async_trait]
impl Channel for Silent {
    fn name(&self) -> &'static str {
        self.0
    }

    async fn send(&self, _: &Address, _: &Message) -> Result<Copy, DeliveryError> {
        std::future::pending().await
    }

    async fn update(&self, _: &Copy, _: &Message) -> Result<bool, DeliveryError> {
        std::future::pending().await
    }
}

fn everywhere() -> [Destination; 4] {
    let teams = Destination::Teams("19:a@thread.tacv2".to_owned());
    let webhook = Destination::Webhook("https://hooks.example/a".to_owned());
    [Destination::Slack("C1".to_owned()), teams, webhook, Destination::Console]
}

fn names(handed: &[(String, wire::message::Message)]) -> Vec<&str> {
    handed.iter().map(|(channel, _)| channel.as_str()).collect()
}

/// C42: the ledger's message goes to the queue of each channel that the directory names, unchanged; only the console is served
/// from the ledger's own queue.
#[tokio::test]
async fn each_channel_gets_the_message_in_its_own_queue() {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &everywhere());
    let message = stack.message(EffectName::AskApprovers);
    stack.process().handle(&message).await.unwrap();
    let handed = stack.handed.take();
    assert_eq!(names(&handed), ["slack", "teams", "webhook"]);
    assert!(handed.iter().all(|(_, handed)| *handed == message));
    assert_eq!((stack.channel.received().len(), stack.slack.received().len()), (1, 0));
    at(&stack.process(), "slack").handle(&message).await.unwrap();
    assert_eq!((stack.channel.received().len(), stack.slack.received().len()), (1, 1));
}

/// C42: while one platform never answers, every other channel is served, and the ledger's queue goes on.
#[tokio::test]
async fn an_outage_of_one_channel_delays_no_other() {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &everywhere());
    let teams = Recorder::new("teams");
    let senders: Vec<Arc<dyn Channel>> =
        vec![Arc::new(Silent("slack")), Arc::new(teams.clone()), Arc::new(stack.channel.clone())];
    let notify = stack.notify(senders);
    let message = stack.message(EffectName::AskApprovers);
    notify.handle(&message).await.unwrap();
    let slack = at(&notify, "slack");
    let (waiting, others) = (slack.handle(&message), at(&notify, "teams"));
    tokio::select! {
        biased;
        _ = waiting => panic!("it never answers"),
        told = others.handle(&message) => told.unwrap(),
        () = tokio::time::sleep(Duration::from_secs(5)) => panic!("one channel waits for another"),
    }
    assert_eq!((teams.received().len(), stack.channel.received().len()), (1, 1));
}

/// C42, C44: copies on one channel are updated from its own queue: one that cannot be updated for now keeps no other channel's
/// copies from telling the truth.
#[tokio::test]
async fn copies_are_updated_by_their_own_channel() {
    let mut stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &everywhere());
    let teams = Recorder::new("teams");
    let senders: Vec<Arc<dyn Channel>> = vec![Arc::new(stack.slack.clone()), Arc::new(teams.clone())];
    let notify = stack.notify(senders);
    let message = stack.message(EffectName::AskApprovers);
    for channel in ["slack", "teams"] {
        at(&notify, channel).handle(&message).await.unwrap();
    }
    stack.moves_on(voted("bob", VerdictKind::Deny).await).await;
    let ended = stack.message(EffectName::AnnounceEnd);
    teams.fail_updates(&[Some(passing()), Some(passing())]);
    at(&notify, "slack").handle(&ended).await.unwrap();
    assert_eq!((stack.slack.updated().len(), teams.updated().len()), (1, 0));
    assert!(at(&notify, "teams").handle(&ended).await.unwrap_err().is_passing());
    assert_eq!(stack.slack.updated().len(), 1, "nobody else is asked again");
}

/// A deployment whose directory names the console alone hands nothing on; one with a channel that can update messages does, since
/// the directory may have named it before.
#[tokio::test]
async fn nothing_is_handed_on_for_nothing() {
    let stack = TestStack::of(asked()).await;
    let message = stack.message(EffectName::AskApprovers);
    stack.notify(vec![Arc::new(stack.channel.clone())]).handle(&message).await.unwrap();
    assert!(stack.handed.take().is_empty());
    stack.process().handle(&message).await.unwrap();
    assert_eq!(names(&stack.handed.take()), ["slack"]);
    stack.addresses.set_default(&[Destination::Slack("C1".to_owned())]);
    let before = stack.channel.received().len();
    stack.process().handle(&message).await.unwrap();
    assert_eq!((names(&stack.handed.take()), stack.channel.received().len()), (vec!["slack"], before));
}

/// E23: what a channel's queue holds for a channel that this deployment does not have stays there and ends in that queue's own
/// dead letters, whatever the others do.
#[tokio::test]
async fn a_queue_without_its_channel() {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &everywhere());
    let (notify, message) = (stack.process(), stack.message(EffectName::AskApprovers));
    notify.handle(&message).await.unwrap();
    for (channel, served) in [("slack", true), ("teams", false), ("webhook", false)] {
        let told = at(&notify, channel).handle(&message).await;
        assert_eq!(told.is_ok(), served, "{channel}");
        assert!(told.err().is_none_or(|fault| fault.is_passing()), "{channel}");
    }
}

/// An event of a channel's queue is delivered by that channel alone; one of the ledger's queue is handed on.
#[tokio::test]
async fn an_event_says_whose_queue_it_is_of() {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &everywhere());
    let body = wire::json::canonical(&stack.message(EffectName::AskApprovers)).unwrap().into_string();
    let event = |queue: &str| {
        let source = format!("arn:aws:sqs:eu-central-1:123456789012:countersign-dev-{queue}");
        json!({ "Records": [{ "messageId": "1", "body": body, "eventSourceARN": source }] })
    };
    let notify = stack.process();
    assert!(notify.handle_event(&event("notify-slack")).await.unwrap().batch_item_failures.is_empty());
    assert_eq!((stack.slack.received().len(), stack.channel.received().len()), (1, 0));
    assert!(stack.handed.take().is_empty());
    notify.handle_event(&event("notify")).await.unwrap();
    let handed = stack.handed.take();
    let handed: BTreeSet<&str> = names(&handed).into_iter().collect();
    assert_eq!(handed, BTreeSet::from(["slack", "teams", "webhook"]));
}
