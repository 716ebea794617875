//! Everything one verdict is made of, and what bends it.

use data_encoding::BASE64;
use domain::*;
use identity::{Invalid, Issuers, PublicKey, SignEnvelope, VerdictContext, VerdictDocuments, verdict_holds};
use testkit::{Algorithm, Gate, IdToken, Issuer, LocalSigner};
use wire::documents::{
    Document, DocumentKind, Envelope, IdTokenProof, Statement, UnsignedEnvelope, VerdictName,
};

pub const PEOPLE: &str = "https://people.example";
pub const PAGES: &str = "countersign-pages";

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).plus_seconds(seconds)
}

pub fn person(subject: &str) -> Person {
    Person { issuer: PEOPLE.into(), subject: subject.into() }
}

/// Everything one verdict is made of. A test bends one thing and asks again.
pub struct Case {
    pub issuer: Issuer,
    pub signer: LocalSigner,
    pub requirement: Requirement,
    pub statement: Statement,
    pub proof: Proof,
    pub groups: Vec<String>,
    pub subject: &'static str,
    pub token_subject: &'static str,
    pub token_groups: &'static [&'static str],
    pub token_client: &'static str,
    pub nonce: Option<&'static str>,
    pub auth_time: Option<Timestamp>,
    pub issued_at: Timestamp,
    pub committed_at: Timestamp,
    pub envelope_at: Timestamp,
    pub directory: Membership,
    pub seats: Vec<Seat>,
    pub kind: VerdictKind,
    pub key: Option<PublicKey>,
    pub jwk: bool,
    pub signed_as: Option<Proof>,
    pub named_proof: bool,
    pub foreign_key: bool,
    pub changed: &'static [&'static str],
}

impl Case {
    pub fn idp() -> Self {
        let requirement = Requirement {
            name: "data-owners".into(),
            groups: vec![GroupCount { group: "data-owners".into(), count: 1 }],
            proof: Proof::Idp,
            max_age: Some(300),
            prompt_login: true,
            terms: Terms::default(),
        };
        Self {
            issuer: Issuer::new(PEOPLE, Algorithm::EdDsa(1)),
            signer: LocalSigner::seeded([9; 32], Gate::open()),
            requirement,
            statement: statement(),
            proof: Proof::Idp,
            groups: vec!["data-owners".into()],
            subject: "alice",
            token_subject: "alice",
            token_groups: &["data-owners"],
            token_client: PAGES,
            nonce: None,
            auth_time: Some(at(110)),
            issued_at: at(111),
            committed_at: at(112),
            envelope_at: at(112),
            directory: Membership::default(),
            seats: vec![],
            kind: VerdictKind::Approve,
            key: None,
            jwk: true,
            signed_as: None,
            named_proof: true,
            foreign_key: false,
            changed: &[],
        }
    }

    pub fn service() -> Self {
        let mut case = Self::idp();
        case.requirement.proof = Proof::Service;
        case.proof = Proof::Service;
        case.directory.groups.insert("data-owners".into());
        case
    }

    fn review(&self) -> Review {
        let agent = Principal { issuer: PEOPLE.into(), subject: "demo-agent".into() };
        let proposed = Event::Proposed {
            action_type: "s3-export".into(),
            principal: agent.clone(),
            payload: Digest::of(b"payload"),
            request: Digest::of(b"request"),
            token_key: KeyRef { issuer: PEOPLE.into(), kid: "ed-0".into() },
            expires_at: at(3600),
        };
        let decided = Event::Decided {
            kind: DecisionKind::RequireApproval,
            document: Digest::of(b"decision"),
            review: Some(Digest::of(b"review")),
            action: Some(Digest::of(b"action")),
            requirements: vec![self.requirement.clone()],
            granted: Vec::new(),
            resolvers: Vec::new(),
            requester: RequesterSet { agent, owner: Some(person("dana")), humans: vec![person("mallory")] },
            expires_at: at(3600),
        };
        let state = fold([(&proposed, at(0)), (&decided, at(1))]).unwrap();
        state.review().unwrap().clone()
    }

    pub async fn check(&self) -> Result<(), Invalid> {
        let statement = self.statement.document().unwrap();
        let nonce = self.nonce.map_or_else(|| statement.digest().to_string(), str::to_owned);
        let id_token = self.issuer.id_token(&IdToken {
            subject: self.token_subject,
            groups: self.token_groups,
            client: self.token_client,
            nonce: &nonce,
            at: self.issued_at,
            auth_time: self.auth_time,
        });
        let proof = IdTokenProof { format: IdTokenProof::FORMAT.into(), id_token }.document().unwrap();
        let named = (self.proof == Proof::Idp && self.named_proof).then(|| proof.digest());
        let unsigned = UnsignedEnvelope {
            format: Envelope::FORMAT.into(),
            statement: statement.digest(),
            proof: self.signed_as.unwrap_or(self.proof),
            proof_document: named,
            at: self.envelope_at,
        };
        let signature = self.signer.sign(unsigned.message().unwrap().as_bytes()).await.unwrap();
        let envelope: Document = unsigned.signed(BASE64.encode(&signature)).document().unwrap();
        let verdict = Verdict {
            person: person(self.subject),
            kind: self.kind,
            groups: self.groups.clone(),
            seats: self.seats.clone(),
            proof: self.proof,
            statement: statement.digest(),
            envelope: envelope.digest(),
            proof_document: named,
            grant: None,
            changed: self.changed.iter().map(|one| (*one).to_owned()).collect(),
        };
        let foreign = Issuer::new(PEOPLE, Algorithm::EdDsa(2));
        let jwk = if self.foreign_key { foreign.jwk() } else { self.issuer.jwk() };
        let review = self.review();
        let issuers = Issuers::of(vec![self.issuer.settings()]).unwrap();
        let context = VerdictContext {
            deployment: "local",
            action: &ActionId::of(b"example"),
            subject: &review.subject(&verdict),
            scope: None,
            verdict: &verdict,
            committed_at: self.committed_at,
            verdict_key: &self.key.unwrap_or(self.signer.public_key()),
            issuers: &issuers,
            pages_client: PAGES,
        };
        let documents = VerdictDocuments {
            statement: &statement,
            envelope: &envelope,
            proof: named.map(|_| &proof),
            proof_key: self.jwk.then_some(&jwk),
        };
        verdict_holds(&context, &documents, &self.directory)
    }
}

pub fn statement() -> Statement {
    Statement {
        format: Statement::FORMAT.into(),
        deployment: "local".into(),
        action: ActionId::of(b"example"),
        revision: 1,
        action_digest: Digest::of(b"action"),
        review_digest: Digest::of(b"review"),
        verdict: VerdictName::Approve,
        reason_code: None,
        reason: None,
        grant: None,
        scope: None,
        patch: None,
        person: (&person("alice")).into(),
        client: PAGES.into(),
        channel: "page".into(),
        account: None,
        at: at(100),
        salt: "0123456789abcdef0123456789abcdef".into(),
    }
}

/// One bend: what changes, and the check that must catch it.
pub type Bend = (&'static str, fn(&mut Case), Invalid);

pub async fn refused(make: fn() -> Case, bends: &[Bend]) {
    make().check().await.unwrap();
    for (name, bend, expected) in bends {
        let mut case = make();
        bend(&mut case);
        assert_eq!(case.check().await, Err(*expected), "{name}");
    }
}
