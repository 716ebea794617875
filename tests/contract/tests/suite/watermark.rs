//! How far the log is indexed, and how late the stream is.

use std::collections::BTreeMap;

use domain::{Digest, Timestamp};
use store::Watermark;
use store::image::HEARTBEATS;

use crate::kit;

fn watermark(next_object: u64, second: i64) -> Watermark {
    Watermark {
        next_object,
        size: next_object * 3,
        range: vec![Digest::of(b"left"), Digest::of(b"right")],
        last: (next_object > 0).then(|| Digest::of(b"bytes")),
        heartbeat: Timestamp::from_millis(1_795_000_000_000).plus_seconds(second),
    }
}

/// Nobody has handled a heartbeat yet.
fn never(mark: Watermark) -> Watermark {
    Watermark { heartbeat: Timestamp::from_millis(0), ..mark }
}

#[tokio::test]
async fn the_watermark_only_rises() {
    let kit = kit().await;
    assert_eq!(kit.index.watermark().await, Ok(None));
    kit.record.advance(&watermark(3, 10)).await.unwrap();
    kit.record.advance(&watermark(2, 20)).await.unwrap();
    assert_eq!(kit.index.watermark().await, Ok(Some(never(watermark(3, 10)))));
    kit.record.advance(&watermark(9, 30)).await.unwrap();
    assert_eq!(kit.index.watermark().await, Ok(Some(never(watermark(9, 30)))));
}

/// E6: what contradicts itself is put back to the beginning, and the log is followed from there.
#[tokio::test]
async fn the_watermark_begins_anew() {
    let kit = kit().await;
    kit.record.advance(&watermark(9, 30)).await.unwrap();
    kit.record.restart().await.unwrap();
    let empty = Watermark { range: Vec::new(), ..never(watermark(0, 0)) };
    assert_eq!(kit.index.watermark().await, Ok(Some(empty)));
    kit.record.advance(&watermark(1, 40)).await.unwrap();
    assert_eq!(kit.index.watermark().await, Ok(Some(never(watermark(1, 40)))));
}

/// E8, F19: the oldest of all heartbeats counts, and one that was never handled is older than any; each is as its shard's
/// stream says, on an empty log too.
#[tokio::test]
async fn the_oldest_heartbeat_counts() {
    let kit = kit().await;
    let at = |second| watermark(0, second).heartbeat;
    let read = || async { kit.index.watermark().await.unwrap().unwrap() };
    let all = |second| (0..HEARTBEATS).map(|number| (number, at(second))).collect::<BTreeMap<_, _>>();
    let some = |numbers: std::ops::Range<u8>, second| {
        all(second).into_iter().filter(|(n, _)| numbers.contains(n)).collect()
    };
    kit.record.write_heartbeats(&some(1..HEARTBEATS, 5)).await.unwrap();
    assert_eq!(read().await, Watermark { range: Vec::new(), ..never(watermark(0, 0)) }, "one is missing");
    kit.record.write_heartbeats(&some(0..1, 3)).await.unwrap();
    assert_eq!(read().await.heartbeat, at(3));
    kit.record.advance(&watermark(4, 6)).await.unwrap();
    kit.record.write_heartbeats(&some(0..HEARTBEATS - 1, 7200)).await.unwrap();
    assert_eq!(read().await, Watermark { heartbeat: at(5), ..watermark(4, 6) }, "one shard is stuck");
    kit.record.write_heartbeats(&BTreeMap::new()).await.unwrap();
    kit.record.write_heartbeats(&some(HEARTBEATS - 1..HEARTBEATS, 7100)).await.unwrap();
    assert_eq!(read().await.heartbeat, at(7100));
}
