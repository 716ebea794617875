//! From a wish to one signed verdict: documents first, then one conditional write.

use data_encoding::BASE64;
use domain::{
    ActionId, Event, GrantTerms, Membership, Person, Proof, Review, Scope, Seating, Timestamp, Verdict,
    VerdictKind, VerdictSubject,
};
use identity::{Invalid, PersonCaller, VerdictContext, VerdictDocuments, verdict_holds};
use runtime::Code;
use serde_json::Value;
use store::{Extended, RefusedVerdict, StateError};
use wire::Item;
use wire::documents::{Document, DocumentKind, Envelope, UnsignedEnvelope};
use wire::patch::touched;
use wire::text::Identity;

use crate::app::Callbacks;
use crate::check::{CheckedVerdict, VerdictRequest, check_verdict};
use crate::refusal::{RequestRejection, code_of};
use crate::review_context::ReviewContext;

/// How often a write that met another write is tried again.
pub(crate) const TRIES: u32 = 5;

/// A verdict that has everything but its envelope.
pub(crate) struct UnsignedVerdict<'a> {
    pub action: &'a ActionId,
    pub wanted: VerdictRequest<'a>,
    /// What an approval grants beyond its own action, as its statement says.
    pub grant: Option<GrantTerms>,
    /// What a modification changes, as its statement says.
    pub patch: Option<&'a Value>,
    pub statement: &'a Document,
    /// The ID token as a document and the key that verifies it; none for `service`.
    pub proof: Option<(&'a Document, &'a Value)>,
    /// What the directory alone says about the person's groups.
    pub directory: &'a Membership,
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
    /// Commits the ballot once. Everything is checked against the item as it is at the write: what came in between
    /// counts, and the same words said twice are said once.
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
                    "The time your grant was to last was over before you had signed in. Nothing was decided.",
                ));
            }
            let context = ReviewContext::of(&item).ok_or_else(RequestRejection::not_found)?;
            let request = match unsigned.patch {
                Some(patch) => Some(self.changed_request(&item, &context, &unsigned.wanted, patch).await?),
                None => None,
            };
            let verdict = self.sign_verdict(unsigned, About::Action(&context.review), seating, now).await?;
            let event = match request {
                Some(request) => {
                    self.capabilities.document_writer.put(&request).await?;
                    Event::Modified { verdict, request: request.digest() }
                }
                None => Event::VerdictGiven(verdict),
            };
            let (next, _) = item.extend(event, now).map_err(|e| RequestRejection::because(code_of(e)))?;
            match self.capabilities.extend.extend(item.chain(), &next).await {
                Ok(Extended::Updated) => return Ok(next),
                Ok(Extended::Differs(_)) => {}
                Ok(Extended::Absent) => return Err(RequestRejection::not_found()),
                // The answer was lost, not necessarily the write: the next round sees which.
                Err(StateError::Fault(fault)) if fault.is_passing() => {
                    tracing::warn!(%fault, "the answer to a write was lost");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(RequestRejection::unavailable())
    }

    /// Signs the envelope for this very moment, checks the whole as the ledger will, and keeps the documents.
    pub(crate) async fn sign_verdict(
        &self,
        unsigned: &UnsignedVerdict<'_>,
        about: About<'_>,
        Seating { groups, seats }: Seating,
        now: Timestamp,
    ) -> Result<Verdict, RequestRejection> {
        let proof = if unsigned.proof.is_some() { Proof::Idp } else { Proof::Service };
        let proof_document = unsigned.proof.map(|(document, _)| document.digest());
        let unsigned_envelope = UnsignedEnvelope {
            format: Envelope::FORMAT.to_owned(),
            statement: unsigned.statement.digest(),
            proof: proof.into(),
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
        self.check(unsigned, about, &verdict, &envelope, now)?;
        let proof = unsigned.proof.map(|(document, _)| document);
        for document in [Some(unsigned.statement), proof, Some(&envelope)].into_iter().flatten() {
            self.capabilities.document_writer.put(document).await?;
        }
        Ok(verdict)
    }

    fn check(
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
            proof: unsigned.proof.map(|(document, _)| document),
            proof_key: unsigned.proof.map(|(_, key)| key),
        };
        verdict_holds(&context, &documents, unsigned.directory)
            .map_err(|invalid| self.refuse_invalid(unsigned, invalid))
    }

    fn refuse_invalid(&self, unsigned: &UnsignedVerdict<'_>, invalid: Invalid) -> RequestRejection {
        tracing::warn!(action = %unsigned.action, check = invalid.code(), "a verdict does not hold");
        match invalid {
            Invalid::OwnRequest => RequestRejection::because(Code::OwnRequest),
            Invalid::OwnChange => RequestRejection::because(Code::OwnChange),
            Invalid::NotAnApprover | Invalid::UnprovenGroup => RequestRejection::because(Code::NotAnApprover),
            Invalid::Proof => self.step_up(unsigned.action),
            Invalid::NotFresh | Invalid::NoSignInTime => RequestRejection::new(
                Code::StepUpRequired,
                format!("{} Nothing was decided.", invalid.at_sign_in()),
            ),
            Invalid::Envelope => RequestRejection::new(
                Code::StepUpRequired,
                "Signing in took more than ten minutes. Nothing was decided; press the button again.",
            ),
            _ => RequestRejection::new(
                Code::StepUpRequired,
                "The sign-in does not prove this decision. Nothing was decided.",
            ),
        }
    }

    /// The decision has to be proven on its page.
    pub(crate) fn step_up(&self, action: &ActionId) -> RequestRejection {
        let page = self.page(action);
        let detail = format!("This answer has to be proven by signing in. Open {page} and decide there.");
        RequestRejection { page: Some(page), ..RequestRejection::new(Code::StepUpRequired, detail) }
    }

    /// The refusal of what somebody wanted to say, kept where it is kept; who may decide may still have nothing to change.
    pub(crate) async fn refuse_verdict(
        &self,
        item: &Item,
        wanted: &VerdictRequest<'_>,
        code: Code,
    ) -> RequestRejection {
        let no = self.refuse_and_record(item, &wanted.person.into(), code).await;
        if wanted.kind == VerdictKind::Modify && no.code == Code::NotAnApprover {
            return RequestRejection { detail: "Nothing here is for you to change.".to_owned(), ..no };
        }
        // Whoever has answered is told in the words of the API that it stands.
        let answered = |context: &ReviewContext| {
            no.code == Code::AlreadyVoted && context.last_verdict(wanted.person).is_some()
        };
        match ReviewContext::of(item).filter(|context| !answered(context)) {
            Some(context) => RequestRejection { detail: context.refusal_text(wanted.person, no.code), ..no },
            None => no,
        }
    }

    /// E22: whether this person's token may do more than read; the refusal if not.
    pub(crate) async fn may_decide(
        &self,
        item: &Item,
        caller: &PersonCaller,
    ) -> Result<(), RequestRejection> {
        if caller.may_decide {
            return Ok(());
        }
        let scope = self.capabilities.verifier.issuers().people().decide_scope.clone();
        let no = self.refuse_and_record(item, &(&caller.person).into(), Code::InsufficientScope).await;
        let detail = format!(
            "This token may read and not decide: it has not the scope `{scope}`. Get one that has it \
             (`countersign login --decide`) and repeat the call."
        );
        Err(RequestRejection { detail, scope: Some(scope), ..no })
    }

    /// The refusal, kept as an attempt where somebody tried what is not theirs to do.
    pub(crate) async fn refuse_and_record(
        &self,
        item: &Item,
        who: &Identity,
        code: Code,
    ) -> RequestRejection {
        let kept = [
            Code::OwnRequest,
            Code::OwnChange,
            Code::NotAnApprover,
            Code::AgentCannotDecide,
            Code::InsufficientScope,
            Code::StaleDigest,
        ];
        if kept.contains(&code) {
            let attempt = RefusedVerdict {
                action: item.id().clone(),
                person: who.clone(),
                code: code.name().to_owned(),
                at: self.capabilities.clock.now(),
            };
            // The refusal stands whether or not it could be kept.
            if let Err(fault) = self.capabilities.attempts.attempt(&attempt).await {
                tracing::error!(%fault, action = %item.id(), code = code.name(), "an attempt was not kept");
            }
        }
        RequestRejection::because(code)
    }
}

/// Whether an approval by `service` is enough here.
pub(crate) fn needs_idp(item: &Item, kind: VerdictKind) -> bool {
    ReviewContext::of(item).is_none_or(|context| context.review.demands(kind) > Proof::Service)
}

/// Whether this is the person who is to prove a statement.
pub(crate) fn is_person(person: &Person, stated: &Identity) -> bool {
    Person::from(stated.clone()) == *person
}
