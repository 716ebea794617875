//! The references on cards: what they stand for is stored before anybody can press.

use std::sync::Arc;

use async_trait::async_trait;
use bundle::Destination;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use domain::{Proof, VerdictKind};
use runtime::sqs::HandleMessage;
use store::CreateState;
use testkit::{Channels, Gate, Moment, SampleRequirement, Scenario, Strike};
use wire::CardReference;
use wire::message::EffectName;

use crate::support::{Recorder, TestStack, asked, at, voted};

const DAY: i64 = 86_400;

/// What this reference stands for, as far as it is stored.
fn meaning(channels: &Channels, reference: &str) -> Option<CardReference> {
    let key = (CardReference::topic(reference).unwrap(), CardReference::KEY.to_owned());
    channels.contents().get(&key).map(|stored| CardReference::parse(stored).unwrap())
}

fn references(stack: &TestStack) -> usize {
    stack.channels.contents().keys().filter(|(topic, _)| topic.starts_with("reference/")).count()
}

/// A channel that looks, whenever a message reaches it, whether its reference is stored.
struct Looking {
    inner: Recorder,
    channels: Channels,
}

impl Looking {
    fn look(&self, message: &Message) {
        let card = message.card.as_ref().unwrap();
        if let Some(reference) = &card.reference {
            let meaning = meaning(&self.channels, reference).expect("stored before it is sent");
            assert_eq!(meaning.message, message.key);
            assert_eq!(meaning.action.to_string(), message.about.action);
        }
    }
}

#[async_trait]
impl Channel for Looking {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn has_cards(&self) -> bool {
        true
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<Copy, DeliveryError> {
        self.look(message);
        self.inner.send(to, message).await
    }

    async fn update(&self, copy: &Copy, message: &Message) -> Result<bool, DeliveryError> {
        self.look(message);
        self.inner.update(copy, message).await
    }
}

async fn in_slack() -> (TestStack, fn_notify::Notify) {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &[Destination::Slack("C1".to_owned())]);
    let looking = Looking { inner: stack.slack.clone(), channels: stack.channels.clone() };
    let notify = stack.notify(vec![Arc::new(looking), Arc::new(stack.channel.clone())]);
    (stack, notify)
}

/// C39: every sent and updated card with controls has a reference of its own, 24 random bytes, which stands for the action, the
/// event that the card shows, and the message. It is stored first, for a month.
#[tokio::test]
async fn a_reference_is_stored_before_its_card_is_sent() {
    let (mut stack, notify) = in_slack().await;
    stack.tell_by(&notify, EffectName::AskApprovers).await.unwrap();
    let sent = stack.slack.received().remove(0).card.unwrap().reference.unwrap();
    let first = stack.scenario.item.sequence();
    assert_eq!((sent.len(), meaning(&stack.channels, &sent).unwrap().sequence), (32, first));

    let once = voted("bob", VerdictKind::Approve).await;
    stack.record(&once, once.item.sequence());
    stack.moves_on(once.clone()).await;
    stack.tell_by(&notify, EffectName::SendReceipt).await.unwrap();
    let updated = stack.slack.updated().remove(0).1.card.unwrap().reference.unwrap();
    assert_ne!(sent, updated);
    let meanings = [&sent, &updated].map(|one| meaning(&stack.channels, one).unwrap());
    assert_eq!(meanings[1].sequence, once.item.sequence());
    assert_eq!(meanings[0].action, meanings[1].action);
    assert_ne!(meanings[0].message, meanings[1].message);

    // Nothing can be pressed once it is over.
    let mut denied = once;
    denied.vote("carol", &["sre"], VerdictKind::Deny, Proof::Service).await;
    stack.moves_on(denied).await;
    let before = references(&stack);
    stack.tell_by(&notify, EffectName::AnnounceEnd).await.unwrap();
    let ended = stack.slack.updated().pop().unwrap().1.card.unwrap();
    assert_eq!((ended.reference, ended.controls, references(&stack)), (None, Vec::new(), before));
}

/// C39: where the reference cannot be stored nothing is sent, and the message comes again.
#[tokio::test]
async fn without_its_reference_no_card_is_sent() {
    let (stack, notify) = in_slack().await;
    let slack = at(&notify, "slack");
    let message = stack.message(EffectName::AskApprovers);
    slack.handle(&message).await.unwrap();
    let put = |(point, moment): &(&str, Moment)| *point == "channels.put" && *moment == Moment::Before;
    let number = stack.probe.passages().iter().position(put).unwrap();

    let (stack, notify) = in_slack().await;
    stack.probe.strike(number, Strike::Fault);
    let slack = at(&notify, "slack");
    assert!(slack.handle(&message).await.unwrap_err().is_passing());
    assert!(stack.slack.received().is_empty());
    stack.probe.clear();
    slack.handle(&message).await.unwrap();
    assert_eq!(stack.slack.received().len(), 1);
}

/// Of several addresses each message has a reference of its own, and a channel without cards has none.
#[tokio::test]
async fn each_message_has_a_reference_of_its_own() {
    let (stack, notify) = in_slack().await;
    let twice = ["C1", "C2"].map(|id| Destination::Slack(id.to_owned()));
    stack.addresses.set("group:sre", &[&twice[..], &[Destination::Console]].concat());
    stack.tell_by(&notify, EffectName::AskApprovers).await.unwrap();
    let sent = stack.slack.received();
    let sent: Vec<String> = sent.into_iter().map(|one| one.card.unwrap().reference.unwrap()).collect();
    assert_eq!((sent.len(), references(&stack)), (2, 2));
    assert_ne!(sent[0], sent[1]);
    assert_eq!(stack.channel.received()[0].card, None);
}

/// C37: the end of one action updates its own cards, from its own state, and none of another action in the same conversation.
#[tokio::test]
async fn each_card_from_its_own_action() {
    let (mut stack, notify) = in_slack().await;
    stack.tell_by(&notify, EffectName::AskApprovers).await.unwrap();
    let mut later = Scenario::new("later");
    later.propose();
    later.decide(SampleRequirement::TwoOfSre);
    stack.states.through(Gate::open()).create(&later.item).await.unwrap();
    stack.moves_on(later.clone()).await;
    stack.tell_by(&notify, EffectName::AskApprovers).await.unwrap();
    let mut denied = later;
    denied.vote("bob", &["sre"], VerdictKind::Deny, Proof::Service).await;
    stack.moves_on(denied.clone()).await;
    stack.tell_by(&notify, EffectName::AnnounceEnd).await.unwrap();
    let updated: Vec<String> = stack.slack.updated().into_iter().map(|(copy, _)| copy.message).collect();
    assert_eq!((stack.slack.received().len(), updated), (2, vec!["2".to_owned()]));
}

/// Nothing that notify writes is kept for ever.
#[tokio::test]
async fn every_fact_has_an_end() {
    let (stack, notify) = in_slack().await;
    let refused = Destination::Slack("C2".to_owned());
    stack.addresses.set("group:sre", &[Destination::Slack("C1".to_owned()), refused]);
    stack.slack.fail(&[None, Some(crate::support::permanent())]);
    stack.tell_by(&notify, EffectName::AskApprovers).await.unwrap();
    let ends = stack.channels.ends();
    assert_eq!(ends.len(), 5, "{ends:?}");
    for ((topic, _), until) in ends {
        let days = match topic.split_once('/').unwrap().0 {
            "messages" => 90,
            "reference" | "undeliverable" => 30,
            other => panic!("{other}"),
        };
        assert_eq!(until, Some(stack.scenario.now.plus_seconds(days * DAY)), "{topic}");
    }
}
