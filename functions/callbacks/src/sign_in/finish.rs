//! The return from the identity provider: the code is exchanged, the ID token verified, and what it was for is done.

use axum::response::Response;
use domain::{ActionId, Digest, Timestamp, VerdictKind};
use identity::{
    Exchanged, IdTokenExpected, IdTokenFacts, Invalid, ProviderError, freshness_of, id_token,
    unverified_key_ref,
};
use runtime::Code;
use serde_json::Value;
use wire::documents::{Document, DocumentKind, IdTokenProof, Statement};

use super::attempt::{Purpose, SignInAttempt};
use super::redirect::see_other;
use super::refusal::SignInRefusal;
use crate::app::Callbacks;
use crate::form::{has_parameter, query_parameter};
use crate::refusal::RequestRejection;
use crate::session::Session;
use crate::verdicts::{IdpProof, ReviewContext, UnsignedVerdict, VerdictRequest, is_person};

/// The topic of the channels table that lists sign-ins which were finished.
const TOPIC: &str = "sign-in";
/// For how many seconds after its end a finished sign-in is remembered.
const DAY: i64 = 86_400;

/// How recently the person must have signed in at the provider.
#[derive(Debug, Clone, Copy, Default)]
struct RequiredFreshness {
    /// At most this many seconds before now.
    max_age: Option<u32>,
    /// Not before this time.
    since: Option<Timestamp>,
}

/// A verified ID token.
struct VerifiedIdToken {
    facts: IdTokenFacts,
    /// The provider's key that verifies it, as a JWK.
    key: Value,
}

impl Callbacks {
    /// Finishes a sign-in: exchanges the code, verifies the ID token, and begins a session or commits the decision it proves.
    /// `before` is the session that the browser has so far.
    pub(super) async fn finish_sign_in(
        &self,
        attempt: &SignInAttempt,
        state: &str,
        raw: Option<&str>,
        before: Option<&Session>,
    ) -> Result<Response, RequestRejection> {
        let purpose = &attempt.purpose;
        let refused = |refusal: SignInRefusal| refusal.into_page(purpose);
        let code = self.code(raw).map_err(refused)?;
        // Each sign-in is finished once. It is marked as used before the code is exchanged.
        let until = attempt.until.plus_seconds(DAY);
        if !self.capabilities.channels.remember_until(TOPIC, state, "used", until).await? {
            return Err(refused(SignInRefusal::Used));
        }
        let exchanged = self.capabilities.provider.exchange(&code, &attempt.verifier).await;
        let token = match exchanged.map_err(|fault| refused(SignInRefusal::ProviderFault(fault)))? {
            Exchanged::IdToken(token) => token,
            Exchanged::Refused(error) => return Err(refused(SignInRefusal::Exchange(error))),
        };
        match purpose {
            Purpose::Enter(path) => {
                let verified =
                    self.verify_id_token(&token, &attempt.nonce, RequiredFreshness::default()).await;
                let session = self.begin_session(before, &verified.map_err(refused)?.facts, purpose).await?;
                Ok(see_other(&format!("/signin?to={path}&back=yes"), session))
            }
            Purpose::Decide { action, statement } => {
                let proven = self.prove_statement(action, *statement, &token, purpose).await?;
                Ok(self.after_proof(&proven, purpose, before).await)
            }
            Purpose::Link { invitation, statement } => {
                let proven = self.prove_account(invitation, *statement, &token, purpose).await?;
                Ok(self.after_proof(&proven, purpose, before).await)
            }
        }
    }

    /// The authorization code in the response of the provider.
    fn code(&self, raw: Option<&str>) -> Result<String, SignInRefusal> {
        let issuer = &self.capabilities.verifier.issuers().people().issuer;
        let has = |name: &str| has_parameter(raw, name);
        if has("iss") && query_parameter(raw, "iss").as_ref() != Some(issuer) {
            return Err(SignInRefusal::OtherIssuer);
        }
        if let Some(error) = query_parameter(raw, "error") {
            let description = query_parameter(raw, "error_description");
            return Err(SignInRefusal::Provider(ProviderError::new(&error, description.as_deref())));
        }
        let code = query_parameter(raw, "code").filter(|code| !code.is_empty() && !has("error"));
        code.ok_or(SignInRefusal::NoAnswer)
    }

    async fn verify_id_token(
        &self,
        token: &str,
        nonce: &str,
        freshness: RequiredFreshness,
    ) -> Result<VerifiedIdToken, SignInRefusal> {
        let key_ref = unverified_key_ref(token).map_err(SignInRefusal::Token)?;
        let now = self.capabilities.clock.now();
        let key =
            self.capabilities.verifier.key(&key_ref, now).await.map_err(SignInRefusal::ProviderFault)?;
        let key = key.ok_or(SignInRefusal::Token(Invalid::Key))?;
        let expected = IdTokenExpected {
            issuer: self.capabilities.verifier.issuers().people(),
            client: &self.config.pages_client,
            nonce,
            at: now,
            max_age: freshness.max_age,
            fresh_since: freshness.since,
        };
        let facts = id_token(token, &key, &expected).map_err(SignInRefusal::Token)?;
        Ok(VerifiedIdToken { facts, key })
    }

    /// Commits the decision that the ID token proves. Everything is checked again against the item as it is now.
    async fn prove_statement(
        &self,
        action: &ActionId,
        statement: Digest,
        token: &str,
        purpose: &Purpose,
    ) -> Result<IdTokenFacts, RequestRejection> {
        let document = self
            .capabilities
            .documents
            .document(statement)
            .await?
            .ok_or_else(RequestRejection::unavailable)?;
        let stated: Statement = document.open().map_err(|_| RequestRejection::unavailable())?;
        let item = self.item(action.as_str()).await?;
        let context = ReviewContext::of(&item).ok_or_else(RequestRejection::not_found)?;
        let kind = VerdictKind::from(stated.verdict);
        let fresh = freshness_of(kind, context.review.requirements_for(kind));
        let freshness =
            RequiredFreshness { max_age: fresh.max_age, since: fresh.prompt_login.then_some(stated.at) };
        let verified = self.verify_id_token(token, &statement.to_string(), freshness).await;
        let VerifiedIdToken { facts, key } = verified.map_err(|refusal| refusal.into_page(purpose))?;
        if !is_person(&facts.person, &stated.person) {
            let refused = self.refuse_and_record(&item, &(&facts.person).into(), Code::NotAnApprover).await;
            let detail =
                "Somebody else signed in than the person who pressed the button. Nothing was decided.";
            return Err(RequestRejection { detail: detail.to_owned(), ..refused });
        }
        let resolved = self.resolve_person(&facts.person, &facts.groups.names).await?;
        let proof = IdTokenProof { format: IdTokenProof::FORMAT.to_owned(), id_token: token.to_owned() };
        let proof: Document = proof.document().map_err(|_| RequestRejection::unavailable())?;
        let wanted = VerdictRequest {
            person: &facts.person,
            groups: &resolved.groups,
            membership: &resolved.membership,
            kind,
            action: stated.action_digest,
            review: stated.review_digest,
            grants: stated.grant.is_some(),
            whole: self.is_shown_whole(&context, kind).await?,
        };
        let unsigned = UnsignedVerdict {
            action,
            wanted,
            grant: stated.grant.map(Into::into),
            patch: stated.patch.as_ref(),
            statement: &document,
            proof: Some(IdpProof { document: &proof, key: &key }),
            directory: &resolved.directory,
        };
        match self.commit(&unsigned).await {
            Ok(_) => Ok(facts),
            Err(no) => Err(self.because_left_out(no, facts.groups.left_out).await),
        }
    }

    /// Keeps the proof that this person said which chat account is theirs. The account is linked only when its user types the code.
    async fn prove_account(
        &self,
        invitation: &str,
        statement: Digest,
        token: &str,
        purpose: &Purpose,
    ) -> Result<IdTokenFacts, RequestRejection> {
        let stated = self.link_statement(invitation, statement).await?;
        let freshness = RequiredFreshness { max_age: None, since: Some(stated.at) };
        let verified = self.verify_id_token(token, &statement.to_string(), freshness).await;
        let facts = verified.map_err(|refusal| refusal.into_page(purpose))?.facts;
        if !is_person(&facts.person, &stated.person) {
            let detail =
                "Somebody else signed in than the person who pressed the button. Nothing was linked.";
            return Err(RequestRejection::new(Code::StaleDigest, detail));
        }
        let proof = IdTokenProof { format: IdTokenProof::FORMAT.to_owned(), id_token: token.to_owned() };
        let proof = proof.document().map_err(|_| RequestRejection::unavailable())?;
        self.keep_link_proof(invitation, statement, &proof).await?;
        Ok(facts)
    }

    /// After a statement was proven: a new session with the facts of the token that proved it, and back to the page. Where no new
    /// session can begin, the one before goes on.
    async fn after_proof(
        &self,
        facts: &IdTokenFacts,
        purpose: &Purpose,
        before: Option<&Session>,
    ) -> Response {
        let session = self.begin_session(before, facts, purpose).await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "a session was not renewed");
            None
        });
        see_other(&purpose.path(), session)
    }
}
