//! What is stopped and runs again is told to those in whose name it was stopped.

use domain::{ActionId, Scope};
use testkit::Story;
use wire::message::EffectName;

use crate::support::World;

async fn frozen() -> Story {
    let mut switch = Story::switch();
    switch.freeze("bob", &["sre"], Scope::Type("s3-export".into())).await;
    switch
}

#[tokio::test]
async fn a_stop_and_its_end_are_told() {
    let mut switch = frozen().await;
    let world = World::of(switch.clone()).await;
    world.tell(EffectName::AnnounceSwitch).await.unwrap();
    switch.thaw(Scope::Type("s3-export".into()), ActionId::of(b"a thaw"), "a1");
    let after = World::of(switch).await;
    after.tell(EffectName::AnnounceSwitch).await.unwrap();
    for (world, words) in [(world, "bob stopped every s3-export at "), (after, "What was stopped runs again")]
    {
        let heard = world.channel.heard();
        let [notice] = heard.as_slice() else { panic!("{heard:?}") };
        assert_eq!((notice.kind, notice.audience.as_str()), ("switch", "group:sre"));
        assert!(notice.text.starts_with(words), "{}", notice.text);
        assert_eq!(notice.link, "https://approvals.example/");
    }
}

/// Whoever stopped something gets a receipt from the locked record, like every voter.
#[tokio::test]
async fn a_stop_has_a_receipt() {
    let switch = frozen().await;
    let world = World::of(switch.clone()).await;
    world.record(&switch, 1);
    world.tell(EffectName::SendReceipt).await.unwrap();
    let heard = world.channel.heard();
    assert_eq!(heard[0].audience, "person:bob");
    assert!(heard[0].text.contains("you stopped “every s3-export”"), "{}", heard[0].text);
}
