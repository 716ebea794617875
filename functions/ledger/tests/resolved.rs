//! A resolution of a lost attempt is recorded only when it is as proven as a vote; a probe only with a document that says it.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

mod support;

use domain::{Event, Proof, ResolvedBy, Verdict, VerdictKind};
use support::Bench;
use testkit::{Ask, Gate, LocalSigner, Story};

/// An action whose outcome is lost, and which its target cannot say anything about.
async fn lost(ask: Ask) -> Story {
    let mut story = Story::new("attacked");
    story.propose();
    story.decide(ask);
    if ask == Ask::DataOwner {
        story.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    }
    story.claim();
    story.lose();
    story
}

/// What a story is turned into, and the violation that follows.
async fn forged() -> Vec<(&'static str, &'static str, Story)> {
    let mut cases = Vec::new();

    let mut story = lost(Ask::NobodyResolving).await;
    story.signer = LocalSigner::seeded([1; 32], Gate::open());
    let event = story.resolution("bob", &["sre"], false, Proof::Service).await;
    story.add(event);
    cases.push(("D1: one that callbacks' key did not sign", "envelope-invalid", story));

    let mut story = lost(Ask::NobodyResolving).await;
    let event = story.resolution("mallory", &["sre"], true, Proof::Service).await;
    story.add(event);
    cases.push(("E17: in the name of a group that does not list its author", "group-unproven", story));

    let mut story = lost(Ask::DataOwner).await;
    story.signed_in = Some(75);
    let event = story.resolution("alice", &["data-owners"], false, Proof::Idp).await;
    story.add(event);
    cases.push(("E2: by a silent sign-in", "sign-in-not-fresh", story));

    let mut story = lost(Ask::NobodyResolving).await;
    let said = story.resolution("bob", &["sre"], true, Proof::Service).await;
    if let Event::Resolved { attempt, by: ResolvedBy::Person(verdict), .. } = said {
        let verdict = Verdict { kind: VerdictKind::DidNotHappen, ..verdict };
        story.add(Event::Resolved { attempt, happened: false, by: ResolvedBy::Person(verdict) });
    }
    cases.push(("D1: a finding turned into its opposite", "statement-differs", story));

    let mut story = lost(Ask::NobodyResolving).await;
    if let Event::Resolved { attempt, by, .. } = story.probed(false) {
        story.add(Event::Resolved { attempt, happened: true, by });
    }
    cases.push(("D1: a probe that found the opposite", "document-differs", story));
    cases
}

/// D1, E2, E17: what is not proven is a violation, the action is quarantined, and nobody is told that it was resolved.
#[tokio::test]
async fn what_is_not_proven_resolves_nothing() {
    for (what, code, story) in forged().await {
        let bench = Bench::new();
        bench.ledger.handle(&bench.commit(&story).await).await.unwrap();
        let recorded = bench.recorded();
        assert!(recorded.contains(&format!("violation {code}")), "{what}: {recorded:?}");
        let row = bench.index.rows().into_iter().find(|row| row.action == *story.item.id()).unwrap();
        assert!(row.quarantined && row.sequence < story.item.sequence(), "{what}");
    }
}

/// P4: an honest one is recorded; its author gets a receipt, and those concerned are told. Before that execution is asked to
/// look, and people once it could not tell.
#[tokio::test]
async fn what_is_proven_is_recorded() {
    let mut told = Vec::new();
    for probed in [false, true] {
        let mut story = lost(Ask::NobodyResolving).await;
        let bench = Bench::new();
        bench.ledger.handle(&bench.commit(&story).await).await.unwrap();
        told.push(bench.sent());
        if !probed {
            story.cannot_tell();
            bench.ledger.handle(&bench.commit(&story).await).await.unwrap();
        }
        let row = bench.index.rows().into_iter().find(|row| row.action == *story.item.id()).unwrap();
        assert_eq!((row.status.as_str(), row.groups.as_slice()), ("unknown", &["sre".to_owned()][..]));
        let event = match probed {
            true => story.probed(false),
            false => story.resolution("bob", &["sre"], false, Proof::Service).await,
        };
        story.add(event);
        bench.ledger.handle(&bench.commit(&story).await).await.unwrap();
        let row = bench.index.rows().into_iter().find(|row| row.action == *story.item.id()).unwrap();
        assert_eq!((row.status.as_str(), row.quarantined), ("failed", false));
        told.push(bench.sent());
    }
    insta::assert_debug_snapshot!(told);
}
