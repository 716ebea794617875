//! Every fault on the ledger's way: killed, raced, unanswered, unreachable, garbage in front of it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use domain::Fault;
use runtime::Clock;
use std::sync::{Arc, Mutex};
use store::{DueState, ReadIndex};
use support::{Bench, change};
use testkit::written::follow;
use testkit::{Moment, Scenario};

/// F21: two writers at one position: one object each, nothing twice, nothing lost.
#[tokio::test]
async fn two_writers_race() {
    let bench = Bench::new();
    let (mine, theirs) = (change().await, Scenario::export("two").await);
    let (mine, theirs) = (bench.commit(&mine).await, bench.commit(&theirs).await);
    // While the first writer is about to put, the second one handles a batch that overlaps with the first's.
    let overlapping: Vec<_> = [theirs, mine[..1].to_vec()].concat();
    let other = Arc::new(Mutex::new(Some((bench.another(), overlapping))));
    bench.wait_at_gate(move |point, moment| {
        let turn = (point == "log.put_new" && moment == Moment::Before).then(|| other.lock().unwrap().take());
        Box::pin(async move {
            if let Some((other, batch)) = turn.flatten() {
                other.handle(&batch).await.unwrap();
            }
            Ok(())
        })
    });
    bench.ledger.handle(&mine).await.unwrap();
    assert_eq!(bench.log.objects().len(), 2);
    let report = bench.verify();
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!((report.actions, report.trails.len()), (2, 9));
    assert!(bench.index.rows().iter().all(|row| row.sequence >= 4 && !row.quarantined));
}

/// F9, F10: the put succeeded and its answer was lost: the same bytes again, then a look; recorded once.
#[tokio::test]
async fn a_lost_answer_is_found_out() {
    let bench = Bench::new();
    let batch = bench.commit(&change().await).await;
    bench.fail_once("log.put_new", Moment::After);
    bench.ledger.handle(&batch).await.unwrap();
    assert_eq!(bench.log.objects().len(), 1);
    assert!(bench.verify().is_clean());
    assert!(bench.sent().len() >= 4);
}

/// F22: the index write failed after the log's: the batch fails whole, and comes again to the index, not to the log.
#[tokio::test]
async fn an_index_write_that_failed_after_the_logs() {
    for point in ["index.apply", "index.advance"] {
        let bench = Bench::new();
        let batch = bench.commit(&change().await).await;
        bench.fail_once(point, Moment::Before);
        assert!(bench.ledger.handle(&batch).await.is_err(), "{point}");
        assert!(bench.sent().is_empty(), "{point}: nothing is sent before it is indexed");
        bench.ledger.handle(&batch).await.unwrap();
        assert_eq!(bench.log.objects().len(), 1, "{point}");
        assert_eq!(bench.index.rows()[0].sequence, 4);
        assert_eq!(bench.sent().len(), 5, "{point}: {:#?}", bench.sent());
    }
}

/// F1, F22, P4: killed before or after any await and redelivered, the log is clean, whole and sent from.
#[tokio::test]
async fn killed_anywhere_and_redelivered() {
    let clean = Bench::new();
    let scenario = Scenario::export("one").await;
    clean.ledger.handle(&clean.commit(&scenario).await).await.unwrap();
    let mut passage = 0;
    loop {
        let bench = Bench::new();
        let batch = bench.commit(&scenario).await;
        let count = Arc::new(Mutex::new(0));
        let passed = count.clone();
        bench.at_gate(move |_, _| {
            let mut number = passed.lock().unwrap();
            *number += 1;
            if *number == passage + 1 { Err(Fault::lasting("killed")) } else { Ok(()) }
        });
        let killed = bench.ledger.handle(&batch).await.is_err();
        bench.open_gate();
        if !killed && *count.lock().unwrap() <= passage {
            break;
        }
        bench.clock.pass(60);
        bench.another().handle(&batch).await.unwrap();
        assert_eq!(bench.recorded().iter().filter(|kind| *kind != "key").count(), 5, "passage {passage}");
        assert!(bench.verify().is_clean(), "passage {passage}: {:#?}", bench.verify());
        // What was left for later is in a later object.
        let what = |sent: &String| sent.split_once(" in object").map(|(what, _)| what.to_owned()).unwrap();
        let sent: Vec<String> = bench.sent().iter().map(what).collect();
        for expected in clean.sent().iter().map(what) {
            assert!(sent.contains(&expected), "passage {passage}: `{expected}` was lost");
        }
        passage += 1;
    }
    assert!(passage > 40, "every await is a passage, not {passage}");
}

/// D10: garbage at the next number is passed over, and the log goes on from the last valid root.
#[tokio::test]
async fn a_malformed_tail() {
    let bench = Bench::new();
    let batch = bench.commit(&change().await).await;
    bench.ledger.handle(&batch[..1]).await.unwrap();
    bench.log.place(1, "garbage\n");
    bench.ledger.handle(&batch).await.unwrap();
    let report = bench.verify();
    let found: Vec<_> =
        report.findings.iter().map(|finding| (finding.object, finding.code.as_str())).collect();
    assert_eq!(found, [(1, "head-malformed")]);
    assert_eq!((bench.log.objects().len(), report.records), (3, 5));
    assert_eq!(bench.index.watermark().await.unwrap().unwrap().next_object, 3);
}

/// An object or a record after object 0 that a newer program would write.
fn newer(bench: &Bench) -> [bytes::Bytes; 2] {
    let tail = follow(&[bench.log.objects()[0].1.clone()]);
    let dream = br#"{"format":"countersign-record/2","record":"dream"}"#.to_vec();
    let record = tail.compose(&[dream], &[]).unwrap();
    let head = String::from_utf8(record.to_vec()).unwrap().replace("countersign-log/1", "countersign-log/2");
    [record, head.into()]
}

/// An object of a format version that was announced stops the writer: nothing is written past it, nothing is sent. So does
/// a record of one.
#[tokio::test]
async fn an_announced_version_stops_the_writer() {
    let bench = Bench::new();
    let batch = bench.commit(&change().await).await;
    bench.ledger.handle(&batch[..1]).await.unwrap();
    let announced = ["countersign-record/2".to_owned(), "countersign-log/2".to_owned()];
    let waiting = bench.with(|_, config| config.announced_formats = announced.to_vec());
    for newer in newer(&bench) {
        bench.log.place(1, newer);
        assert!(waiting.handle(&batch).await.is_err());
        assert_eq!((bench.log.objects().len(), bench.sent().len()), (2, 1));
    }
}

/// E6: a version that nobody announced, which whoever may write the log could put there, is a finding and stops nobody.
#[tokio::test]
async fn a_version_nobody_announced_stops_nobody() {
    for place in 0..2 {
        let bench = Bench::new();
        let batch = bench.commit(&change().await).await;
        bench.ledger.handle(&batch[..1]).await.unwrap();
        bench.log.place(1, newer(&bench)[place].clone());
        bench.ledger.handle(&batch).await.unwrap();
        assert!(bench.sent().last().unwrap().starts_with("Execution: Execute"), "{:?}", bench.sent());
        let report = bench.verify();
        assert_eq!((report.objects, report.actions, report.is_clean()), (3, 1, false), "{report:#?}");
        assert!(bench.index.rows().iter().all(|row| row.sequence == 4 && !row.quarantined));
    }
}

/// F19: a stream that lost an hour: the requeued item brings every event that is missing, old as they are.
#[tokio::test]
async fn a_stream_that_lost_an_hour() {
    let bench = Bench::new();
    let scenario = change().await;
    let batch = bench.commit(&scenario).await;
    bench.ledger.handle(&batch[..1]).await.unwrap();
    bench.clock.pass(3600);
    let before = bench.states.stream().len();
    bench.states.requeue(scenario.item.id(), bench.clock.now()).await.unwrap();
    bench.ledger.handle(&bench.stream_from(before)).await.unwrap();
    assert_eq!(bench.recorded(), ["key", "proposed", "decided", "verdict_given", "verdict_given"]);
    assert!(bench.sent().last().unwrap().starts_with("Execution: Execute"));
}

/// P4: with the bucket unreachable nothing is sent; once it answers, nothing was lost.
#[tokio::test]
async fn the_bucket_is_unreachable() {
    let bench = Bench::new();
    let batch = bench.commit(&change().await).await;
    bench.at_gate(|point, _| match point.starts_with("log.") {
        true => Err(Fault::passing("no answer")),
        false => Ok(()),
    });
    assert!(bench.ledger.handle(&batch).await.is_err());
    assert!(bench.sent().is_empty() && bench.log.objects().is_empty());
    bench.open_gate();
    bench.ledger.handle(&batch).await.unwrap();
    assert_eq!(bench.sent().len(), 5);
}

/// E7, F14: what needs a provider that cannot be asked is left for later, unrecorded and unharmed; once it answers, the
/// next requeue has it recorded.
#[tokio::test]
async fn an_unreachable_provider_leaves_it_for_later() {
    let bench = Bench::new();
    let scenario = change().await;
    let batch = bench.commit(&scenario).await;
    bench.keys.fail(Some(Fault::passing("no answer")));
    bench.ledger.handle(&batch).await.unwrap();
    assert!(bench.log.objects().is_empty() && bench.index.rows().is_empty() && bench.sent().is_empty());
    bench.keys.fail(None);
    bench.clock.pass(60);
    let before = bench.states.stream().len();
    bench.states.requeue(scenario.item.id(), bench.clock.now()).await.unwrap();
    bench.ledger.handle(&bench.stream_from(before)).await.unwrap();
    assert_eq!(bench.recorded().len(), 5);
    assert!(bench.verify().is_clean());
}
