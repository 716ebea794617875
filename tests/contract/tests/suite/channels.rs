//! Facts of the dialogue: remembered once.

use futures::future::join_all;

use crate::kit;

/// P6: a code counts once: the first to remember it is told so, and nobody after.
#[tokio::test]
async fn a_fact_is_remembered_once() {
    let kit = kit().await;
    assert_eq!(kit.channels.recall("code", "abc").await, Ok(None));
    assert_eq!(kit.channels.remember("code", "abc", "alice").await, Ok(true));
    assert_eq!(kit.channels.remember("code", "abc", "mallory").await, Ok(false));
    assert_eq!(kit.channels.recall("code", "abc").await, Ok(Some("alice".to_owned())));
    assert_eq!(kit.channels.recall("message", "abc").await, Ok(None), "another topic");
    assert_eq!(kit.channels.remember("message", "abc", "").await, Ok(true), "an empty value is one");
    assert_eq!(kit.channels.recall("message", "abc").await, Ok(Some(String::new())));
}

/// P6: of many that use a code at once one succeeds.
#[tokio::test]
async fn of_many_at_once_one_is_first() {
    let kit = kit().await;
    let runners: Vec<String> = (0..20).map(|runner| runner.to_string()).collect();
    let races = join_all(runners.iter().map(|runner| kit.channels.remember("code", "once", runner))).await;
    assert_eq!(races.into_iter().filter(|first| *first == Ok(true)).count(), 1);
}
