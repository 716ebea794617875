//! What sweep looks at, and when.

use domain::{ActionId, Timestamp};
use store::{AttributeValue, SHARDS, StreamImage, image, schedule};
use testkit::{SampleRequirement, Scenario};

use crate::kit;

fn proposed(key: &str) -> Scenario {
    let mut scenario = Scenario::new(key);
    scenario.propose();
    scenario
}

async fn due(kit: &contract::Kit, id: &ActionId, now: Timestamp) -> bool {
    let mut listed = Vec::new();
    for shard in 0..SHARDS {
        let found = kit.state.due(shard, now, 100).await.unwrap();
        assert!(found.iter().all(|found| schedule::shard(found) == shard));
        listed.extend(found);
    }
    listed.contains(id)
}

/// P1, W14: everything is looked at a minute after it was written, final or not, until it is taken off the list.
#[tokio::test]
async fn everything_is_looked_at_until_it_is_taken_off() {
    let kit = kit().await;
    let scenario = Scenario::export("looked at").await;
    let (id, touched) = (scenario.item.id(), scenario.item.touched_at().unwrap());
    kit.state.create(&scenario.item).await.unwrap();
    let look = touched.plus_seconds(60);
    assert!(!due(&kit, id, Timestamp::from_millis(look.millis() - 1)).await);
    assert!(due(&kit, id, look).await);
    kit.state.reschedule(id, domain::ZERO_CHAIN, None).await.unwrap();
    assert!(due(&kit, id, look).await, "rescheduled on another chain: nothing happens");
    kit.state.reschedule(id, scenario.item.chain(), Some(look.plus_seconds(600))).await.unwrap();
    assert!(!due(&kit, id, look).await);
    assert!(due(&kit, id, look.plus_seconds(600)).await);
    kit.state.reschedule(id, scenario.item.chain(), None).await.unwrap();
    assert!(!due(&kit, id, look.plus_seconds(86_400)).await);
    assert_eq!(kit.state.item(id).await, Ok(Some(scenario.item)));
}

/// W14: an event sooner than the minute sets the look to its deadline, and an extension sets it anew.
#[tokio::test]
async fn deadlines_come_first() {
    let (kit, mut scenario) = (kit().await, proposed("deadlines"));
    let before = scenario.item.clone();
    kit.state.create(&before).await.unwrap();
    kit.state.reschedule(before.id(), before.chain(), None).await.unwrap();
    scenario.decide(SampleRequirement::Nobody);
    kit.state.extend(before.chain(), &scenario.item).await.unwrap();
    let look = scenario.item.touched_at().unwrap().plus_seconds(60);
    assert_eq!(schedule::first_look(&scenario.item), look);
    assert!(due(&kit, before.id(), look).await, "back on the list");
    scenario.now = scenario.item.state().deadline().unwrap().plus_seconds(-10);
    let approved = scenario.item.clone();
    scenario.claim();
    kit.state.extend(approved.chain(), &scenario.item).await.unwrap();
    let lease = scenario.item.state().deadline().unwrap();
    assert_eq!(
        schedule::first_look(&scenario.item),
        scenario.item.touched_at().unwrap().plus_seconds(60).min(lease)
    );
}

#[tokio::test]
async fn the_earliest_are_listed_first_and_no_more_than_asked_for() {
    let kit = kit().await;
    let mut scenarios: Vec<Scenario> = (0..40).map(|n| proposed(&format!("many {n}"))).collect();
    scenarios.retain(|scenario| schedule::shard(scenario.item.id()) == 1);
    assert!(scenarios.len() > 4, "a fair share is in this shard");
    let start = scenarios[0].now;
    let mut expected = Vec::new();
    for (place, scenario) in scenarios.iter().enumerate() {
        kit.state.create(&scenario.item).await.unwrap();
        let at = start.plus_seconds(1000 - i64::try_from(place).unwrap());
        kit.state.reschedule(scenario.item.id(), scenario.item.chain(), Some(at)).await.unwrap();
        expected.insert(0, scenario.item.id().clone());
    }
    assert_eq!(kit.state.due(1, start.plus_seconds(1000), 3).await.unwrap(), expected[..3]);
    assert_eq!(kit.state.due(1, start.plus_seconds(1000), 100).await.unwrap(), expected);
}

/// P1: a requeue changes no event and answers the item; the next look is as asked.
#[tokio::test]
async fn a_nudge_changes_nothing_anybody_believes() {
    let (kit, scenario) = (kit().await, proposed("requeued"));
    let id = scenario.item.id();
    assert_eq!(kit.state.requeue(id, scenario.now).await, Ok(None));
    assert_eq!(kit.behind.state_item(id.as_str()).await, None, "nothing was made");
    kit.state.create(&scenario.item).await.unwrap();
    let next = scenario.now.plus_seconds(300);
    for requeue in ["1", "2"] {
        assert_eq!(kit.state.requeue(id, next).await, Ok(Some(scenario.item.clone().into())));
        let stored = kit.behind.state_item(id.as_str()).await.unwrap();
        assert_eq!(stored.get("requeue"), Some(&AttributeValue::N(requeue.to_owned())));
    }
    assert!(!due(&kit, id, scenario.now.plus_seconds(299)).await);
    assert!(due(&kit, id, next).await);
}

/// F19, F25: with nothing to do the stream still delivers something.
#[tokio::test]
async fn a_pulse_is_no_action() {
    let (kit, scenario) = (kit().await, proposed("pulse"));
    for requeue in ["1", "2"] {
        kit.state.write_heartbeat(scenario.now).await.unwrap();
        for heartbeat in 0..image::HEARTBEATS {
            let key = image::heartbeat_key(heartbeat);
            let stored = kit.behind.state_item(&key).await.unwrap();
            assert_eq!(stored.get("requeue"), Some(&AttributeValue::N(requeue.to_owned())));
            let keys = [("id".to_owned(), AttributeValue::S(key))].into();
            assert_eq!(image::read(&keys, &stored), StreamImage::Heartbeat(heartbeat));
        }
    }
    for shard in 0..SHARDS {
        assert_eq!(kit.state.due(shard, scenario.now.plus_seconds(9_999), 10).await.unwrap(), []);
    }
}
