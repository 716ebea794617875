//! Check, record, index, send: the honest way.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use domain::{Proof, VerdictKind};
use ledger::DefaultRetention;
use store::{ExtendState, ReadIndex, WriteDocuments};
use support::{Bench, change, requeued};
use testkit::{SampleRequirement, Scenario};

/// One action event by event: what is recorded, what is sent and where each record is.
#[tokio::test]
async fn the_way_of_one_action() {
    let bench = Bench::new();
    for image in bench.commit(&Scenario::export("one").await).await {
        bench.ledger.handle(&[image]).await.unwrap();
    }
    insta::assert_snapshot!("recorded", bench.recorded().join("\n"));
    insta::assert_snapshot!("sent", bench.sent().join("\n"));
    assert!(bench.verify().is_clean(), "{:#?}", bench.verify());
    insta::assert_debug_snapshot!("rows", bench.index.rows());
}

/// A whole batch goes into one object; effects go out once, in the order of events.
#[tokio::test]
async fn a_batch_is_one_object() {
    let bench = Bench::new();
    let batch = bench.commit(&change().await).await;
    bench.ledger.handle(&batch).await.unwrap();
    assert_eq!(bench.log.objects().len(), 1);
    insta::assert_snapshot!("sent_of_a_batch", bench.sent().join("\n"));
}

/// F2, F5: a redelivered batch records nothing again and sends again what was recorded validly.
#[tokio::test]
async fn a_redelivered_batch_sends_again_and_records_nothing() {
    let bench = Bench::new();
    let batch = bench.commit(&change().await).await;
    bench.ledger.handle(&batch).await.unwrap();
    let (objects, sent) = (bench.log.objects(), bench.sent());
    bench.another().handle(&batch).await.unwrap();
    assert_eq!(bench.log.objects(), objects);
    let again: Vec<_> = bench.sent()[sent.len()..].to_vec();
    assert_eq!(again, sent);
}

/// F3: an older image after a newer one is nothing new, and no violation.
#[tokio::test]
async fn an_older_image_is_nothing_new() {
    let bench = Bench::new();
    let scenario = change().await;
    let batch = bench.commit(&scenario).await;
    bench.ledger.handle(&batch[3..]).await.unwrap();
    bench.ledger.handle(&batch[..2]).await.unwrap();
    assert_eq!(bench.recorded(), ["key", "proposed", "decided", "verdict_given", "verdict_given"]);
    assert!(bench.verify().is_clean());
}

/// P1: an item that waits and is requeued has what it waits for sent again.
#[tokio::test]
async fn a_nudge_sends_again_what_is_waited_for() {
    let bench = Bench::new();
    let scenario = change().await;
    bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
    let sent = bench.sent().len();
    bench.ledger.handle(&[requeued(&scenario.item, scenario.now.plus_seconds(600))]).await.unwrap();
    let again = bench.sent()[sent..].join("\n");
    assert!(again.contains("Execute after event 4"), "{again}");
}

/// P1: what the present state waits for is sent again even when its last event asked for nothing of the kind.
#[tokio::test]
async fn a_nudge_asks_the_others_again() {
    let bench = Bench::new();
    let mut scenario = Scenario::new("half");
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    for image in bench.commit(&scenario).await {
        bench.ledger.handle(&[image]).await.unwrap();
    }
    let sent = bench.sent().len();
    bench.ledger.handle(&[requeued(&scenario.item, scenario.now.plus_seconds(600))]).await.unwrap();
    let expected = [
        "Notify: SendReceipt after event 3 in object 2 to bob",
        "Notify: AskApprovers after event 3 in object 2",
    ];
    assert_eq!(bench.sent()[sent..], expected);
}

/// The index is the log's shadow: emptied, it comes back the same.
#[tokio::test]
async fn a_rebuilt_index() {
    let bench = Bench::new();
    let (one, two) = (change().await, Scenario::export("two").await);
    let (one, two) = (bench.commit(&one).await, bench.commit(&two).await);
    for batch in [&one[..2], &two[..3], &one[2..], &two[3..]] {
        bench.ledger.handle(batch).await.unwrap();
    }
    let (rows, mark) = (bench.index.rows(), bench.index.watermark().await.unwrap());
    bench.index.clear();
    bench.another().rebuild().await.unwrap();
    assert_eq!(bench.index.rows(), rows);
    assert_eq!(
        bench.index.watermark().await.unwrap().map(|mark| mark.next_object),
        mark.map(|mark| mark.next_object)
    );
    let id = rows[0].action.clone();
    let kinds: Vec<_> =
        bench.index.positions(&id).await.unwrap().into_iter().map(|position| position.kind).collect();
    assert!(kinds.starts_with(&["proposed".to_owned(), "decided".to_owned()]), "{kinds:?}");
    bench.ledger.handle(&two).await.unwrap();
    assert_eq!(bench.log.objects().len(), 4, "a rebuilt index still says what is recorded");
}

/// The ledger refuses to work on a bucket that is not locked as configured.
#[tokio::test]
async fn the_lock_must_be_as_configured() {
    let (governance, too_long) =
        (DefaultRetention { compliance: false, days: 1 }, DefaultRetention { compliance: true, days: 2 });
    for retention in [None, Some(governance), Some(too_long)] {
        let bench = Bench::new();
        let batch = bench.commit(&change().await).await;
        bench.log.set_retention(retention);
        assert!(bench.ledger.check_retention().await.is_err(), "{retention:?}");
        assert!(bench.ledger.handle(&batch).await.is_err());
        assert!(bench.log.objects().is_empty() && bench.sent().is_empty());
    }
}

/// More than one object holds goes into several, in order.
#[tokio::test]
async fn a_large_batch_is_several_objects() {
    let bench = Bench::new();
    let mut batch = Vec::new();
    for number in 0..120 {
        let mut scenario = Scenario::new(&format!("number {number}"));
        scenario.propose();
        scenario.decide(SampleRequirement::Nobody);
        batch.extend(bench.commit(&scenario).await);
    }
    bench.ledger.handle(&batch).await.unwrap();
    let report = bench.verify();
    assert!(report.is_clean() && report.objects == 2 && report.actions == 120, "{report:#?}");
    assert_eq!(bench.index.rows().len(), 120);
    assert_eq!(bench.sent().len(), 240);
}

/// D6, E5: a change is recorded with the request it makes, policy is asked again, and the inbox is empty until it has spoken.
#[tokio::test]
async fn a_change_is_recorded_and_asked_about_anew() {
    let bench = Bench::new();
    let mut scenario = Scenario::new("changed");
    scenario.propose();
    scenario.decide(SampleRequirement::Changing);
    let patch = serde_json::json!({"destination": "s3://partner-drop/inbox/q3.csv"});
    scenario.change("bob", &["sre"], &patch, Proof::Service).await;
    let batch = bench.commit(&scenario).await;
    bench.ledger.handle(&batch).await.unwrap();
    assert_eq!(bench.recorded(), ["key", "proposed", "decided", "modified"]);
    let row = bench.index.rows().remove(0);
    assert_eq!((row.status.as_str(), row.needed, row.given), ("proposed", 0, 0));
    let sent = bench.sent().join("\n");
    assert!(sent.contains("Decide after event 3") && sent.contains("SendReceipt after event 3"), "{sent}");

    let before = scenario.item.clone();
    scenario.decide(SampleRequirement::Changing);
    scenario.vote("carol", &["sre"], VerdictKind::Approve, Proof::Service).await;
    for document in scenario.documents.values() {
        bench.documents.put(document).await.unwrap();
    }
    let mut item = before;
    for entry in scenario.item.entries().iter().skip(3) {
        bench.clock.set(entry.at);
        let next = support::first(&scenario, usize::try_from(entry.sequence).unwrap());
        bench.states.extend(item.chain(), &next).await.unwrap();
        item = next;
    }
    bench.ledger.handle(&bench.stream_from(3)).await.unwrap();
    assert_eq!(bench.index.rows().remove(0).status, "approved");
    assert!(bench.verify().is_clean(), "{:#?}", bench.verify());
}
