//! What its agent has stopped asking for.

use domain::{Status, Timestamp};
use store::{AttributeValue, RecordPoll, image};
use testkit::Gate;

use crate::support::{SampleAction, TestStack, changed};

/// A job that is not begun once nobody asks for it, so many seconds after it was proposed.
async fn after(seconds: i64) -> (TestStack, Timestamp) {
    let rules = changed("approvals.yaml", "  proof: service", "  proof: service\n  if_abandoned: cancel");
    let stack = TestStack::ruled(SampleAction::Job, &rules).await;
    let proposed = stack.item().await.state().proposal().unwrap().created_at;
    stack.clock.set(proposed.plus_seconds(seconds));
    (stack, proposed)
}

/// D15: approved long after the agent has gone, it is refused where a requirement says so, and nothing runs.
#[tokio::test]
async fn what_nobody_waits_for_is_not_begun() {
    for (last_polled_at, now, runs) in [
        (None, 899, true),
        (None, 900, false),
        (Some(600), 1499, true),
        (Some(600), 1500, false),
        (Some(-600), 899, true),
    ] {
        let (stack, proposed) = after(now).await;
        if let Some(last_polled_at) = last_polled_at {
            stack
                .states
                .through(Gate::open())
                .record_poll(&stack.id(), proposed.plus_seconds(last_polled_at))
                .await
                .unwrap();
        }
        stack.deliver(1).await.unwrap();
        let status = stack.item().await.state().status();
        assert_eq!(status == Status::Succeeded, runs, "{last_polled_at:?} {now}: {status:?}");
        if !runs {
            let (code, detail) = stack.refusal().await.unwrap();
            let since = wire::text::rfc3339(proposed.plus_seconds(last_polled_at.unwrap_or(0)));
            assert!(code == "abandoned" && detail.contains(&since), "{code}: {detail}");
            stack.assert_untouched("nobody waits");
        }
    }
}

/// D15, P10: a mark that none of ours wrote counts as none; where no requirement asks, nobody looks for one.
#[tokio::test]
async fn a_mark_that_is_none() {
    let (stack, _) = after(900).await;
    let nonsense = AttributeValue::S("for ever".to_owned());
    stack.states.forge(&image::polled_key(&stack.id()), [("at".to_owned(), nonsense)].into());
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.refusal().await.unwrap().0, "abandoned");

    let stack = TestStack::approved(SampleAction::Job).await;
    stack.clock.pass(1700);
    stack.deliver(1).await.unwrap();
    assert_eq!(stack.item().await.state().status(), Status::Succeeded);
    let reads =
        |stack: &TestStack| stack.probe.points().iter().filter(|point| **point == "state.get").count();
    let (asking, _) = after(0).await;
    asking.deliver(1).await.unwrap();
    assert_eq!(reads(&stack) + 1, reads(&asking), "one read more where it is asked");
}
