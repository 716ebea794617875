//! What a reviewer changed: the changed action runs, and only if the change is as well proven as an approval.

use crate::support::{SampleAction, Tampering, TestStack, changed};
use domain::{Event, Status};
use wire::Item;

/// P3, P12, D17: what runs is what the agent sealed with what the reviewer signed, and nothing else.
#[tokio::test]
async fn the_changed_action_runs() {
    let stack = TestStack::twisted(SampleAction::Export, Tampering::Changed).await;
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded, "{:?}", stack.refusal().await);
    let at = |key: &str| stack.targets.things(|things| things.object("partner-drop", key).map(str::to_owned));
    assert_eq!(at("inbox/q3.csv").as_deref(), Some("email,city\nx,y\n"));
    assert_eq!(at("q3.csv"), None, "nothing goes where the agent wanted it");
}

/// D1, P5, P12: a change nobody signed, by whom it is not for, of what the rules do not open, or made into something else.
#[tokio::test]
async fn a_change_that_does_not_hold_is_denied() {
    let mut table = String::new();
    for (id, tampering) in [
        ("D1", Tampering::ChangedUnsigned),
        ("P5", Tampering::ChangedByOwner),
        ("P5", Tampering::ChangedElsewhere),
        ("P12", Tampering::ChangedOtherwise),
    ] {
        let stack = TestStack::twisted(SampleAction::Export, tampering).await;
        stack.deliver(1).await.unwrap();
        let (code, detail) = stack.refusal().await.unwrap_or_else(|| panic!("{tampering:?} was not refused"));
        stack.assert_untouched(&format!("{tampering:?}"));
        table += &format!("{id:4} {tampering:?}: {code}: {detail}\n");
    }
    insta::assert_snapshot!(table);
}

/// F16, P5: what may be changed is what the rules in force at the claim say.
#[tokio::test]
async fn what_may_no_longer_be_changed_is_denied() {
    let stack = TestStack::twisted(SampleAction::Export, Tampering::Changed).await;
    stack.publish(&changed("approvals.yaml", "  may_change: [/destination]\n", "")).await;
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.refusal().await.unwrap().0, "no-longer-allowed");
    stack.assert_untouched("the rules changed");
}

/// D1: a change written into an item with honest votes on something else leads nowhere: the record is not the item's.
#[tokio::test]
async fn a_change_written_into_the_table_proves_nothing() {
    let stack = TestStack::twisted(SampleAction::Export, Tampering::Changed).await;
    let item = stack.item().await;
    let lines: Vec<String> = item.entries().iter().map(|entry| entry.line.clone()).collect();
    let swapped: Vec<String> = lines.iter().map(|line| line.replace("s3-export", "lambda-invoke")).collect();
    assert!(Item::parse(item.id().clone(), swapped.iter().map(String::as_str)).is_ok());
    stack.states.forge_events(item.id(), &swapped);
    assert!(stack.deliver(1).await.is_err(), "evidence does not hold");
    stack.assert_untouched("another history");
    assert!(item.entries().iter().any(|entry| matches!(entry.event, Event::Modified { .. })));
}
