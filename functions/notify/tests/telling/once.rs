//! A message is told again until it was delivered, and then no more.

use std::sync::Arc;

use domain::{Event, Fault, VerdictKind};
use fn_notify::NoChannel;
use runtime::sqs::HandleMessage;
use testkit::{Strike, killed};
use wire::message::EffectName;

use crate::support::{World, asked, voted};

/// W23: a delivery that failed fails its message, so that the queue brings it again and puts it aside where it is seen;
/// nothing is remembered of it.
#[tokio::test]
async fn a_failed_delivery_comes_again() {
    let world = World::of(asked()).await;
    world.channel.fail(&[Some(Fault::passing("no answer")), Some(Fault::lasting("gone"))]);
    assert!(world.tell(EffectName::AskApprovers).await.unwrap_err().is_passing());
    assert!(!world.tell(EffectName::AskApprovers).await.unwrap_err().is_passing());
    assert!(world.channels.contents().is_empty(), "nobody was told");
    world.tell(EffectName::AskApprovers).await.unwrap();
    assert_eq!(world.channel.audiences(), ["group:sre"]);
    assert_eq!(world.channels.contents().len(), 1);
}

/// F2, F5: a message that comes again after it was delivered is not told again; one about a later event is.
#[tokio::test]
async fn a_duplicate_is_not_told_twice() {
    let world = World::of(asked()).await;
    for _ in 0..3 {
        world.tell(EffectName::AskApprovers).await.unwrap();
    }
    assert_eq!(world.channel.heard().len(), 1);
}

/// E23, W23: of several notices, those that were delivered are not told again when another failed.
#[tokio::test]
async fn only_what_failed_is_told_again() {
    let world = World::of(voted("bob", VerdictKind::Deny).await).await;
    world.channel.fail(&[None, Some(Fault::passing("no answer"))]);
    assert!(world.tell(EffectName::AnnounceEnd).await.is_err());
    assert_eq!(world.channel.audiences(), ["person:bob"]);
    world.tell(EffectName::AnnounceEnd).await.unwrap();
    assert_eq!(world.channel.audiences(), ["person:bob", "person:dana"]);
}

/// E23: whoever cannot be told keeps nobody else from being told, whatever the order, and is told once they can be.
#[tokio::test]
async fn one_recipient_stops_no_other() {
    let world = World::of(voted("bob", VerdictKind::Deny).await).await;
    world.channel.fail(&[Some(Fault::lasting("no such address")), None]);
    assert!(world.tell(EffectName::AnnounceEnd).await.is_err());
    assert_eq!(world.channel.audiences(), ["person:dana"]);
    world.tell(EffectName::AnnounceEnd).await.unwrap();
    assert_eq!(world.channel.audiences(), ["person:dana", "person:bob"]);
}

/// E23: with no channel at all nothing counts as delivered, receipts neither: each message comes again until there is one.
#[tokio::test]
async fn without_a_channel_nothing_is_delivered() {
    let story = voted("bob", VerdictKind::Approve).await;
    for effect in [EffectName::SendReceipt, EffectName::AskApprovers] {
        let world = World::of(story.clone()).await;
        world.record(&story, story.item.sequence());
        let silent = world.notify(Arc::new(NoChannel));
        for _ in 0..3 {
            assert!(silent.handle(&world.message(effect)).await.is_err(), "{effect:?}");
            assert!(world.channels.contents().is_empty(), "{effect:?}: nobody was told");
        }
        world.tell(effect).await.unwrap();
        assert_eq!(world.channel.heard().len(), 1, "{effect:?}: told once there is a channel");
    }
}

/// E23: a receipt comes though what the action is about cannot be read any more: whoever votes in somebody's name must not
/// be able to keep it from them.
#[tokio::test]
async fn a_receipt_without_the_documents() {
    let story = voted("bob", VerdictKind::Approve).await;
    let world = World::of(story.clone()).await;
    world.record(&story, story.item.sequence());
    for digest in story.documents.keys() {
        world.documents.forge(*digest, "{}");
    }
    world.tell(EffectName::SendReceipt).await.unwrap();
    let heard = world.channel.heard();
    assert_eq!(world.channel.audiences(), ["person:bob"]);
    assert!(heard[0].text.contains(story.item.id().as_str()), "{}", heard[0].text);
}

/// F8, F9: every call fails once in a way that may pass; everybody is told, and again only where the answer to the
/// remembering was lost before it was remembered.
#[tokio::test]
async fn whatever_fails_somebody_is_told() {
    let passages = {
        let world = World::of(asked()).await;
        world.tell(EffectName::AskApprovers).await.unwrap();
        world.probe.passages()
    };
    for (number, (point, moment)) in passages.iter().enumerate() {
        for strike in [Strike::Fault, Strike::Kill] {
            let why = format!("{strike:?} {moment:?} {point} ({number})");
            let world = World::of(asked()).await;
            world.probe.strike(number, strike);
            if let Some(answer) = killed(world.tell(EffectName::AskApprovers)).await {
                assert!(answer.unwrap_err().is_passing(), "{why}");
            }
            world.probe.clear();
            world.tell(EffectName::AskApprovers).await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
            let again = *point == "channels.put" && *moment == testkit::Moment::Before;
            assert_eq!(world.channel.heard().len(), 1 + usize::from(again), "{why}");
        }
    }
}

/// F20: a message about what has moved on asks nobody and announces nothing.
#[tokio::test]
async fn what_has_moved_on() {
    let mut cancelled = asked();
    cancelled.add(Event::Cancelled { by: cancelled.agent() });
    let denied = voted("bob", VerdictKind::Deny).await;
    for (story, effect) in [
        (cancelled, EffectName::AskApprovers),
        (denied, EffectName::AskApprovers),
        (asked(), EffectName::AnnounceEnd),
    ] {
        let world = World::of(story).await;
        world.tell(effect).await.unwrap();
        assert!(world.channel.heard().is_empty(), "{effect:?}");
    }
    let world = World::of(asked()).await;
    for effect in [EffectName::Decide, EffectName::Execute] {
        assert!(!world.tell(effect).await.unwrap_err().is_passing());
    }
}
