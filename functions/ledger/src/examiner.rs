//! Examines one new event before it is recorded: its time, its documents, its signatures, against keys fetched here.

use domain::{
    ActionId, Digest, Event, Fault, KeyRef, Membership, Rejection, Scope, State, SuspensionEvent, Timestamp,
    Verdict, VerdictSubject,
};
use identity::{Invalid, VerdictContext, VerdictDocuments, unverified_key_ref, verdict_holds};
use ledger::evidence::{DocumentsByDigest, agrees, published, sealed, suspension_agrees};
use ledger::{ComposeError, record};
use serde_json::Value;
use store::DocumentFault;
use wire::documents::{Document, IdTokenProof, Request, SealedPayload};
use wire::record::Record;
use wire::{AnyItem, Item, SuspensionItem};

use crate::batch::Batch;
use crate::error::ExamineError;
use crate::handler::Ledger;
use crate::memory::Lookup;
use crate::stream::StreamRecord;
use crate::unit::Unit;

/// Seconds that an event's time may differ from the stream's own.
const TOLERANCE: i64 = 300;
/// Milliseconds that all issuers together may take in one batch. An issuer that was not asked by then is asked in a later
/// batch.
const KEY_WAIT: i64 = 15_000;

/// Seconds for which an issuer that did not answer is not asked again.
const SILENT: i64 = 55;

impl Batch<'_> {
    /// The unit that records the item's event with this place, or why it may not be recorded.
    pub(crate) async fn examine(
        &mut self,
        item: &AnyItem,
        sequence: u32,
        image: &StreamRecord,
    ) -> Result<Unit, ExamineError> {
        let at = item.at(sequence).ok_or_else(|| Fault::lasting("no such event"))?;
        timely(sequence, at, image)?;
        let documents = self.documents(item, sequence).await?;
        let mut records = match item {
            AnyItem::Action(action) => self.examine_action(action, sequence, &documents).await?,
            AnyItem::Suspensions(list) => self.examine_suspensions(list, sequence, &documents).await?,
            AnyItem::Account(account) => self.examine_account(account, sequence, &documents).await?,
        };
        records.extend(record::event(item, sequence));
        let named = match item.action().and_then(|action| action.entry(sequence)) {
            Some(entry) => published(&entry.event),
            None => item.documents(sequence),
        };
        let documents: Vec<Document> =
            named.iter().filter_map(|digest| documents.get(digest).cloned()).collect();
        let malformed = |error: ComposeError| Rejection::new("document-malformed", error.to_string());
        let unit = Unit::new(&records, &documents).map_err(malformed)?;
        if unit.fits() {
            return Ok(unit);
        }
        let detail = "the event and its documents fit into no object of the log";
        Err(Rejection::new("too-large", detail).into())
    }

    /// The key records that the action's event needs, if the event may be recorded.
    async fn examine_action(
        &mut self,
        item: &Item,
        sequence: u32,
        documents: &DocumentsByDigest,
    ) -> Result<Vec<Record>, ExamineError> {
        let state = item.state_at(sequence.saturating_sub(1));
        let (entry, state) =
            item.entry(sequence).zip(state).ok_or_else(|| Fault::lasting("no such event"))?;
        let asked = self.asked(&state, &entry.event).await?;
        agrees(item.id(), &state, &entry.event, documents, asked.as_ref())?;
        self.ties(item, &state, &entry.event).await?;
        let mut records: Vec<Record> = Vec::new();
        if let Event::Proposed { token_key, .. } = &entry.event {
            let (jwk, at) = self.key(token_key).await?;
            records.push(record::key(token_key, jwk, at));
        }
        if let Some(verdict) = entry.event.verdict() {
            let impossible = || Rejection::new("impossible-event", "there was nothing to vote on");
            let subject = state.review().ok_or_else(impossible)?.subject(verdict);
            let context = self.ledger.context(item.id(), (&subject, None), verdict, entry.at);
            records.extend(self.verdict(&context, documents).await?);
        }
        Ok(records)
    }

    /// The key records that the suspension list's event needs, if the event may be recorded. Whether a resume is what an
    /// approved action was to do is asked before (`founded`).
    async fn examine_suspensions(
        &mut self,
        list: &SuspensionItem,
        sequence: u32,
        documents: &DocumentsByDigest,
    ) -> Result<Vec<Record>, ExamineError> {
        let entry = list.entry(sequence).ok_or_else(|| Fault::lasting("no such event"))?;
        suspension_agrees(&entry.event, documents)?;
        let SuspensionEvent::Suspended { scope, verdict } = &entry.event else { return Ok(Vec::new()) };
        self.groups_may_suspend(verdict, entry.at).await?;
        let subject = scope.subject(verdict);
        let context = self.ledger.context(list.id(), (&subject, Some(scope)), verdict, entry.at);
        self.verdict(&context, documents).await
    }

    /// Only somebody of a group that may suspend things suspends anything; each group they speak for is one.
    async fn groups_may_suspend(&self, verdict: &Verdict, at: Timestamp) -> Result<(), ExamineError> {
        let may = self.ledger.may_suspend(at).await?;
        let outsider = verdict.groups.iter().any(|group| !may.contains(group));
        let invalid = Invalid::NotAnApprover;
        if outsider {
            return Err(Rejection::new(invalid.code(), invalid.to_string()).into());
        }
        Ok(())
    }

    /// Every document the event names; the sealed payload must be there too, though it stays where it is.
    async fn documents(&mut self, item: &AnyItem, sequence: u32) -> Result<DocumentsByDigest, ExamineError> {
        let mut found = DocumentsByDigest::new();
        for digest in item.documents(sequence) {
            match self.document(digest).await? {
                Lookup::There(document) => {
                    found.insert(digest, document);
                }
                Lookup::Absent => {
                    let detail = format!("{digest} is not there");
                    return Err(Rejection::new("document-missing", detail).into());
                }
                Lookup::Mismatch => {
                    let detail = format!("other bytes stand under {digest}");
                    return Err(Rejection::new("document-mismatch", detail).into());
                }
            }
        }
        let entry = item.action().and_then(|action| action.entry(sequence));
        if let Some(payload) = entry.and_then(|entry| sealed(&entry.event)) {
            let opened = found.get(&payload).map(Document::open::<SealedPayload>);
            if !matches!(opened, Some(Ok(_))) {
                let detail = format!("{payload} is no sealed payload");
                return Err(Rejection::new("document-malformed", detail).into());
            }
        }
        Ok(found)
    }

    /// The request that a change continues.
    async fn asked(&mut self, before: &State, event: &Event) -> Result<Option<Request>, ExamineError> {
        let (Event::Modified { .. }, Some(proposal)) = (event, before.proposal()) else {
            return Ok(None);
        };
        let Lookup::There(document) = self.document(proposal.request).await? else {
            let detail = format!("{}, which is changed, is not there", proposal.request);
            return Err(Rejection::new("document-missing", detail).into());
        };
        let malformed = |_| Rejection::new("document-malformed", "what is changed is no request");
        Ok(Some(document.open().map_err(malformed)?))
    }

    pub(crate) async fn document(&mut self, digest: Digest) -> Result<Lookup, Fault> {
        if let Some(known) = self.memory.documents.get(&digest) {
            return Ok(known.clone());
        }
        let found = match self.ledger.capabilities.documents.document(digest).await {
            Ok(Some(document)) => Lookup::There(document),
            Ok(None) => Lookup::Absent,
            Err(DocumentFault::Mismatch(_)) => Lookup::Mismatch,
            Err(DocumentFault::Fault(fault)) => return Err(fault),
        };
        self.memory.documents.insert(digest, found.clone());
        Ok(found)
    }

    /// The key with this id, as its issuer gives it now, and when that was. An issuer that does not answer is asked once in a
    /// batch, so that it costs one time-out however many events need it.
    pub(crate) async fn key(&mut self, key: &KeyRef) -> Result<(Value, Timestamp), ExamineError> {
        if !self.memory.keys.contains_key(key) {
            if let Some(fault) = self.memory.silent.get(&key.issuer) {
                return Err(fault.clone().into());
            }
            if self.memory.waited >= KEY_WAIT {
                return Err(Fault::passing("issuers took too long; this one was not asked").into());
            }
            let now = self.ledger.capabilities.clock.now();
            let answer = self.ask(key, now).await;
            self.memory.waited +=
                self.ledger.capabilities.clock.now().millis().saturating_sub(now.millis()).max(0);
            let found = answer.inspect_err(|fault| {
                self.memory.silent.insert(key.issuer.clone(), fault.clone());
            })?;
            self.memory.keys.insert(key.clone(), (found, now));
        }
        let unknown = || Rejection::new("key-unknown", "the issuer has no key with this id");
        let found = self.memory.keys.get(key).and_then(|(jwk, at)| Some((jwk.clone()?, *at)));
        Ok(found.ok_or_else(unknown)?)
    }

    /// Asks the issuer, unless it did not answer a moment ago. Other batches then have their time for issuers that were not
    /// asked yet.
    async fn ask(&self, key: &KeyRef, now: Timestamp) -> Result<Option<Value>, Fault> {
        let until = self.ledger.silent.lock().await.get(&key.issuer).copied();
        if until.is_some_and(|until| now < until && until <= now.plus_seconds(SILENT)) {
            return Err(Fault::passing("the issuer did not answer a moment ago"));
        }
        let found = self.ledger.capabilities.verifier.key(key, now).await;
        let mut silent = self.ledger.silent.lock().await;
        match &found {
            Ok(_) => silent.remove(&key.issuer),
            Err(_) => silent.insert(key.issuer.clone(), now.plus_seconds(SILENT)),
        };
        found
    }

    /// The key records a verdict needs, if it holds.
    async fn verdict(
        &mut self,
        context: &VerdictContext<'_>,
        documents: &DocumentsByDigest,
    ) -> Result<Vec<Record>, ExamineError> {
        let Verdict { statement, envelope, proof_document, .. } = context.verdict;
        let missing = || Rejection::new("document-missing", "a verdict's document is not there");
        let statement = documents.get(statement).ok_or_else(missing)?;
        let envelope = documents.get(envelope).ok_or_else(missing)?;
        let proof = proof_document.as_ref().and_then(|digest| documents.get(digest));
        let mut records = Vec::new();
        let mut proof_key = None;
        if let Some(proof) = proof {
            let key = named_key(proof)?;
            let (jwk, at) = self.key(&key).await?;
            records.push(record::key(&key, jwk.clone(), at));
            proof_key = Some(jwk);
        }
        let given = VerdictDocuments { statement, envelope, proof, proof_key: proof_key.as_ref() };
        // A verdict that fails without the directory, or that speaks for no group, needs no directory.
        let mut holds = verdict_holds(context, &given, &Membership::as_spoken(context.verdict));
        if holds.is_ok() && !context.verdict.groups.is_empty() {
            let memberships = self.ledger.memberships(&context.verdict.person, context.committed_at).await?;
            let by_each = memberships.iter().map(|membership| verdict_holds(context, &given, membership));
            holds = by_each.reduce(Result::or).unwrap_or(Err(Invalid::UnprovenGroup));
        }
        holds.map_err(|invalid| Rejection::new(invalid.code(), invalid.to_string()))?;
        Ok(records)
    }
}

pub(crate) fn named_key(proof: &Document) -> Result<KeyRef, Rejection> {
    let malformed = |_| Rejection::new("document-malformed", "the proof is no ID token");
    let token: IdTokenProof = proof.open().map_err(malformed)?;
    unverified_key_ref(&token.id_token).map_err(|invalid| Rejection::new(invalid.code(), invalid.to_string()))
}

/// An event that this write added must have the stream's time. An event that was there before, and comes only now because the
/// stream lost it, may be of any age, but not from the future.
fn timely(sequence: u32, at: Timestamp, image: &StreamRecord) -> Result<(), Rejection> {
    let latest = image.at.plus_seconds(TOLERANCE);
    let earliest = image.at.plus_seconds(-TOLERANCE);
    let written_now = sequence > image.kept;
    if at > latest || (written_now && at < earliest) {
        return Err(Rejection::new("time-implausible", "the event's time is not that of its write"));
    }
    Ok(())
}

impl Ledger {
    fn context<'a>(
        &'a self,
        action: &'a ActionId,
        (subject, scope): (&'a VerdictSubject<'a>, Option<&'a Scope>),
        verdict: &'a Verdict,
        committed_at: Timestamp,
    ) -> VerdictContext<'a> {
        VerdictContext {
            deployment: &self.config.deployment,
            action,
            subject,
            scope,
            verdict,
            committed_at,
            verdict_key: &self.config.verdict_key,
            issuers: self.capabilities.verifier.issuers(),
            pages_client: &self.config.pages_client,
        }
    }
}
