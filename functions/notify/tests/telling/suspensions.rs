//! What is suspended and runs again is told to those in whose name it was suspended.

use domain::{ActionId, Scope};
use testkit::Scenario;
use wire::message::EffectName;

use crate::support::TestStack;

async fn suspended() -> Scenario {
    let mut suspensions = Scenario::suspensions();
    suspensions.suspend("bob", &["sre"], Scope::Type("s3-export".into())).await;
    suspensions
}

#[tokio::test]
async fn a_suspension_and_its_resume_are_told() {
    let mut suspensions = suspended().await;
    let stack = TestStack::of(suspensions.clone()).await;
    stack.tell(EffectName::AnnounceSuspensions).await.unwrap();
    suspensions.resume(Scope::Type("s3-export".into()), ActionId::of(b"a resume"), "a1");
    let after = TestStack::of(suspensions).await;
    after.tell(EffectName::AnnounceSuspensions).await.unwrap();
    for (stack, words) in
        [(stack, "bob suspended every s3-export at "), (after, "No longer suspended: every s3-export")]
    {
        let notices = stack.channel.received();
        let [notice] = notices.as_slice() else { panic!("{notices:?}") };
        assert_eq!((notice.kind, notice.audience.as_str()), ("suspensions", "group:sre"));
        assert!(notice.text.starts_with(words), "{}", notice.text);
        assert_eq!(notice.link, "https://approvals.example/");
    }
}

/// Whoever suspended something gets a receipt from the locked record, like every voter.
#[tokio::test]
async fn a_suspension_has_a_receipt() {
    let suspensions = suspended().await;
    let stack = TestStack::of(suspensions.clone()).await;
    stack.record(&suspensions, 1);
    stack.tell(EffectName::SendReceipt).await.unwrap();
    let notices = stack.channel.received();
    assert_eq!(notices[0].audience, "person:bob");
    assert!(notices[0].text.contains("you suspended “every s3-export”"), "{}", notices[0].text);
}
