//! A message is told again until it was delivered, and then no more.

use domain::{Event, VerdictKind};
use testkit::{Strike, killed};
use wire::message::EffectName;

use crate::support::{TestStack, asked, passing, voted};

/// W23: a delivery that failed fails its message, so that the queue brings it again and puts it aside where it is seen;
/// nothing is remembered of it.
#[tokio::test]
async fn a_failed_delivery_comes_again() {
    let stack = TestStack::of(asked()).await;
    stack.channel.fail(&[Some(passing()), Some(passing())]);
    for _ in 0..2 {
        assert!(stack.tell(EffectName::AskApprovers).await.unwrap_err().is_passing());
    }
    assert!(stack.channels.contents().is_empty(), "nobody was told");
    stack.tell(EffectName::AskApprovers).await.unwrap();
    assert_eq!(stack.channel.audiences(), ["group:sre"]);
    assert_eq!(stack.channels.contents().len(), 1);
}

/// F2, F5: a message that comes again after it was delivered is not told again; one about a later event is.
#[tokio::test]
async fn a_duplicate_is_not_told_twice() {
    let stack = TestStack::of(asked()).await;
    for _ in 0..3 {
        stack.tell(EffectName::AskApprovers).await.unwrap();
    }
    assert_eq!(stack.channel.received().len(), 1);
}

/// E23, W23: of several notices, those that were delivered are not told again when another failed.
#[tokio::test]
async fn only_what_failed_is_told_again() {
    let stack = TestStack::of(voted("bob", VerdictKind::Deny).await).await;
    stack.channel.fail(&[None, Some(passing())]);
    assert!(stack.tell(EffectName::AnnounceEnd).await.is_err());
    assert_eq!(stack.channel.audiences(), ["person:bob"]);
    stack.tell(EffectName::AnnounceEnd).await.unwrap();
    assert_eq!(stack.channel.audiences(), ["person:bob", "person:dana"]);
}

/// E23: whoever cannot be told keeps nobody else from being told, whatever the order, and is told once they can be.
#[tokio::test]
async fn one_recipient_stops_no_other() {
    let stack = TestStack::of(voted("bob", VerdictKind::Deny).await).await;
    stack.channel.fail(&[Some(passing()), None]);
    assert!(stack.tell(EffectName::AnnounceEnd).await.is_err());
    assert_eq!(stack.channel.audiences(), ["person:dana"]);
    stack.tell(EffectName::AnnounceEnd).await.unwrap();
    assert_eq!(stack.channel.audiences(), ["person:dana", "person:bob"]);
}

/// E23: with no channel at all nothing counts as delivered, receipts neither: each message comes again until there is one.
#[tokio::test]
async fn without_a_channel_nothing_is_delivered() {
    let scenario = voted("bob", VerdictKind::Approve).await;
    for effect in [EffectName::SendReceipt, EffectName::AskApprovers] {
        let stack = TestStack::of(scenario.clone()).await;
        stack.record(&scenario, scenario.item.sequence());
        let silent = stack.notify(Vec::new());
        for _ in 0..3 {
            assert!(stack.tell_by(&silent, effect).await.is_err(), "{effect:?}");
            assert!(stack.channels.contents().is_empty(), "{effect:?}: nobody was told");
        }
        stack.tell(effect).await.unwrap();
        assert_eq!(stack.channel.received().len(), 1, "{effect:?}: told once there is a channel");
    }
}

/// E23: a receipt comes though what the action is about cannot be read any more: whoever votes in somebody's name must not
/// be able to keep it from them.
#[tokio::test]
async fn a_receipt_without_the_documents() {
    let scenario = voted("bob", VerdictKind::Approve).await;
    let stack = TestStack::of(scenario.clone()).await;
    stack.record(&scenario, scenario.item.sequence());
    for digest in scenario.documents.keys() {
        stack.documents.forge(*digest, "{}");
    }
    stack.tell(EffectName::SendReceipt).await.unwrap();
    let notices = stack.channel.received();
    assert_eq!(stack.channel.audiences(), ["person:bob"]);
    assert!(notices[0].text.contains(scenario.item.id().as_str()), "{}", notices[0].text);
}

/// F8, F9: every call fails once in a way that may pass; everybody is told, and again only where the answer to the
/// remembering was lost before it was remembered.
#[tokio::test]
async fn whatever_fails_somebody_is_told() {
    let passages = {
        let stack = TestStack::of(asked()).await;
        stack.tell(EffectName::AskApprovers).await.unwrap();
        stack.probe.passages()
    };
    for (number, (point, moment)) in passages.iter().enumerate() {
        for strike in [Strike::Fault, Strike::Kill] {
            let why = format!("{strike:?} {moment:?} {point} ({number})");
            let stack = TestStack::of(asked()).await;
            stack.probe.strike(number, strike);
            if let Some(answer) = killed(stack.tell(EffectName::AskApprovers)).await {
                assert!(answer.unwrap_err().is_passing(), "{why}");
            }
            stack.probe.clear();
            stack.tell(EffectName::AskApprovers).await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
            let again = *point == "channels.put" && *moment == testkit::Moment::Before;
            assert_eq!(stack.channel.received().len(), 1 + usize::from(again), "{why}");
        }
    }
}

/// F20: a message about what has moved on asks nobody and announces nothing.
#[tokio::test]
async fn what_has_moved_on() {
    let mut cancelled = asked();
    cancelled.add(Event::Cancelled { by: cancelled.agent() });
    let denied = voted("bob", VerdictKind::Deny).await;
    for (scenario, effect) in [
        (cancelled, EffectName::AskApprovers),
        (denied, EffectName::AskApprovers),
        (asked(), EffectName::AnnounceEnd),
    ] {
        let stack = TestStack::of(scenario).await;
        stack.tell(effect).await.unwrap();
        assert!(stack.channel.received().is_empty(), "{effect:?}");
    }
    let stack = TestStack::of(asked()).await;
    for effect in [EffectName::Decide, EffectName::Execute] {
        assert!(!stack.tell(effect).await.unwrap_err().is_passing());
    }
}
