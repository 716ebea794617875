//! Votes that nobody sees before it is decided.

#![allow(clippy::indexing_slicing, reason = "a test's own functions fail loudly")]

mod world;

use serde_json::json;
use testkit::Ask;
use world::{Browser, World};

/// The second voter reads how many have agreed, not who or why; once it is decided everybody reads all of it.
#[tokio::test]
async fn votes_stay_hidden_until_it_is_decided() {
    let world = World::asking(Ask::TwoBlind).await;
    let bob = world.person("bob", &["sre"]);
    let answer = world.verdict(&bob, json!({"reason": "Looked at the bucket"})).await;
    assert_eq!(answer.json()["verdicts"], json!([]));
    assert_eq!(answer.json()["requirements"][0]["given"], 1);
    let mut carol = Browser::default();
    carol.sign_in(&world, "carol", &["sre"]).await;
    let page = carol.get(&world, &world.page()).await;
    assert!(page.body.contains("Votes stay hidden") && !page.body.contains("bob"), "{}", page.body);
    let answer = world.verdict(&world.person("carol", &["sre"]), json!({})).await;
    let people: Vec<String> = answer.json()["verdicts"]
        .as_array()
        .map(|all| {
            all.iter().map(|one| one["person"]["subject"].as_str().unwrap_or_default().to_owned()).collect()
        })
        .unwrap_or_default();
    assert_eq!(people, ["bob", "carol"]);
    let page = carol.get(&world, &world.page()).await;
    assert!(page.body.contains("bob"), "{}", page.body);
}
