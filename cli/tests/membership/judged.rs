//! Votes of Bob, and what `countersign ledger verify` makes of them.

use std::sync::LazyLock;

use bundle_build::Compiled;
use domain::{Event, Proof, Seat, Timestamp, Verdict, VerdictKind};
use serde_json::{Value, json};
use testkit::{SampleRequirement, Scenario, changed_bundle, sample_bundle};

use crate::support::log::{Bucket, download, trust, verify};

pub const MEMBERS: &str = "data-owners: { members: [alice] }";

/// `data-owners` has Alice alone.
pub static WITHOUT: LazyLock<Compiled> = LazyLock::new(sample_bundle);
/// `data-owners` has Bob too.
pub static WITH: LazyLock<Compiled> =
    LazyLock::new(|| changed_bundle("directory.yaml", MEMBERS, "data-owners: { members: [alice, bob] }"));
/// Tokens say who is in `data-owners`.
pub static OPEN: LazyLock<Compiled> =
    LazyLock::new(|| changed_bundle("directory.yaml", MEMBERS, "data-owners: {}"));

/// An export that Bob approves for `data-owners` with proof of his sign-in, and when he did. His token names these groups.
pub async fn approved(token: &[&str]) -> (Scenario, Timestamp) {
    approved_on(token, &[]).await
}

/// The same on the seats of these people.
pub async fn approved_on(token: &[&str], away: &[&str]) -> (Scenario, Timestamp) {
    let mut scenario = Scenario::new("judged later");
    scenario.propose();
    scenario.decide(SampleRequirement::DataOwner);
    let at = scenario.now;
    let verdict = scenario.verdict("bob", token, VerdictKind::Approve, Proof::Idp).await;
    let group = "data-owners".to_owned();
    let seat = |who: &&str| Seat { group: group.clone(), person: scenario.person(who) };
    let (seats, groups) = (away.iter().map(seat).collect(), vec![group.clone()]);
    scenario.add(Event::VerdictGiven(Verdict { groups, seats, ..verdict }));
    (scenario, at)
}

/// A trust file whose directory has this one member of `data-owners`.
pub fn listing(who: &str) -> Value {
    let mut trust = trust();
    let directory = json!([{ "issuer": "http://127.0.0.1:8081", "subject": who, "groups": ["data-owners"] }]);
    trust.as_object_mut().unwrap().insert("directory".to_owned(), directory);
    trust
}

/// What these bundles make of Bob's vote.
pub fn judged(scenario: &Scenario, bucket: &Bucket) -> (i32, String) {
    let folder = download(scenario, false);
    bucket.save(folder.path());
    verify(folder.path(), &[])
}

pub fn clean(found: &(i32, String)) -> bool {
    found.0 == 0 && found.1.starts_with("clean: ")
}

pub fn found(found: &(i32, String), code: &str) -> bool {
    found.0 == 1 && found.1.contains(&format!("({code})"))
}

pub fn unchecked(found: &(i32, String)) -> bool {
    found.0 == 0
        && found.1.contains("(group-unchecked)")
        && found.1.contains("clean, the groups of 1 verdict unchecked: ")
}
