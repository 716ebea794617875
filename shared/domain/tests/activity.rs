//! Recent claims, counted together with what the index knows.

#![allow(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

use domain::{
    ActionId, Activity, ActivityFull, ActivityHistory, Digest, HistoryEntry, HistoryKind, LastRun,
    RequestProfile, Timestamp,
};

const NOON: i64 = 1_795_000_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOON).plus_seconds(seconds)
}

fn action(name: &str) -> ActionId {
    ActionId::of(name.as_bytes())
}

fn claim(name: &str, seconds: i64) -> LastRun {
    let profile = RequestProfile {
        proven: [("commit".to_owned(), Digest::of(name.as_bytes()))].into(),
        ..RequestProfile::default()
    };
    LastRun { action: action(name), at: at(seconds), profile }
}

fn recorded(claims: &[(&str, i64)]) -> ActivityHistory {
    let history_entry =
        |(_, seconds): &(&str, i64)| HistoryEntry { at: at(*seconds), kind: HistoryKind::Executed };
    ActivityHistory {
        entries: claims.iter().map(history_entry).collect(),
        claimed: claims.iter().map(|(name, _)| action(name)).collect(),
        last: claims.last().map(|(name, seconds)| claim(name, *seconds)),
    }
}

/// E4: what the index does not have yet counts, what both have counts once, and an action's own claim does not.
#[test]
fn each_claim_counts_once() {
    let one = Activity::default().with(claim("one", 0), &ActivityHistory::default()).unwrap();
    let two = one.with(claim("two", 1), &recorded(&[("one", 0)])).unwrap();
    assert_eq!((one.version, two.version, two.claims.len()), (1, 2, 2));
    let history = two.merged(&recorded(&[("one", 0)]), &action("three"), at(2));
    assert_eq!((history.entries.len(), history.last), (2, Some(claim("two", 1))));
    assert_eq!(two.merged(&recorded(&[]), &action("one"), at(2)).entries.len(), 1);
    assert_eq!(two.merged(&recorded(&[]), &action("two"), at(2)).last, None);
}

/// E4: a claim by a clock that is ahead counts all the same, and stays until every reader's index has it in the past.
#[test]
fn clocks_that_differ_hide_no_claim() {
    let ahead = Activity::default().with(claim("ahead", 60), &ActivityHistory::default()).unwrap();
    let history = ahead.merged(&ActivityHistory::default(), &action("mine"), at(0));
    assert!(
        history.entries.iter().all(|history_entry| history_entry.at < at(0)) && history.entries.len() == 1,
        "{history:?}"
    );
    let indexed = recorded(&[("ahead", 60)]);
    let soon = ahead.with(claim("soon", 61), &indexed).unwrap();
    assert!(
        soon.claims.iter().any(|claim| claim.action == action("ahead")),
        "the index may be ahead of a reader"
    );
    let later = soon.with(claim("later", 61 + Activity::KEPT), &indexed).unwrap();
    assert!(later.claims.iter().all(|claim| claim.action != action("ahead")), "{later:?}");
    assert!(later.claims.iter().any(|claim| claim.action == action("soon")), "the index does not have it");
}

/// E4: the last that ran is the last that was written, whatever clocks say; what is known to one side alone goes by time.
#[test]
fn the_last_is_the_last_written() {
    let known = Activity::default().with(claim("fast clock", 60), &ActivityHistory::default()).unwrap();
    let known = known.with(claim("slow clock", 5), &ActivityHistory::default()).unwrap();
    let mine = action("mine");
    let last = |history: &ActivityHistory| known.merged(history, &mine, at(70)).last.map(|last| last.action);
    assert_eq!(last(&recorded(&[("fast clock", 60)])), Some(action("slow clock")));
    assert_eq!(last(&recorded(&[("uncounted", 30)])), Some(action("uncounted")));
    assert_eq!(last(&recorded(&[("uncounted", 3)])), Some(action("slow clock")));
}

/// E4: nothing is forgotten for want of room, but what is older than a week.
#[test]
fn a_full_activity_takes_no_more() {
    let mut full = Activity::default();
    for n in 0..Activity::MOST {
        full = full.with(claim(&n.to_string(), 0), &ActivityHistory::default()).unwrap();
    }
    assert_eq!(full.with(claim("more", 1), &ActivityHistory::default()), Err(ActivityFull));
    let week = ActivityHistory::WEEK / 1_000;
    assert_eq!(full.with(claim("later", week + 1), &ActivityHistory::default()).unwrap().claims.len(), 1);
}
