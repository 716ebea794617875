//! Log objects as an honest ledger writes them.

use std::collections::BTreeSet;

use bytes::Bytes;
use domain::{Digest, Event, KeyRef, Rejection, Timestamp};
use identity::unverified_key_ref;
use ledger::evidence::published;
use ledger::verify::{CheckVerdict, GroupCheck, LinkEvidence, VerdictEvidence};
use ledger::{LineBytes, Tail, document_line, record, record_line};
use wire::AnyItem;
use wire::documents::{Document, IdTokenProof};
use wire::record::Record;

use crate::Scenario;

/// Believes every verdict: what proves one is another test's matter.
#[derive(Debug, Clone, Copy)]
pub struct Believe;

impl CheckVerdict for Believe {
    fn verdict(&self, _: &VerdictEvidence<'_>) -> Result<GroupCheck, Rejection> {
        Ok(GroupCheck::Proven)
    }

    fn link(&self, _: &LinkEvidence<'_>) -> Result<(), Rejection> {
        Ok(())
    }

    fn proof_key(&self, proof: &Document) -> Option<KeyRef> {
        unverified_key_ref(&proof.open::<IdTokenProof>().ok()?.id_token).ok()
    }
}

/// The object that continues the log with these events of these scenarios, their keys and their documents.
///
/// # Panics
/// When a scenario has no such event, or the object is too large.
#[must_use]
pub fn write(tail: &Tail, events: &[(&Scenario, u32)]) -> Bytes {
    let (mut records, mut documents) = (Vec::new(), Vec::new());
    let mut named = BTreeSet::new();
    for (scenario, sequence) in events {
        let item = scenario.any();
        let key = key_of(scenario, &item, *sequence);
        records.extend(key.map(|key| line(&record::key(&key, scenario.issuer.jwk(), scenario.now))));
        records.extend(record::event(&item, *sequence).map(|record| line(&record)));
        let published = published_of(&item, *sequence).into_iter().filter(|digest| named.insert(*digest));
        documents.extend(published.filter_map(|digest| document_line(scenario.documents.get(&digest)?).ok()));
    }
    compose(tail, &records, &documents)
}

/// The object that continues the log with these records alone.
///
/// # Panics
/// When there are none or too many.
#[must_use]
pub fn write_records(tail: &Tail, records: &[Record]) -> Bytes {
    compose(tail, &records.iter().map(line).collect::<Vec<_>>(), &[])
}

/// The log that holds these objects one after the other, and where it ends.
///
/// # Panics
/// When one of them is of an unknown version.
#[must_use]
#[expect(clippy::expect_used, reason = "an object we wrote ourselves has a known version")]
pub fn follow(objects: &[Bytes]) -> Tail {
    let step = |tail: Tail, bytes: &Bytes| tail.follow(bytes).expect("a known version").0;
    objects.iter().fold(Tail::default(), step)
}

/// The record of a violation, for tests that need one.
#[must_use]
pub fn violation(scenario: &Scenario, sequence: u32, at: Timestamp) -> Record {
    record::violation(scenario.item.id().as_str(), sequence, "chain-differs", "seen by a test".to_owned(), at)
}

#[expect(clippy::expect_used, reason = "a record that cannot be written must fail the test loudly")]
fn line(record: &Record) -> LineBytes {
    record_line(record).expect("a record has a canonical form")
}

#[expect(clippy::expect_used, reason = "an object that cannot be written must fail the test loudly")]
fn compose(tail: &Tail, records: &[LineBytes], documents: &[LineBytes]) -> Bytes {
    tail.compose(records, documents).expect("the object fits")
}

#[expect(clippy::expect_used, reason = "a scenario without that event must fail the test loudly")]
fn published_of(item: &AnyItem, sequence: u32) -> Vec<Digest> {
    match item {
        AnyItem::Action(item) => published(&item.entry(sequence).expect("the scenario has that event").event),
        AnyItem::Suspensions(_) | AnyItem::Account(_) => item.documents(sequence),
    }
}

fn key_of(scenario: &Scenario, item: &AnyItem, sequence: u32) -> Option<KeyRef> {
    let event = item.action().and_then(|item| item.entry(sequence)).map(|entry| &entry.event);
    if let Some(Event::Proposed { token_key, .. }) = event {
        return Some(token_key.clone());
    }
    let link = item.account().and_then(|account| account.entry(sequence)).map(|entry| &entry.event);
    let proof = match link {
        Some(link) => link.link(scenario.now)?.1.id_token,
        None => item.verdict(sequence)?.proof_document?,
    };
    let proof: IdTokenProof = scenario.documents.get(&proof)?.open().ok()?;
    unverified_key_ref(&proof.id_token).ok()
}
