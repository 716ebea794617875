//! The stop switch in the log: who stopped what, and what ended it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use std::sync::Arc;

use bundle::Compiled;
use domain::{Scope, Timestamp};
use fn_ledger::{Config, Ledger, StreamRecord};
use store::{Listing, ReadIndex, StreamImage};
use support::Bench;
use testkit::{Bundles, Gate, Publisher, SimulatedClock, Story, changed_bundle, sample_bundle};
use wire::text::Identity;

/// A ledger with the sample's rules in force: people of sre may stop things.
async fn ruled(bench: &Bench) -> Ledger {
    ruled_by(bench, &[(sample_bundle(), Timestamp::from_millis(1_794_000_000_000))]).await
}

/// A ledger whose bucket has these rules, each published at its time.
async fn ruled_by(bench: &Bench, rules: &[(Compiled, Timestamp)]) -> Ledger {
    let clock = SimulatedClock::at(Timestamp::from_millis(0));
    let (bundles, publisher) = (Bundles::new(Gate::open(), Arc::new(clock.clone())), Publisher::new());
    for (compiled, at) in rules {
        clock.set(*at);
        publisher.publish(&bundles, compiled, *at).await.unwrap();
    }
    let mut capabilities = bench.capabilities.clone();
    capabilities.bundles = Arc::new(bundles);
    let story = Story::new("bench");
    let config = Config {
        deployment: testkit::story::DEPLOYMENT.to_owned(),
        verdict_key: story.signer.public_key(),
        pages_client: testkit::story::PAGES_CLIENT.to_owned(),
        publisher: publisher.key(),
        retention_days: 1,
        announced_formats: Vec::new(),
    };
    Ledger::new(capabilities, config)
}

async fn frozen(groups: &[&str]) -> Story {
    let mut switch = Story::switch();
    switch.freeze("bob", groups, Scope::All).await;
    switch
}

/// The stop, what ends it, and the end.
async fn ended() -> (Story, Story) {
    let mut switch = frozen(&["sre"]).await;
    let mut thaw = Story::thawing("thaw", Scope::All, switch.stopped_by()).await;
    let attempt = thaw.item.state().run().unwrap().attempt.clone();
    switch.now = thaw.now;
    switch.thaw(Scope::All, thaw.item.id().clone(), &attempt);
    thaw.now = switch.now;
    thaw.succeed();
    (switch, thaw)
}

/// Both records of each write, as the stream carries them: the thaw's action first, or after what it names it for.
async fn both(bench: &Bench, (first, second): (&Story, &Story)) -> Vec<StreamRecord> {
    let mut records = bench.commit(first).await;
    records.extend(bench.commit(second).await);
    records
}

/// P9, F5: stop and thaw are records like all others, in whatever order the stream brings the two items, one by one or
/// together; they are told, in no list, and the verifier finds nothing.
#[tokio::test]
async fn a_stop_and_its_end_are_recorded() {
    let (switch, thaw) = ended().await;
    for (stories, at_once) in [((&thaw, &switch), true), ((&switch, &thaw), true), ((&switch, &thaw), false)]
    {
        let bench = Bench::new();
        let ledger = ruled(&bench).await;
        let records = both(&bench, stories).await;
        match at_once {
            true => ledger.handle(&records).await.unwrap(),
            false => {
                for record in &records {
                    ledger.handle(std::slice::from_ref(record)).await.unwrap();
                }
            }
        }
        let recorded = bench.recorded();
        assert!(recorded.iter().all(|kind| !kind.starts_with("violation")), "{recorded:?}");
        let at = |kind: &str| recorded.iter().position(|found| found == kind).unwrap();
        assert!(at("claimed") < at("thawed") && at("frozen") < at("thawed"), "{recorded:?}");
        assert_eq!(recorded.iter().filter(|kind| *kind == "thawed").count(), 1);
        let report = bench.verify();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        let sent = bench.sent();
        assert!(sent.iter().any(|line| line.contains("AnnounceSwitch after event 1")), "{sent:?}");
        assert!(sent.iter().any(|line| line.contains("SendReceipt after event 1") && line.contains("bob")));
        assert!(sent.iter().any(|line| line.contains("AnnounceSwitch after event 2")), "{sent:?}");
        let bob = Identity::from(&switch.person("bob"));
        for listing in [Listing::All, Listing::Decider(bob)] {
            let rows = bench.index.list(&listing, None, 10).await.unwrap().rows;
            assert!(rows.iter().all(|row| row.action != *switch.item.id()), "the switch is no action");
        }
        let row = bench.index.row(switch.item.id()).await.unwrap().unwrap();
        assert_eq!((row.sequence, row.chain, row.quarantined), (2, switch.item.chain(), false));
    }
}

/// D1: whoever may write the state table could write a stop or its end; without people behind it, it is a violation.
#[tokio::test]
async fn what_nobody_agreed_to_is_a_violation() {
    let export = Story::export("an export").await;
    let mut cases = vec![("a stop by an outsider", "not-an-approver", frozen(&["data-owners"]).await, None)];
    let honest = frozen(&["sre"]).await;
    let agreed = Story::thawing("thaw", Scope::All, honest.stopped_by()).await;
    let other_stop = Story::thawing("other stop", Scope::All, domain::Digest::of(b"another")).await;
    let other_scope = Story::thawing("other", Scope::Type("s3-export".into()), honest.stopped_by()).await;
    let attempt = agreed.item.state().run().unwrap().attempt.clone();
    for (what, by, attempt) in [
        ("an end by an export", &export, attempt.as_str()),
        ("an end by another attempt", &agreed, "another"),
        ("an end of another stop", &other_stop, &attempt),
        ("an end of another scope", &other_scope, &attempt),
    ] {
        let mut switch = honest.clone();
        switch.now = by.now;
        switch.thaw(Scope::All, by.item.id().clone(), attempt);
        cases.push((what, "thaw-unfounded", switch, Some(by.clone())));
    }
    let mut nobody = honest.clone();
    nobody.thaw(Scope::All, domain::ActionId::of(b"nothing"), "a");
    cases.push(("an end by nothing", "thaw-unfounded", nobody, None));
    let mut itself = honest.clone();
    itself.thaw(Scope::All, itself.item.id().clone(), "a");
    cases.push(("an end by itself", "thaw-unfounded", itself, None));
    for (what, code, switch, by) in cases {
        let bench = Bench::new();
        let ledger = ruled(&bench).await;
        if let Some(by) = by {
            ledger.handle(&bench.commit(&by).await).await.unwrap();
        }
        ledger.handle(&bench.commit(&switch).await).await.unwrap();
        let recorded = bench.recorded();
        assert_eq!(recorded.last().unwrap(), &format!("violation {code}"), "{what}: {recorded:?}");
        assert!(bench.index.row(switch.item.id()).await.unwrap().unwrap().quarantined, "{what}");
        assert!(!recorded.contains(&"thawed".to_owned()), "{what}");
    }
}

/// D1, D16: an action of which something was found wrong ends no stop, though it was approved and claimed before.
#[tokio::test]
async fn a_dead_action_ends_nothing() {
    let (switch, thaw) = ended().await;
    let bench = Bench::new();
    let ledger = ruled(&bench).await;
    ledger.handle(&bench.commit(&thaw).await).await.unwrap();
    let (key, reason) = (thaw.item.id().to_string(), "a test says so".to_owned());
    let image = StreamImage::Malformed { key, sequence: 0, code: "deleted", reason };
    ledger.handle(&[StreamRecord { image, kept: 0, at: thaw.now }]).await.unwrap();
    ledger.handle(&bench.commit(&switch).await).await.unwrap();
    let recorded = bench.recorded();
    assert_eq!(recorded.last().unwrap(), "violation thaw-unfounded", "{recorded:?}");
}

/// F17, C22: who might stop things when they did so did it honestly, though the rules name others since; not the other way,
/// even where the ledger comes to it only when other rules are in force.
#[tokio::test]
async fn rules_that_changed_since() {
    let switch = frozen(&["sre"]).await;
    let (before, after) = (switch.now.plus_seconds(-3600), switch.now.plus_seconds(60));
    let others = || changed_bundle("directory.yaml", "may_freeze: [sre]", "may_freeze: [data-owners]");
    let later = switch.now.plus_seconds(3600);
    for (rules, expected) in [
        ([(sample_bundle(), before), (others(), after)], "frozen"),
        ([(others(), before), (sample_bundle(), later)], "violation not-an-approver"),
        ([(others(), before), (others(), after)], "violation not-an-approver"),
    ] {
        let bench = Bench::new();
        let ledger = ruled_by(&bench, &rules).await;
        ledger.handle(&bench.commit(&switch).await).await.unwrap();
        assert_eq!(bench.recorded(), [expected]);
    }
}
