//! Limits and fingerprints, one caller after the other and all at once.

use domain::{ActionId, Timestamp};
use futures::future::join_all;
use store::{Entered, FirstBody, Rate, Taken};

use crate::kit;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis)
}

/// E9: a bucket holds a minute's worth, is filled by time alone, and says for how long it has nothing.
#[tokio::test]
async fn a_bucket_holds_a_minutes_worth() {
    let kit = kit().await;
    let rate = Rate::per_minute(6);
    for _ in 0..6 {
        assert_eq!(kit.limits.take("one", rate, 1, at(0)).await, Ok(Taken::Granted));
    }
    assert_eq!(kit.limits.take("one", rate, 1, at(0)).await, Ok(Taken::Wait(10)));
    assert_eq!(kit.limits.take("one", rate, 1, at(7_000)).await, Ok(Taken::Wait(3)));
    assert_eq!(kit.limits.take("another", rate, 1, at(0)).await, Ok(Taken::Granted), "each has its own");
    assert_eq!(kit.limits.take("one", rate, 1, at(10_000)).await, Ok(Taken::Granted));
    assert_eq!(kit.limits.take("one", rate, 1, at(10_000)).await, Ok(Taken::Wait(10)));
    for _ in 0..6 {
        assert_eq!(
            kit.limits.take("one", rate, 1, at(600_000)).await,
            Ok(Taken::Granted),
            "never more than full"
        );
    }
    assert_eq!(kit.limits.take("one", rate, 1, at(600_000)).await, Ok(Taken::Wait(10)));
}

/// E9: who takes more than there is owes it.
#[tokio::test]
async fn a_bucket_can_be_overdrawn_once() {
    let kit = kit().await;
    let rate = Rate::per_minute(60);
    assert_eq!(kit.limits.take("owing", rate, 90, at(0)).await, Ok(Taken::Granted));
    assert_eq!(kit.limits.take("owing", rate, 1, at(0)).await, Ok(Taken::Wait(31)));
    assert_eq!(kit.limits.take("owing", rate, 1, at(31_000)).await, Ok(Taken::Granted));
}

/// E9: callers at once get what there is, no more and no less; nobody is refused for another's sake.
#[tokio::test]
async fn a_bucket_is_shared_exactly() {
    let kit = kit().await;
    let rate = Rate::per_minute(10);
    let taken = join_all((0..16).map(|_| kit.limits.take("racing", rate, 1, at(0)))).await;
    let granted = taken.iter().filter(|taken| **taken == Ok(Taken::Granted)).count();
    assert_eq!(granted, 10, "{taken:?}");
}

/// E9: a set holds so many members, at once too; whoever leaves makes room, and leaving twice is leaving once.
#[tokio::test]
async fn a_set_holds_so_many() {
    let kit = kit().await;
    let names: Vec<String> = (0..8).map(|n| format!("member-{n}")).collect();
    let entered = join_all(names.iter().map(|name| kit.limits.enter("set", name, 5))).await;
    let inside = entered.iter().filter(|entered| matches!(entered, Ok(Entered::In(_)))).count();
    assert_eq!(inside, 5, "{entered:?}");
    let Ok(Entered::Full(mut members)) = kit.limits.enter("set", "more", 5).await else { panic!("not full") };
    members.sort();
    assert_eq!(members.len(), 5);
    for _ in 0..2 {
        kit.limits.leave("set", &members[..4]).await.unwrap();
    }
    kit.limits.leave("set", &[]).await.unwrap();
    kit.limits.leave("nobody's", &members).await.unwrap();
    let Ok(Entered::In(now)) = kit.limits.enter("set", "more", 5).await else { panic!("full") };
    assert_eq!(now.len(), 2);
    kit.limits.leave("set", &now).await.unwrap();
    assert_eq!(kit.limits.enter("set", "first", 5).await, Ok(Entered::In(vec!["first".to_owned()])));
}

/// P7: a key stands for the first body that was sent under it, whoever was at once.
#[tokio::test]
async fn a_body_is_kept_once() {
    let kit = kit().await;
    let action = ActionId::of(b"kept once");
    assert_eq!(kit.bodies.body(&action).await, Ok(None));
    let bodies: Vec<String> = (0..8).map(|n| format!("{n}")).collect();
    let kept = join_all(bodies.iter().map(|body| kit.bodies.keep_body(&action, body))).await;
    assert_eq!(kept.iter().filter(|kept| **kept == Ok(FirstBody::This)).count(), 1, "{kept:?}");
    let first = kit.bodies.body(&action).await.unwrap().unwrap();
    assert_eq!(kit.bodies.keep_body(&action, &first).await, Ok(FirstBody::This), "the same again");
    assert_eq!(kit.bodies.keep_body(&action, "another").await, Ok(FirstBody::Other));
    assert_eq!(kit.bodies.body(&action).await, Ok(Some(first)));
}
