//! A resolution of a lost attempt is recorded only when it is as proven as a vote; a probe only with a document that says it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use domain::{Event, Proof, ResolvedBy, Verdict, VerdictKind};
use support::Bench;
use testkit::{Gate, LocalSigner, SampleRequirement, Scenario};

/// An action whose outcome is lost, and which its target cannot say anything about.
async fn lost(ask: SampleRequirement) -> Scenario {
    let mut scenario = Scenario::new("attacked");
    scenario.propose();
    scenario.decide(ask);
    if ask == SampleRequirement::DataOwner {
        scenario.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    }
    scenario.claim();
    scenario.lose();
    scenario
}

/// What a scenario is turned into, and the violation that follows.
async fn forged() -> Vec<(&'static str, &'static str, Scenario)> {
    let mut cases = Vec::new();

    let mut scenario = lost(SampleRequirement::NobodyResolving).await;
    scenario.signer = LocalSigner::seeded([1; 32], Gate::open());
    let event = scenario.resolution("bob", &["sre"], false, Proof::Service).await;
    scenario.add(event);
    cases.push(("D1: one that callbacks' key did not sign", "envelope-invalid", scenario));

    let mut scenario = lost(SampleRequirement::NobodyResolving).await;
    let event = scenario.resolution("mallory", &["sre"], true, Proof::Service).await;
    scenario.add(event);
    cases.push(("E17: in the name of a group that does not list its author", "group-unproven", scenario));

    let mut scenario = lost(SampleRequirement::DataOwner).await;
    scenario.signed_in = Some(75);
    let event = scenario.resolution("alice", &["data-owners"], false, Proof::Idp).await;
    scenario.add(event);
    cases.push(("E2: by a silent sign-in", "sign-in-not-fresh", scenario));

    let mut scenario = lost(SampleRequirement::NobodyResolving).await;
    let said = scenario.resolution("bob", &["sre"], true, Proof::Service).await;
    if let Event::Resolved { attempt, by: ResolvedBy::Person(verdict), .. } = said {
        let verdict = Verdict { kind: VerdictKind::DidNotHappen, ..verdict };
        scenario.add(Event::Resolved { attempt, happened: false, by: ResolvedBy::Person(verdict) });
    }
    cases.push(("D1: a finding turned into its opposite", "statement-differs", scenario));

    let mut scenario = lost(SampleRequirement::NobodyResolving).await;
    if let Event::Resolved { attempt, by, .. } = scenario.probed(false) {
        scenario.add(Event::Resolved { attempt, happened: true, by });
    }
    cases.push(("D1: a probe that found the opposite", "document-differs", scenario));
    cases
}

/// D1, E2, E17: what is not proven is a violation, the action is quarantined, and nobody is told that it was resolved.
#[tokio::test]
async fn what_is_not_proven_resolves_nothing() {
    for (what, code, scenario) in forged().await {
        let bench = Bench::new();
        bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
        let recorded = bench.recorded();
        assert!(recorded.contains(&format!("violation {code}")), "{what}: {recorded:?}");
        let row = bench.index.rows().into_iter().find(|row| row.action == *scenario.item.id()).unwrap();
        assert!(row.quarantined && row.sequence < scenario.item.sequence(), "{what}");
    }
}

/// P4: an honest one is recorded; its author gets a receipt, and those concerned are told. Before that execution is asked to
/// look, and people once it could not tell.
#[tokio::test]
async fn what_is_proven_is_recorded() {
    let mut told = Vec::new();
    for probed in [false, true] {
        let mut scenario = lost(SampleRequirement::NobodyResolving).await;
        let bench = Bench::new();
        bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
        told.push(bench.sent());
        if !probed {
            scenario.cannot_tell();
            bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
        }
        let row = bench.index.rows().into_iter().find(|row| row.action == *scenario.item.id()).unwrap();
        assert_eq!((row.status.as_str(), row.groups.as_slice()), ("unknown", &["sre".to_owned()][..]));
        let event = match probed {
            true => scenario.probed(false),
            false => scenario.resolution("bob", &["sre"], false, Proof::Service).await,
        };
        scenario.add(event);
        bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
        let row = bench.index.rows().into_iter().find(|row| row.action == *scenario.item.id()).unwrap();
        assert_eq!((row.status.as_str(), row.quarantined), ("failed", false));
        told.push(bench.sent());
    }
    insta::assert_debug_snapshot!(told);
}
