//! The index, record by record.

use domain::{ActionId, ActivityHistory, Digest, HistoryKind, LastRun, RequestProfile, Timestamp};
use futures::future::join_all;
use store::{IndexRow, Position, Tried};
use wire::bounds;
use wire::text::Identity;

use crate::kit;

pub(crate) fn identity(subject: &str) -> Identity {
    Identity { issuer: "http://127.0.0.1:8081".to_owned(), subject: subject.to_owned() }
}

pub(crate) fn row(key: &str, sequence: u32) -> IndexRow {
    let start = Timestamp::from_millis(1_795_000_000_000);
    IndexRow {
        action: ActionId::of(key.as_bytes()),
        sequence,
        chain: Digest::of(format!("{key} {sequence}").as_bytes()),
        status: "pending".to_owned(),
        action_type: "s3-export".to_owned(),
        sentence: "Copy 2026/q3.csv out of customers".to_owned(),
        principal: identity("demo-agent"),
        groups: vec!["data-owners".to_owned()],
        deciders: Vec::new(),
        needed: 1,
        given: 0,
        correlation: Some("thread-81".to_owned()),
        created_at: start,
        expires_at: start.plus_seconds(3600),
        updated_at: start.plus_seconds(i64::from(sequence)),
        proposed_object: 4,
        object: 4 + u64::from(sequence),
        quarantined: false,
        history_key: None,
        profile: None,
        grants: false,
    }
}

pub(crate) fn position(position: u64, sequence: u32, kind: &str) -> Position {
    Position {
        position,
        object: position / 2,
        kind: kind.to_owned(),
        sequence,
        at: Timestamp::from_millis(1_795_000_000_000),
        digest: Digest::of(&position.to_be_bytes()),
        tried: None,
        history_entry: None,
    }
}

/// An attempt keeps its name and its reason.
#[tokio::test]
async fn an_attempt_says_who_tried() {
    let (kit, row) = (kit().await, row("tried", 1));
    let who = Identity { issuer: "https://id.example".to_owned(), subject: "mallory".to_owned() };
    let tried = Some(Tried { who, code: "not-an-approver".to_owned() });
    let attempt = Position { tried, ..position(8, 0, "attempt") };
    kit.record.apply(&attempt, &row).await.unwrap();
    assert_eq!(kit.index.positions(&row.action).await, Ok(vec![attempt]));
}

/// F2, F5: applying a record again changes nothing.
#[tokio::test]
async fn a_record_is_applied_once() {
    let (kit, row) = (kit().await, row("once", 1));
    assert_eq!(kit.index.row(&row.action).await, Ok(None));
    assert_eq!(kit.index.positions(&row.action).await, Ok(Vec::new()));
    let place = position(7, 1, "proposed");
    for _ in 0..3 {
        kit.record.apply(&place, &row).await.unwrap();
        assert_eq!(kit.index.row(&row.action).await, Ok(Some(row.clone())));
        assert_eq!(kit.index.positions(&row.action).await, Ok(vec![place.clone()]));
    }
}

/// F3: a later sequence replaces, an earlier one changes nothing but its position.
#[tokio::test]
async fn records_of_any_order_end_alike() {
    let kit = kit().await;
    let (first, second) =
        (row("order", 1), IndexRow { status: "approved".to_owned(), given: 1, ..row("order", 2) });
    kit.record.apply(&position(12, 2, "verdict_given"), &second).await.unwrap();
    kit.record.apply(&position(9, 1, "proposed"), &first).await.unwrap();
    assert_eq!(kit.index.row(&first.action).await, Ok(Some(second)));
    let places = kit.index.positions(&first.action).await.unwrap();
    assert_eq!(places.iter().map(|place| place.position).collect::<Vec<_>>(), [9, 12], "oldest first");
}

/// D16: a violation kills without moving the row on, and nothing revives it.
#[tokio::test]
async fn what_is_dead_stays_dead() {
    let (kit, alive) = (kit().await, row("quarantined", 2));
    kit.record.apply(&position(3, 2, "decided"), &alive).await.unwrap();
    let killed = IndexRow { quarantined: true, status: "approved".to_owned(), ..alive.clone() };
    kit.record.apply(&position(4, 0, "violation"), &killed).await.unwrap();
    let quarantined = IndexRow { quarantined: true, ..alive.clone() };
    assert_eq!(kit.index.row(&alive.action).await, Ok(Some(quarantined)));
    let later = row("quarantined", 3);
    kit.record.apply(&position(5, 3, "cancelled"), &later).await.unwrap();
    assert_eq!(kit.index.row(&alive.action).await, Ok(Some(IndexRow { quarantined: true, ..later })));
    // A violation may be the first thing that is known of an action.
    let unseen = IndexRow { quarantined: true, ..row("unseen", 0) };
    kit.record.apply(&position(6, 0, "violation"), &unseen).await.unwrap();
    assert_eq!(kit.index.row(&unseen.action).await, Ok(Some(unseen)));
}

/// F21: two ledgers index the same log at once; the row ends at the furthest record and no position is lost.
#[tokio::test]
async fn racing_writers_lose_nothing() {
    let kit = kit().await;
    let races = (0..8_u32).flat_map(|n| [n / 2, n]).map(|n| {
        let record = &kit.record;
        async move {
            let (place, row) = (position(u64::from(n), n, "event"), row("raced", n));
            while let Err(fault) = record.apply(&place, &row).await {
                assert!(fault.is_passing(), "{fault}");
            }
        }
    });
    join_all(races).await;
    let action = row("raced", 0).action;
    assert_eq!(kit.index.row(&action).await, Ok(Some(row("raced", 7))));
    let places = kit.index.positions(&action).await.unwrap();
    assert_eq!(places.iter().map(|place| place.position).collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
}

/// E6: a record that the table can never hold is refused for good, and what is left of it is put in its place.
#[tokio::test]
async fn what_is_too_large_is_quarantined() {
    let kit = kit().await;
    let huge = "x".repeat(410_000);
    let who = Identity { issuer: "https://id.example".to_owned(), subject: huge.clone() };
    let place = position(3, 1, "proposed");
    let cases = [
        (place.clone(), IndexRow { sentence: huge.clone(), ..row("a sentence", 1) }),
        (place.clone(), IndexRow { groups: vec!["x".repeat(2048)], ..row("a group", 1) }),
        (place.clone(), IndexRow { principal: who.clone(), ..row("a principal", 1) }),
        (Position { tried: Some(Tried { who, code: "code".to_owned() }), ..place }, row("an attempt", 1)),
    ];
    for (place, row) in cases {
        let what = &row.action;
        let refused = kit.record.apply(&place, &row).await.expect_err("too large");
        assert!(!refused.is_passing(), "{what}: {refused}");
        kit.record.quarantine(&place, &row).await.unwrap();
        let left = kit.index.row(what).await.unwrap().unwrap();
        assert!(left.quarantined && left.sequence == 1 && left.chain == row.chain, "{left:?}");
        assert_eq!(kit.index.positions(what).await.unwrap(), [place.bare()]);
        kit.record.quarantine(&place, &row).await.unwrap();
    }
}

/// E6: as many groups and people as a row ever names fit into one transaction, each as long as it may be.
#[tokio::test]
async fn the_largest_row_fits() {
    let kit = kit().await;
    let long = |number: usize, most: usize| format!("{number:03}{}", "x".repeat(most - 3));
    let who = |number| Identity { issuer: long(number, bounds::ISSUER), subject: long(number, bounds::NAME) };
    let profile = RequestProfile {
        parameters: (0..bounds::COMPARED).map(|n| (long(n, 100), Some(Digest::of(b"x")))).collect(),
        proven: [].into(),
    };
    let row = IndexRow {
        action_type: long(0, bounds::ACTION_TYPE),
        sentence: long(0, bounds::SENTENCE),
        principal: who(0),
        groups: (0..bounds::GROUPS).map(|number| long(number, bounds::NAME)).collect(),
        deciders: (0..bounds::DECIDERS).map(who).collect(),
        correlation: Some(long(0, bounds::CORRELATION)),
        history_key: Some(Digest::of(b"past")),
        profile: Some(profile),
        grants: true,
        ..row("the largest", 1)
    };
    let tried = Some(Tried { who: who(1), code: long(0, bounds::CODE) });
    let place = Position { tried, history_entry: Some(HistoryKind::Executed), ..position(3, 1, "claimed") };
    kit.record.apply(&place, &row).await.unwrap();
    assert_eq!(kit.index.row(&row.action).await, Ok(Some(row)));
}

fn history_entry(place: u64, key: &str, at: i64, kind: HistoryKind) -> (Position, IndexRow) {
    let at = Timestamp::from_millis(1_795_000_000_000).plus_seconds(at);
    let profile = RequestProfile {
        parameters: [("source".to_owned(), Some(Digest::of(key.as_bytes()))), ("note".to_owned(), None)]
            .into(),
        proven: [("branch".to_owned(), Digest::of(b"refs/heads/main"))].into(),
    };
    let row = IndexRow { history_key: Some(Digest::of(b"past")), profile: Some(profile), ..row(key, 3) };
    (Position { at, history_entry: Some(kind), ..position(place, 3, "event") }, row)
}

/// F2, F3, F5: a history entry counts once, the last that ran is known, and neither another's past nor an action's own counts.
#[tokio::test]
async fn the_past_counts_each_deed_once() {
    const WEEK: i64 = 7 * 24 * 3600;
    let kit = kit().await;
    let (name, other) = (Digest::of(b"past"), ActionId::of(b"another"));
    let now = |second| Timestamp::from_millis(1_795_000_000_000).plus_seconds(second);
    assert_eq!(kit.index.history(name, &other, now(0)).await, Ok(Some(ActivityHistory::default())));
    let entries = [
        history_entry(44, "second", 20, HistoryKind::Executed),
        history_entry(41, "first", 10, HistoryKind::Executed),
        history_entry(42, "failed", 11, HistoryKind::Failed),
        history_entry(47, "third", 30, HistoryKind::Denied),
    ];
    for (position, row) in entries.iter().chain(&entries) {
        kit.record.apply(position, row).await.unwrap();
        assert_eq!(kit.index.row(&row.action).await, Ok(Some(row.clone())));
    }
    let history = async |but: &ActionId, second| {
        let ActivityHistory { mut entries, claimed, last } =
            kit.index.history(name, but, now(second)).await.unwrap().unwrap();
        let executed =
            entries.iter().filter(|history_entry| history_entry.kind == HistoryKind::Executed).count();
        assert_eq!(claimed.len(), executed, "each claim by its action");
        entries.sort_by_key(|history_entry| history_entry.at);
        (entries.iter().map(|history_entry| history_entry.kind.name()).collect::<Vec<_>>().join(" "), last)
    };
    let profile = |at: usize| {
        let (position, row) = &entries[at];
        Some(LastRun { action: row.action.clone(), at: position.at, profile: row.profile.clone().unwrap() })
    };
    assert_eq!(history(&other, 60).await, ("executed failed executed denied".to_owned(), profile(0)));
    assert_eq!(
        history(&other, 20).await,
        ("executed failed".to_owned(), profile(1)),
        "not what is of this moment"
    );
    assert_eq!(history(&entries[0].1.action, 60).await, ("executed failed denied".to_owned(), profile(1)));
    assert_eq!(history(&other, 20 + WEEK).await, ("executed denied".to_owned(), profile(0)), "a week back");
    assert_eq!(history(&other, 60 + WEEK).await, (String::new(), profile(0)));
    assert_eq!(
        kit.index.history(Digest::of(b"theirs"), &other, now(60)).await,
        Ok(Some(ActivityHistory::default()))
    );
}
