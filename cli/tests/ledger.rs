//! `countersign ledger verify` as an auditor runs it.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be built fails loudly")]

use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use domain::{Event, Proof, Verdict, VerdictKind};
use testkit::written::{follow, write};
use testkit::{Algorithm, Ask, Gate, Issuer, LocalSigner, Story};

/// Runs the command; gives its exit code and what it printed.
fn verify(folder: &Path, more: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    let output = command.args(["ledger", "verify"]).arg(folder).args(more).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// One object per event, as a download of the bucket, with or without the file that says whom to believe.
fn download(story: &Story, trusted: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::create_dir(&log).unwrap();
    let mut objects: Vec<Bytes> = Vec::new();
    for sequence in 1..=story.item.sequence() {
        objects.push(write(&follow(&objects), &[(story, sequence)]));
    }
    for (number, bytes) in objects.iter().enumerate() {
        std::fs::write(log.join(format!("{number:020}")), bytes).unwrap();
    }
    if trusted {
        std::fs::write(folder.path().join("trust.json"), trust()).unwrap();
    }
    folder
}

/// The file that `make up` writes, for the people and the key of the stories.
fn trust() -> String {
    let story = Story::new("trust");
    let issuer = story.issuer.settings();
    let value = serde_json::json!({
        "deployment": testkit::story::DEPLOYMENT,
        "verdict_key": data_encoding::BASE64.encode(story.signer.public_key().as_bytes()),
        "issuers": [{
            "issuer": issuer.issuer, "metadata": issuer.metadata, "audience": issuer.audience,
            "algorithms": issuer.algorithms, "people": true, "person_clients": issuer.person_clients,
            "groups_claim": issuer.groups_claim, "client_claim": null,
        }],
        "pages_client": testkit::story::PAGES_CLIENT,
        "log_retention_days": 1,
    });
    value.to_string()
}

async fn asked() -> Story {
    let mut story = Story::new("attacked");
    story.propose();
    story.decide(Ask::DataOwner);
    story
}

/// An honest log: exit code 0, and one line that says so.
#[tokio::test]
async fn an_honest_log() {
    let story = Story::export("one").await;
    let folder = download(&story, true);
    let (code, text) = verify(folder.path(), &[]);
    assert_eq!(code, 0, "{text}");
    insta::assert_snapshot!(text);
    let (code, text) = verify(folder.path(), &["--action", story.item.id().as_str()]);
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
    let verdict = grouped.verdict("alice", &["nobody"], VerdictKind::Approve, Proof::Idp).await;
    grouped.add(Event::VerdictGiven(Verdict { groups: vec!["data-owners".to_owned()], ..verdict }));
    let mut other = asked().await;
    other.issuer = Issuer::new("http://127.0.0.1:9", Algorithm::EdDsa(7));
    let verdict = other.verdict("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
    other.add(Event::VerdictGiven(verdict));
    for (code, story) in
        [("envelope-invalid", unsigned), ("group-unproven", grouped), ("person-differs", other)]
    {
        let (exit, text) = verify(download(&story, true).path(), &[]);
        assert_eq!(exit, 1, "{text}");
        let first = text.lines().next().unwrap();
        assert!(first.starts_with("object 2, position 4, act_") && first.contains(code), "{text}");
    }
}

/// A group may come from the directory instead, if the auditor's file says so.
#[tokio::test]
async fn a_directory_of_groups() {
    let mut story = asked().await;
    let verdict = story.verdict("alice", &["nobody"], VerdictKind::Approve, Proof::Idp).await;
    story.add(Event::VerdictGiven(Verdict { groups: vec!["data-owners".to_owned()], ..verdict }));
    let folder = download(&story, true);
    let member =
        r#""directory":[{"issuer":"http://127.0.0.1:8081","subject":"alice","groups":["data-owners"]}],"#;
    let file = folder.path().join("with-directory.json");
    std::fs::write(&file, trust().replacen('{', &format!("{{{member}"), 1)).unwrap();
    let (code, text) = verify(folder.path(), &["--trust", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{text}");
}

/// Exit codes: 1 when a byte was changed, 2 when something cannot be checked, 3 when it was asked wrongly.
#[tokio::test]
async fn exit_codes_say_what_happened() {
    let story = Story::export("one").await;
    let folder = download(&story, true);
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
    assert_eq!(verify(download(&story, false).path(), &[]).0, 2, "nobody to believe");
    assert_eq!(verify(tempfile::tempdir().unwrap().path(), &[]).0, 2, "nothing there");
    assert_eq!(verify(&folder.path().join("elsewhere"), &[]).0, 3);
    assert_eq!(verify(folder.path(), &["--action", "act_what"]).0, 3);
    std::fs::write(folder.path().join("trust.json"), "{}").unwrap();
    assert_eq!(verify(folder.path(), &[]).0, 2, "a trust file that says nothing");
}
