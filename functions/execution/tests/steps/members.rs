//! Who counts at the claim, by the directory in force then.

use domain::Status;

use crate::support::{SampleAction, Tampering, TestStack, changed};

const LISTED: &str = "  sre: { members: [bob, carol], above: [data-owners] }
  auditors: { members: [] }
auditors: auditors
# Who may suspend everything, a type of action or an agent at once: `countersign suspend`.
may_suspend: [sre]";

/// C2: of a group whose members the directory does not list only a kept ID token proves anything. A vote by `service` for it
/// denies at the claim: nothing but the word of callbacks ever said that this person belongs there.
#[tokio::test]
async fn a_group_without_members_needs_proof() {
    let open = LISTED.replace("members: [bob, carol], ", "").replace("\nmay_suspend: [sre]", "");
    let rules = changed("directory.yaml", LISTED, &open);
    let stack = TestStack::ruled(SampleAction::Job, &rules).await;
    stack.deliver(1).await.unwrap();
    let refusal = stack.refusal().await.unwrap();
    assert_eq!(refusal.0, "verdict-invalid");
    assert!(refusal.1.contains("group-unproven"), "{}", refusal.1);
    stack.assert_untouched("by service");
    // By the provider the same group counts.
    let stack = TestStack::ruled(SampleAction::Secret, &rules).await;
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded, "{:?}", stack.refusal().await);
}

/// C20: whoever stands in votes on a lent seat, and it runs. Once the directory in force lends the seat no more, the vote counts
/// for nothing.
#[tokio::test]
async fn a_lent_seat_counts_while_it_is_lent() {
    let stack = TestStack::twisted(SampleAction::Job, Tampering::StandIn).await;
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded, "{:?}", stack.refusal().await);
    let stack = TestStack::twisted(SampleAction::Job, Tampering::StandIn).await;
    stack.publish(&testkit::sample_bundle()).await;
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.refusal().await.map(|(code, _)| code).as_deref(), Some("verdict-invalid"));
    stack.assert_untouched("no delegation");
}
