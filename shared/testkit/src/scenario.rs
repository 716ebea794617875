//! One action's way, event by event, with every document real: statements, signed envelopes, ID tokens.

mod accounts;
mod change;
mod content;
mod lost;
mod sample_requirement;
mod suspensions;

use std::collections::BTreeMap;

use domain::*;
use identity::SignEnvelope;
use serde_json::json;
use wire::documents::{
    self, Cause, Differences, Document, DocumentKind, IdTokenProof, Outcome, OutcomeStatus, RefusalNote,
    SealedPayload, UnsignedEnvelope,
};
use wire::json::canonical;
use wire::{AccountItem, Item, SuspensionItem};

use crate::{Algorithm, Gate, IdToken, Issuer, LocalSigner};

pub use sample_requirement::SampleRequirement;

/// The deployment all scenarios play in.
pub const DEPLOYMENT: &str = "local";
/// The attempt of every scenario.
const ATTEMPT: &str = "5f0c9d1e7a3b4c6d";
/// The client of the pages.
pub const PAGES_CLIENT: &str = "countersign-pages";

/// An action on its way. Each step adds one event a second later and keeps the documents it names.
#[derive(Clone)]
pub struct Scenario {
    /// The issuer of people and agents; its tokens are the same in every run.
    pub issuer: Issuer,
    /// The verdict key.
    pub signer: LocalSigner,
    /// Every document named so far.
    pub documents: BTreeMap<Digest, Document>,
    /// What policy says it is about.
    pub resource: Option<String>,
    /// The agent's reason, as people are shown it.
    pub reason: &'static str,
    /// What the next approvals grant beyond this action.
    pub grant: Option<GrantTerms>,
    /// On which seats of others the next people vote.
    pub seats: Vec<Seat>,
    /// What policy says earlier approvals granted.
    pub granted: Vec<Granted>,
    /// The suspension it ends, by scope and statement; none: it is an export.
    pub resumes: Option<(Scope, Digest)>,
    /// How many seconds before their ID tokens the next people typed their passwords; none: just then.
    pub signed_in: Option<i64>,
    /// What the review document shows as differing, before and after.
    pub differences: Option<Differences>,
    /// What was found at the target of what is forbidden.
    pub cause: Option<Cause>,
    /// The item so far.
    pub item: Item,
    /// The suspension list so far, where the scenario is about that.
    pub list: SuspensionItem,
    /// The account's item so far, where the scenario is about a chat account.
    pub account: Option<(AccountItem, ChatAccount)>,
    /// The time of the next event.
    pub now: Timestamp,
}

#[expect(clippy::expect_used, reason = "a step that is not possible must fail the test loudly")]
impl Scenario {
    /// Before the first event of the action with this idempotency key.
    #[must_use]
    pub fn new(key: &str) -> Self {
        let issuer = Issuer::new("http://127.0.0.1:8081", Algorithm::EdDsa(7));
        let name = json!([issuer.name(), "demo-agent", null, key]);
        Self {
            item: Item::new(ActionId::of(canonical(&name).expect("canonical").as_bytes())),
            list: SuspensionItem::absent(),
            account: None,
            issuer,
            signer: LocalSigner::seeded([9; 32], Gate::open()),
            documents: BTreeMap::new(),
            resource: None,
            reason: "For ‹email 1›: quarterly report",
            grant: None,
            seats: Vec::new(),
            granted: Vec::new(),
            resumes: None,
            signed_in: None,
            differences: None,
            cause: None,
            now: Timestamp::from_millis(1_795_000_000_204),
        }
    }

    /// The agent.
    #[must_use]
    pub fn agent(&self) -> Principal {
        Principal { issuer: self.issuer.name().to_owned(), subject: "demo-agent".to_owned() }
    }

    /// A person of the people's issuer.
    #[must_use]
    pub fn person(&self, subject: &str) -> Person {
        Person { issuer: self.issuer.name().to_owned(), subject: subject.to_owned() }
    }

    /// Keeps a document and gives its name.
    pub fn put<T: DocumentKind>(&mut self, content: &T) -> Digest {
        let document = content.document().expect("a document has a canonical form");
        let digest = document.digest();
        self.documents.insert(digest, document);
        digest
    }

    /// Adds an event now and lets a second pass.
    pub fn add(&mut self, event: Event) {
        self.item = self.item.extend(event, self.now).expect("the step is possible").0;
        self.now = self.now.plus_seconds(1);
    }

    /// The agent proposes an export that may be decided for an hour.
    pub fn propose(&mut self) {
        let sealed = SealedPayload {
            format: SealedPayload::FORMAT.to_owned(),
            key: "AQIDAHi".to_owned(),
            nonce: "q83vEjRWeJCrze8S".to_owned(),
            ciphertext: data_encoding::BASE64.encode(self.item.id().as_str().as_bytes()),
            expires_at: self.now.plus_seconds(3600),
        };
        let payload = self.put(&sealed);
        let content = self.request_content();
        let request = self.put(&content);
        let jwk = self.issuer.jwk();
        let kid = jwk.get("kid").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        self.add(Event::Proposed {
            action_type: content.action_type,
            principal: self.agent(),
            payload,
            request,
            token_key: KeyRef { issuer: self.issuer.name().to_owned(), kid },
            expires_at: self.now.plus_seconds(3600),
        });
    }

    /// The human the agent acts for, where one has to confirm.
    fn humans(&self, ask: SampleRequirement) -> Vec<Person> {
        let confirms = ask.requirements().iter().any(|requirement| requirement.terms.confirm);
        if confirms { vec![self.person("frank")] } else { Vec::new() }
    }

    /// Half an hour, and never later than the action's own.
    fn deadline(&self) -> Timestamp {
        let soon = self.now.plus_seconds(1800);
        self.item.state().proposal().map_or(soon, |proposal| soon.min(proposal.expires_at))
    }

    /// Policy asks as this says.
    pub fn decide(&mut self, ask: SampleRequirement) {
        let requirements = ask.requirements();
        let kind = if requirements.is_empty() { DecisionKind::Permit } else { DecisionKind::RequireApproval };
        let resolvers = ask.resolvers();
        let bundle = Digest::of(b"manifest");
        let decision = documents::DecisionDocument {
            format: documents::DecisionDocument::FORMAT.to_owned(),
            action: self.item.id().clone(),
            revision: self.revision(),
            outcome: kind.into(),
            code: None,
            bundle: Some(bundle),
            reasons: Vec::new(),
            cause: None,
            observed: Vec::new(),
            resource: self.resource.clone(),
            requirements: requirements.clone(),
            granted: self.granted.iter().cloned().map(Into::into).collect(),
            resolvers: resolvers.clone(),
            history: None,
        };
        let document = self.put(&decision);
        let content = self.action_content();
        let action = self.put(&content);
        let shown = self.review_content(action, bundle, &requirements);
        let review = self.put(&shown);
        let owner = Some(self.person("dana"));
        self.add(Event::Decided {
            kind,
            document,
            review: Some(review),
            action: Some(action),
            requirements,
            granted: self.granted.clone(),
            resolvers,
            requester: RequesterSet { agent: self.agent(), owner, humans: self.humans(ask) },
            expires_at: self.deadline(),
        });
    }

    /// Policy denies it outright, by a rule that says why and what may be asked instead.
    pub fn forbid(&mut self) {
        let reason = documents::ReasonJson {
            policy: "known-partners".to_owned(),
            message: "Customer data goes only to places that the directory knows".to_owned(),
            instead: Some("Export to `partner-drop`".to_owned()),
        };
        let decision = documents::DecisionDocument {
            format: documents::DecisionDocument::FORMAT.to_owned(),
            action: self.item.id().clone(),
            revision: 1,
            outcome: DecisionKind::Forbid.into(),
            code: Some("forbidden-by-policy".to_owned()),
            bundle: Some(Digest::of(b"manifest")),
            reasons: vec![reason],
            cause: self.cause.clone(),
            observed: Vec::new(),
            resource: self.resource.clone(),
            requirements: Vec::new(),
            granted: Vec::new(),
            resolvers: Vec::new(),
            history: None,
        };
        let document = self.put(&decision);
        let owner = Some(self.person("dana"));
        self.add(Event::Decided {
            kind: DecisionKind::Forbid,
            document,
            review: None,
            action: None,
            requirements: Vec::new(),
            granted: Vec::new(),
            resolvers: Vec::new(),
            requester: RequesterSet { agent: self.agent(), owner, humans: Vec::new() },
            expires_at: self.deadline(),
        });
    }

    /// A person approves or denies, through the page with `idp`, else by `service`.
    pub async fn vote(&mut self, subject: &str, groups: &[&str], kind: VerdictKind, proof: Proof) {
        let verdict = self.verdict(subject, groups, kind, proof).await;
        self.add(Event::VerdictGiven(verdict));
    }

    /// The verdict a person would give now, with its documents kept.
    pub async fn verdict(
        &mut self,
        subject: &str,
        groups: &[&str],
        kind: VerdictKind,
        proof: Proof,
    ) -> Verdict {
        let said = self.statement_content(subject, kind);
        self.verdict_of(said, subject, groups, proof).await
    }

    async fn verdict_of(
        &mut self,
        said: documents::Statement,
        subject: &str,
        groups: &[&str],
        proof: Proof,
    ) -> Verdict {
        let (kind, statement) = (said.verdict.into(), self.put(&said));
        let changed = said.patch.as_ref().map(wire::patch::touched).unwrap_or_default();
        let token = || {
            let nonce = statement.to_string();
            let (at, client) = (self.now, PAGES_CLIENT);
            let auth_time = Some(self.now.plus_seconds(-self.signed_in.unwrap_or(0)));
            self.issuer.id_token(&IdToken { subject, groups, client, nonce: &nonce, at, auth_time })
        };
        let token = (proof == Proof::Idp).then(token);
        let proof_document = token
            .map(|id_token| self.put(&IdTokenProof { format: IdTokenProof::FORMAT.to_owned(), id_token }));
        let unsigned = UnsignedEnvelope {
            format: documents::Envelope::FORMAT.to_owned(),
            statement,
            proof,
            proof_document,
            at: self.now,
        };
        let message = unsigned.message().expect("canonical");
        let signature = self.signer.sign(message.as_bytes()).await.expect("the local key signs");
        let envelope = self.put(&unsigned.signed(data_encoding::BASE64.encode(&signature)));
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        let person = self.person(subject);
        let grant = self.grant_terms(kind);
        let seats = self.seats.clone();
        Verdict { person, kind, groups, seats, proof, statement, envelope, proof_document, grant, changed }
    }

    /// Only an approval grants.
    fn grant_terms(&self, kind: VerdictKind) -> Option<GrantTerms> {
        self.grant.clone().filter(|_| kind == VerdictKind::Approve)
    }

    /// Execution claims it for five minutes.
    pub fn claim(&mut self) {
        let (attempt, lease_until) = (ATTEMPT.to_owned(), self.now.plus_seconds(300));
        self.add(Event::Claimed { attempt, lease_until, bundle: Digest::of(b"manifest") });
    }

    /// The attempt's effect is there.
    pub fn succeed(&mut self) {
        let attempt = ATTEMPT.to_owned();
        let outcome = Outcome {
            format: Outcome::FORMAT.to_owned(),
            action: self.item.id().clone(),
            attempt: attempt.clone(),
            status: OutcomeStatus::Succeeded,
            result: json!({"copied_version": "v1"}),
            error: None,
            started_at: self.now,
            finished_at: self.now,
            session: format!("countersign-{}", self.item.id()),
        };
        let outcome = self.put(&outcome);
        self.add(Event::Succeeded { attempt, outcome });
    }

    /// Execution finds it changed since it was reviewed.
    pub fn refuse(&mut self) {
        let note = RefusalNote {
            format: RefusalNote::FORMAT.to_owned(),
            action: self.item.id().clone(),
            code: "changed-since-review".to_owned(),
            detail: "source_version is v8, v7 was reviewed".to_owned(),
            cause: None,
        };
        let document = self.put(&note);
        self.add(Event::Refused { code: note.code, document });
    }

    /// The whole way of one export: proposed, asked, approved by Alice through her provider, claimed, done.
    pub async fn export(key: &str) -> Self {
        let mut scenario = Self::new(key);
        scenario.propose();
        scenario.decide(SampleRequirement::DataOwner);
        scenario.vote("alice", &["data-owners"], VerdictKind::Approve, Proof::Idp).await;
        scenario.claim();
        scenario.succeed();
        scenario
    }

    /// The stored lines of the first so many events.
    #[must_use]
    pub fn lines(&self, events: usize) -> Vec<String> {
        self.item.entries().iter().take(events).map(|entry| entry.line.clone()).collect()
    }
}
