//! The suspension list in the log: who suspended what, and what ended it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use std::sync::Arc;

use bundle_build::Compiled;
use domain::{Scope, Timestamp};
use fn_ledger::{Config, Ledger, StreamRecord};
use store::{Listing, ReadIndex, StreamImage};
use support::Bench;
use testkit::{Bundles, Gate, Publisher, Scenario, SimulatedClock, changed_bundle, sample_bundle};
use wire::text::Identity;

/// A ledger with the sample's rules in force: people of sre may suspend things.
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
    let scenario = Scenario::new("bench");
    let config = Config {
        deployment: testkit::scenario::DEPLOYMENT.to_owned(),
        verdict_key: scenario.signer.public_key(),
        pages_client: testkit::scenario::PAGES_CLIENT.to_owned(),
        publisher: publisher.key(),
        retention_days: 1,
        announced_formats: Vec::new(),
    };
    Ledger::new(capabilities, config)
}

async fn suspended(groups: &[&str]) -> Scenario {
    let mut suspensions = Scenario::suspensions();
    suspensions.suspend("bob", groups, Scope::All).await;
    suspensions
}

/// The suspension, what ends it, and the end.
async fn ended() -> (Scenario, Scenario) {
    let mut suspensions = suspended(&["sre"]).await;
    let mut resume = Scenario::resuming("resume", Scope::All, suspensions.suspended_by()).await;
    let attempt = resume.item.state().run().unwrap().attempt.clone();
    suspensions.now = resume.now;
    suspensions.resume(Scope::All, resume.item.id().clone(), &attempt);
    resume.now = suspensions.now;
    resume.succeed();
    (suspensions, resume)
}

/// Both records of each write, as the stream delivers them: the resume's action first, or after what it names it for.
async fn both(bench: &Bench, (first, second): (&Scenario, &Scenario)) -> Vec<StreamRecord> {
    let mut records = bench.commit(first).await;
    records.extend(bench.commit(second).await);
    records
}

/// P9, F5: suspension and resume are records like all others, in whatever order the stream brings the two items, one by one or
/// together; they are told, in no list, and the verifier finds nothing.
#[tokio::test]
async fn a_suspension_and_its_resume_are_recorded() {
    let (suspensions, resume) = ended().await;
    for (scenarios, at_once) in
        [((&resume, &suspensions), true), ((&suspensions, &resume), true), ((&suspensions, &resume), false)]
    {
        let bench = Bench::new();
        let ledger = ruled(&bench).await;
        let records = both(&bench, scenarios).await;
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
        assert!(at("claimed") < at("resumed") && at("suspended") < at("resumed"), "{recorded:?}");
        assert_eq!(recorded.iter().filter(|kind| *kind == "resumed").count(), 1);
        let report = bench.verify();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        let sent = bench.sent();
        assert!(sent.iter().any(|line| line.contains("AnnounceSuspensions after event 1")), "{sent:?}");
        assert!(sent.iter().any(|line| line.contains("SendReceipt after event 1") && line.contains("bob")));
        assert!(sent.iter().any(|line| line.contains("AnnounceSuspensions after event 2")), "{sent:?}");
        let bob = Identity::from(&suspensions.person("bob"));
        for listing in [Listing::All, Listing::Decider(bob)] {
            let rows = bench.index.list(&listing, None, 10).await.unwrap().rows;
            assert!(
                rows.iter().all(|row| row.action != *suspensions.item.id()),
                "the suspension list is no action"
            );
        }
        let row = bench.index.row(suspensions.item.id()).await.unwrap().unwrap();
        assert_eq!((row.sequence, row.chain, row.quarantined), (2, suspensions.list.chain(), false));
    }
}

/// D1: whoever may write the state table could write a suspension or its end; without people behind it, it is a violation.
#[tokio::test]
async fn what_nobody_agreed_to_is_a_violation() {
    let export = Scenario::export("an export").await;
    let mut cases =
        vec![("a suspension by an outsider", "not-an-approver", suspended(&["data-owners"]).await, None)];
    let honest = suspended(&["sre"]).await;
    let agreed = Scenario::resuming("resume", Scope::All, honest.suspended_by()).await;
    let other_suspension =
        Scenario::resuming("other suspension", Scope::All, domain::Digest::of(b"another")).await;
    let other_scope =
        Scenario::resuming("other", Scope::Type("s3-export".into()), honest.suspended_by()).await;
    let attempt = agreed.item.state().run().unwrap().attempt.clone();
    for (what, by, attempt) in [
        ("an end by an export", &export, attempt.as_str()),
        ("an end by another attempt", &agreed, "another"),
        ("an end of another suspension", &other_suspension, &attempt),
        ("an end of another scope", &other_scope, &attempt),
    ] {
        let mut suspensions = honest.clone();
        suspensions.now = by.now;
        suspensions.resume(Scope::All, by.item.id().clone(), attempt);
        cases.push((what, "resume-unfounded", suspensions, Some(by.clone())));
    }
    let mut nobody = honest.clone();
    nobody.resume(Scope::All, domain::ActionId::of(b"nothing"), "a");
    cases.push(("an end by nothing", "resume-unfounded", nobody, None));
    let mut itself = honest.clone();
    itself.resume(Scope::All, itself.item.id().clone(), "a");
    cases.push(("an end by itself", "resume-unfounded", itself, None));
    for (what, code, suspensions, by) in cases {
        let bench = Bench::new();
        let ledger = ruled(&bench).await;
        if let Some(by) = by {
            ledger.handle(&bench.commit(&by).await).await.unwrap();
        }
        ledger.handle(&bench.commit(&suspensions).await).await.unwrap();
        let recorded = bench.recorded();
        assert_eq!(recorded.last().unwrap(), &format!("violation {code}"), "{what}: {recorded:?}");
        assert!(bench.index.row(suspensions.item.id()).await.unwrap().unwrap().quarantined, "{what}");
        assert!(!recorded.contains(&"resumed".to_owned()), "{what}");
    }
}

/// D1, D16: an action of which something was found wrong ends no suspension, though it was approved and claimed before.
#[tokio::test]
async fn a_dead_action_ends_nothing() {
    let (suspensions, resume) = ended().await;
    let bench = Bench::new();
    let ledger = ruled(&bench).await;
    ledger.handle(&bench.commit(&resume).await).await.unwrap();
    let (key, reason) = (resume.item.id().to_string(), "a test says so".to_owned());
    let image = StreamImage::Malformed { key, sequence: 0, code: "deleted", reason };
    ledger.handle(&[StreamRecord { image, kept: 0, at: resume.now }]).await.unwrap();
    ledger.handle(&bench.commit(&suspensions).await).await.unwrap();
    let recorded = bench.recorded();
    assert_eq!(recorded.last().unwrap(), "violation resume-unfounded", "{recorded:?}");
}

/// F17, C22: who might suspend things when they did so did it honestly, though the rules name others since; not the other way,
/// even where the ledger comes to it only when other rules are in force.
#[tokio::test]
async fn rules_that_changed_since() {
    let suspensions = suspended(&["sre"]).await;
    let (before, after) = (suspensions.now.plus_seconds(-3600), suspensions.now.plus_seconds(60));
    let others = || changed_bundle("directory.yaml", "may_suspend: [sre]", "may_suspend: [data-owners]");
    let later = suspensions.now.plus_seconds(3600);
    for (rules, expected) in [
        ([(sample_bundle(), before), (others(), after)], "suspended"),
        ([(others(), before), (sample_bundle(), later)], "violation not-an-approver"),
        ([(others(), before), (others(), after)], "violation not-an-approver"),
    ] {
        let bench = Bench::new();
        let ledger = ruled_by(&bench, &rules).await;
        ledger.handle(&bench.commit(&suspensions).await).await.unwrap();
        assert_eq!(bench.recorded(), [expected]);
    }
}
