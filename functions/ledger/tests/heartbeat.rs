//! The heartbeat of the stream: how late the ledger is.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use domain::Timestamp;
use runtime::Clock;
use store::{DueState, ReadIndex};
use support::{Bench, change};

async fn heartbeat(bench: &Bench) -> Timestamp {
    bench.index.watermark().await.unwrap().unwrap().heartbeat
}

/// Every heartbeat, written now by a clock that is an hour ahead: nobody believes what an item says of itself.
async fn write_heartbeat(bench: &Bench) -> Vec<fn_ledger::StreamRecord> {
    let before = bench.states.stream().len();
    bench.states.write_heartbeat(bench.clock.now().plus_seconds(3600)).await.unwrap();
    bench.stream_from(before)
}

/// E8: the heartbeat says how late the stream is, by its own clock: two hours after a batch that is two hours late, whatever
/// else the batch holds, and nothing at all of a stream whose heartbeats were never seen.
#[tokio::test]
async fn the_heartbeat_is_the_streams_own_time() {
    let bench = Bench::new();
    let scenario = change().await;
    let ordinary = bench.commit(&scenario).await;
    let batch = [write_heartbeat(&bench).await, ordinary.clone()].concat();
    bench.clock.pass(7200);
    bench.ledger.handle(&ordinary).await.unwrap();
    assert_eq!(heartbeat(&bench).await, Timestamp::from_millis(0), "no heartbeat was handled yet");
    bench.ledger.handle(&batch).await.unwrap();
    assert_eq!(heartbeat(&bench).await, scenario.now);
    let fresh = write_heartbeat(&bench).await;
    bench.ledger.handle(&fresh).await.unwrap();
    assert_eq!(heartbeat(&bench).await, scenario.now.plus_seconds(7200));
    assert_eq!(bench.log.objects().len(), 1, "a heartbeat is in no record");
}

/// E8: one shard that is stuck shows, however many others run.
#[tokio::test]
async fn a_live_shard_hides_no_stuck_one() {
    let bench = Bench::new();
    let then = bench.clock.now();
    bench.ledger.handle(&write_heartbeat(&bench).await).await.unwrap();
    for minute in 1..=3 {
        bench.clock.pass(60);
        let mut batch = write_heartbeat(&bench).await;
        batch.remove(minute * 5);
        bench.ledger.handle(&batch).await.unwrap();
        // Another one each minute: the one left out now was handled a minute ago.
        let stuck = then.plus_seconds(60 * (i64::try_from(minute).unwrap() - 1));
        assert_eq!(heartbeat(&bench).await, stuck, "{minute}");
    }
}

/// E8: what could not be handled and comes again is not yet handled.
#[tokio::test]
async fn a_batch_that_comes_again_does_not_beat() {
    let bench = Bench::new();
    let batch = [bench.commit(&change().await).await, write_heartbeat(&bench).await].concat();
    bench.fail_once("queues.send", testkit::Moment::Before);
    assert!(bench.ledger.handle(&batch).await.is_err());
    assert_eq!(heartbeat(&bench).await, Timestamp::from_millis(0));
    bench.ledger.handle(&batch).await.unwrap();
    assert!(heartbeat(&bench).await > Timestamp::from_millis(0));
}
