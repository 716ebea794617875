//! Step 4: every verdict that counts is checked from its own documents: signature, digests, person, group and proof. Then
//! they are counted.

use bundle::{Bundle, InForce};
use domain::{Event, Fault, RequesterSet, Review, Speaker, Verdict, VerdictKind};
use identity::{VerdictContext, VerdictDocuments, unverified_key_ref, verdict_holds};
use serde_json::Value;
use wire::documents::{Document, IdTokenProof};
use wire::{Entry, Item};

use super::record;
use crate::Execution;
use crate::error::ExecutionError;

/// By what a verdict is judged.
#[derive(Clone, Copy)]
pub(super) struct VerdictRules<'a> {
    /// Whoever belongs to it can never approve.
    pub(super) requester: &'a RequesterSet,
    /// The bundle in force, whose directory says who is in which group.
    pub(super) bundle: &'a Bundle,
}

impl Execution {
    pub(crate) async fn people(
        &self,
        item: &Item,
        review: &Review,
        requester: &RequesterSet,
        in_force: &InForce,
    ) -> Result<(), ExecutionError> {
        if self.capabilities.clock.now() >= review.proposal.expires_at {
            return Err(ExecutionError::Superseded);
        }
        let rules = VerdictRules { requester, bundle: &in_force.bundle };
        for entry in counting(item) {
            if let Event::VerdictGiven(verdict) = &entry.event {
                self.verdict(item, entry, verdict, rules).await?;
            }
        }
        let asked = &review.decision.requirements;
        if !asked.is_empty() && !review.met() && review.emergency.is_none() {
            return Err(ExecutionError::rejection("verdict-invalid", "fewer people agreed than are needed"));
        }
        Ok(())
    }

    /// One verdict, as of the state it was given on.
    pub(super) async fn verdict(
        &self,
        item: &Item,
        entry: &Entry,
        verdict: &Verdict,
        rules: VerdictRules<'_>,
    ) -> Result<(), ExecutionError> {
        let nothing = || ExecutionError::evidence("chain-differs", "a verdict on nothing");
        let state_before = item.state_at(entry.sequence.saturating_sub(1)).ok_or_else(nothing)?;
        let before = state_before.review().ok_or_else(nothing)?;
        let (statement, envelope) =
            (self.document(verdict.statement).await?, self.document(verdict.envelope).await?);
        let proof = match verdict.proof_document {
            Some(digest) => Some(self.document(digest).await?),
            None => None,
        };
        let proof_key = match &proof {
            Some(proof) => Some(self.recorded_key(item, entry, proof).await?),
            None => None,
        };
        may_say(rules.requester, verdict)?;
        let context = VerdictContext {
            deployment: &self.config.deployment,
            action: item.id(),
            subject: &before.subject(verdict),
            scope: None,
            verdict,
            committed_at: entry.at,
            verdict_key: &self.config.verdict_key,
            issuers: &self.config.issuers,
            pages_client: &self.config.pages_client,
        };
        let (proof, proof_key) = (proof.as_ref(), proof_key.as_ref());
        let documents = VerdictDocuments { statement: &statement, envelope: &envelope, proof, proof_key };
        // F17: the directory in force now decides, so that whoever left a group since no longer counts for it.
        verdict_holds(&context, &documents, &rules.bundle.membership(&verdict.person, entry.at))
            .map_err(|error| invalid(error.code()))
    }

    async fn document(&self, digest: domain::Digest) -> Result<Document, ExecutionError> {
        let document = self.capabilities.documents.document(digest).await?;
        document.ok_or_else(|| ExecutionError::evidence("document-missing", digest.to_string()))
    }

    /// The key of an ID token as ledger fetched it seconds after the vote, from the locked object with the vote's record.
    async fn recorded_key(
        &self,
        item: &Item,
        entry: &Entry,
        proof: &Document,
    ) -> Result<Value, ExecutionError> {
        let proof: IdTokenProof = proof.open().map_err(|_| invalid("document-differs"))?;
        let key_ref = unverified_key_ref(&proof.id_token).map_err(|error| invalid(error.code()))?;
        let positions = self.capabilities.index.positions(item.id()).await?;
        let position =
            positions.iter().find(|one| one.kind == entry.event.kind() && one.sequence == entry.sequence);
        let position = position.ok_or_else(|| Fault::passing("a verdict is not indexed yet"))?;
        let object = self.locked(position.object, entry.at).await?;
        record::stands(&object, item, entry.sequence)?;
        let key = object.key(&key_ref).cloned();
        key.ok_or_else(|| {
            ExecutionError::evidence(
                "key-not-recorded",
                "the key of an ID token is not recorded before its verdict",
            )
        })
    }
}

/// The verdicts of the present revision: those after its decision.
fn counting(item: &Item) -> impl Iterator<Item = &Entry> {
    let decided = item.entries().iter().rposition(|entry| matches!(entry.event, Event::Decided { .. }));
    item.entries().iter().skip(decided.unwrap_or(0))
}

/// P5: nobody decides on their own request, neither themselves nor through somebody who stands in for them. Only a
/// confirmation comes from the requester set, and only from a human whom the agent's own token names.
fn may_say(requester: &RequesterSet, verdict: &Verdict) -> Result<(), ExecutionError> {
    match verdict.kind {
        VerdictKind::Confirm if requester.humans.contains(&verdict.person) => Ok(()),
        VerdictKind::Confirm => Err(invalid("not-an-approver")),
        _ if Speaker::from(verdict).everybody().any(|who| requester.contains(who)) => {
            Err(invalid("own-request"))
        }
        _ => Ok(()),
    }
}

fn invalid(check: &str) -> ExecutionError {
    ExecutionError::rejection("verdict-invalid", format!("a verdict does not hold ({check})"))
}
