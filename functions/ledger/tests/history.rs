//! What the index says of history: every history entry once, whatever happens on the way.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use std::sync::{Arc, Mutex};

use domain::{ActionId, Digest, HistoryKind, Proof, Timestamp, VerdictKind};
use fn_ledger::StreamRecord;
use store::ReadIndex;
use support::Bench;
use testkit::{Moment, SampleRequirement, Scenario};
use wire::history_key;

const RESOURCE: &str = "Object::\"s3://customers/2026/q3.csv\"";

/// An action about the resource, up to where this leads it.
fn told(key: &str, go: impl FnOnce(&mut Scenario)) -> Scenario {
    let mut scenario = Scenario::new(key);
    scenario.resource = Some(RESOURCE.to_owned());
    scenario.propose();
    go(&mut scenario);
    scenario
}

fn ran(key: &str) -> Scenario {
    told(key, |scenario| {
        scenario.decide(SampleRequirement::Nobody);
        scenario.claim();
        scenario.succeed();
    })
}

/// Two that ran, one denied by policy, one by execution, one by a person, one about something else.
async fn scenarios() -> Vec<Scenario> {
    let refused = told("refused", |scenario| {
        scenario.decide(SampleRequirement::Nobody);
        scenario.refuse();
    });
    let mut voted = told("voted", |scenario| scenario.decide(SampleRequirement::TwoOfSre));
    voted.vote("bob", &["sre"], VerdictKind::Deny, Proof::Service).await;
    let mut elsewhere = Scenario::new("elsewhere");
    elsewhere.resource = Some("Object::\"s3://customers/2026/q4.csv\"".to_owned());
    elsewhere.propose();
    elsewhere.decide(SampleRequirement::Nobody);
    elsewhere.claim();
    vec![ran("one"), told("forbidden", Scenario::forbid), refused, voted, ran("two"), elsewhere]
}

async fn batches(bench: &Bench) -> Vec<Vec<StreamRecord>> {
    let mut batches = Vec::new();
    for scenario in scenarios().await {
        batches.push(bench.commit(&scenario).await);
    }
    batches
}

fn name() -> Digest {
    let scenario = Scenario::new("any");
    history_key(&(&scenario.agent()).into(), "s3-export", RESOURCE).unwrap()
}

/// Executed, denied and failed, and whether anything ran before.
async fn counts(bench: &Bench, but: &str, now: Timestamp) -> ([usize; 3], bool) {
    let but = Scenario::new(but).item.id().clone();
    let history = bench.index.history(name(), &but, now).await.unwrap().unwrap();
    let of = |kind| history.entries.iter().filter(|history_entry| history_entry.kind == kind).count();
    ([HistoryKind::Executed, HistoryKind::Denied, HistoryKind::Failed].map(of), history.last.is_some())
}

/// F2, F3, F5: history entries are counted once, however often and in whatever order their records come, and an index that is built
/// again from the log counts the same.
#[tokio::test]
async fn deeds_count_once() {
    let mut kept = Vec::new();
    for order in [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]] {
        let bench = Bench::new();
        let batches = batches(&bench).await;
        for (turn, at) in order.into_iter().enumerate() {
            bench.ledger.handle(&batches[at]).await.unwrap();
            bench.another().handle(&batches[at][..1]).await.unwrap();
            bench.another().handle(&batches[order[turn / 2]]).await.unwrap();
        }
        let later = Scenario::new("any").now.plus_seconds(60);
        assert_eq!(counts(&bench, "none of them", later).await, ([2, 3, 0], true));
        assert_eq!(counts(&bench, "one", later).await, ([1, 3, 0], true), "its own left out");
        let (week, first) = (7 * 24 * 3600, Scenario::new("any").now);
        assert_eq!(counts(&bench, "none of them", first).await, ([0, 0, 0], false), "before all of it");
        let (counted, last) = counts(&bench, "none of them", later.plus_seconds(week)).await;
        assert_eq!((counted, last), ([0, 0, 0], true), "the last that ran is known for ever");
        let entries = bench.index.entries();
        bench.index.clear();
        bench.another().handle(&batches[0]).await.unwrap();
        assert_eq!(bench.index.entries(), entries, "built again");
        kept.push(entries);
    }
    assert_eq!(kept[0], kept[1]);
}

/// F21: two ledgers index the same records at once: each history entry counts once.
#[tokio::test]
async fn two_writers_count_once() {
    let bench = Bench::new();
    let batch = bench.commit(&ran("one")).await;
    let other = Arc::new(Mutex::new(Some((bench.another(), batch.clone()))));
    bench.wait_at_gate(move |point, moment| {
        let turn = (point == "index.apply" && moment == Moment::Before).then(|| other.lock().unwrap().take());
        Box::pin(async move {
            if let Some((other, batch)) = turn.flatten() {
                other.handle(&batch).await.unwrap();
            }
            Ok(())
        })
    });
    bench.ledger.handle(&batch).await.unwrap();
    bench.open_gate();
    let later = Scenario::new("any").now.plus_seconds(60);
    assert_eq!(counts(&bench, "none of them", later).await, ([1, 0, 0], true));
    assert_eq!(bench.index.entries().len(), 1);
}

/// A decision that names no resource belongs to nobody's past.
#[tokio::test]
async fn what_names_nothing_is_nobodys_past() {
    let bench = Bench::new();
    let mut scenario = Scenario::new("nameless");
    scenario.propose();
    scenario.forbid();
    bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
    assert!(bench.index.entries().is_empty());
    assert!(
        bench
            .index
            .history(name(), &ActionId::of(b"any"), scenario.now)
            .await
            .unwrap()
            .unwrap()
            .entries
            .is_empty()
    );
}
