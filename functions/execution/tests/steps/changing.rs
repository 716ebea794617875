//! What a reviewer changed: the changed action runs, and only if the change is as well proven as an approval.

use crate::support::{Ask, Twist, World, changed};
use domain::{Event, Status};
use wire::Item;

/// P3, P12, D17: what runs is what the agent sealed with what the reviewer signed, and nothing else.
#[tokio::test]
async fn the_changed_action_runs() {
    let world = World::twisted(Ask::Export, Twist::Changed).await;
    world.deliver(1).await.unwrap();
    assert_eq!(world.item().await.state().status(), Status::Succeeded, "{:?}", world.refusal().await);
    let at = |key: &str| world.targets.things(|things| things.object("partner-drop", key).map(str::to_owned));
    assert_eq!(at("inbox/q3.csv").as_deref(), Some("email,city\nx,y\n"));
    assert_eq!(at("q3.csv"), None, "nothing goes where the agent wanted it");
}

/// D1, P5, P12: a change nobody signed, by whom it is not for, of what the rules do not open, or made into something else.
#[tokio::test]
async fn a_change_that_does_not_hold_is_denied() {
    let mut table = String::new();
    for (id, twist) in [
        ("D1", Twist::ChangedUnsigned),
        ("P5", Twist::ChangedByOwner),
        ("P5", Twist::ChangedElsewhere),
        ("P12", Twist::ChangedOtherwise),
    ] {
        let world = World::twisted(Ask::Export, twist).await;
        world.deliver(1).await.unwrap();
        let (code, detail) = world.refusal().await.unwrap_or_else(|| panic!("{twist:?} was not refused"));
        world.assert_untouched(&format!("{twist:?}"));
        table += &format!("{id:4} {twist:?}: {code}: {detail}\n");
    }
    insta::assert_snapshot!(table);
}

/// F16, P5: what may be changed is what the rules in force at the claim say.
#[tokio::test]
async fn what_may_no_longer_be_changed_is_denied() {
    let world = World::twisted(Ask::Export, Twist::Changed).await;
    world.publish(&changed("approvals.yaml", "  may_change: [/destination]\n", "")).await;
    world.deliver(1).await.unwrap();
    assert_eq!(world.refusal().await.unwrap().0, "no-longer-allowed");
    world.assert_untouched("the rules changed");
}

/// D1: a change written beside honest votes on something else leads nowhere: the record is not the item's.
#[tokio::test]
async fn a_change_written_into_the_table_proves_nothing() {
    let world = World::twisted(Ask::Export, Twist::Changed).await;
    let item = world.item().await;
    let lines: Vec<String> = item.entries().iter().map(|entry| entry.line.clone()).collect();
    let swapped: Vec<String> = lines.iter().map(|line| line.replace("s3-export", "lambda-invoke")).collect();
    assert!(Item::parse(item.id().clone(), swapped.iter().map(String::as_str)).is_ok());
    world.states.forge_events(item.id(), &swapped);
    assert!(world.deliver(1).await.is_err(), "evidence does not hold");
    world.assert_untouched("another history");
    assert!(item.entries().iter().any(|entry| matches!(entry.event, Event::Modified { .. })));
}
