//! Votes that nobody but the voter sees before it is decided, at the door of agents.

#![expect(clippy::unwrap_used, reason = "a test's helper functions fail loudly")]

mod door;

use domain::{Digest, Event, Proof, VerdictKind};
use door::told::{add, decided, indexed};
use door::{Answer, Door, export};
use serde_json::json;
use store::{IndexRow, Position, WriteIndex};
use testkit::{SampleRequirement, Scenario};

/// Bob of sre approves it.
async fn approves(door: &Door, answer: &Answer, subject: &str) {
    let mut scenario = Scenario::new("told");
    let verdict = scenario.verdict(subject, &["sre"], VerdictKind::Approve, Proof::Service).await;
    for (digest, document) in &scenario.documents {
        door.documents.forge(*digest, document.body());
    }
    add(door, &answer.id(), Event::VerdictGiven(verdict)).await;
}

/// Every event has its record.
async fn recorded(door: &Door, answer: &Answer) {
    let item = door.item(&answer.id()).await.unwrap();
    for entry in item.entries() {
        let position = Position {
            position: 40 + u64::from(entry.sequence),
            object: 1,
            kind: entry.event.kind().to_owned(),
            sequence: entry.sequence,
            at: entry.at,
            digest: Digest::of(entry.line.as_bytes()),
            tried: None,
            history_entry: None,
        };
        let row = IndexRow { sequence: entry.sequence, ..IndexRow::blank(item.id(), entry.at, 1) };
        door.index.apply(&position, &row).await.unwrap();
    }
}

/// E16: a hidden vote changes nothing of what the agent, an auditor, or another who is asked reads: neither verdicts nor counts,
/// neither the message nor the tag, neither lists nor records. The voter sees their own; once it is decided all do.
#[tokio::test]
async fn a_hidden_vote_is_seen_by_nobody_else() {
    let auditors = "auditors: { members: [ines] }";
    let door = Door::edited("directory.yaml", "auditors: { members: [] }", auditors).await;
    let answer = door.propose("key-1", &export()).await;
    add(&door, &answer.id(), decided(&door, SampleRequirement::TwoBlind)).await;
    indexed(&door, &answer, &["sre"], &[]).await;
    recorded(&door, &answer).await;
    let readers =
        [door.agent(), door.person("ines", &[]), door.person("carol", &[]), door.person("dana", &[])];
    let path = format!("/v1/actions/{}", answer.id());
    let paths = [path.clone(), format!("{path}/records"), "/v1/actions".to_owned(), "/v1/grants".to_owned()];
    let read = async || {
        let mut seen = Vec::new();
        for token in &readers {
            for path in &paths {
                let answer = door.get(path, token).await;
                seen.push((path.clone(), answer.header("etag").map(str::to_owned), answer.text));
            }
        }
        seen
    };
    let before = read().await;
    approves(&door, &answer, "bob").await;
    recorded(&door, &answer).await;
    assert_eq!(read().await, before);
    let own = door.get(&path, &door.person("bob", &[])).await.body;
    assert_eq!(
        (&own["verdicts"][0]["person"]["subject"], &own["votes_hidden"]),
        (&json!("bob"), &json!(true))
    );
    assert_eq!(own["requirements"][0]["given"], 1);
    approves(&door, &answer, "carol").await;
    recorded(&door, &answer).await;
    let after = door.get(&path, &door.agent()).await.body;
    assert_eq!((&after["status"], after["verdicts"].as_array().map(Vec::len)), (&json!("approved"), Some(2)));
    let records = door.get(&paths[1], &door.agent()).await.body;
    assert_eq!(records.to_string().matches("verdict_given").count(), 2, "{records}");
}
