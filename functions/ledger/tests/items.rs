//! Items that are no possible history, that do not continue what is recorded, or that cannot be read.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use domain::{Proof, Timestamp, VerdictKind};
use fn_ledger::StreamRecord;
use store::StreamImage;
use support::{Bench, first, image, requeued};
use testkit::{SampleRequirement, Scenario};

async fn asked(ask: SampleRequirement) -> Scenario {
    let mut scenario = Scenario::new("attacked");
    scenario.propose();
    scenario.decide(ask);
    scenario
}

/// D1: "Approved" written without any vote is no possible history; the item is malformed and quarantined.
#[tokio::test]
async fn an_impossible_item_is_dead() {
    let bench = Bench::new();
    let mut scenario = asked(SampleRequirement::TwoOfSre).await;
    bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
    let (sent, before) = (bench.sent().len(), bench.states.stream().len());
    let mut lines = scenario.lines(2);
    let mut permitted = asked(SampleRequirement::Nobody).await;
    permitted.claim();
    lines.push(permitted.lines(3)[2].clone());
    bench.states.forge_events(scenario.item.id(), &lines);
    for _ in 0..2 {
        bench.ledger.handle(&bench.stream_from(before)).await.unwrap();
    }
    assert_eq!(bench.recorded().last().unwrap(), "violation impossible-event");
    assert_eq!(bench.recorded().len(), 4, "said once");
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    bench.ledger.handle(&[image(&scenario.item)]).await.unwrap();
    assert_eq!(bench.recorded().last().unwrap(), "violation after-violation");
    assert_eq!(bench.sent().len(), sent);
}

/// D16: an item rewritten without its denial does not continue what is recorded.
#[tokio::test]
async fn a_rewritten_item_differs() {
    let bench = Bench::new();
    let mut scenario = asked(SampleRequirement::TwoOfSre).await;
    let asked_at = scenario.now;
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
    let sent = bench.sent().len();

    let mut laundered = asked(SampleRequirement::TwoOfSre).await;
    laundered.now = asked_at;
    laundered.vote("carol", &["sre"], VerdictKind::Approve, Proof::Service).await;
    laundered.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    for document in laundered.documents.values() {
        store::WriteDocuments::put(&bench.documents, document).await.unwrap();
    }
    for _ in 0..2 {
        bench.ledger.handle(&[image(&laundered.item)]).await.unwrap();
    }
    assert_eq!(bench.recorded()[4..], ["violation chain-differs"]);
    assert_eq!(bench.sent().len(), sent, "an approval that was laundered is not sent to execution");
    bench.ledger.handle(&[requeued(&scenario.item, scenario.now)]).await.unwrap();
    assert_eq!(
        (bench.recorded().len(), bench.sent().len()),
        (5, sent),
        "the honest item of a quarantined action is silent"
    );
}

/// D16: an image shorter than what is recorded must be a beginning of it, or it is another history.
#[tokio::test]
async fn a_shorter_item_that_differs() {
    let bench = Bench::new();
    let mut scenario = asked(SampleRequirement::TwoOfSre).await;
    let mut other = scenario.clone();
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario.vote("carol", &["sre"], VerdictKind::Approve, Proof::Service).await;
    bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
    other.vote("carol", &["sre"], VerdictKind::Deny, Proof::Service).await;
    bench.ledger.handle(&[image(&first(&scenario, 3))]).await.unwrap();
    assert!(!bench.index.rows()[0].quarantined, "a beginning of it is nothing new");
    bench.ledger.handle(&[image(&other.item)]).await.unwrap();
    assert_eq!(bench.recorded()[5..], ["violation chain-differs"]);
}

/// Times must be those of the write: an event written now and dated otherwise is a violation, one the stream lost is not.
#[tokio::test]
async fn a_time_must_be_plausible() {
    let dated = |scenario: &Scenario, seconds: i64, kept: u32| {
        let item = scenario.item.clone();
        let at: Timestamp = item.touched_at().unwrap().plus_seconds(seconds);
        StreamRecord { image: StreamImage::Item(Box::new(item.into())), kept, at }
    };
    for (seconds, kept, holds) in [
        (299, 0, true),
        (301, 0, false),
        (-299, 0, true),
        (-302, 0, false),
        (86_400, 1, true),
        (-302, 1, false),
    ] {
        let bench = Bench::new();
        let mut scenario = Scenario::new("dated");
        scenario.propose();
        bench.commit(&scenario).await;
        bench.ledger.handle(&[dated(&scenario, seconds, kept)]).await.unwrap();
        let expected = if holds { "proposed" } else { "violation time-implausible" };
        assert_eq!(bench.recorded().last().unwrap(), expected, "{seconds} s, {kept} kept");
    }
}

/// An item of a newer version is left for later and fails nothing; one that is gone or malformed is a violation.
#[tokio::test]
async fn items_that_cannot_be_read() {
    let bench = Bench::new();
    let mut scenario = Scenario::new("honest");
    scenario.propose();
    let mut batch = bench.commit(&scenario).await;
    let at = scenario.now;
    let key = asked(SampleRequirement::Nobody).await.item.id().to_string();
    let newer = StreamImage::Newer { key: key.clone(), version: 2 };
    batch.insert(0, StreamRecord { image: newer, kept: 0, at });
    for (key, code) in [(key.as_str(), "deleted"), ("attempt#what", "malformed-item"), ("", "malformed-item")]
    {
        let reason = "a test says so".to_owned();
        let image = StreamImage::Malformed { key: key.to_owned(), sequence: 0, code, reason };
        batch.insert(0, StreamRecord { image, kept: 0, at });
    }
    bench.ledger.handle(&batch).await.unwrap();
    let expected =
        ["violation malformed-item", "violation malformed-item", "violation deleted", "key", "proposed"];
    assert_eq!(bench.recorded(), expected);
    assert!(bench.index.rows().iter().any(|row| row.quarantined && row.action.as_str() == key));
    assert_eq!(bench.sent().len(), 1);
}
