//! The door in one process: the real router on doubles, the sample bundle in force, an issuer with real keys.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what cannot be set up fails loudly")]

pub mod told;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use bundle::{Placed, PublishBundles, PublisherKey, ReadBundles, Stored};
use bundle_build::{Compiled, Signer, Sources, compile, publish};
use domain::{ActionId, Digest, Fault, Timestamp};
use fn_intake::{Capabilities, Config, Intake, router};
use http::{HeaderMap, Request, StatusCode};
use identity::{Issuers, Verifier};
use runtime::{Clock, Pause};
use secrecy::SecretBox;
use serde_json::{Value, json};
use store::ReadState;
use testkit::{
    Algorithm, Documents, Gate, Index, Issuer, Keys, Limits, Seal, SeededRandom, SimulatedClock, States,
};
use tokio::sync::OnceCell;
use tower::ServiceExt;
use wire::Item;

pub const START: i64 = 1_795_000_000_204;

/// Everything the door stands on.
#[derive(Clone)]
pub struct Door {
    pub issuer: Issuer,
    pub states: States,
    pub documents: Documents,
    pub index: Index,
    pub seal: Seal,
    pub limits: Limits,
    pub allowed: fn_intake::Limits,
    pub shelf: Shelf,
    pub clock: SimulatedClock,
    pub keys: Keys,
    publisher: PublisherKey,
    random: SeededRandom,
    pause: Arc<dyn Pause>,
    gate: Gate,
}

type Objects = BTreeMap<String, Vec<u8>>;

/// The sample bundle, compiled and published once for all tests of a file.
static PUBLISHED: OnceCell<(Objects, PublisherKey)> = OnceCell::const_new();

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/policies")
}

async fn published(compiled: &Compiled) -> (Objects, PublisherKey) {
    let signer = Signer::from_pkcs8(&Signer::generate().unwrap()).unwrap();
    let shelf = Shelf { gate: Gate::open(), objects: Arc::default() };
    publish(&shelf, &signer, compiled, "a test", Timestamp::from_millis(START)).await.unwrap();
    let objects = shelf.objects.lock().unwrap().clone();
    (objects, signer.public().unwrap())
}

/// An index that a ledger keeps, which shows itself for as long as any test lasts.
fn begun(index: Index, clock: &SimulatedClock) -> Index {
    index.begin(clock.now().plus_seconds(400 * 86_400));
    index
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and code, e.g. `409 key-reused`; the action's status where there is no code.
    pub fn gist(&self) -> String {
        let field = |name: &str| self.body[name].as_str();
        let word = field("code").or(field("status")).unwrap_or("-");
        format!("{} {word}", self.status.as_u16())
    }

    pub fn id(&self) -> ActionId {
        self.body["id"].as_str().unwrap().parse().unwrap()
    }
}

impl Door {
    pub async fn new() -> Self {
        Self::behind(Gate::open()).await
    }

    /// Where one stretch of a file of the sample bundle is another.
    pub async fn edited(file: &str, from: &str, to: &str) -> Self {
        let mut sources = Sources::read(&sample()).unwrap();
        let text = sources.0.get_mut(file).unwrap();
        assert!(text.contains(from), "{file} has no `{from}`");
        *text = text.replacen(from, to, 1);
        let published = published(&Compiled::from_sources(&sources, None).unwrap()).await;
        Self::standing(Gate::open(), &published)
    }

    /// With this gate before and after everything the door does.
    pub async fn behind(gate: Gate) -> Self {
        let sample = || async { published(&compile(&sample()).unwrap()).await };
        Self::standing(gate, PUBLISHED.get_or_init(sample).await)
    }

    fn standing(gate: Gate, (objects, publisher): &(Objects, PublisherKey)) -> Self {
        let clock = SimulatedClock::at(Timestamp::from_millis(START));
        let shelf = Shelf { gate: gate.clone(), objects: Arc::new(Mutex::new(objects.clone())) };
        let issuer = Issuer::new("http://127.0.0.1:8081", Algorithm::EdDsa(7));
        Self {
            keys: Keys::of(std::slice::from_ref(&issuer), gate.clone()),
            issuer,
            states: States::new(gate.clone(), Arc::new(clock.clone())),
            documents: Documents::new(gate.clone()),
            index: begun(Index::new(gate.clone()), &clock),
            seal: Seal::new(gate.clone(), [3; 32]),
            limits: Limits::new(gate.clone()),
            allowed: fn_intake::Limits::default(),
            shelf,
            publisher: *publisher,
            random: SeededRandom::new(11),
            pause: Arc::new(Passing(clock.clone())),
            clock,
            gate,
        }
    }

    /// The same door, where this happens whenever it waits.
    pub fn pausing(&self, pause: impl Pause + 'static) -> Self {
        Self { pause: Arc::new(pause), ..self.clone() }
    }

    /// The same door, its state table behind this gate.
    pub fn through(&self, gate: Gate) -> Self {
        Self { states: self.states.through(gate), ..self.clone() }
    }

    pub fn router(&self) -> axum::Router {
        let settings = json!([{
            "issuer": self.issuer.name(), "metadata": self.issuer.settings().metadata, "audience": "countersign",
            "algorithms": ["ES256", "EdDSA"], "people": true,
            "person_clients": ["countersign-cli", "countersign-pages"], "groups_claim": "groups",
            "client_claim": "client_id",
        }]);
        let issuers = Issuers::parse(&settings.to_string()).unwrap();
        let capabilities = Capabilities {
            create: Arc::new(self.states.clone()),
            state: Arc::new(self.states.clone()),
            extend: Arc::new(self.states.clone()),
            polls: Arc::new(self.states.clone()),
            attempts: Arc::new(self.states.clone()),
            limits: Arc::new(self.limits.clone()),
            bodies: Arc::new(self.limits.clone()),
            documents: Arc::new(self.documents.clone()),
            document_writer: Arc::new(self.documents.clone()),
            seal: Arc::new(self.seal.clone()),
            index: Arc::new(self.index.clone()),
            bundles: Arc::new(self.shelf.through(self.gate.clone())),
            verifier: Arc::new(Verifier::new(issuers, Arc::new(self.keys.clone()))),
            clock: Arc::new(self.clock.clone()),
            random: Arc::new(self.random.clone()),
            pause: self.pause.clone(),
        };
        let config = Config {
            public_url: "http://127.0.0.1:8080".to_owned(),
            publisher: self.publisher,
            fingerprint: SecretBox::new(Box::new([9; 32])),
            limits: self.allowed.clone(),
        };
        router(Arc::new(Intake::new(capabilities, config)))
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = wire::json::parse_value(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body, text }
    }

    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn agent(&self) -> String {
        self.issuer.agent("demo-agent", self.clock.now())
    }

    pub fn person(&self, name: &str, groups: &[&str]) -> String {
        self.issuer.person(name, groups, self.clock.now())
    }

    /// Sends a body under a key as `demo-agent`.
    pub async fn propose(&self, key: &str, body: &Value) -> Answer {
        self.propose_text(key, &body.to_string()).await
    }

    pub async fn propose_text(&self, key: &str, body: &str) -> Answer {
        self.send(post("/v1/actions", &self.agent(), &[("idempotency-key", key)], body)).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(get(path, token, &[])).await
    }

    /// The item, read past any gate.
    pub async fn item(&self, id: &ActionId) -> Option<Item> {
        self.states.through(Gate::open()).item(id).await.unwrap()
    }

    /// Every stored document of this kind.
    pub fn kept(&self, format: &str) -> Vec<Value> {
        let bodies = self.documents.contents().into_values();
        let values = bodies.map(|body| wire::json::parse_value(body.as_bytes()).unwrap());
        values.filter(|value| value["format"] == format).collect()
    }
}

/// That body with one field set (or, with null, taken away), at a pointer.
pub fn with(pointer: &str, value: Value) -> Value {
    let mut body = export();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let object = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        object.remove(name)
    } else {
        object.insert(name.to_owned(), value)
    };
    body
}

/// A complete proposal for customer data.
pub fn export() -> Value {
    json!({
        "type": "s3-export",
        "parameters": { "source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv" },
        "reason": "Quarterly report for the partner programme",
    })
}

pub fn post(path: &str, token: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::post(path).header("authorization", format!("Bearer {token}"));
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

pub fn get(path: &str, token: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::get(path).header("authorization", format!("Bearer {token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

/// Waiting is time passing on the simulated clock.
struct Passing(SimulatedClock);

#[async_trait]
impl Pause for Passing {
    async fn pause(&self, millis: u64) {
        let now = self.0.now().millis() + i64::try_from(millis).unwrap();
        self.0.set(Timestamp::from_millis(now));
    }
}

/// The bucket of bundles.
#[derive(Clone)]
pub struct Shelf {
    gate: Gate,
    objects: Arc<Mutex<Objects>>,
}

impl Shelf {
    pub fn through(&self, gate: Gate) -> Self {
        Self { gate, ..self.clone() }
    }

    pub fn clear(&self) {
        self.objects.lock().unwrap().clear();
    }
}

#[async_trait]
impl ReadBundles for Shelf {
    async fn get(&self, key: &str) -> Result<Option<Stored>, Fault> {
        self.gate.before("bundles.get").await?;
        let found = self.objects.lock().unwrap().get(key).cloned();
        self.gate.after("bundles.get").await?;
        Ok(found.map(|bytes| Stored { bytes, at: Timestamp::from_millis(START) }))
    }
}

#[async_trait]
impl PublishBundles for Shelf {
    async fn put_new(&self, key: &str, bytes: &[u8]) -> Result<Placed, Fault> {
        let mut objects = self.objects.lock().unwrap();
        if objects.contains_key(key) {
            return Ok(Placed::Taken);
        }
        objects.insert(key.to_owned(), bytes.to_vec());
        Ok(Placed::New)
    }
}

/// A digest for rows and records a test makes up.
pub fn digest(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}
