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

/// A fact with an end is remembered once like any other, and its end is no part of what is read.
#[tokio::test]
async fn a_fact_with_an_end() {
    let kit = kit().await;
    let until = kit.clock.now().plus_seconds(86_400);
    assert_eq!(kit.channels.remember_until("code", "for a day", "alice", until).await, Ok(true));
    assert_eq!(kit.channels.remember_until("code", "for a day", "mallory", until).await, Ok(false));
    assert_eq!(kit.channels.remember("code", "for a day", "mallory").await, Ok(false));
    assert_eq!(kit.channels.recall("code", "for a day").await, Ok(Some("alice".to_owned())));
    let listed = kit.copies.list("code").await;
    assert_eq!(listed, Ok(vec![("for a day".to_owned(), "alice".to_owned())]));
}

/// P6: of many that use a code at once one succeeds.
#[tokio::test]
async fn of_many_at_once_one_is_first() {
    let kit = kit().await;
    let runners: Vec<String> = (0..20).map(|runner| runner.to_string()).collect();
    let races = join_all(runners.iter().map(|runner| kit.channels.remember("code", "once", runner))).await;
    assert_eq!(races.into_iter().filter(|first| *first == Ok(true)).count(), 1);
}

/// C33: every fact of a topic is listed with its value, whatever page of the table it is on, and none of another topic.
#[tokio::test]
async fn a_topic_is_listed_whole() {
    let kit = kit().await;
    assert_eq!(kit.copies.list("messages/a").await, Ok(Vec::new()));
    // Together more than the megabyte that one answer of the table has.
    let value = "x".repeat(200_000);
    let facts: Vec<(String, String)> =
        (0..7).map(|number| (format!("key {number}"), value.clone())).collect();
    for (key, value) in &facts {
        assert_eq!(kit.channels.remember("messages/a", key, value).await, Ok(true));
    }
    assert_eq!(kit.channels.remember("messages/b", "key 0", "another").await, Ok(true));
    assert_eq!(kit.copies.list("messages/a").await, Ok(facts));
}
