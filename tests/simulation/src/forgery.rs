//! Single things that only a function under foreign control writes, each as one role could.

use data_encoding::BASE64;
use domain::{
    ActionId, Commitment, DecisionKind, Digest, Event, Key, KeyRef, Principal, Proof, RequesterSet,
    Requirement, Seat, Terms, Timestamp, Verdict, VerdictKind,
};
use identity::SignEnvelope;
use runtime::Clock;
use store::{SealPayload, WriteDocuments};
use testkit::{Algorithm, Gate, IdToken, Issuer, LocalSigner};
use wire::Item;
use wire::documents::{
    Action, DecisionDocument, DocumentKind as _, Envelope, IdTokenProof, Payload, Request, ReviewDocument,
    Statement, UnsignedEnvelope,
};
use wire::json::canonical;

use crate::deployment::{DEPLOYMENT, PAGES_CLIENT, SimulatedDeployment, now};

/// What a forged vote has as its proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Nothing: `service`.
    None,
    /// An ID token that another issuer's key signed.
    Invented,
    /// A genuine ID token of that person, from a sign-in for something else.
    Elsewhere,
    /// A genuine ID token of that person for these very words, from a silent sign-in more than a minute after they had
    /// typed their password.
    Silent,
}

impl SimulatedDeployment {
    /// The item under this key.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn item(&self, id: &ActionId) -> Item {
        let stored = self.states.contents().get(id.as_str()).cloned().expect("the item is there");
        store::image::item(&stored).expect("the item is whole")
    }

    /// Adds an entry to the item whatever the lifecycle says, with a chain that fits. `change` may alter the entry's line.
    pub fn append(&self, id: &ActionId, event: Event, change: impl Fn(String) -> String) {
        let item = self.item(id);
        let (next, _) = item.extend(event, self.clock.now()).expect("a line to begin with");
        let mut lines: Vec<String> = next.entries().iter().map(|entry| entry.line.clone()).collect();
        let last = lines.pop().expect("an entry");
        lines.push(change(last));
        self.states.forge_events(id, &lines);
    }

    /// Keeps only the first so many events.
    pub fn truncate(&self, id: &ActionId, events: usize) {
        let lines: Vec<String> =
            self.item(id).entries().iter().take(events).map(|entry| entry.line.clone()).collect();
        self.states.forge_events(id, &lines);
    }

    /// A vote in somebody's name, its documents kept. Signed with the verdict key only by who has it: callbacks.
    #[must_use]
    pub fn forge_vote(
        &self,
        id: &ActionId,
        who: (&str, &str),
        kind: VerdictKind,
        token: Token,
        key: bool,
    ) -> Verdict {
        let (subject, group) = who;
        let item = self.item(id);
        let review = item.state().review().expect("a decision to vote on").clone();
        let at = self.clock.now();
        let statement = self.put(&Statement {
            format: Statement::FORMAT.to_owned(),
            deployment: DEPLOYMENT.to_owned(),
            action: id.clone(),
            revision: review.proposal.revision,
            action_digest: review.decision.action,
            review_digest: review.decision.review,
            verdict: kind.into(),
            reason_code: kind.happened().is_none().then(|| "other".to_owned()),
            reason: kind.happened().map(|_| "Looked at the target".to_owned()),
            grant: None,
            scope: None,
            patch: None,
            person: (&self.person(subject)).into(),
            client: PAGES_CLIENT.to_owned(),
            channel: "page".to_owned(),
            account: None,
            // As early as ledger takes it, so that the sign-in looks as if it had come afterwards.
            at: if token == Token::Silent { at.plus_seconds(-60) } else { at },
            salt: "00112233445566778899aabbccddeeff".to_owned(),
        });
        let nonce = match token {
            Token::Elsewhere => Digest::of(b"another sign-in").to_string(),
            Token::None | Token::Invented | Token::Silent => statement.to_string(),
        };
        let groups = [group];
        let claims = IdToken {
            subject,
            groups: &groups,
            client: PAGES_CLIENT,
            nonce: &nonce,
            at,
            auth_time: Some(if token == Token::Silent { at.plus_seconds(-75) } else { at }),
        };
        let signed = match token {
            Token::None => None,
            Token::Invented => Some(Issuer::new(self.issuer.name(), Algorithm::EdDsa(66)).id_token(&claims)),
            Token::Elsewhere | Token::Silent => Some(self.issuer.id_token(&claims)),
        };
        let proof_document = signed
            .map(|id_token| self.put(&IdTokenProof { format: IdTokenProof::FORMAT.to_owned(), id_token }));
        let proof = if proof_document.is_some() { Proof::Idp } else { Proof::Service };
        let unsigned =
            UnsignedEnvelope { format: Envelope::FORMAT.to_owned(), statement, proof, proof_document, at };
        let message = unsigned.message().expect("an envelope has a canonical form");
        let signer = match key {
            true => self.verdict.through(Gate::open()),
            false => LocalSigner::seeded([66; 32], Gate::open()),
        };
        let signature = now(signer.sign(message.as_bytes())).expect("the key signs");
        let envelope = self.put(&unsigned.signed(BASE64.encode(&signature)));
        let groups = vec![group.to_owned()];
        Verdict {
            person: self.person(subject),
            kind,
            groups,
            seats: Vec::new(),
            proof,
            statement,
            envelope,
            proof_document,
            grant: None,
            changed: Vec::new(),
        }
    }

    /// The same vote on somebody else's seat in its group.
    #[must_use]
    pub fn on_seat_of(&self, holder: &str, vote: Verdict) -> Verdict {
        let seat = |group: &String| Seat { group: group.clone(), person: self.person(holder) };
        Verdict { seats: vote.groups.iter().map(seat).collect(), ..vote }
    }

    /// Stores a document, as four of the functions can.
    pub fn put<T: wire::documents::DocumentKind>(&self, content: &T) -> Digest {
        let document = content.document().expect("a document has a canonical form");
        now(self.documents.through(Gate::open()).put(&document)).expect("the table takes it");
        document.digest()
    }

    /// Opens a stored document.
    #[must_use]
    pub fn open<T: wire::documents::DocumentKind>(&self, digest: Digest) -> T {
        let body = self.documents.contents().get(&digest).cloned().expect("the document is there");
        wire::json::parse(body.as_bytes()).expect("the document reads")
    }

    /// The decision an honest policy made, as policy under foreign control would rather have it: of this kind, with these
    /// requirements, and documents that agree with it.
    #[must_use]
    pub fn decision(&self, honest: &Event, kind: DecisionKind, requirements: Vec<Requirement>) -> Event {
        let Event::Decided {
            document,
            review,
            action,
            requester,
            expires_at,
            requirements: asked,
            resolvers,
            ..
        } = honest.clone()
        else {
            panic!("this is no decision");
        };
        // Whom the catalogue entry names for a lost attempt: in the sample those who are asked.
        let named = asked.into_iter().map(|one| Requirement { terms: Terms::default(), ..one });
        let resolvers = match (requirements.as_slice(), resolvers.as_slice()) {
            ([], []) => named.collect(),
            ([], _) => resolvers,
            _ => Vec::new(),
        };
        let mut decision: DecisionDocument = self.open(document);
        decision.outcome = kind.into();
        decision.requirements = requirements.clone();
        decision.resolvers = resolvers.clone();
        let review = review.map(|review| {
            let mut shown: ReviewDocument = self.open(review);
            shown.context.requirements.clone_from(&decision.requirements);
            self.put(&shown)
        });
        let document = self.put(&decision);
        Event::Decided {
            kind,
            document,
            review,
            action,
            requirements,
            granted: Vec::new(),
            resolvers,
            requester,
            expires_at,
        }
    }

    /// The id of the action that is made up.
    #[must_use]
    pub fn made_up_id(&self) -> ActionId {
        self.made_up_for("ci-agent")
    }

    /// The id of the action that is made up for this agent.
    #[must_use]
    pub fn made_up_for(&self, agent: &str) -> ActionId {
        self.action_of(agent, "made-up")
    }

    /// D17: an action that policy makes up for `ci-agent`, with a sealed payload of its own that holds `demo-agent`'s
    /// token, decided at once. `model` is an honest action of the same kind, whose documents are bent.
    #[must_use]
    pub fn made_up(&self, model: &ActionId) -> ActionId {
        let item = self.making_up(model, "ci-agent", self.clock.now());
        let lines: Vec<String> = item.entries().iter().map(|entry| entry.line.clone()).collect();
        self.states.forge_events(item.id(), &lines);
        item.id().clone()
    }

    /// The same for this agent, as it would have been at an earlier time, with a token that was valid then. Nothing is
    /// written to the state table yet.
    #[must_use]
    pub fn making_up(&self, model: &ActionId, agent: &str, at: Timestamp) -> Item {
        let model = self.item(model);
        let issuer = self.issuer.name().to_owned();
        let id = self.made_up_for(agent);
        let principal = Principal { issuer, subject: agent.to_owned() };
        let key = [7; 32];
        let Some(Event::Proposed { action_type, request, token_key, expires_at, .. }) = first(&model, 0)
        else {
            panic!("the model was proposed");
        };
        let Some(Event::Decided { document, review, action, resolvers, .. }) = first(&model, 1) else {
            panic!("the model was decided");
        };
        let mut request: Request = self.open(request);
        let content = canonical(&request.parameters).expect("parameters have a canonical form");
        let commitment = Commitment::of(&Key::from_bytes(key), content.as_bytes());
        let payload = Payload {
            format: Payload::FORMAT.to_owned(),
            parameters: request.parameters.clone(),
            reason: request.reason.clone(),
            token: self.issuer.agent("demo-agent", at),
            commitment_key: BASE64.encode(&key),
        };
        let sealed =
            now(self.seal.through(Gate::open()).seal(&payload, &id, 1, expires_at)).expect("policy can seal");
        request.action = id.clone();
        request.commitment = commitment;
        request.principal = (&principal).into();
        let token_key = KeyRef { ..token_key };
        let proposed = Event::Proposed {
            action_type,
            principal: principal.clone(),
            payload: self.put(&sealed),
            request: self.put(&request),
            token_key,
            expires_at,
        };
        let mut bent: Action = self.open(action.expect("the model was not forbidden"));
        bent.action = id.clone();
        bent.commitment = commitment;
        bent.principal = (&principal).into();
        let action = self.put(&bent);
        let mut shown: ReviewDocument = self.open(review.expect("the model was not forbidden"));
        shown.action = action;
        shown.context.principal = (&principal).into();
        let mut decision: DecisionDocument = self.open(document);
        decision.action = id.clone();
        let decided = Event::Decided {
            kind: DecisionKind::Permit,
            document: self.put(&decision),
            review: Some(self.put(&shown)),
            action: Some(action),
            requirements: Vec::new(),
            granted: Vec::new(),
            resolvers,
            requester: RequesterSet {
                agent: principal,
                owner: Some(self.person("dana")),
                humans: Vec::new(),
            },
            expires_at,
        };
        let (item, _) = Item::new(id.clone()).extend(proposed, at).expect("a proposal");
        let (item, _) = item.extend(decided, at).expect("a decision");
        item
    }
}

fn first(item: &Item, place: usize) -> Option<Event> {
    item.entries().get(place).map(|entry| entry.event.clone())
}
