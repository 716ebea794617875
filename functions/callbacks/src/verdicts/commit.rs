//! Commits one verdict: its documents first, then one conditional write of the item.

use data_encoding::BASE64;
use domain::{
    ActionId, Event, GrantTerms, Membership, Proof, ResolvedBy, Review, Scope, Seating, State, Timestamp,
    Verdict, VerdictSubject,
};
use identity::{VerdictContext, VerdictDocuments, verdict_holds};
use runtime::Code;
use serde_json::Value;
use store::{Extended, StateError};
use wire::Item;
use wire::documents::{Document, DocumentKind, Envelope, UnsignedEnvelope};
use wire::patch::touched;

use super::check::{CheckedVerdict, VerdictRequest, check_verdict};
use super::review_context::ReviewContext;
use crate::app::Callbacks;
use crate::refusal::{RequestRejection, code_of};

/// How often a write is tried when other writes come in between.
pub(crate) const TRIES: u32 = 5;

/// A verdict that lacks only its envelope.
pub(crate) struct UnsignedVerdict<'a> {
    pub action: &'a ActionId,
    pub wanted: VerdictRequest<'a>,
    /// The grant of an approval, as the statement says.
    pub grant: Option<GrantTerms>,
    /// The patch of a modification, as the statement says.
    pub patch: Option<&'a Value>,
    pub statement: &'a Document,
    /// The proof by the identity provider; `None` for the proof `service`.
    pub proof: Option<IdpProof<'a>>,
    /// The person's membership by the directory alone.
    pub directory: &'a Membership,
}

/// An ID token that proves a statement.
#[derive(Clone, Copy)]
pub(crate) struct IdpProof<'a> {
    /// The ID token, as a document.
    pub document: &'a Document,
    /// The provider's key that verifies it, as a JWK.
    pub key: &'a Value,
}

/// What a verdict is given on.
#[derive(Clone, Copy)]
pub(crate) enum About<'a> {
    /// An action that waits for people, or did.
    Action(&'a Review),
    /// What a suspension covers.
    Suspension(&'a Scope),
}

impl<'a> About<'a> {
    fn subject(self, verdict: &Verdict) -> VerdictSubject<'a> {
        match self {
            Self::Action(review) => review.subject(verdict),
            Self::Suspension(scope) => scope.subject(verdict),
        }
    }

    fn scope(self) -> Option<&'a Scope> {
        match self {
            Self::Action(_) => None,
            Self::Suspension(scope) => Some(scope),
        }
    }
}

impl Callbacks {
    /// Commits the verdict once and returns the item with it. Everything is checked against the item that is then written, so
    /// that writes in between count. The same verdict given twice is written once.
    pub(crate) async fn commit(&self, unsigned: &UnsignedVerdict<'_>) -> Result<Item, RequestRejection> {
        for _ in 0..TRIES {
            let item = self
                .capabilities
                .state
                .item(unsigned.action)
                .await?
                .ok_or_else(RequestRejection::not_found)?;
            let now = self.capabilities.clock.now();
            let seating = match check_verdict(&item, &unsigned.wanted, now) {
                Ok(CheckedVerdict::AlreadyGiven) => return Ok(item),
                Ok(CheckedVerdict::Allowed(seating)) => seating,
                Err(code) => return Err(self.refuse_verdict(&item, &unsigned.wanted, code).await),
            };
            if unsigned.grant.as_ref().is_some_and(|terms| now >= terms.until) {
                return Err(RequestRejection::new(
                    Code::Expired,
                    "The grant would have ended before you had signed in. Nothing was decided.",
                ));
            }
            let context = ReviewContext::of(&item).ok_or_else(RequestRejection::not_found)?;
            let request = match unsigned.patch {
                Some(patch) => Some(self.changed_request(&item, &context, &unsigned.wanted, patch).await?),
                None => None,
            };
            let verdict = self.sign_verdict(unsigned, About::Action(&context.review), seating, now).await?;
            let event = match (request, item.state(), unsigned.wanted.kind.happened()) {
                (Some(request), ..) => {
                    self.capabilities.document_writer.put(&request).await?;
                    Event::Modified { verdict, request: request.digest() }
                }
                (None, State::Unknown(run), Some(happened)) => {
                    let by = ResolvedBy::Person(verdict);
                    Event::Resolved { attempt: run.attempt.clone(), happened, by }
                }
                (None, ..) => Event::VerdictGiven(verdict),
            };
            let (next, _) = item.extend(event, now).map_err(|e| RequestRejection::because(code_of(e)))?;
            match self.capabilities.extend.extend(item.chain(), &next).await {
                Ok(Extended::Updated) => return Ok(next),
                Ok(Extended::Differs(_)) => {}
                Ok(Extended::Absent) => return Err(RequestRejection::not_found()),
                // The write may have succeeded although its response was lost; the next round sees it.
                Err(StateError::Fault(fault)) if fault.is_passing() => {
                    tracing::warn!(%fault, "the answer to a write was lost");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(RequestRejection::unavailable())
    }

    /// Signs the envelope with the present time, verifies the result as the ledger will, and stores the documents.
    pub(crate) async fn sign_verdict(
        &self,
        unsigned: &UnsignedVerdict<'_>,
        about: About<'_>,
        Seating { groups, seats }: Seating,
        now: Timestamp,
    ) -> Result<Verdict, RequestRejection> {
        let proof = if unsigned.proof.is_some() { Proof::Idp } else { Proof::Service };
        let proof_document = unsigned.proof.map(|proof| proof.document.digest());
        let unsigned_envelope = UnsignedEnvelope {
            format: Envelope::FORMAT.to_owned(),
            statement: unsigned.statement.digest(),
            proof,
            proof_document,
            at: now,
        };
        let unwritable = |_| RequestRejection::unavailable();
        let message = unsigned_envelope.message().map_err(unwritable)?;
        let signature = self.capabilities.signer.sign(message.as_bytes()).await?;
        let envelope = unsigned_envelope.signed(BASE64.encode(&signature)).document().map_err(unwritable)?;
        let verdict = Verdict {
            person: unsigned.wanted.person.clone(),
            kind: unsigned.wanted.kind,
            groups,
            seats,
            proof,
            statement: unsigned.statement.digest(),
            envelope: envelope.digest(),
            proof_document,
            grant: unsigned.grant.clone(),
            changed: unsigned.patch.map(touched).unwrap_or_default(),
        };
        self.verify(unsigned, about, &verdict, &envelope, now)?;
        let proof = unsigned.proof.map(|proof| proof.document);
        for document in [Some(unsigned.statement), proof, Some(&envelope)].into_iter().flatten() {
            self.capabilities.document_writer.put(document).await?;
        }
        Ok(verdict)
    }

    fn verify(
        &self,
        unsigned: &UnsignedVerdict<'_>,
        about: About<'_>,
        verdict: &Verdict,
        envelope: &Document,
        now: Timestamp,
    ) -> Result<(), RequestRejection> {
        let context = VerdictContext {
            deployment: &self.config.deployment,
            action: unsigned.action,
            subject: &about.subject(verdict),
            scope: about.scope(),
            verdict,
            committed_at: now,
            verdict_key: &self.config.verdict_key,
            issuers: self.capabilities.verifier.issuers(),
            pages_client: &self.config.pages_client,
        };
        let documents = VerdictDocuments {
            statement: unsigned.statement,
            envelope,
            proof: unsigned.proof.map(|proof| proof.document),
            proof_key: unsigned.proof.map(|proof| proof.key),
        };
        verdict_holds(&context, &documents, unsigned.directory)
            .map_err(|invalid| self.refuse_invalid(unsigned, invalid))
    }
}
