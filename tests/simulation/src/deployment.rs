//! Everything the functions stand on: doubles on one gate, one clock, one issuer, one publisher.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use bundle::PublisherKey;
use bundle_build::Signer;
use domain::{ActionId, Digest, Person, Timestamp};
use identity::{Issuers, Verifier};
use runtime::Clock;
use serde_json::json;
use testkit::{
    Algorithm, Bundles, Channels, Documents, Gate, Index, Issuer, Keys, Limits, LocalSigner, Log, Queues,
    Seal, SeededRandom, SignInDesk, SimulatedClock, States,
};
use wire::text::Identity;

use crate::executor::Fates;
use crate::notices::DeliveredMessages;
use crate::rules::RuleSet;
use crate::target::Target;

/// The deployment.
pub const DEPLOYMENT: &str = "local";
/// The pages' client.
pub const PAGES_CLIENT: &str = "countersign-pages";
/// What links begin with.
pub const PUBLIC_URL: &str = "http://127.0.0.1:8080";
/// Intake's own key.
pub const FINGERPRINT_KEY: [u8; 32] = [9; 32];
/// When every run begins.
pub const START: i64 = 1_795_000_000_204;

/// See the module. Every part is shared by all who use it.
pub struct SimulatedDeployment {
    /// Decides what happens at every gate.
    pub fates: Fates,
    /// The one gate.
    pub gate: Gate,
    /// The time.
    pub clock: SimulatedClock,
    /// How many milliseconds the clock of each function is off, by its place in [`crate::functions::NAMES`].
    pub skews: [i64; 7],
    /// All randomness of the functions.
    pub random: SeededRandom,
    /// That of the references on cards.
    pub references: SeededRandom,
    /// The issuer of agents and people.
    pub issuer: Issuer,
    /// Its front.
    pub desk: SignInDesk,
    /// Its key sets.
    pub keys: Keys,
    /// The state table and its stream.
    pub states: States,
    /// The documents table.
    pub documents: Documents,
    /// The index.
    pub index: Index,
    /// The channels table.
    pub channels: Channels,
    /// The payload key.
    pub seal: Seal,
    /// Intake's limits.
    pub limits: Limits,
    /// The locked bucket.
    pub log: Log,
    /// The queues.
    pub queues: Queues,
    /// The bundles' bucket.
    pub bundles: Bundles,
    /// STS and targets.
    pub target: Target,
    /// The verdict key.
    pub verdict: LocalSigner,
    /// The checkpoint key.
    pub checkpoint: LocalSigner,
    /// Everything delivered to people, as `audience: text`.
    pub told: DeliveredMessages,
    publisher: Signer,
    published: RefCell<Vec<SimulatedBundle>>,
}

/// Rules that were put in force.
#[derive(Debug, Clone, Copy)]
pub struct SimulatedBundle {
    /// The manifest's digest.
    pub manifest: Digest,
    /// What it puts in force.
    pub rules: RuleSet,
    /// When.
    pub at: Timestamp,
}

impl SimulatedDeployment {
    /// A deployment with the sample bundle in force.
    #[must_use]
    pub fn new(seed: u64, fates: Fates) -> Self {
        let gate = fates.gate();
        let clock = SimulatedClock::at(Timestamp::from_millis(START));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let issuer = Issuer::new("http://127.0.0.1:8081", Algorithm::EdDsa(7));
        let open = Gate::open();
        let deployment = Self {
            skews: [0; 7],
            random: SeededRandom::new(seed),
            references: SeededRandom::new(!seed),
            desk: SignInDesk::new(issuer.clone(), PAGES_CLIENT, shared.clone(), gate.clone()),
            keys: Keys::of(std::slice::from_ref(&issuer), gate.clone()),
            states: States::new(gate.clone(), shared.clone()),
            documents: Documents::new(gate.clone()),
            index: Index::new(gate.clone()),
            channels: Channels::new(gate.clone()),
            seal: Seal::new(gate.clone(), [3; 32]),
            limits: Limits::new(gate.clone()),
            log: Log::new(gate.clone(), shared.clone()),
            queues: Queues::new(gate.clone()),
            bundles: Bundles::new(gate.clone(), shared),
            target: Target::new(gate.clone(), clock.clone()),
            verdict: LocalSigner::seeded([9; 32], gate.clone()),
            checkpoint: LocalSigner::seeded([8; 32], open),
            told: DeliveredMessages::new(gate.clone()),
            publisher: publisher(),
            published: RefCell::default(),
            issuer,
            clock,
            gate,
            fates,
        };
        deployment.publish(RuleSet::Sample);
        // The deployment has stood for a while: sweep and ledger have shown that every shard runs.
        deployment.index.begin(deployment.clock.now());
        deployment
    }

    /// Puts these rules in force under the next number, as a publisher does. Past every gate, and without loading them
    /// first: whoever uses them does that.
    pub fn publish(&self, rules: RuleSet) {
        let (at, compiled, before) = (self.clock.now(), rules.compiled(), self.published());
        let number = u64::try_from(before.len()).unwrap_or(0) + 1;
        let previous = before.last().map(|last| last.manifest);
        let signed = self.publisher.sign(number, compiled.digest, previous, at, "carol");
        let bytes = signed.and_then(|manifest| manifest.bytes()).expect("a publisher can sign");
        self.bundles.overwrite(&format!("bundles/content/{}.json", compiled.digest.hex()), &compiled.bytes);
        self.bundles.overwrite(&format!("bundles/{number:020}"), &bytes);
        self.published.borrow_mut().push(SimulatedBundle { manifest: Digest::of(&bytes), rules, at });
    }

    /// Everything that was put in force so far, oldest first.
    #[must_use]
    pub fn published(&self) -> Vec<SimulatedBundle> {
        self.published.borrow().clone()
    }

    /// The publisher's public key.
    #[must_use]
    pub fn publisher_key(&self) -> PublisherKey {
        self.publisher.public().expect("a publisher has a key")
    }

    /// What the functions are configured to believe.
    #[must_use]
    pub fn issuers(&self) -> Issuers {
        let settings = json!([{
            "issuer": self.issuer.name(), "metadata": self.issuer.settings().metadata, "audience": "countersign",
            "algorithms": ["ES256", "EdDSA"], "people": true,
            "person_clients": ["countersign-cli", PAGES_CLIENT], "groups_claim": "groups",
            "client_claim": "client_id",
        }]);
        Issuers::parse(&settings.to_string()).expect("the issuers are well configured")
    }

    /// A verifier with a cache of its own.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.issuers(), Arc::new(self.keys.clone()))
    }

    /// A person of the people's issuer.
    #[must_use]
    pub fn person(&self, subject: &str) -> Person {
        Person { issuer: self.issuer.name().to_owned(), subject: subject.to_owned() }
    }

    /// The id of `demo-agent`'s action under this idempotency key.
    #[must_use]
    pub fn action(&self, key: &str) -> ActionId {
        self.action_of("demo-agent", key)
    }

    /// The id of this agent's action under this idempotency key.
    #[must_use]
    pub fn action_of(&self, agent: &str, key: &str) -> ActionId {
        let agent = Identity { issuer: self.issuer.name().to_owned(), subject: agent.to_owned() };
        fn_intake::action_id(&FINGERPRINT_KEY, &agent, None, key).expect("names have a canonical form")
    }
}

/// A publisher whose key is the same in every run.
fn publisher() -> Signer {
    let seed = [5; 32];
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("any 32 bytes are a seed");
    // The private key's standard envelope (RFC 8410, version 2): fixed bytes around seed and public half.
    let mut pkcs8 =
        vec![0x30, 0x51, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    pkcs8.extend(seed);
    pkcs8.extend([0x81, 0x21, 0x00]);
    pkcs8.extend(pair.public_key().as_ref());
    Signer::from_pkcs8(&pkcs8).expect("a well-formed key")
}

/// Runs something to its end at once.
///
/// # Panics
/// When it waits for something that never comes.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000_000 {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
    panic!("something waits for ever")
}
