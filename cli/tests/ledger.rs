//! `countersign ledger verify` as an auditor runs it.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

mod support;

use domain::{Event, Proof, ResolvedBy, Verdict, VerdictKind};
use support::log::{asked, download, judged, trust, verify};
use testkit::{Algorithm, Gate, Issuer, LocalSigner, SampleRequirement, Scenario};

/// An honest log: exit code 0, and one line that says so.
#[tokio::test]
async fn an_honest_log() {
    let scenario = Scenario::export("one").await;
    let folder = judged(&scenario);
    let (code, text) = verify(folder.path(), &[]);
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!(text);
    let (code, text) = verify(folder.path(), &["--action", scenario.item.id().as_str()]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(text);
    let (code, text) = verify(folder.path(), &["--json"]);
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    assert_eq!((code, value["result"].as_str(), value["objects"].as_u64()), (0, Some("clean"), Some(5)));
}

/// P5, D1: signatures and proofs are checked against the trusted keys, by the same function as at the time of the vote.
#[tokio::test]
async fn what_is_not_proven_is_found() {
    let mut unsigned = asked().await;
    unsigned.signer = LocalSigner::seeded([1; 32], Gate::open());
    unsigned.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    let mut grouped = asked().await;
    let verdict = grouped.verdict("mallory", &["nobody"], VerdictKind::Approve, Proof::Idp).await;
    grouped.add(Event::VerdictGiven(Verdict { groups: vec!["data-owners".to_owned()], ..verdict }));
    let mut other = asked().await;
    other.issuer = Issuer::new("http://127.0.0.1:9", Algorithm::EdDsa(7));
    let verdict = other.verdict("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    other.add(Event::VerdictGiven(verdict));
    for (code, scenario) in
        [("envelope-invalid", unsigned), ("group-unproven", grouped), ("person-differs", other)]
    {
        let (exit, text) = verify(judged(&scenario).path(), &[]);
        assert_eq!(exit, 1, "{text}");
        let first = text.lines().next().unwrap();
        assert!(first.starts_with("object 2, position 4, act_") && first.contains(code), "{text}");
    }
}

/// An attempt of unknown outcome, of an action that asked for this.
async fn lost(key: &str, ask: SampleRequirement) -> Scenario {
    let mut scenario = Scenario::new(key);
    scenario.propose();
    scenario.decide(ask);
    if ask == SampleRequirement::DataOwner {
        scenario.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    }
    scenario.claim();
    scenario.lose();
    scenario
}

/// D1, P5, E2, E17: a resolution is judged like a vote: one that nobody signed, that was signed for something else or about
/// another action, by a silent sign-in, in the name of a group or of a person that it is not of, is a finding.
#[tokio::test]
async fn a_resolution_that_is_not_proven() {
    let mut cases = Vec::new();
    for ask in [SampleRequirement::NobodyResolving, SampleRequirement::DataOwner] {
        let (who, group, proof) = match ask {
            SampleRequirement::DataOwner => ("alice", "data-owners", Proof::Idp),
            _ => ("bob", "sre", Proof::Service),
        };
        let mut honest = lost("attacked", ask).await;
        let event = honest.resolution(who, &[group], false, proof).await;
        honest.add(event);
        honest.succeed();
        cases.push((None, honest));

        let mut unsigned = lost("attacked", ask).await;
        unsigned.signer = LocalSigner::seeded([1; 32], Gate::open());
        let event = unsigned.resolution(who, &[group], false, proof).await;
        unsigned.add(event);
        cases.push((Some("envelope-invalid"), unsigned));

        let mut opposite = lost("attacked", ask).await;
        let said = opposite.verdict(who, &[group], VerdictKind::Happened, proof).await;
        let by = ResolvedBy::Person(Verdict { kind: VerdictKind::DidNotHappen, ..said });
        let attempt = opposite.item.state().run().unwrap().attempt.clone();
        opposite.add(Event::Resolved { attempt, happened: false, by });
        cases.push((Some("statement-differs"), opposite));

        let (mut foreign, mut other) = (lost("attacked", ask).await, lost("another", ask).await);
        let event = other.resolution(who, &[group], false, proof).await;
        foreign.documents.extend(other.documents);
        foreign.add(event);
        cases.push((Some("statement-differs"), foreign));

        let mut renamed = lost("attacked", ask).await;
        let said = renamed.verdict(who, &[group], VerdictKind::Happened, proof).await;
        let by = ResolvedBy::Person(Verdict { person: renamed.person("erin"), ..said });
        let attempt = renamed.item.state().run().unwrap().attempt.clone();
        renamed.add(Event::Resolved { attempt, happened: true, by });
        cases.push((Some("person-differs"), renamed));

        let mut grouped = lost("attacked", ask).await;
        let event = grouped.resolution("mallory", &[group], true, proof).await;
        grouped.add(event);
        cases.push((Some("group-unproven"), grouped));
    }
    let mut silent = lost("attacked", SampleRequirement::DataOwner).await;
    silent.signed_in = Some(75);
    let event = silent.resolution("alice", &["data-owners"], false, Proof::Idp).await;
    silent.add(event);
    cases.push((Some("sign-in-not-fresh"), silent));
    for (found, scenario) in cases {
        let (exit, text) = verify(judged(&scenario).path(), &[]);
        assert_eq!(exit, i32::from(found.is_some()), "{found:?}: {text}");
        assert!(text.contains(found.unwrap_or("clean")), "{found:?}: {text}");
    }
}

/// Exit codes: 1 when a byte was changed, 2 when something cannot be checked, 3 when it was asked wrongly.
#[tokio::test]
async fn exit_codes_say_what_happened() {
    let scenario = Scenario::export("one").await;
    let folder = download(&scenario, true);
    let third = folder.path().join(format!("log/{:020}", 2));
    let bytes = std::fs::read(&third).unwrap();
    let mut changed = bytes.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    std::fs::write(&third, changed).unwrap();
    assert_eq!(verify(folder.path(), &[]).0, 1);
    std::fs::remove_file(&third).unwrap();
    let (code, text) = verify(folder.path(), &[]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("object 2 is missing, though object 3 is there"), "{text}");
    assert_eq!(verify(download(&scenario, false).path(), &[]).0, 2, "nobody to believe");
    assert_eq!(verify(tempfile::tempdir().unwrap().path(), &[]).0, 2, "nothing there");
    assert_eq!(verify(&folder.path().join("elsewhere"), &[]).0, 3);
    assert_eq!(verify(folder.path(), &["--action", "act_what"]).0, 3);
    std::fs::write(folder.path().join("trust.json"), "{}").unwrap();
    assert_eq!(verify(folder.path(), &[]).0, 2, "a trust file that says nothing");
}

/// One changed byte is shown as one finding; what follows from it is counted, and shown with `--all` and in JSON.
#[tokio::test]
async fn what_follows_is_folded() {
    let folder = judged(&Scenario::export("one").await);
    let second = folder.path().join(format!("log/{:020}", 1));
    let text = std::fs::read_to_string(&second).unwrap().replacen("\"entry\"", "\"entrx\"", 1);
    std::fs::write(&second, text).unwrap();
    let (code, text) = verify(folder.path(), &[]);
    assert_eq!((code, text.matches("(root-differs)").count()), (1, 1), "{text}");
    assert!(!text.contains("-differs) in object 2") && text.contains("1 finding"), "{text}");
    assert!(text.contains("3 more findings follow from these; `--all` shows them"), "{text}");
    let (_, text) = verify(folder.path(), &["--all"]);
    assert_eq!(text.matches("which follows from root-differs in object 1").count(), 3, "{text}");
    let (_, text) = verify(folder.path(), &["--json"]);
    let value = wire::json::parse_value(text.as_bytes()).unwrap();
    let findings = value["findings"].as_array().unwrap();
    let marks: Vec<_> =
        findings.iter().map(|one| (one["cause"].as_bool(), one["follows_from"]["object"].as_u64())).collect();
    assert_eq!(
        marks,
        [(Some(true), None), (Some(false), Some(1)), (Some(false), Some(1)), (Some(false), Some(1))]
    );
}

/// E2, E17: a silent sign-in with the nonce of an approval is a finding, and so is a vote for a group by somebody whom the
/// directory in force did not list in it, though the ID token says so. A slower second factor is a matter of the trust file.
#[tokio::test]
async fn a_silent_sign_in_and_an_unlisted_voter() {
    let mut silent = asked().await;
    silent.signed_in = Some(75);
    silent.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    let folder = download(&silent, true);
    let (code, text) = verify(folder.path(), &[]);
    assert!(code == 1 && text.contains("sign-in-not-fresh"), "{text}");
    let slow = trust().to_string().replace("\"people\":true", "\"people\":true,\"sign_in_seconds\":90");
    std::fs::write(folder.path().join("trust.json"), slow).unwrap();
    assert_eq!(verify(folder.path(), &[]).0, 0);

    for (who, found) in [("alice", false), ("mallory", true)] {
        let mut scenario = asked().await;
        scenario.vote(who, &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
        let (code, text) = verify(judged(&scenario).path(), &[]);
        assert_eq!((code, text.contains("group-unproven")), (i32::from(found), found), "{who}: {text}");
    }
}

/// W9, W10: a link of a chat account is checked against the trusted keys, like a vote; one that its person's sign-in does not prove is
/// found.
#[tokio::test]
async fn links_of_accounts() {
    let mut honest = Scenario::account("T1/U1");
    honest.link("alice").await;
    honest.unlink("alice");
    honest.link("bob").await;
    let (code, text) = verify(judged(&honest).path(), &[]);
    assert_eq!(code, 0, "{text}");
    let mut unsigned = Scenario::account("T1/U1");
    unsigned.signer = LocalSigner::seeded([1; 32], Gate::open());
    unsigned.link("alice").await;
    let mut other = Scenario::account("T1/U1");
    let event = other.link_event("mallory", other.link_content("alice")).await;
    other.add_to_account(event);
    let mut stale = Scenario { signed_in: Some(3600), ..Scenario::account("T1/U1") };
    stale.link("alice").await;
    let mut elsewhere = Scenario::account("T1/U1");
    let mut said = elsewhere.link_content("alice");
    said.account.id = "T1/U2".to_owned();
    let event = elsewhere.link_event("alice", said).await;
    elsewhere.add_to_account(event);
    for (code, scenario) in [
        ("envelope-invalid", unsigned),
        ("person-differs", other),
        ("sign-in-not-fresh", stale),
        ("account-differs", elsewhere),
    ] {
        let (exit, text) = verify(judged(&scenario).path(), &[]);
        assert_eq!(exit, 1, "{code}: {text}");
        assert!(text.contains(&format!("({code})")), "{code}: {text}");
    }
}
