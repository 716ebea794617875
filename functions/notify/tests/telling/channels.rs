//! Several channels, each by itself: who is told where, what is remembered, and what an end changes.

use std::sync::Arc;

use async_trait::async_trait;
use bundle::Destination;
use channel::{Address, Channel, Copy, DeliveryError, Message};
use domain::{Event, Proof, VerdictKind};
use serde_json::{Value, json};
use testkit::{Scenario, States};
use wire::message::EffectName;

use crate::support::{Recorder, TestStack, asked, passing, permanent, voted};

fn slack(id: &str) -> Destination {
    Destination::Slack(id.to_owned())
}

/// The sre's requests go to two conversations of one channel and to the console.
async fn three_addresses() -> TestStack {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &[slack("C1"), slack("C2"), Destination::Console]);
    stack
}

/// What is remembered of the action's messages: the key's end, and the fact.
fn remembered(stack: &TestStack) -> Vec<(String, Value)> {
    let topic = format!("messages/{}", stack.scenario.item.id());
    let facts = stack.channels.contents().into_iter().filter(|((of, _), _)| *of == topic);
    facts
        .map(|((_, key), value)| (key, wire::json::parse(value.as_bytes()).unwrap_or(Value::String(value))))
        .collect()
}

fn addresses(stack: &TestStack) -> Vec<String> {
    stack.slack.received().into_iter().map(|received| received.address).collect()
}

/// E23: a message goes to every address of its audience, and each is remembered for itself: what one channel or address has
/// received keeps nothing from another.
#[tokio::test]
async fn two_channels_never_suppress_each_other() {
    let stack = three_addresses().await;
    stack.slack.fail(&[None, Some(passing())]);
    assert!(stack.tell(EffectName::AskApprovers).await.is_err());
    assert_eq!((addresses(&stack), stack.channel.audiences()), (vec!["C1".into()], vec!["group:sre".into()]));
    stack.tell(EffectName::AskApprovers).await.unwrap();
    stack.tell(EffectName::AskApprovers).await.unwrap();
    assert_eq!((addresses(&stack).len(), stack.channel.received().len()), (2, 1));
    assert_eq!(addresses(&stack), ["C1", "C2"]);
    let received = [stack.slack.received(), stack.channel.received()].concat();
    assert!(
        received.iter().all(|one| one.key == received[0].key && one.key.is_ascii() && one.key.len() <= 200)
    );
}

/// C33: what the platform calls each message is stored, so that another process finds every copy.
#[tokio::test]
async fn every_copy_is_stored() {
    let stack = three_addresses().await;
    stack.tell(EffectName::AskApprovers).await.unwrap();
    let facts = remembered(&stack);
    assert_eq!(facts.len(), 3, "{facts:?}");
    let of = |end: &str| &facts.iter().find(|(key, _)| key.ends_with(end)).unwrap().1;
    let copy = json!({ "conversation": "conversation C2", "message": "2" });
    let expected = json!({ "kind": "ask", "audience": "group:sre", "channel": "slack", "copy": copy });
    assert_eq!(*of("slack/C2"), expected);
}

/// C32, C42: what will never be delivered ends: it is remembered as refused, with the platform's word, and reported; the others
/// are told, and the queue does not bring the message again.
#[tokio::test]
async fn a_permanent_error_ends_alone() {
    let stack = three_addresses().await;
    stack.slack.fail(&[Some(permanent())]);
    stack.tell(EffectName::AskApprovers).await.unwrap();
    stack.tell(EffectName::AskApprovers).await.unwrap();
    assert_eq!((addresses(&stack), stack.channel.received().len()), (vec!["C2".to_owned()], 1));
    let facts = remembered(&stack);
    let (_, refused) = facts.iter().find(|(key, _)| key.ends_with("slack/C1")).unwrap();
    assert_eq!((refused.get("copy"), refused["undeliverable"].as_str()), (None, Some("is_archived")));
    let day = wire::text::rfc3339(stack.scenario.now)[..10].to_owned();
    let report = stack.channels.contents();
    let report = &report[&(format!("undeliverable/{day}"), "group:sre/slack/C1".to_owned())];
    assert!(report.contains("is_archived") && report.contains("group:sre"), "{report}");
}

/// E23: a channel that the directory names and this deployment does not have delivers nothing, and nothing says otherwise.
#[tokio::test]
async fn a_channel_that_is_not_there() {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &[Destination::Teams("19:a@thread.tacv2".to_owned()), slack("C1")]);
    for _ in 0..2 {
        assert!(stack.tell(EffectName::AskApprovers).await.unwrap_err().is_passing());
    }
    assert_eq!((addresses(&stack), remembered(&stack).len()), (vec!["C1".to_owned()], 1));
}

/// F13: a platform that says how long it wants no further attempt is left alone for as long, at most a quarter of an hour;
/// the longest of several counts.
#[tokio::test]
async fn a_busy_platform_is_left_alone() {
    let stack = three_addresses().await;
    let record = |id: &str| {
        let body = wire::json::canonical(&stack.message(EffectName::AskApprovers)).unwrap().into_string();
        let queue = "arn:aws:sqs:eu-central-1:123456789012:countersign-dev-notify-slack";
        let receipt = format!("handle {id}");
        json!({ "messageId": id, "receiptHandle": receipt, "body": body, "eventSourceARN": queue })
    };
    let busy =
        |retry_after| DeliveryError::Passing { channel: "slack", code: "ratelimited".into(), retry_after };
    stack.slack.fail(&[Some(busy(20)), Some(busy(90))]);
    let answer = stack.process().handle_event(&json!({ "Records": [record("1")] })).await.unwrap();
    assert_eq!(answer.batch_item_failures.len(), 1);
    stack.slack.fail(&[Some(busy(7200))]);
    stack.process().handle_event(&json!({ "Records": [record("2")] })).await.unwrap();
    stack.slack.fail(&[Some(passing())]);
    stack.process().handle_event(&json!({ "Records": [record("3")] })).await.unwrap();
    let postponed = stack.postponed.0.lock().unwrap().clone();
    let kept = |receipt: &str, seconds| (Some("slack".to_owned()), receipt.to_owned(), seconds);
    assert_eq!(postponed, [kept("handle 1", 90), kept("handle 2", 900)]);
}

/// C33: every copy of what people were asked says how the action stands after each vote and at its end, wherever it was
/// decided.
#[tokio::test]
async fn every_copy_tells_the_truth_afterwards() {
    let mut stack = three_addresses().await;
    stack.tell(EffectName::AskApprovers).await.unwrap();
    let first = voted("bob", VerdictKind::Approve).await;
    stack.record(&first, first.item.sequence());
    stack.moves_on(first.clone()).await;
    stack.tell(EffectName::SendReceipt).await.unwrap();
    let updated = stack.slack.updated();
    assert_eq!(updated.len(), 2, "{updated:?}");
    assert!(updated.iter().all(|(_, now)| now.text.ends_with("So far 1 agreed.")), "{updated:?}");
    let mut denied = first;
    denied.vote("carol", &["sre"], VerdictKind::Deny, Proof::Service).await;
    stack.moves_on(denied).await;
    stack.tell(EffectName::AnnounceEnd).await.unwrap();
    let updated = stack.slack.updated();
    let copies: Vec<&str> = updated.iter().map(|(copy, _)| copy.conversation.as_str()).collect();
    assert_eq!(copies, ["conversation C1", "conversation C2", "conversation C1", "conversation C2"]);
    assert!(updated[3].1.text.ends_with("it was denied; nothing ran."), "{updated:?}");
}

/// C33: where votes are hidden, no copy says how many there are.
#[tokio::test]
async fn no_copy_tells_a_hidden_vote() {
    let mut scenario = Scenario::new("blind");
    scenario.propose();
    scenario.decide(testkit::SampleRequirement::TwoBlind);
    let mut stack = TestStack::of(scenario.clone()).await;
    stack.addresses.set("group:sre", &[slack("C1")]);
    stack.tell(EffectName::AskApprovers).await.unwrap();
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    stack.record(&scenario, scenario.item.sequence());
    stack.moves_on(scenario).await;
    stack.tell(EffectName::SendReceipt).await.unwrap();
    let updated = stack.slack.updated();
    let (before, after) = (stack.slack.received()[0].text.clone(), updated[0].1.text.clone());
    assert_eq!(before, after);
}

/// C44: a copy that cannot be updated any more is marked, once, and asked no further; one that may be later is tried again. The
/// others are updated, and the verdict stands.
#[tokio::test]
async fn an_update_that_fails_changes_no_verdict() {
    let mut stack = three_addresses().await;
    stack.tell(EffectName::AskApprovers).await.unwrap();
    let denied = voted("bob", VerdictKind::Deny).await;
    stack.moves_on(denied.clone()).await;
    stack.slack.fail_updates(&[Some(permanent()), Some(passing())]);
    assert!(stack.tell(EffectName::AnnounceEnd).await.unwrap_err().is_passing());
    let gone: Vec<_> =
        remembered(&stack).into_iter().filter(|(key, _)| key.starts_with("unreachable/")).collect();
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert!(gone[0].0.ends_with("slack/C1") && gone[0].1 == "is_archived", "{gone:?}");
    stack.tell(EffectName::AnnounceEnd).await.unwrap();
    let copies: Vec<String> = stack.slack.updated().into_iter().map(|(copy, _)| copy.conversation).collect();
    assert_eq!(copies, ["conversation C2"]);
    let stored = store::ReadState::item(&stack.states, denied.item.id()).await.unwrap().unwrap();
    assert_eq!(stored.chain(), denied.item.chain(), "nothing was written to the action");
    assert_eq!(stack.channel.audiences(), ["group:sre", "person:bob", "person:dana"], "told once");
}

/// A channel during whose deliveries the action ends.
struct Meanwhile {
    inner: Recorder,
    states: States,
    ended: Scenario,
}

#[async_trait]
impl Channel for Meanwhile {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn has_cards(&self) -> bool {
        true
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<Copy, DeliveryError> {
        let sent = self.inner.send(to, message).await;
        self.states.forge_events(self.ended.item.id(), &self.ended.lines(self.ended.item.entries().len()));
        sent
    }

    async fn update(&self, copy: &Copy, message: &Message) -> Result<bool, DeliveryError> {
        self.inner.update(copy, message).await
    }
}

/// C33: whoever read the action before it ended and sends the request afterwards updates what they sent: the end found no copy.
#[tokio::test]
async fn a_request_sent_after_the_end_is_updated() {
    let stack = TestStack::of(asked()).await;
    stack.addresses.set("group:sre", &[slack("C1"), slack("C2")]);
    let mut ended = asked();
    ended.add(Event::Cancelled { by: ended.agent() });
    let inner = stack.slack.clone();
    let slow = Meanwhile { inner, states: stack.states.clone(), ended };
    stack.tell_by(&stack.notify(vec![Arc::new(slow)]), EffectName::AskApprovers).await.unwrap();
    let updated = stack.slack.updated();
    assert_eq!(updated.len(), 2, "{updated:?}");
    assert!(
        updated.iter().all(|(_, now)| now.text.ends_with("it was taken back; nothing ran.")),
        "{updated:?}"
    );
}
