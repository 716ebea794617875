//! Grants between actions: what is recorded of them is proven by the records of the action that granted.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use domain::{ActionId, Digest, Event, GrantTerms, Granted, Proof, Scope, VerdictKind};
use fn_ledger::StreamRecord;
use ledger::Tail;
use ledger::verify::Verification;
use store::{Listing, ReadIndex, StreamImage};
use support::Bench;
use testkit::{SampleRequirement, Scenario, written};

const ATTEMPT: &str = "5f0c9d1e7a3b4c6d";

/// An export that bob approved, and two more like it; it has begun.
async fn earlier_grant() -> Scenario {
    earlier_grant_by(Scenario::new("promised")).await
}

async fn earlier_grant_by(mut scenario: Scenario) -> Scenario {
    scenario.propose();
    scenario.decide(SampleRequirement::Granting);
    let until = scenario.now.plus_seconds(1800);
    scenario.grant = Some(GrantTerms { until, uses: 2, fixed: vec!["/destination".to_owned()] });
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario.claim();
    scenario
}

fn statement(scenario: &Scenario) -> Digest {
    scenario.item.state().review().unwrap().grants[0].vote.statement
}

/// Another that was decided on it, as far as the decision.
fn decided_on(earlier: &Scenario, requirement: &str, statement: Digest) -> Scenario {
    let mut scenario = undecided(earlier);
    let (requirement, action) = (requirement.to_owned(), earlier.item.id().clone());
    scenario.granted = vec![Granted { requirement, action, statement }];
    scenario.decide(SampleRequirement::Nobody);
    scenario
}

fn undecided(earlier: &Scenario) -> Scenario {
    let mut scenario = Scenario { now: earlier.now.plus_seconds(60), ..Scenario::new("carried") };
    scenario.propose();
    scenario
}

fn used(earlier: &Scenario, at: &Scenario, by: &ActionId, attempt: &str) -> Scenario {
    let mut scenario = Scenario { now: at.now, ..earlier.clone() };
    let (statement, by, attempt) = (statement(earlier), by.clone(), attempt.to_owned());
    scenario.add(Event::GrantUsed { statement, by, attempt });
    scenario
}

/// P4: decision, claim and use are recorded whichever comes first, the list names the action, and the verifier agrees.
#[tokio::test]
async fn a_grant_and_its_use_are_recorded() {
    let bench = Bench::new();
    let earlier = earlier_grant().await;
    bench.ledger.handle(&bench.commit(&earlier).await).await.unwrap();
    let listing = Listing::Granting((&earlier.agent()).into());
    let page = bench.index.list(&listing, None, 10).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert!(page.rows[0].grants && page.rows[0].action == *earlier.item.id());

    let mut later = decided_on(&earlier, "change", statement(&earlier));
    bench.ledger.handle(&bench.commit(&later).await).await.unwrap();
    let decided = bench.recorded().len();
    later.claim();
    let counted = used(&earlier, &later, later.item.id(), ATTEMPT);
    let claim = bench.commit(&later).await.pop().unwrap();
    let count = bench.commit(&counted).await.pop().unwrap();
    bench.ledger.handle(&[count]).await.unwrap();
    bench.ledger.handle(&[claim]).await.unwrap();
    assert_eq!(bench.recorded()[decided..], ["grant_used", "claimed"]);
    let report = bench.verify();
    assert_eq!(report.findings, []);
    let page = bench.index.list(&listing, None, 10).await.unwrap();
    assert_eq!(page.rows.len(), 1, "the use makes no grant of its own");
}

/// D1, P4: a decision on what nobody granted, and a use by what never claimed it, are violations.
#[tokio::test]
async fn grants_that_nobody_made() {
    for (what, requirement, statement) in
        [("another requirement", "other", None), ("another statement", "change", Some(Digest::of(b"nobody")))]
    {
        let bench = Bench::new();
        let earlier = earlier_grant().await;
        bench.ledger.handle(&bench.commit(&earlier).await).await.unwrap();
        let made = statement.unwrap_or_else(|| self::statement(&earlier));
        let later = decided_on(&earlier, requirement, made);
        bench.ledger.handle(&bench.commit(&later).await).await.unwrap();
        assert_eq!(bench.recorded().last().unwrap(), "violation grant-unproven", "{what}");
    }
    let bench = Bench::new();
    let earlier = earlier_grant().await;
    let later = decided_on(&earlier, "change", statement(&earlier));
    bench.ledger.handle(&bench.commit(&later).await).await.unwrap();
    assert_eq!(bench.recorded().last().unwrap(), "violation grant-unproven", "nothing is recorded of it");

    for what in ["a quarantined action", "another action type"] {
        let bench = Bench::new();
        let earlier = match what {
            "another action type" => earlier_grant_by(Scenario {
                resumes: Some((Scope::All, Digest::of(b"a suspension"))),
                ..Scenario::new("promised")
            }),
            _ => earlier_grant_by(Scenario::new("promised")),
        };
        let earlier = earlier.await;
        bench.ledger.handle(&bench.commit(&earlier).await).await.unwrap();
        if what == "a quarantined action" {
            let (key, reason) = (earlier.item.id().to_string(), "a test says so".to_owned());
            let image = StreamImage::Malformed { key, sequence: 0, code: "deleted", reason };
            bench.ledger.handle(&[StreamRecord { image, kept: 0, at: earlier.now }]).await.unwrap();
        }
        let later = decided_on(&earlier, "change", statement(&earlier));
        bench.ledger.handle(&bench.commit(&later).await).await.unwrap();
        assert_eq!(bench.recorded().last().unwrap(), "violation grant-unproven", "{what}");
    }

    for what in ["another attempt", "no claim", "another action", "no grant", "another grant", "another's"] {
        let bench = Bench::new();
        let earlier = earlier_grant().await;
        let mut later = match what {
            "no grant" => undecided(&earlier),
            "another grant" => decided_on(&earlier, "change", Digest::of(b"another")),
            "another's" => {
                let mut scenario = undecided(&earlier);
                let (requirement, action) = ("change".to_owned(), ActionId::of(b"another's"));
                scenario.granted = vec![Granted { requirement, action, statement: statement(&earlier) }];
                scenario
            }
            _ => decided_on(&earlier, "change", statement(&earlier)),
        };
        if later.item.state().review().is_none() {
            later.decide(SampleRequirement::Nobody);
        }
        if what != "no claim" {
            later.claim();
        }
        bench.ledger.handle(&bench.commit(&earlier).await).await.unwrap();
        bench.ledger.handle(&bench.commit(&later).await).await.unwrap();
        let by = if what == "another action" { ActionId::of(b"other") } else { later.item.id().clone() };
        let attempt = if what == "another attempt" { "other" } else { ATTEMPT };
        let counted = used(&earlier, &later, &by, attempt);
        bench.ledger.handle(&bench.commit(&counted).await).await.unwrap();
        assert_eq!(bench.recorded().last().unwrap(), "violation grant-use-unproven", "{what}");
    }
}

/// P9: a claim on a grant that is not counted where it was made, and a use of nothing, are found offline.
#[tokio::test]
async fn what_is_not_counted_is_found() {
    let earlier = earlier_grant().await;
    let mut later = decided_on(&earlier, "change", statement(&earlier));
    later.claim();
    let honest = used(&earlier, &later, later.item.id(), ATTEMPT);
    let other = used(&earlier, &later, later.item.id(), "other");
    let nobody = used(&earlier, &later, &ActionId::of(b"other"), ATTEMPT);
    let mut long_after = Scenario { now: later.now.plus_seconds(700), ..Scenario::new("long after") };
    long_after.propose();
    for (what, granting, codes) in [
        ("counted", &honest, &[][..]),
        ("not counted", &earlier, &["grant-not-counted"][..]),
        ("another attempt", &other, &["grant-not-counted", "grant-use-unproven"][..]),
        ("another action", &nobody, &["grant-not-counted", "grant-use-unproven"][..]),
    ] {
        let told = [granting, &later, &long_after];
        let events: Vec<(&Scenario, u32)> = told
            .iter()
            .flat_map(|scenario| (1..=scenario.item.sequence()).map(|sequence| (*scenario, sequence)))
            .collect();
        let mut verification = Verification::new(None);
        verification.object(0, &written::write(&Tail::default(), &events));
        let mut found: Vec<String> = verification.finish().findings.into_iter().map(|one| one.code).collect();
        found.sort();
        assert_eq!(found, codes, "{what}");
    }
}
