//! Items: created once, extended on the chain they were read with.

use domain::{ActionId, Event, Proof, VerdictKind};
use futures::future::join_all;
use store::{
    AttributeValue, Created, Extended, MAX_REFUSED_VERDICTS, RefusedVerdict, StateError, StreamImage, image,
};
use testkit::{SampleRequirement, Scenario};
use wire::{Item, ItemError};

use crate::kit;

fn proposed(key: &str) -> Scenario {
    let mut scenario = Scenario::new(key);
    scenario.propose();
    scenario
}

#[tokio::test]
async fn an_item_is_created_once_and_read_back() {
    let (kit, scenario) = (kit().await, proposed("created"));
    assert_eq!(kit.state.item(scenario.item.id()).await, Ok(None));
    assert_eq!(kit.state.create(&scenario.item).await, Ok(Created::New));
    assert_eq!(kit.state.item(scenario.item.id()).await, Ok(Some(scenario.item.clone())));
    // P7: the second of the same key sees what is there, whatever it brings itself.
    let mut other = scenario.clone();
    other.decide(SampleRequirement::Nobody);
    assert_eq!(kit.state.create(&other.item).await, Ok(Created::Exists(Box::new(scenario.item.clone()))));
    assert_eq!(kit.state.item(scenario.item.id()).await, Ok(Some(scenario.item)));
}

/// F2: of many creations at once one is new, and all the others see it.
#[tokio::test]
async fn racing_creations_make_one() {
    let (kit, scenario) = (kit().await, proposed("racing creations"));
    let mut new = 0;
    for found in join_all((0..20).map(|_| kit.state.create(&scenario.item))).await {
        match found.unwrap() {
            Created::New => new += 1,
            Created::Exists(found) => assert_eq!(*found, scenario.item),
        }
    }
    assert_eq!(new, 1);
}

#[tokio::test]
async fn extending_has_three_outcomes() {
    let (kit, before) = (kit().await, proposed("three outcomes"));
    let mut after = before.clone();
    after.decide(SampleRequirement::DataOwner);
    assert_eq!(kit.state.extend(before.item.chain(), &after.item).await, Ok(Extended::Absent));
    kit.state.create(&before.item).await.unwrap();
    assert_eq!(kit.state.extend(before.item.chain(), &after.item).await, Ok(Extended::Updated));
    assert_eq!(kit.state.item(before.item.id()).await, Ok(Some(after.item.clone())));
    // F9: the answer was lost and the very same is written again: it is done.
    assert_eq!(kit.state.extend(before.item.chain(), &after.item).await, Ok(Extended::Updated));
    let mut other = before.clone();
    other.decide(SampleRequirement::Nobody);
    let beaten = kit.state.extend(before.item.chain(), &other.item).await;
    assert_eq!(beaten, Ok(Extended::Differs(Box::new(after.item))));
}

/// W3, W18, F7: of many votes at once on the same chain one wins; the others see the winner and lose nothing.
#[tokio::test]
async fn racing_extensions_make_one() {
    let (kit, mut scenario) = (kit().await, proposed("racing votes"));
    scenario.decide(SampleRequirement::TwoOfSre);
    kit.state.create(&scenario.item).await.unwrap();
    let mut candidates = Vec::new();
    for voter in 0..20 {
        let mut vote = scenario.clone();
        vote.vote(&format!("voter-{voter}"), &["sre"], VerdictKind::Approve, Proof::Service).await;
        candidates.push(vote.item);
    }
    let races = candidates.iter().map(|item| kit.state.extend(scenario.item.chain(), item));
    let (mut won, mut seen) = (Vec::new(), Vec::new());
    for (found, item) in join_all(races).await.into_iter().zip(&candidates) {
        match found.unwrap() {
            Extended::Updated => won.push(item),
            Extended::Differs(found) => seen.push(*found),
            Extended::Absent => panic!("the item was there"),
        }
    }
    assert_eq!((won.len(), seen.len()), (1, 19));
    assert!(seen.iter().all(|found| found == won[0]));
    assert_eq!(kit.state.item(scenario.item.id()).await, Ok(Some(won[0].clone())));
}

#[tokio::test]
async fn what_does_not_extend_is_refused() {
    let (kit, before) = (kit().await, proposed("no extension"));
    kit.state.create(&before.item).await.unwrap();
    let foreign = proposed("another").item.chain();
    let cases =
        [(foreign, &before.item), (before.item.chain(), &before.item), (domain::ZERO_CHAIN, &before.item)];
    for (from, item) in cases {
        let Err(StateError::Fault(fault)) = kit.state.extend(from, item).await else {
            panic!("extended from {from}")
        };
        assert!(!fault.is_passing(), "{fault}");
    }
    assert_eq!(kit.state.item(before.item.id()).await, Ok(Some(before.item)));
}

/// F9: a lifecycle's every step written twice, as after a lost answer, ends as written once.
#[tokio::test]
async fn a_lifecycle_step_by_step() {
    let kit = kit().await;
    let scenario = Scenario::export("step by step").await;
    let lines = scenario.lines(usize::MAX);
    let upto = |events: usize| {
        Item::parse(scenario.item.id().clone(), lines.iter().take(events).map(String::as_str)).unwrap()
    };
    kit.state.create(&upto(1)).await.unwrap();
    for events in 2..=lines.len() {
        let (before, after) = (upto(events - 1), upto(events));
        for _ in 0..2 {
            assert_eq!(kit.state.extend(before.chain(), &after).await, Ok(Extended::Updated));
        }
        assert_eq!(kit.state.item(after.id()).await, Ok(Some(after)));
    }
    assert_eq!(kit.state.item(scenario.item.id()).await, Ok(Some(scenario.item.clone())));
    let stored = kit.behind.state_item(scenario.item.id().as_str()).await.unwrap();
    let keys = stored.clone().into_iter().filter(|(name, _)| name == "id").collect();
    assert_eq!(image::read(&keys, &stored), StreamImage::Item(Box::new(scenario.item.clone().into())));
    println!("an item with one approver: {} bytes after {} events", size(&stored), scenario.item.sequence());
    assert!(size(&stored) < 4096, "one read unit holds a whole action");
}

/// D1, D16: what no honest writer leaves is no item, and reading says so instead of guessing.
#[tokio::test]
async fn forged_items_are_no_items() {
    let (kit, mut scenario) = (kit().await, proposed("forged"));
    scenario.decide(SampleRequirement::DataOwner);
    let honest = image::created(&scenario.item);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: &str| AttributeValue::N(number.to_owned());
    let forge = |name: &str, value: AttributeValue| {
        let mut forged = honest.clone();
        forged.insert(name.to_owned(), value);
        forged
    };
    let claimed = Event::Claimed {
        attempt: "a".into(),
        lease_until: scenario.now.plus_seconds(9),
        bundle: scenario.item.chain(),
    };
    assert!(scenario.item.extend(claimed, scenario.now).is_err(), "the lifecycle itself refuses this");
    let without = |index: usize| {
        let lines = scenario.lines(2).into_iter().enumerate().filter(|(line, _)| *line != index);
        AttributeValue::L(lines.map(|(_, line)| AttributeValue::S(line)).collect())
    };
    let cases = [
        forge("chain", text(&domain::ZERO_CHAIN.to_string())),
        forge("seq", number("1")),
        forge("events", without(0)),
        forge("events", without(1)),
        forge("events", text("[]")),
        forge("v", number("0")),
    ];
    for forged in cases {
        kit.behind.forge_item(scenario.item.id().as_str(), forged).await;
        let read = kit.state.item(scenario.item.id()).await;
        assert!(matches!(read, Err(StateError::Item(ItemError::Malformed(..)))), "{read:?}");
    }
    kit.behind.forge_item(scenario.item.id().as_str(), forge("v", number("2"))).await;
    let newer = kit.state.item(scenario.item.id()).await;
    assert_eq!(newer, Err(StateError::Item(ItemError::NewerVersion(0, 2))));
}

#[tokio::test]
async fn refused_attempts_are_counted_up_to_a_bound() {
    let (kit, scenario) = (kit().await, proposed("attempts"));
    let attempt = |subject: &str, second: i64| RefusedVerdict {
        action: scenario.item.id().clone(),
        person: (&scenario.person(subject)).into(),
        code: "not-an-approver".to_owned(),
        at: scenario.now.plus_seconds(second),
    };
    for second in 0..i64::from(MAX_REFUSED_VERDICTS) + 5 {
        kit.state.attempt(&attempt("mallory", second)).await.unwrap();
    }
    kit.state.attempt(&attempt("dana", 0)).await.unwrap();
    for (subject, count, second) in
        [("mallory", MAX_REFUSED_VERDICTS, i64::from(MAX_REFUSED_VERDICTS) - 1), ("dana", 1, 0)]
    {
        let key = image::refused_verdict_key(scenario.item.id(), &attempt(subject, 0).person);
        let stored = kit.behind.state_item(&key).await.unwrap();
        let keys = [("id".to_owned(), AttributeValue::S(key))].into();
        assert_eq!(image::read(&keys, &stored), StreamImage::RefusedVerdict(attempt(subject, second), count));
    }
}

/// D15: the last-polled time of an action moves at most once a minute, says nothing when it is none of ours, and is no item.
#[tokio::test]
async fn asking_is_marked_once_a_minute() {
    let (kit, scenario) = (kit().await, proposed("asked"));
    let (id, at) = (scenario.item.id(), |second: i64| scenario.now.plus_seconds(second));
    kit.state.create(&scenario.item).await.unwrap();
    assert_eq!(kit.state.last_polled_at(id).await, Ok(None));
    for (second, marked) in [(0, 0), (59, 0), (60, 60), (30, 60), (300, 300)] {
        kit.state.record_poll(id, at(second)).await.unwrap();
        assert_eq!(kit.state.last_polled_at(id).await, Ok(Some(at(marked))), "{second}");
    }
    let key = image::polled_key(id);
    assert!(key.parse::<ActionId>().is_err());
    let stored = kit.behind.state_item(&key).await.unwrap();
    assert_eq!(stored, image::polled(id, at(300)));
    let keys = [("id".to_owned(), AttributeValue::S(key.clone()))].into();
    assert_eq!(image::read(&keys, &stored), StreamImage::Asked);
    let nonsense = [keys, [("at".to_owned(), AttributeValue::S("soon".to_owned()))].into()];
    kit.behind.forge_item(&key, nonsense.into_iter().flatten().collect()).await;
    assert_eq!(kit.state.last_polled_at(id).await, Ok(None));
    assert_eq!(kit.state.item(id).await, Ok(Some(scenario.item)));
}

#[tokio::test]
async fn attempts_and_items_never_meet() {
    let (kit, scenario) = (kit().await, proposed("apart"));
    let person = (&scenario.person("mallory")).into();
    let key = image::refused_verdict_key(scenario.item.id(), &person);
    assert!(key.parse::<ActionId>().is_err());
    let attempt = RefusedVerdict {
        action: scenario.item.id().clone(),
        person,
        code: "own-request".to_owned(),
        at: scenario.now,
    };
    kit.state.attempt(&attempt).await.unwrap();
    assert_eq!(kit.state.item(scenario.item.id()).await, Ok(None));
}

/// What DynamoDB counts: names and values in UTF-8, three bytes per list and one per element.
fn size(attributes: &store::Attributes) -> usize {
    attributes.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + value_size(value)).sum::<usize>(),
        _ => 1,
    }
}
