//! Whether anybody still waits for what is decided.

mod stack;

use serde_json::json;
use stack::{Browser, TestStack};
use store::RecordPoll;
use testkit::SampleRequirement;

/// D15: the page says when it was last asked for, and that nobody waits any more; the timeline says it too.
#[tokio::test]
async fn the_page_says_when_it_was_last_asked_for() {
    let stack = TestStack::asking(SampleRequirement::UnlessAbandoned).await;
    let mut bob = Browser::default();
    bob.sign_in(&stack, "bob", &["sre"]).await;
    let id = stack.scenario.item.id();
    let mark = async || stack.states.record_poll(id, stack.now()).await.expect("marked");
    for (seconds, marked, said) in [
        (0, false, "Last asked for less than a minute ago"),
        (0, false, "Once nobody has asked for 15 minutes it is not begun any more."),
        (600, false, "Last asked for 10 minutes ago"),
        (0, true, "Last asked for less than a minute ago"),
        (840, false, "Once nobody has asked for 15 minutes it is not begun any more."),
        (60, false, "Unless its agent asks again it will not be begun, whoever approves it."),
    ] {
        stack.clock.pass(seconds);
        if marked {
            mark().await;
        }
        let page = bob.get(&stack, &stack.page()).await.body;
        assert!(page.contains(said), "{seconds} {said}: {page}");
    }
    let page = bob.get(&stack, &stack.page()).await.body;
    assert!(page.contains("value=\"approve\""), "the agent may come back");
    mark().await;
    stack.verdict(&stack.person("bob", &["sre"]), json!({})).await;
    let page = bob.get(&stack, &stack.page()).await.body;
    assert!(page.contains("Last asked for by its agent"), "{page}");
}

/// D15: where no requirement cares it is said all the same, and nothing follows from it.
#[tokio::test]
async fn it_is_said_where_nothing_follows() {
    let stack = TestStack::asking(SampleRequirement::DataOwner).await;
    let mut alice = Browser::default();
    alice.sign_in(&stack, "alice", &["data-owners"]).await;
    stack.clock.pass(1200);
    let page = alice.get(&stack, &stack.page()).await.body;
    assert!(page.contains("Last asked for 20 minutes ago") && !page.contains("not be begun"), "{page}");
}
