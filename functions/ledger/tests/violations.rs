//! What must not be is recorded as that, raises an alarm, and never has effects again.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use domain::{Digest, Event, GrantTerms, KeyRef, Proof, Seat, Verdict, VerdictKind};
use support::{Bench, image, requeued};
use testkit::{Algorithm, Gate, Issuer, LocalSigner, SampleRequirement, Scenario};
use wire::Item;

/// What a scenario is turned into, and the violation that follows.
struct Case {
    what: &'static str,
    code: &'static str,
    scenario: Scenario,
    tamper: fn(&Bench, &Scenario),
}

async fn asked(ask: SampleRequirement) -> Scenario {
    let mut scenario = Scenario::new("attacked");
    scenario.propose();
    scenario.decide(ask);
    scenario
}

fn nothing(_: &Bench, _: &Scenario) {}

/// The digest of the newest event's envelope, statement or outcome, by place.
fn named(scenario: &Scenario, place: usize) -> Digest {
    scenario.item.entries().last().unwrap().event.documents()[place]
}

async fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |what, code, scenario, tamper| cases.push(Case { what, code, scenario, tamper });

    let mut scenario = asked(SampleRequirement::TwoOfSre).await;
    scenario.signer = LocalSigner::seeded([1; 32], Gate::open());
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    add("D1: a vote that callbacks' key did not sign", "envelope-invalid", scenario, nothing);

    let mut scenario = asked(SampleRequirement::DataOwner).await;
    let own = scenario.issuer.clone();
    scenario.issuer = Issuer::new(own.name(), Algorithm::EdDsa(99));
    scenario.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    add("D1: an ID token the provider did not sign", "token-signature", scenario, nothing);

    let mut scenario = asked(SampleRequirement::DataOwner).await;
    let verdict = scenario.verdict("erin", &["nobody"], VerdictKind::Approve, Proof::Idp).await;
    let forged = Verdict { groups: vec!["data-owners".to_owned()], ..verdict };
    scenario.add(Event::VerdictGiven(forged));
    add("D1: a group that neither token nor directory gives", "group-unproven", scenario, nothing);

    for (proof, kind) in [(Proof::Service, VerdictKind::Deny), (Proof::Idp, VerdictKind::Deny)] {
        let mut scenario = asked(SampleRequirement::TwoOfSre).await;
        scenario.vote("mallory", &["sre"], kind, proof).await;
        add(
            "E17: a token's group where the directory lists its members",
            "group-unproven",
            scenario,
            nothing,
        );
    }

    let mut scenario = asked(SampleRequirement::TwoOfSre).await;
    scenario.seats = vec![Seat { group: "sre".to_owned(), person: scenario.person("bob") }];
    scenario.vote("mallory", &["sre"], VerdictKind::Deny, Proof::Service).await;
    add("C20: a seat that nobody lent", "group-unproven", scenario, nothing);

    let mut scenario = asked(SampleRequirement::DataOwner).await;
    scenario.signed_in = Some(75);
    scenario.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    add("E2: a silent sign-in with the nonce of the statement", "sign-in-not-fresh", scenario, nothing);

    let mut scenario = asked(SampleRequirement::TwoOfSre).await;
    let other = scenario.verdict("bob", &["sre"], VerdictKind::Deny, Proof::Service).await;
    scenario.add(Event::VerdictGiven(Verdict { kind: VerdictKind::Approve, ..other }));
    add("D1: a denial written as an approval", "statement-differs", scenario, nothing);

    let change = serde_json::json!({"destination": "s3://partner-drop/inbox/q3.csv"});
    let mut scenario = asked(SampleRequirement::Changing).await;
    scenario.signer = LocalSigner::seeded([1; 32], Gate::open());
    scenario.change("bob", &["sre"], &change, Proof::Service).await;
    add("D1: a change that callbacks' key did not sign", "envelope-invalid", scenario, nothing);

    let mut scenario = asked(SampleRequirement::Changing).await;
    let other = serde_json::json!({"destination": "s3://elsewhere/q3.csv"});
    let request = scenario.asked().changed(&other);
    let request = scenario.put(&request);
    if let Event::Modified { verdict, .. } = scenario.changed("bob", &["sre"], &change, Proof::Service).await
    {
        scenario.add(Event::Modified { verdict, request });
    }
    add("D18: a request that is not what the change makes", "document-differs", scenario, nothing);

    let mut scenario = asked(SampleRequirement::Changing).await;
    let again = scenario.item.state().proposal().unwrap().request;
    if let Event::Modified { verdict, .. } = scenario.changed("bob", &["sre"], &change, Proof::Service).await
    {
        scenario.add(Event::Modified { verdict, request: again });
    }
    add("D18: the request as it was", "document-differs", scenario, nothing);

    let mut scenario = asked(SampleRequirement::TwoOfSre).await;
    let denial = scenario.verdict("bob", &["sre"], VerdictKind::Deny, Proof::Service).await;
    let approval = scenario.verdict("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario.add(Event::VerdictGiven(Verdict { envelope: denial.envelope, ..approval }));
    add("D1: an approval nobody signed, in the envelope of a denial", "envelope-differs", scenario, nothing);

    let mut scenario = asked(SampleRequirement::TwoOfSre).await;
    scenario.issuer = Issuer::new("https://other.example", Algorithm::EdDsa(7));
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    add("D8: a vote by somebody of the same name elsewhere", "person-differs", scenario, nothing);

    let mut scenario = asked(SampleRequirement::Granting).await;
    let terms =
        |uses| GrantTerms { until: scenario.now.plus_seconds(600), uses, fixed: vec!["/destination".into()] };
    let (said, written) = (terms(1), terms(2));
    scenario.grant = Some(said);
    let approval = scenario.verdict("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario.add(Event::VerdictGiven(Verdict { grant: Some(written), ..approval }));
    add("D1: more granted than was said", "statement-differs", scenario, nothing);

    let mut scenario = Scenario::new("unknown key");
    scenario.propose();
    let Event::Proposed { action_type, principal, payload, request, expires_at, .. } =
        scenario.item.entries()[0].event.clone()
    else {
        unreachable!()
    };
    let token_key = KeyRef { issuer: principal.issuer.clone(), kid: "no-such-key".to_owned() };
    scenario.item = Item::new(scenario.item.id().clone());
    scenario.now = scenario.now.plus_seconds(-1);
    scenario.add(Event::Proposed { action_type, principal, payload, request, token_key, expires_at });
    add("D9: a token key the issuer does not have", "key-unknown", scenario, nothing);

    let scenario = asked(SampleRequirement::Nobody).await;
    add("D18: a document that is not there", "document-missing", scenario, |bench, scenario| {
        bench.documents.remove(named(scenario, 1));
    });
    let scenario = asked(SampleRequirement::Nobody).await;
    add("D18: other bytes under a document's name", "document-mismatch", scenario, |bench, scenario| {
        bench.documents.forge(named(scenario, 2), "{}");
    });
    let mut scenario = Scenario::new("payload");
    scenario.propose();
    add("D18: no sealed payload", "document-missing", scenario, |bench, scenario| {
        bench.documents.remove(named(scenario, 0));
    });

    let mut scenario = Scenario::new("no payload");
    scenario.propose();
    let other = asked(SampleRequirement::Nobody).await;
    scenario.documents.extend(other.documents.clone());
    let Event::Proposed { action_type, principal, request, token_key, expires_at, .. } =
        scenario.item.entries()[0].event.clone()
    else {
        unreachable!()
    };
    let payload = named(&other, 0);
    scenario.item = Item::new(scenario.item.id().clone());
    scenario.now = scenario.now.plus_seconds(-1);
    scenario.add(Event::Proposed { action_type, principal, payload, request, token_key, expires_at });
    add("D17: something readable in the payload's place", "document-malformed", scenario, nothing);

    let mut scenario = asked(SampleRequirement::Nobody).await;
    scenario.claim();
    let outcome = named(&asked(SampleRequirement::Nobody).await, 0);
    scenario.add(Event::Succeeded { attempt: "5f0c9d1e7a3b4c6d".to_owned(), outcome });
    add("a document of another kind", "document-malformed", scenario, nothing);
    cases
}

/// D1, D9, D18: what is not proven is a violation, the action is quarantined, and nothing of it is ever sent again; the rest of the
/// batch goes on.
#[tokio::test]
async fn what_is_not_proven_is_a_violation() {
    for Case { what, code, scenario, tamper } in cases().await {
        let bench = Bench::new();
        let mut honest = Scenario::new("honest");
        honest.propose();
        let mut batch = bench.commit(&scenario).await;
        batch.extend(bench.commit(&honest).await);
        tamper(&bench, &scenario);
        let handled = bench.ledger.handle(&batch).await;
        handled.unwrap();
        let recorded = bench.recorded();
        assert!(recorded.contains(&format!("violation {code}")), "{what}: {recorded:?}");
        let row = bench.index.rows().into_iter().find(|row| row.action == *scenario.item.id()).unwrap();
        assert!(row.quarantined && row.sequence < scenario.item.sequence(), "{what}");
        let of = |action| bench.queues.sent().iter().filter(|(_, message)| message.action == action).count();
        assert_eq!((of(scenario.item.id().clone()), of(honest.item.id().clone())), (0, 1), "{what}");
        bench.ledger.handle(&[requeued(&scenario.item, scenario.now)]).await.unwrap();
        assert_eq!(bench.recorded(), recorded, "{what}: said once");
        assert_eq!(of(scenario.item.id().clone()), 0, "{what}");
    }
}

/// D16: what is found wrong in a batch counts for the rest of it: an honest vote does not follow a forged one.
#[tokio::test]
async fn nothing_follows_in_the_same_batch() {
    let bench = Bench::new();
    let mut scenario = asked(SampleRequirement::TwoOfSre).await;
    bench.ledger.handle(&bench.commit(&scenario).await).await.unwrap();
    let (sent, mut forged) = (bench.sent().len(), scenario.clone());
    forged.signer = LocalSigner::seeded([1; 32], Gate::open());
    forged.vote("carol", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    for document in forged.documents.values().chain(scenario.documents.values()) {
        store::WriteDocuments::put(&bench.documents, document).await.unwrap();
    }
    bench.ledger.handle(&[image(&forged.item), image(&scenario.item)]).await.unwrap();
    assert_eq!(bench.recorded()[3..], ["violation envelope-invalid", "violation after-violation"]);
    assert_eq!(bench.sent().len(), sent);
}
