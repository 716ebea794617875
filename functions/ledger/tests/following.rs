//! What others put into the log: it is read past the watermark like our own, and believed only where it fits.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use bytes::Bytes;
use domain::{Digest, Proof, VerdictKind};
use ledger::record;
use store::ReadIndex;
use support::{Bench, change, first};
use testkit::{SampleRequirement, Scenario, written};
use wire::record::Record;

/// The scenario once more, with another decision under the same proposal.
async fn fork(scenario: &Scenario) -> Scenario {
    let mut fork = scenario.clone();
    fork.item = first(scenario, 1);
    fork.now = scenario.item.entries().first().unwrap().at.plus_seconds(2);
    fork.decide(SampleRequirement::TwoOfSre);
    fork.vote("carol", &["sre"], VerdictKind::Approve, Proof::Service).await;
    fork
}

/// The record of event 3 with something else in it.
fn third(scenario: &Scenario, change: impl Fn(&mut Record)) -> Record {
    let mut record = record::event(&scenario.any(), 3).unwrap();
    change(&mut record);
    record
}

/// Event 3 that the lifecycle does not know: done, though nobody has claimed it.
fn impossible(scenario: &Scenario) -> Record {
    let mut done = scenario.clone();
    done.claim();
    done.succeed();
    let line = done.item.entries().last().unwrap().line.clone();
    third(scenario, |record| {
        if let Record::Event { previous, chain, entry, .. } = record {
            *chain = previous.extend(line.as_bytes());
            *entry = wire::json::parse_value(line.as_bytes()).unwrap();
        }
    })
}

async fn forgeries(scenario: &Scenario) -> Vec<(&'static str, Record)> {
    let fork = fork(scenario).await;
    let event = |scenario: &Scenario, sequence| record::event(&scenario.any(), sequence).unwrap();
    let chained = |value: Digest| {
        third(scenario, move |record| {
            if let Record::Event { chain, .. } = record {
                *chain = value;
            }
        })
    };
    let entry = wire::json::parse_value(fork.item.entries().last().unwrap().line.as_bytes()).unwrap();
    let other_entry = third(scenario, |record| {
        if let Record::Event { entry: own, .. } = record {
            *own = entry.clone();
        }
    });
    let later = third(scenario, |record| {
        if let Record::Event { sequence, .. } = record {
            *sequence = 4;
        }
    });
    vec![
        ("an event too many between", event(scenario, 4)),
        ("the next event under a later number", later),
        ("an event on another chain", event(&fork, 3)),
        ("another event in place of a recorded one", event(&fork, 2)),
        ("an entry that leads to another chain", chained(Digest::of(b"another"))),
        ("another entry between the right chains", other_entry),
        ("an event that the lifecycle does not know", impossible(scenario)),
    ]
}

/// P9, D16: a log object somebody else forged is read past the watermark, but no record in it that does not continue what
/// is recorded of its action is indexed, answered for or sent about; the honest event is recorded after it.
#[tokio::test]
async fn a_forged_record_is_not_indexed() {
    let scenario = change().await;
    for (what, forged) in forgeries(&scenario).await {
        let bench = Bench::new();
        let batch = bench.commit(&scenario).await;
        bench.ledger.handle(batch.get(..2).unwrap()).await.unwrap();
        let (rows, positions) =
            (bench.index.rows(), bench.index.positions(scenario.item.id()).await.unwrap());
        let objects: Vec<Bytes> = bench.log.objects().into_iter().map(|(_, bytes)| bytes).collect();
        let number = u64::try_from(objects.len()).unwrap();
        bench.log.place(number, written::write_records(&written::follow(&objects), &[forged]));

        bench.another().rebuild().await.unwrap();
        assert_eq!(bench.index.watermark().await.unwrap().unwrap().next_object, number + 1, "{what}: read");
        assert_eq!(bench.index.rows(), rows, "{what}");
        assert_eq!(bench.index.positions(scenario.item.id()).await.unwrap(), positions, "{what}");

        bench.index.clear();
        bench.another().rebuild().await.unwrap();
        assert_eq!(bench.index.positions(scenario.item.id()).await.unwrap(), positions, "{what}: rebuilt");

        bench.ledger.handle(batch.get(2..).unwrap()).await.unwrap();
        let row = bench.index.row(scenario.item.id()).await.unwrap().unwrap();
        assert!(row.sequence == 4 && !row.quarantined && row.object == number + 1, "{what}: {row:?}");
        let sent = bench.sent().join("\n");
        assert!(sent.contains(&format!("Execute after event 4 in object {}", number + 1)), "{what}: {sent}");
    }
}

/// P9: while the batch that brings the honest event is handled, the forged one gains nothing from what the stream says.
#[tokio::test]
async fn a_forged_record_that_comes_with_the_stream() {
    let scenario = change().await;
    for (what, forged) in forgeries(&scenario).await {
        let bench = Bench::new();
        let batch = bench.commit(&scenario).await;
        bench.ledger.handle(batch.get(..2).unwrap()).await.unwrap();
        let objects: Vec<Bytes> = bench.log.objects().into_iter().map(|(_, bytes)| bytes).collect();
        let number = u64::try_from(objects.len()).unwrap();
        bench.log.place(number, written::write_records(&written::follow(&objects), &[forged]));
        bench.ledger.handle(&batch).await.unwrap();
        let positions = bench.index.positions(scenario.item.id()).await.unwrap();
        assert!(positions.iter().all(|position| position.object != number), "{what}: {positions:?}");
        assert_eq!(positions.len(), 4, "{what}");
        let sent = bench.sent().join("\n");
        let elsewhere = format!("in object {number}");
        assert!(!sent.lines().any(|line| line.ends_with(&elsewhere)), "{what}: {sent}");
    }
}
