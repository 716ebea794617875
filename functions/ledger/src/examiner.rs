//! One new event before it is recorded: its time, its documents, its signatures, against keys fetched here.

use domain::{Digest, Event, Fault, KeyRef, Membership, State, Timestamp, Verdict};
use identity::{Invalid, VerdictContext, VerdictDocuments, unverified_key_ref, verdict_holds};
use ledger::evidence::{DocumentsByDigest, Rejection, agrees, published, sealed};
use ledger::{ComposeError, record};
use serde_json::Value;
use store::DocumentFault;
use wire::documents::{Document, IdTokenProof, Request, SealedPayload};
use wire::record::Record;
use wire::{Entry, Item};

use crate::handler::Ledger;
use crate::memory::{Lookup, Memory};
use crate::stream::StreamRecord;
use crate::unit::Unit;

/// How far an event's time may be from the stream's own, in seconds.
const TOLERANCE: i64 = 300;
/// Milliseconds that all issuers together may take in one batch. Whoever was not asked by then is asked in a later one.
const PATIENCE: i64 = 15_000;

/// Seconds for which an issuer that did not answer is not asked again.
const SILENT: i64 = 55;

type Examined<T> = Result<Result<T, Rejection>, Fault>;

/// Hands an rejection on as the answer, and a fault as the failure.
macro_rules! object {
    ($examined:expr) => {
        match $examined {
            Ok(value) => value,
            Err(rejection) => return Ok(Err(rejection)),
        }
    };
}

impl Ledger {
    /// What records the item's event with this place, or why it may not stand.
    pub(crate) async fn examine(
        &self,
        item: &Item,
        sequence: u32,
        image: &StreamRecord,
        memory: &mut Memory,
    ) -> Examined<Unit> {
        let before = sequence.saturating_sub(1);
        let entry = usize::try_from(before).ok().and_then(|place| item.entries().get(place));
        let (entry, state) =
            entry.zip(item.state_at(before)).ok_or_else(|| Fault::lasting("no such event"))?;
        object!(timely(entry, image));
        let documents = object!(self.documents(&entry.event, memory).await?);
        let asked = object!(self.asked(&state, &entry.event, memory).await?);
        object!(agrees(item.id(), &state, &entry.event, &documents, asked.as_ref()));
        object!(self.ties(item, &state, &entry.event, memory).await?);
        let mut records: Vec<Record> = Vec::new();
        if let Event::Proposed { token_key, .. } = &entry.event {
            let (jwk, at) = object!(self.key(token_key, memory).await?);
            records.push(record::key(token_key, jwk, at));
        }
        if let Some(verdict) = entry.event.verdict() {
            let impossible = || Rejection::new("impossible-event", "there was nothing to vote on");
            let scope = entry.event.suspends();
            let suspending = scope.map(|scope| scope.matter(&verdict.groups));
            let review = object!(suspending.as_ref().or(state.review()).ok_or_else(impossible));
            let context = VerdictContext {
                deployment: &self.config.deployment,
                action: item.id(),
                review,
                scope,
                verdict,
                committed_at: entry.at,
                verdict_key: &self.config.verdict_key,
                issuers: self.capabilities.verifier.issuers(),
                pages_client: &self.config.pages_client,
            };
            if scope.is_some() {
                object!(self.may_suspend_in_force(verdict, entry.at).await?);
            }
            records.extend(object!(self.verdict(&context, &documents, memory).await?));
        }
        records.extend(record::event(item, sequence));
        let documents: Vec<Document> =
            published(&entry.event).iter().filter_map(|digest| documents.get(digest).cloned()).collect();
        let unit = Unit::new(&records, &documents);
        let malformed = |error: ComposeError| Rejection::new("document-malformed", error.to_string());
        let large =
            || Rejection::new("too-large", "the event and its documents fit into no object of the log");
        Ok(unit.map_err(malformed).and_then(|unit| if unit.fits() { Ok(unit) } else { Err(large()) }))
    }

    /// Only somebody of a group that may suspend things suspends anything; each group they speak for is one.
    async fn may_suspend_in_force(&self, verdict: &Verdict, at: Timestamp) -> Examined<()> {
        let may = self.may_suspend(at).await?;
        let outsider = verdict.groups.iter().any(|group| !may.contains(group));
        let invalid = Invalid::NotAnApprover;
        Ok(if outsider { Err(Rejection::new(invalid.code(), invalid.to_string())) } else { Ok(()) })
    }

    /// Every document the event names; the sealed payload must be there too, though it stays where it is.
    async fn documents(&self, event: &Event, memory: &mut Memory) -> Examined<DocumentsByDigest> {
        let mut found = DocumentsByDigest::new();
        for digest in event.documents() {
            match self.document(digest, memory).await? {
                Lookup::There(document) => {
                    found.insert(digest, document);
                }
                Lookup::Absent => {
                    return Ok(Err(Rejection::new("document-missing", format!("{digest} is not there"))));
                }
                Lookup::Mismatch => {
                    let detail = format!("other bytes stand under {digest}");
                    return Ok(Err(Rejection::new("document-mismatch", detail)));
                }
            }
        }
        if let Some(payload) = sealed(event) {
            let opened = found.get(&payload).map(Document::open::<SealedPayload>);
            if !matches!(opened, Some(Ok(_))) {
                let detail = format!("{payload} is no sealed payload");
                return Ok(Err(Rejection::new("document-malformed", detail)));
            }
        }
        Ok(Ok(found))
    }

    /// The request that a change continues.
    async fn asked(&self, before: &State, event: &Event, memory: &mut Memory) -> Examined<Option<Request>> {
        let (Event::Modified { .. }, Some(proposal)) = (event, before.proposal()) else {
            return Ok(Ok(None));
        };
        let Lookup::There(document) = self.document(proposal.request, memory).await? else {
            let detail = format!("{}, which is changed, is not there", proposal.request);
            return Ok(Err(Rejection::new("document-missing", detail)));
        };
        let malformed = |_| Rejection::new("document-malformed", "what is changed is no request");
        Ok(document.open().map(Some).map_err(malformed))
    }

    pub(crate) async fn document(&self, digest: Digest, memory: &mut Memory) -> Result<Lookup, Fault> {
        if let Some(known) = memory.documents.get(&digest) {
            return Ok(known.clone());
        }
        let found = match self.capabilities.documents.document(digest).await {
            Ok(Some(document)) => Lookup::There(document),
            Ok(None) => Lookup::Absent,
            Err(DocumentFault::Mismatch(_)) => Lookup::Mismatch,
            Err(DocumentFault::Fault(fault)) => return Err(fault),
        };
        memory.documents.insert(digest, found.clone());
        Ok(found)
    }

    /// The key with this id, as its issuer gives it now, and when that was. An issuer that does not answer is asked once
    /// in a batch, so that it costs one time-out whatever it is needed for.
    async fn key(&self, key: &KeyRef, memory: &mut Memory) -> Examined<(Value, Timestamp)> {
        if !memory.keys.contains_key(key) {
            if let Some(fault) = memory.silent.get(&key.issuer) {
                return Err(fault.clone());
            }
            if memory.waited >= PATIENCE {
                return Err(Fault::passing("issuers took too long; this one was not asked"));
            }
            let now = self.capabilities.clock.now();
            let found = self.ask(key, now).await;
            memory.waited += self.capabilities.clock.now().millis().saturating_sub(now.millis()).max(0);
            let found = found.inspect_err(|fault| {
                memory.silent.insert(key.issuer.clone(), fault.clone());
            })?;
            memory.keys.insert(key.clone(), (found, now));
        }
        let unknown = || Rejection::new("key-unknown", "the issuer has no key with this id");
        let found = memory.keys.get(key).and_then(|(jwk, at)| Some((jwk.clone()?, *at)));
        Ok(found.ok_or_else(unknown))
    }

    /// Asks the issuer, unless it did not answer a moment ago: while it is let alone, the time of other batches is for those
    /// who were not asked yet.
    async fn ask(&self, key: &KeyRef, now: Timestamp) -> Result<Option<Value>, Fault> {
        let until = self.silent.lock().await.get(&key.issuer).copied();
        if until.is_some_and(|until| now < until && until <= now.plus_seconds(SILENT)) {
            return Err(Fault::passing("the issuer did not answer a moment ago"));
        }
        let found = self.capabilities.verifier.key(key, now).await;
        let mut silent = self.silent.lock().await;
        match &found {
            Ok(_) => silent.remove(&key.issuer),
            Err(_) => silent.insert(key.issuer.clone(), now.plus_seconds(SILENT)),
        };
        found
    }

    /// The key records a verdict needs, if it holds.
    async fn verdict(
        &self,
        context: &VerdictContext<'_>,
        documents: &DocumentsByDigest,
        memory: &mut Memory,
    ) -> Examined<Vec<Record>> {
        let Verdict { statement, envelope, proof_document, .. } = context.verdict;
        let missing = || Rejection::new("document-missing", "a verdict's document is not there");
        let statement = object!(documents.get(statement).ok_or_else(missing));
        let envelope = object!(documents.get(envelope).ok_or_else(missing));
        let proof = proof_document.as_ref().and_then(|digest| documents.get(digest));
        let mut records = Vec::new();
        let mut proof_key = None;
        if let Some(proof) = proof {
            let key = object!(named_key(proof));
            let (jwk, at) = object!(self.key(&key, memory).await?);
            records.push(record::key(&key, jwk.clone(), at));
            proof_key = Some(jwk);
        }
        let given = VerdictDocuments { statement, envelope, proof, proof_key: proof_key.as_ref() };
        // What does not hold whatever the directory says, or speaks for no group, needs no directory.
        let mut holds = verdict_holds(context, &given, &Membership::as_spoken(context.verdict));
        if holds.is_ok() && !context.verdict.groups.is_empty() {
            let memberships = self.memberships(&context.verdict.person, context.committed_at).await?;
            let by_each = memberships.iter().map(|membership| verdict_holds(context, &given, membership));
            holds = by_each.reduce(Result::or).unwrap_or(Err(Invalid::UnprovenGroup));
        }
        Ok(holds.map(|()| records).map_err(|invalid| Rejection::new(invalid.code(), invalid.to_string())))
    }
}

fn named_key(proof: &Document) -> Result<KeyRef, Rejection> {
    let malformed = |_| Rejection::new("document-malformed", "the proof is no ID token");
    let token: IdTokenProof = proof.open().map_err(malformed)?;
    unverified_key_ref(&token.id_token).map_err(|invalid| Rejection::new(invalid.code(), invalid.to_string()))
}

/// An event written by this very write has the stream's time. One that stood there before, and comes only now because
/// the stream lost it, can be as old as it likes, but never from the future.
fn timely(entry: &Entry, image: &StreamRecord) -> Result<(), Rejection> {
    let latest = image.at.plus_seconds(TOLERANCE);
    let earliest = image.at.plus_seconds(-TOLERANCE);
    let written_now = entry.sequence > image.kept;
    if entry.at > latest || (written_now && entry.at < earliest) {
        return Err(Rejection::new("time-implausible", "the event's time is not that of its write"));
    }
    Ok(())
}
