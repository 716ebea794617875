//! Throttled, killed and twice at once.

use domain::Status;
use futures::future::join_all;
use testkit::{Moment, Story, Strike, killed};

use crate::support::{World, proposed};

/// Enough actions to have some in every shard.
async fn overdue() -> (World, Vec<Story>) {
    let world = World::new();
    let stories: Vec<Story> = (0..12).map(|number| proposed(&format!("key {number}"))).collect();
    for story in &stories {
        world.add(story).await;
    }
    world.clock.pass(86_400);
    world.probe.clear();
    (world, stories)
}

async fn expired(world: &World, stories: &[Story]) -> usize {
    let mut expired = 0;
    for story in stories {
        expired += usize::from(world.status(story).await == Status::Expired);
    }
    expired
}

/// F8, F9: every call fails once. The rest of the run goes on all the same, and the next run finishes what is left.
#[tokio::test]
async fn a_throttled_table_holds_up_one_thing() {
    let passages = {
        let (world, _) = overdue().await;
        world.run().await.unwrap();
        world.probe.passages()
    };
    for (number, (point, moment)) in passages.iter().enumerate() {
        let why = format!("{moment:?} {point} ({number})");
        let (world, stories) = overdue().await;
        world.probe.strike(number, Strike::Fault);
        let seen = match world.run().await {
            Ok(report) => {
                assert_eq!(report.failed, 1, "{why}: it is told");
                report
            }
            Err(fault) => {
                assert!(fault.is_passing(), "{why}");
                Default::default()
            }
        };
        let done = expired(&world, &stories).await;
        match *point {
            "state.requeue" => assert_eq!((seen.committed, done), (11, 11), "{why}"),
            "state.extend" => assert!(done >= 11, "{why}"),
            "state.due" => assert!(done >= 6, "{why}: only that shard waits: {done}"),
            _ => assert_eq!(done, 12, "{why}"),
        }
        world.probe.clear();
        world.clock.pass(120);
        world.run().await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
        assert_eq!(expired(&world, &stories).await, 12, "{why}");
    }
}

/// F1: killed before and after any call, the next run finishes.
#[tokio::test]
async fn killed_anywhere_the_next_run_finishes() {
    let passages: Vec<(&str, Moment)> = {
        let (world, _) = overdue().await;
        world.run().await.unwrap();
        world.probe.passages()
    };
    for number in (0..passages.len()).step_by(5) {
        let (world, stories) = overdue().await;
        world.probe.strike(number, Strike::Kill);
        assert!(killed(world.run()).await.is_none(), "{:?}", passages[number]);
        world.probe.clear();
        world.clock.pass(120);
        world.run().await.unwrap();
        assert_eq!(expired(&world, &stories).await, 12, "{:?}", passages[number]);
    }
}

/// F2, F7: two sweeps at once, each standing still at every call: every item expires once.
#[tokio::test]
async fn two_at_once_expire_each_once() {
    let (world, stories) = overdue().await;
    world.probe.stagger();
    let reports = join_all((0..2).map(|_| world.run())).await;
    for report in reports {
        assert_eq!(report.unwrap().failed, 0, "who comes second finds it done");
    }
    for story in &stories {
        assert_eq!(world.item(story).await.entries().len(), 2);
    }
}
