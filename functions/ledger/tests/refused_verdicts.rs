//! Refused verdicts in the log.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use domain::Scope;
use store::{
    EffectiveSuspensions, Listing, ReadIndex, RecordRefusedVerdict, RefusedVerdict, SuspendState, Tried,
};
use support::{Bench, change};
use testkit::Scenario;

/// Refused attempts are recorded, each count once however often the batch comes.
#[tokio::test]
async fn attempts_are_recorded_once() {
    let bench = Bench::new();
    let scenario = change().await;
    bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
    let before = bench.states.stream().len();
    let person = (&scenario.person("mallory")).into();
    let attempt = RefusedVerdict {
        action: scenario.item.id().clone(),
        person,
        code: "not-an-approver".into(),
        at: scenario.now,
    };
    for second in 0..3 {
        let at = scenario.now.plus_seconds(second);
        bench.states.attempt(&RefusedVerdict { at, ..attempt.clone() }).await.unwrap();
    }
    for _ in 0..2 {
        bench.ledger.handle(&bench.stream_from(before)).await.unwrap();
    }
    assert_eq!(bench.recorded()[5..], ["attempt 1", "attempt 2", "attempt 3"]);
    assert!(bench.verify().is_clean());
    assert!(!bench.index.rows()[0].quarantined);
    let positions = bench.index.positions(scenario.item.id()).await.unwrap();
    let tried = Tried { who: attempt.person, code: attempt.code };
    let tried = Some(tried);
    for position in &positions {
        assert_eq!(position.tried == tried, position.kind == "attempt", "{position:?}");
    }
    assert_eq!(positions.iter().filter(|position| position.tried.is_some()).count(), 3);
}

/// Who tries to suspend things before anything was ever suspended is recorded once; the first suspension follows as it would have.
#[tokio::test]
async fn attempts_before_the_first_suspension() {
    let bench = Bench::new();
    let mut suspensions = Scenario::suspensions();
    let (action, person) = (suspensions.item.id().clone(), (&suspensions.person("mallory")).into());
    let attempt = RefusedVerdict { action, person, code: "not-an-approver".into(), at: suspensions.now };
    bench.states.attempt(&attempt).await.unwrap();
    let early = RefusedVerdict { action: change().await.item.id().clone(), ..attempt };
    bench.states.attempt(&early).await.unwrap();
    let batch = bench.stream_from(0);
    for ledger in [&bench.ledger, &bench.another()] {
        ledger.handle(&batch).await.unwrap();
    }
    // One at an action that is not recorded yet makes no row of it: its proposal does.
    assert_eq!(bench.recorded(), ["attempt 1", "attempt 1", "attempt 1"]);
    assert!(bench.index.rows().iter().all(|row| row.action == *suspensions.item.id()));
    let read = EffectiveSuspensions::read(&bench.states, &bench.index).await.unwrap();
    assert_eq!(
        (read.all(), read.chain()),
        (&[][..], None),
        "nothing is suspended, and claims find no suspension list"
    );
    assert!(bench.index.list(&Listing::All, None, 10).await.unwrap().rows.is_empty());
    suspensions.suspend("bob", &["sre"], Scope::All).await;
    bench.states.suspend(None, &suspensions.list).await.unwrap();
    let read = EffectiveSuspensions::read(&bench.states, &bench.index).await.unwrap();
    assert_eq!((read.all().len(), read.chain()), (1, Some(suspensions.list.chain())));
}
