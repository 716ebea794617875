//! One proposal, honest or with one thing wrong, and everything policy reaches, in memory.

use std::sync::{Arc, OnceLock};

use bundle::Bundle;
use bundle_build::{Compiled, Sources};
use data_encoding::BASE64;
use domain::{ActionId, Digest, Event, Fault, KeyRef, State, Timestamp};
use evaluation::derive;
use fn_policy::{Capabilities, Policy};
use identity::{IssuerSettings, Issuers, VerifiedCaller, Verifier, caller_with_key, unverified_key_ref};
use runtime::Clock;
use runtime::sqs::HandleMessage;
use serde_json::Value;
use store::{CreateState, ReadState, SealPayload, WriteDocuments};
use testkit::scenario::DEPLOYMENT;
use testkit::{
    Algorithm, Bundles, Documents, Gate, Index, Issuer, Keys, Probe, Publisher, Seal, SimulatedClock, States,
    Sts, Targets, sample_bundle,
};
use wire::Item;
use wire::documents::{self, DecisionDocument, DocumentKind, Payload, Request};
use wire::json::canonical;
use wire::message::{EffectName, Message};

use crate::sample_request::SampleRequest;

const START: i64 = 1_795_000_000_204;

/// Everything policy reaches.
pub struct TestStack {
    pub probe: Probe,
    pub clock: SimulatedClock,
    pub states: States,
    pub documents: Documents,
    pub seal: Seal,
    pub index: Index,
    pub bundles: Bundles,
    pub publisher: Publisher,
    pub sts: Sts,
    pub targets: Targets,
    pub keys: Keys,
    pub people: Issuer,
    pub pipelines: Issuer,
    pub id: ActionId,
}

/// What intake writes, before it is written. Change a field and intake lies.
pub struct Draft {
    pub payload: Payload,
    pub request: Request,
    pub token_key: KeyRef,
    pub action_type: String,
    pub principal: domain::Principal,
    pub expires_at: Timestamp,
    pub payload_expires_at: Timestamp,
    /// What the payload is sealed for.
    pub sealed_for: (ActionId, u32),
}

impl TestStack {
    pub async fn new() -> Self {
        Self::with_rules(sample()).await
    }

    /// The sample bundle with some stretches of its files replaced: (file, from, to).
    pub async fn edited(edits: &[(&str, &str, &str)]) -> Self {
        Self::with_rules(&edited(edits)).await
    }

    async fn with_rules(rules: &Compiled) -> Self {
        let probe = Probe::default();
        let clock = SimulatedClock::at(Timestamp::from_millis(START));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let people = Issuer::new("http://127.0.0.1:8081", Algorithm::EdDsa(7));
        let pipelines = Issuer::new("https://pipelines.example", Algorithm::EdDsa(8));
        let sts = Sts::new(probe.gate(), shared.clone());
        let stack = Self {
            states: States::new(probe.gate(), shared.clone()),
            documents: Documents::new(probe.gate()),
            seal: Seal::new(probe.gate(), [5; 32]),
            index: Index::new(probe.gate()),
            bundles: Bundles::new(probe.gate(), shared.clone()),
            publisher: Publisher::new(),
            targets: Targets::new(probe.gate(), shared, &sts),
            keys: Keys::of(&[people.clone(), pipelines.clone()], probe.gate()),
            id: ActionId::of(b"one proposal"),
            sts,
            clock,
            people,
            pipelines,
            probe,
        };
        stack.publish(rules).await;
        stack.targets.things(|things| {
            for bucket in ["customers", "reports", "unheard-of"] {
                things.put_object(bucket, "2026/q3.csv", "email,city\nx,y\n");
                things.put_object(bucket, "2026/revenue-q3.csv", "quarter,revenue\n3,7\n");
            }
        });
        stack
    }

    pub async fn publish(&self, rules: &Compiled) {
        self.publisher.publish(&self.bundles, rules, self.clock.now()).await.unwrap();
    }

    pub fn issuers(&self) -> Issuers {
        let pipelines = IssuerSettings { people: false, person_clients: vec![], ..self.pipelines.settings() };
        Issuers::of(vec![self.people.settings(), pipelines]).unwrap()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Writes what an honest intake writes.
    pub async fn propose(&self, ask: SampleRequest) {
        self.propose_as(ask, |_| {}).await;
    }

    /// Writes what intake writes after this change.
    pub async fn propose_as(&self, ask: SampleRequest, change: impl FnOnce(&mut Draft)) {
        let mut draft = self.draft(ask);
        change(&mut draft);
        let (id, revision) = &draft.sealed_for;
        let seal = self.seal.through(Gate::open());
        let sealed = seal.seal(&draft.payload, id, *revision, draft.payload_expires_at).await.unwrap();
        let event = Event::Proposed {
            action_type: draft.action_type,
            principal: draft.principal,
            payload: self.put(&sealed).await,
            request: self.put(&draft.request).await,
            token_key: draft.token_key,
            expires_at: draft.expires_at,
        };
        let (item, _) = Item::new(self.id.clone()).extend(event, self.clock.now()).unwrap();
        self.states.through(Gate::open()).create(&item).await.unwrap();
        self.clock.pass(1);
        self.probe.clear();
    }

    fn draft(&self, ask: SampleRequest) -> Draft {
        let issuer = if ask.pipeline { &self.pipelines } else { &self.people };
        let token = issuer.access(&ask.claims, self.clock.now());
        let token_key = unverified_key_ref(&token).unwrap();
        let payload = Payload {
            format: Payload::FORMAT.to_owned(),
            parameters: ask.parameters,
            reason: ask.reason.to_owned(),
            token,
            commitment_key: BASE64.encode(&[3; 32]),
        };
        let issuers = self.issuers();
        let caller = caller_with_key(&payload.token, &issuer.jwk(), &issuers, self.clock.now());
        let VerifiedCaller::Agent(caller) = caller.unwrap() else { unreachable!("an agent's token") };
        let bundle = &sample().bundle;
        let entry = bundle.entry(ask.action_type).unwrap();
        let derived = derive(&payload, &[], caller, entry, bundle, &issuers).expect("an honest request");
        let request = Request {
            format: Request::FORMAT.to_owned(),
            action: self.id.clone(),
            revision: 1,
            action_type: ask.action_type.to_owned(),
            parameters: derived.redacted.parameters.clone(),
            commitment: derived.commitment,
            reason: derived.redacted.reason.clone(),
            masked: derived.redacted.masked.clone(),
            principal: (&derived.caller.principal).into(),
            on_behalf_of: derived.caller.on_behalf_of.as_ref().map(Into::into),
            provenance: redaction::redact_facts(&derived.caller.claims, &derived.known),
            correlation: None,
        };
        Draft {
            payload,
            request,
            token_key,
            action_type: ask.action_type.to_owned(),
            principal: derived.caller.principal,
            expires_at: self.clock.now().plus_seconds(4 * 3600),
            payload_expires_at: self.clock.now().plus_seconds(4 * 3600),
            sealed_for: (self.id.clone(), 1),
        }
    }

    pub async fn put<T: DocumentKind>(&self, content: &T) -> Digest {
        let document = content.document().unwrap();
        self.documents.through(Gate::open()).put(&document).await.unwrap();
        document.digest()
    }

    /// A new process.
    pub fn process(&self) -> Policy {
        let capabilities = Capabilities {
            state: Arc::new(self.states.clone()),
            extend: Arc::new(self.states.clone()),
            documents: Arc::new(self.documents.clone()),
            document_writer: Arc::new(self.documents.clone()),
            open: Arc::new(self.seal.clone()),
            index: Arc::new(self.index.clone()),
            bundles: Arc::new(self.bundles.clone()),
            assume: Arc::new(self.sts.clone()),
            inspect: Arc::new(self.targets.clone()),
            clock: Arc::new(self.clock.clone()),
        };
        let verifier = Verifier::new(self.issuers(), Arc::new(self.keys.clone()));
        Policy::new(capabilities, verifier, self.publisher.key(), DEPLOYMENT)
    }

    /// Delivers ledger's message to a new process.
    pub async fn deliver(&self) -> Result<(), Fault> {
        self.process().handle(&self.message(EffectName::Decide)).await
    }

    pub fn message(&self, effect: EffectName) -> Message {
        Message {
            format: Message::FORMAT.to_owned(),
            effect,
            action: self.id.clone(),
            sequence: 1,
            chain: domain::ZERO_CHAIN,
            proposed_object: 0,
            object: 0,
            person: None,
        }
    }

    /// The item as it is stored.
    pub async fn item(&self) -> Item {
        self.states.through(Gate::open()).item(&self.id).await.unwrap().unwrap()
    }

    /// How it stands: `denied no-owner`, `pending sre`, `approved`, `proposed`.
    pub async fn gist(&self) -> String {
        let item = self.item().await;
        let status = item.state().status().name();
        match item.state() {
            State::Proposed(_) => status.to_owned(),
            State::Denied(..) => format!("{status} {}", self.decision().await.code.unwrap_or_default()),
            _ => {
                let requirements = self.decision().await.requirements;
                let names: Vec<String> = requirements.into_iter().map(|one| one.name).collect();
                format!("{status} {}", names.join("+")).trim_end().to_owned()
            }
        }
    }

    /// What the newest decision's event says.
    pub async fn decided(&self) -> Decided {
        let item = self.item().await;
        let found = item.entries().iter().rev().find_map(|entry| match entry.event.clone() {
            Event::Decided { document, review, action, requester, expires_at, .. } => {
                Some(Decided { document, review, action, requester, expires_at })
            }
            _ => None,
        });
        found.expect("it is decided")
    }

    /// The decision document.
    pub async fn decision(&self) -> DecisionDocument {
        self.open(self.decided().await.document)
    }

    /// The review document.
    pub async fn review(&self) -> documents::ReviewDocument {
        self.open(self.decided().await.review.expect("there is something to show"))
    }

    /// A stored document.
    pub fn open<T: DocumentKind>(&self, digest: Digest) -> T {
        let body = self.documents.contents().get(&digest).cloned().expect("it is stored");
        wire::json::parse(body.as_bytes()).unwrap()
    }

    /// Nobody looked at the target.
    pub fn assert_not_looked_at(&self, why: &str) {
        assert!(self.sts.minted().is_empty(), "{why}");
    }
}

/// What the event of the decision says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub document: Digest,
    pub review: Option<Digest>,
    pub action: Option<Digest>,
    pub requester: domain::RequesterSet,
    pub expires_at: Timestamp,
}

/// The sample; compiling checks everything a bundle can have wrong, and once is enough.
pub fn sample() -> &'static Compiled {
    static SAMPLE: OnceLock<Compiled> = OnceLock::new();
    SAMPLE.get_or_init(sample_bundle)
}

/// The sample with these stretches replaced.
pub fn edited(edits: &[(&str, &str, &str)]) -> Compiled {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies");
    let mut sources = Sources::read(&folder).unwrap();
    for (file, from, to) in edits {
        let text = sources.0.get_mut(*file).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        *text = text.replacen(from, to, 1);
    }
    Compiled::from_sources(&sources, None).unwrap()
}

/// A bundle nobody's build would let pass: the sample with its compiled content changed.
pub fn forged(change: impl FnOnce(&mut Value)) -> Compiled {
    let mut content: Value = wire::json::parse_value(&sample().bytes).unwrap();
    change(&mut content);
    let text = canonical(&content).unwrap();
    let bundle = Bundle::load(text.as_bytes()).unwrap();
    Compiled { bytes: text.as_bytes().to_vec(), digest: text.digest(), bundle }
}
