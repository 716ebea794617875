//! Chat accounts in the log: a link is checked like a vote before it is recorded, and only then does it count.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use std::sync::Arc;

use domain::{AccountEvent, LinkProof};
use store::{LinkedAccounts, ReadAccounts, ReadIndex};
use support::Bench;
use testkit::{Algorithm, Gate, Issuer, LocalSigner, Scenario};

fn accounts(bench: &Bench) -> LinkedAccounts {
    LinkedAccounts::new(Arc::new(bench.states.clone()), Arc::new(bench.index.clone()))
}

/// W9, W10: a link and its end are recorded with what proves them; the link counts once it is in the log, whoever it is linked to finds
/// it, and the offline verifier finds nothing wrong.
#[tokio::test]
async fn links_are_recorded_with_their_history() {
    let bench = Bench::new();
    let (alice, bob) = (Scenario::new("one").person("alice"), Scenario::new("one").person("bob"));
    let mut scenario = Scenario::account("T1/U1");
    scenario.link("alice").await;
    let account = scenario.account.as_ref().unwrap().1.clone();
    let stream = bench.commit(&scenario).await;
    assert_eq!(accounts(&bench).account(&account).await, Ok(None), "not recorded yet");
    bench.ledger.handle(&stream).await.unwrap();
    assert_eq!(bench.recorded(), ["key", "linked"]);
    assert_eq!(accounts(&bench).account(&account).await, Ok(scenario.linked()));
    assert_eq!(accounts(&bench).accounts_of(&alice).await, Ok(vec![scenario.linked().unwrap()]));
    assert_eq!(accounts(&bench).accounts_of(&bob).await, Ok(vec![]));
    let bench = Bench::new();
    scenario.unlink("alice");
    scenario.link("bob").await;
    let stream = bench.commit(&scenario).await;
    bench.ledger.handle(&stream).await.unwrap();
    bench.ledger.handle(&stream).await.unwrap();
    assert_eq!(bench.recorded(), ["key", "linked", "unlinked", "linked"]);
    assert_eq!(bench.sent(), Vec::<String>::new(), "nothing follows");
    assert_eq!(accounts(&bench).accounts_of(&alice).await, Ok(vec![]));
    assert_eq!(accounts(&bench).accounts_of(&bob).await, Ok(vec![scenario.linked().unwrap()]));
    let report = bench.verify();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(report.actions, 0, "an account is no action");
}

/// W9, W10, D1: whoever may write the state table could link an account. A link that its person's sign-in does not prove is a violation
/// in place of a record, and never counts.
#[tokio::test]
async fn a_link_that_is_not_proven_is_a_violation() {
    let fresh = || Scenario::account("T1/U1");
    let mut cases: Vec<(&str, Scenario, AccountEvent)> = Vec::new();
    let mut one = fresh();
    let said = one.link_content("alice");
    let event = one.link_event("mallory", said).await;
    cases.push(("person-differs", one, event));
    let mut one = fresh();
    let event = one.link_event("alice", one.link_content("alice")).await;
    let AccountEvent::Linked { account, shown_as, statement, proof, .. } = event else { return };
    let person = one.person("mallory");
    cases.push((
        "document-differs",
        one,
        AccountEvent::Linked { account, person, shown_as, statement, proof },
    ));
    let mut one = fresh();
    let mut said = one.link_content("alice");
    said.account.id = "T1/U2".to_owned();
    let event = match one.link_event("alice", said).await {
        AccountEvent::Linked { person, shown_as, statement, proof, .. } => {
            let account = one.account.as_ref().unwrap().1.clone();
            AccountEvent::Linked { account, person, shown_as, statement, proof }
        }
        other => other,
    };
    cases.push(("document-differs", one, event));
    let mut one = fresh();
    let said = wire::documents::LinkStatement { deployment: "other".to_owned(), ..one.link_content("alice") };
    let event = one.link_event("alice", said).await;
    cases.push(("statement-differs", one, event));
    let mut one = Scenario { signer: LocalSigner::seeded([1; 32], Gate::open()), ..fresh() };
    let said = one.link_content("alice");
    let event = one.link_event("alice", said).await;
    cases.push(("envelope-invalid", one, event));
    let mut one = Scenario { signed_in: Some(3600), ..fresh() };
    let said = one.link_content("alice");
    let event = one.link_event("alice", said).await;
    cases.push(("sign-in-not-fresh", one, event));
    let mut one = fresh();
    let said = one.link_content("alice");
    one.now = one.now.plus_seconds(601);
    let event = one.link_event("alice", said).await;
    cases.push(("envelope-differs", one, event));
    let mut one = Scenario { issuer: Issuer::new("http://127.0.0.1:8081", Algorithm::EdDsa(8)), ..fresh() };
    let said = one.link_content("alice");
    let event = one.link_event("alice", said).await;
    cases.push(("token-signature", one, event));
    let mut one = fresh();
    let said = one.link_content("alice");
    let event = match one.link_event("alice", said).await {
        AccountEvent::Linked { account, person, shown_as, statement, proof } => {
            one.documents.remove(&proof.id_token);
            let proof = LinkProof { envelope: proof.envelope, id_token: proof.id_token };
            AccountEvent::Linked { account, person, shown_as, statement, proof }
        }
        other => other,
    };
    cases.push(("document-missing", one, event));
    for (code, mut scenario, event) in cases {
        let bench = Bench::new();
        scenario.add_to_account(event);
        let stream = bench.commit(&scenario).await;
        bench.ledger.handle(&stream).await.unwrap();
        assert_eq!(bench.recorded(), [format!("violation {code}")]);
        let (item, account) = scenario.account.as_ref().unwrap();
        assert_eq!(accounts(&bench).account(account).await, Ok(None), "{code}");
        assert!(bench.index.row(item.id()).await.unwrap().unwrap().quarantined, "{code}");
    }
}
