//! Throttled, killed and twice at once.

use domain::Status;
use futures::future::join_all;
use testkit::{Moment, Scenario, Strike, killed};

use crate::support::{TestStack, proposed};

/// Enough actions to have some in every shard.
async fn overdue() -> (TestStack, Vec<Scenario>) {
    let stack = TestStack::new();
    let scenarios: Vec<Scenario> = (0..12).map(|number| proposed(&format!("key {number}"))).collect();
    for scenario in &scenarios {
        stack.add(scenario).await;
    }
    stack.clock.pass(86_400);
    stack.probe.clear();
    (stack, scenarios)
}

async fn expired(stack: &TestStack, scenarios: &[Scenario]) -> usize {
    let mut expired = 0;
    for scenario in scenarios {
        expired += usize::from(stack.status(scenario).await == Status::Expired);
    }
    expired
}

/// F8, F9: every call fails once. The rest of the run goes on all the same, and the next run finishes what is left.
#[tokio::test]
async fn a_throttled_table_holds_up_one_thing() {
    let passages = {
        let (stack, _) = overdue().await;
        stack.run().await.unwrap();
        stack.probe.passages()
    };
    for (number, (point, moment)) in passages.iter().enumerate() {
        let why = format!("{moment:?} {point} ({number})");
        let (stack, scenarios) = overdue().await;
        stack.probe.strike(number, Strike::Fault);
        let seen = match stack.run().await {
            Ok(report) => {
                assert_eq!(report.failed, 1, "{why}: it is told");
                report
            }
            Err(fault) => {
                assert!(fault.is_passing(), "{why}");
                Default::default()
            }
        };
        let done = expired(&stack, &scenarios).await;
        match *point {
            "state.requeue" => assert_eq!((seen.committed, done), (11, 11), "{why}"),
            "state.extend" => assert!(done >= 11, "{why}"),
            "state.due" => assert!(done >= 6, "{why}: only that shard waits: {done}"),
            _ => assert_eq!(done, 12, "{why}"),
        }
        stack.probe.clear();
        stack.clock.pass(120);
        stack.run().await.unwrap_or_else(|fault| panic!("{why}: {fault}"));
        assert_eq!(expired(&stack, &scenarios).await, 12, "{why}");
    }
}

/// F1: killed before and after any call, the next run finishes.
#[tokio::test]
async fn killed_anywhere_the_next_run_finishes() {
    let passages: Vec<(&str, Moment)> = {
        let (stack, _) = overdue().await;
        stack.run().await.unwrap();
        stack.probe.passages()
    };
    for number in (0..passages.len()).step_by(5) {
        let (stack, scenarios) = overdue().await;
        stack.probe.strike(number, Strike::Kill);
        assert!(killed(stack.run()).await.is_none(), "{:?}", passages[number]);
        stack.probe.clear();
        stack.clock.pass(120);
        stack.run().await.unwrap();
        assert_eq!(expired(&stack, &scenarios).await, 12, "{:?}", passages[number]);
    }
}

/// F2, F7: two sweeps at once, each standing still at every call: every item expires once.
#[tokio::test]
async fn two_at_once_expire_each_once() {
    let (stack, scenarios) = overdue().await;
    stack.probe.stagger();
    let reports = join_all((0..2).map(|_| stack.run())).await;
    for report in reports {
        assert_eq!(report.unwrap().failed, 0, "who comes second finds it done");
    }
    for scenario in &scenarios {
        assert_eq!(stack.item(scenario).await.entries().len(), 2);
    }
}
