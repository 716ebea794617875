//! Claims: one transaction over the action, the suspension list and an item whose grant is used.

use domain::{
    ActionId, Activity, ActivityHistory, Chain, Digest, Event, LastRun, RequestProfile, Scope, Timestamp,
};
use futures::future::join_all;
use store::{ClaimConditions, ClaimedState, CountedClaim, Extended, StateError};
use testkit::{SampleRequirement, Scenario};
use wire::{Item, SuspensionItem};

use crate::kit;

/// An approved item, and the same one claimed.
async fn approved(kit: &contract::Kit, key: &str) -> (Item, Item) {
    let mut scenario = Scenario::new(key);
    scenario.propose();
    scenario.decide(SampleRequirement::Nobody);
    kit.state.create(&scenario.item).await.unwrap();
    let before = scenario.item.clone();
    scenario.claim();
    (before, scenario.item)
}

/// The suspension list after so many suspensions.
async fn suspensions(count: usize) -> SuspensionItem {
    let mut scenario = Scenario::suspensions();
    let scopes = [Scope::All, Scope::Type("s3-export".into()), Scope::Agent(scenario.agent())];
    for scope in scopes.into_iter().take(count) {
        scenario.suspend("bob", &["sre"], scope).await;
    }
    scenario.list
}

fn conditions(suspensions: Option<Chain>) -> ClaimConditions<'static> {
    ClaimConditions { suspensions, ..ClaimConditions::default() }
}

#[tokio::test]
async fn a_claim_without_suspensions() {
    let kit = kit().await;
    let (before, after) = approved(&kit, "claimed").await;
    let absent = Item::new(after.id().clone());
    let nowhere = kit.state.claim(before.chain(), &after, &conditions(Some(absent.chain()))).await;
    assert_eq!(nowhere, Ok(ClaimedState::SuspensionsMoved), "there is no suspension list");
    // F9: the second is as after a lost answer.
    for _ in 0..2 {
        let claimed = kit.state.claim(before.chain(), &after, &conditions(None)).await;
        assert_eq!(claimed, Ok(ClaimedState::Updated));
        assert_eq!(kit.state.item(before.id()).await, Ok(Some(after.clone())));
    }
    let mut unknown = Scenario::new("nobody's");
    unknown.propose();
    let from = unknown.item.chain();
    unknown.decide(SampleRequirement::Nobody);
    assert_eq!(kit.state.claim(from, &unknown.item, &conditions(None)).await, Ok(ClaimedState::Absent));
}

/// A suspension that comes between reading and claiming is not overtaken, and nothing is written.
#[tokio::test]
async fn a_claim_needs_the_suspensions_as_they_were_read() {
    let kit = kit().await;
    let (before, after) = approved(&kit, "suspended").await;
    let (one, two) = (suspensions(1).await, suspensions(2).await);
    kit.state.suspend(None, &one).await.unwrap();
    assert_eq!(
        kit.state.claim(before.chain(), &after, &conditions(None)).await,
        Ok(ClaimedState::SuspensionsMoved),
        "it was absent when it was read"
    );
    kit.state.extend_suspensions(one.chain(), &two).await.unwrap();
    let moved = kit.state.claim(before.chain(), &after, &conditions(Some(one.chain()))).await;
    assert_eq!(moved, Ok(ClaimedState::SuspensionsMoved));
    assert_eq!(kit.state.item(before.id()).await, Ok(Some(before.clone())), "nothing was written");
    let claimed = kit.state.claim(before.chain(), &after, &conditions(Some(two.chain()))).await;
    assert_eq!(claimed, Ok(ClaimedState::Updated));
    assert_eq!(kit.state.suspensions().await, Ok(Some(two)), "a claim changes no suspension list");
    // F9: with the claim there, what else has changed does not matter any more.
    let again = kit.state.claim(before.chain(), &after, &conditions(Some(one.chain()))).await;
    assert_eq!(again, Ok(ClaimedState::Updated));
}

/// What a claim uses up is used with it or not at all.
#[tokio::test]
async fn a_claim_and_a_grant_are_one_write() {
    let kit = kit().await;
    let (before, after) = approved(&kit, "promised").await;
    let (open, used) = approved(&kit, "promising").await;
    let with = |from: Chain| ClaimConditions { grant: Some((from, &used)), ..ClaimConditions::default() };
    let claimed = kit.state.claim(before.chain(), &after, &with(open.chain())).await;
    assert_eq!(claimed, Ok(ClaimedState::Updated));
    assert_eq!(kit.state.item(used.id()).await, Ok(Some(used.clone())));
    assert_eq!(kit.state.item(after.id()).await, Ok(Some(after.clone())));

    let (second, claimed) = approved(&kit, "granted once").await;
    let moved = kit.state.claim(second.chain(), &claimed, &with(open.chain())).await;
    assert_eq!(moved, Ok(ClaimedState::GrantMoved), "it was used by another claim");
    assert_eq!(kit.state.item(second.id()).await, Ok(Some(second.clone())), "nothing was written");

    let (fresh, spent) = approved(&kit, "granting too").await;
    let grant = Some((fresh.chain(), &spent));
    let both = ClaimConditions { suspensions: Some(spent.chain()), grant, ..ClaimConditions::default() };
    assert_eq!(
        kit.state.claim(second.chain(), &claimed, &both).await,
        Ok(ClaimedState::SuspensionsMoved),
        "there is no suspension list"
    );
    assert_eq!(kit.state.item(fresh.id()).await, Ok(Some(fresh)), "nothing was used");
}

#[tokio::test]
async fn a_claim_of_what_has_moved_on() {
    let kit = kit().await;
    let (before, after) = approved(&kit, "moved on").await;
    let cancelled = before.extend(
        Event::Cancelled { by: Scenario::new("any").agent() },
        Timestamp::from_millis(1_795_000_100_000),
    );
    let cancelled = cancelled.unwrap().0;
    assert_eq!(kit.state.extend(before.chain(), &cancelled).await, Ok(Extended::Updated));
    let (open, used) = approved(&kit, "not used").await;
    let conditions = ClaimConditions { grant: Some((open.chain(), &used)), ..ClaimConditions::default() };
    let beaten = kit.state.claim(before.chain(), &after, &conditions).await;
    assert_eq!(beaten, Ok(ClaimedState::Differs(Box::new(cancelled))));
    assert_eq!(kit.state.item(open.id()).await, Ok(Some(open)), "nothing was used");
}

/// F9: the first suspension makes the suspension list, a later one extends it; what somebody else wrote meanwhile is seen.
#[tokio::test]
async fn a_suspension_is_written_once() {
    let kit = kit().await;
    let (one, two) = (suspensions(1).await, suspensions(2).await);
    assert_eq!(kit.state.suspend(Some(one.chain()), &two).await, Ok(Extended::Absent));
    for _ in 0..2 {
        assert_eq!(kit.state.suspend(None, &one).await, Ok(Extended::Updated));
    }
    assert_eq!(kit.state.suspensions().await, Ok(Some(one.clone())));
    assert_eq!(kit.state.suspend(Some(one.chain()), &two).await, Ok(Extended::Updated));
    assert_eq!(kit.state.suspend(None, &one).await, Ok(Extended::Differs(Box::new(two.clone()))));
    assert_eq!(kit.state.suspensions().await, Ok(Some(two.clone())));
    assert_eq!(kit.state.item(one.id()).await, Ok(None), "the list is no action");
    let three = suspensions(3).await;
    assert_eq!(
        kit.state.extend_suspensions(one.chain(), &three).await,
        Ok(Extended::Differs(Box::new(two.clone())))
    );
    assert_eq!(kit.state.extend_suspensions(two.chain(), &three).await, Ok(Extended::Updated));
    let shard = store::schedule::shard(one.id());
    let due = kit.state.due(shard, Timestamp::from_millis(i64::MAX / 2), 10).await.unwrap();
    assert_eq!(due, [one.id().clone()], "sweep looks whether it was recorded");
    let requeued = kit.state.requeue(one.id(), Timestamp::from_millis(0)).await;
    assert_eq!(requeued, Ok(Some(three.into())), "and makes the stream bring it again");
    let empty = SuspensionItem::absent();
    assert!(kit.state.suspend(None, &empty).await.is_err(), "a list without events is not written");
}

#[tokio::test]
async fn one_item_is_named_once() {
    let kit = kit().await;
    let (before, after) = approved(&kit, "twice").await;
    let list = Item::new(ActionId::suspensions());
    let twice = ClaimConditions { grant: Some((before.chain(), &after)), ..ClaimConditions::default() };
    let listed = ClaimConditions { grant: Some((list.chain(), &list)), ..ClaimConditions::default() };
    for conditions in [twice, listed] {
        let Err(StateError::Fault(fault)) = kit.state.claim(before.chain(), &after, &conditions).await else {
            panic!("claimed")
        };
        assert!(!fault.is_passing(), "{fault}");
    }
    let claimed = kit.state.claim(list.chain(), &list, &ClaimConditions::default()).await;
    assert!(claimed.is_err(), "the suspension list is not claimed: {claimed:?}");
}

/// F7: of suspensions and claims at once each is whole, and no claim comes after a suspension it did not see.
#[tokio::test]
async fn a_suspension_and_claims_race() {
    let kit = kit().await;
    let mut claims = Vec::new();
    for action in 0..10 {
        claims.push(approved(&kit, &format!("racing {action}")).await);
    }
    let suspension = suspensions(1).await;
    let conditions = conditions(None);
    let racing = claims.iter().map(|(before, after)| kit.state.claim(before.chain(), after, &conditions));
    let (found, created) = futures::join!(join_all(racing), kit.state.suspend(None, &suspension));
    created.unwrap();
    for (found, (before, after)) in found.into_iter().zip(&claims) {
        let stored = kit.state.item(before.id()).await.unwrap().unwrap();
        match found {
            Ok(ClaimedState::Updated) => assert_eq!(stored, *after),
            Ok(ClaimedState::SuspensionsMoved) => assert_eq!(stored, *before),
            Err(StateError::Fault(fault)) => assert!(fault.is_passing(), "{fault}"),
            other => panic!("{other:?}"),
        }
        let late = kit.state.claim(before.chain(), after, &conditions).await.unwrap();
        let done = stored == *after;
        assert_eq!(late, if done { ClaimedState::Updated } else { ClaimedState::SuspensionsMoved });
    }
}

fn counted(history: Digest, next: &Activity) -> ClaimConditions<'_> {
    ClaimConditions { counted: Some(CountedClaim { history, next }), ..ClaimConditions::default() }
}

fn with(activity: &Activity, item: &Item) -> Activity {
    let profile =
        RequestProfile { parameters: [("note".to_owned(), None)].into(), ..RequestProfile::default() };
    let at = Timestamp::from_millis(1_795_000_000_000);
    activity.with(LastRun { action: item.id().clone(), at, profile }, &ActivityHistory::default()).unwrap()
}

/// E4: a claim that is counted follows the count it was allowed by, in the same write; every other is refused whole.
#[tokio::test]
async fn a_claim_and_its_count_are_one_write() {
    let kit = kit().await;
    let history = Digest::of(b"history");
    assert_eq!(kit.activity.activity(history).await, Ok(Activity::default()));
    let (one, claimed_one) = approved(&kit, "counted first").await;
    let (two, claimed_two) = approved(&kit, "counted second").await;
    let (first, stale) = (with(&Activity::default(), &one), with(&Activity::default(), &two));
    let found = kit.state.claim(one.chain(), &claimed_one, &counted(history, &first)).await;
    assert_eq!(found, Ok(ClaimedState::Updated));
    assert_eq!(kit.activity.activity(history).await, Ok(first.clone()));
    let moved = kit.state.claim(two.chain(), &claimed_two, &counted(history, &stale)).await;
    assert_eq!(moved, Ok(ClaimedState::HistoryMoved));
    assert_eq!(kit.state.item(two.id()).await, Ok(Some(two.clone())), "nothing was written");
    let second = with(&first, &two);
    let mut ahead = second.clone();
    ahead.version += 1;
    let moved = kit.state.claim(two.chain(), &claimed_two, &counted(history, &ahead)).await;
    assert_eq!(moved, Ok(ClaimedState::HistoryMoved), "a version that nobody read");
    let found = kit.state.claim(two.chain(), &claimed_two, &counted(history, &second)).await;
    assert_eq!(found, Ok(ClaimedState::Updated));
    assert_eq!(kit.activity.activity(history).await, Ok(second));
    assert_eq!(kit.activity.activity(Digest::of(b"another")).await, Ok(Activity::default()));
    // F9: with the claim there, who counted meanwhile is no matter any more.
    let again = kit.state.claim(one.chain(), &claimed_one, &counted(history, &first)).await;
    assert_eq!(again, Ok(ClaimedState::Updated));
}

/// E4: what a claim uses up and what counts it are told apart when one of them moved.
#[tokio::test]
async fn a_grant_and_a_count_in_one_claim() {
    let kit = kit().await;
    let history = Digest::of(b"granted history");
    let (spent_before, spent) = approved(&kit, "spent").await;
    let (user, claimed) = approved(&kit, "spending").await;
    let spending =
        ClaimConditions { grant: Some((spent_before.chain(), &spent)), ..ClaimConditions::default() };
    let found = kit.state.claim(user.chain(), &claimed, &spending).await;
    assert_eq!(found, Ok(ClaimedState::Updated));

    let (before, after) = approved(&kit, "granted and counted").await;
    let next = with(&Activity::default(), &before);
    let both = ClaimConditions { counted: Some(CountedClaim { history, next: &next }), ..spending };
    assert_eq!(kit.state.claim(before.chain(), &after, &both).await, Ok(ClaimedState::GrantMoved));
    assert_eq!(kit.activity.activity(history).await, Ok(Activity::default()), "nothing was counted");

    let (other, claimed) = approved(&kit, "counted between").await;
    let between = with(&Activity::default(), &other);
    let found = kit.state.claim(other.chain(), &claimed, &counted(history, &between)).await;
    assert_eq!(found, Ok(ClaimedState::Updated));
    let (open, used) = approved(&kit, "granting and counted").await;
    let both = ClaimConditions { grant: Some((open.chain(), &used)), ..both };
    assert_eq!(kit.state.claim(before.chain(), &after, &both).await, Ok(ClaimedState::HistoryMoved));
    assert_eq!(kit.state.item(open.id()).await, Ok(Some(open)), "nothing was used");
}

/// E4, F7: of claims that were allowed by the same count one is written.
#[tokio::test]
async fn claims_of_one_count_race() {
    let kit = kit().await;
    let history = Digest::of(b"raced history");
    let mut claims = Vec::new();
    for action in 0..8 {
        let (before, after) = approved(&kit, &format!("counting {action}")).await;
        let next = with(&Activity::default(), &before);
        claims.push((before, after, next));
    }
    let racing = claims.iter().map(async |(before, after, next)| {
        kit.state.claim(before.chain(), after, &counted(history, next)).await
    });
    let found = join_all(racing).await;
    let won = found.iter().filter(|found| **found == Ok(ClaimedState::Updated)).count();
    assert_eq!(won, 1, "{found:?}");
    assert_eq!(kit.activity.activity(history).await.unwrap().claims.len(), 1);
}
