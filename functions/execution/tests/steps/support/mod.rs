//! One action, approved for real, and everything execution reaches, in memory.

mod answered;
mod approved;
mod found;
mod issuers;
mod rules;
mod sample_action;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use bundle_build::Compiled;
use bytes::Bytes;
use domain::{ActionId, Fault, Granted, Timestamp};
use fn_execution::{Capabilities, Config, Execution};
use ledger::{FollowedObject, Tail};
use runtime::sqs::HandleMessage;
use runtime::{Clock, Pause};
use store::{CreateState, IndexRow, Position, WriteDocuments, WriteIndex};
use testkit::scenario::{DEPLOYMENT, PAGES_CLIENT};
use testkit::{
    Bundles, Documents, Index, Log, Publisher, Scenario, Seal, SeededRandom, SimulatedClock, States, Sts,
    Targets, sample_bundle, written,
};
use wire::message::{EffectName, Message};

pub use sample_action::{SampleAction, Tampering};
pub use testkit::changed_bundle as changed;
pub use testkit::{Probe, Strike, killed};

/// Waiting takes no time.
pub struct NoPause;

#[async_trait]
impl Pause for NoPause {
    async fn pause(&self, _: u64) {}
}

/// Everything execution reaches.
pub struct TestStack {
    pub probe: Probe,
    pub clock: SimulatedClock,
    pub states: States,
    pub documents: Documents,
    pub seal: Seal,
    pub index: Index,
    pub log: Log,
    pub bundles: Bundles,
    pub publisher: Publisher,
    pub sts: Sts,
    pub targets: Targets,
    pub scenario: Scenario,
    /// What policy says earlier approvals granted.
    pub granted: Vec<Granted>,
    /// The log object with the action's first record.
    first: u64,
    tail: Tail,
}

impl TestStack {
    /// Targets and rules; no action yet.
    pub async fn empty(key: &str) -> Self {
        let probe = Probe::default();
        let scenario = Scenario::new(key);
        let clock = SimulatedClock::at(scenario.now);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let gate = || probe.gate();
        let sts = Sts::new(gate(), shared.clone());
        let stack = Self {
            states: States::new(gate(), shared.clone()),
            documents: Documents::new(gate()),
            seal: Seal::new(gate(), [5; 32]),
            index: Index::new(gate()),
            log: Log::new(gate(), shared.clone()),
            bundles: Bundles::new(gate(), shared.clone()),
            publisher: Publisher::new(),
            targets: Targets::new(gate(), shared, &sts),
            sts,
            clock,
            scenario,
            granted: Vec::new(),
            first: 0,
            tail: Tail::default(),
            probe,
        };
        // Compiling checks everything a bundle can have wrong: once is enough for all worlds.
        static SAMPLE: OnceLock<Compiled> = OnceLock::new();
        stack.publish(SAMPLE.get_or_init(sample_bundle)).await;
        stack.targets.things(|things| {
            things.put_object("customers", "2026/q3.csv", "email,city\nx,y\n");
            things.put_object("customers", "2026/q3-short.csv", "email\nx\n");
            things.put_object("reports", "2026/revenue-q3.csv", "quarter,revenue\n3,7\n");
            things.put_secret("prod/payments/db", "first", "the value before");
            things.put_function("demo-retrain", "1", "code-sha-1");
            things.put_function("demo-retrain", "2", "code-sha-2");
        });
        stack
    }

    /// An action that is approved, recorded and waits to run.
    pub async fn approved(ask: SampleAction) -> Self {
        Self::twisted(ask, Tampering::None).await
    }

    /// The same, with one thing wrong from the beginning.
    pub async fn twisted(ask: SampleAction, tampering: Tampering) -> Self {
        let mut stack = Self::empty(&format!("{ask:?} {tampering:?}")).await;
        approved::tell(&mut stack, ask, tampering).await;
        stack.settle().await;
        stack
    }

    /// The same under other rules than the sample's.
    pub async fn ruled(ask: SampleAction, rules: &Compiled) -> Self {
        let mut stack = Self::empty(&format!("{ask:?}")).await;
        stack.publish(rules).await;
        approved::tell(&mut stack, ask, Tampering::None).await;
        stack.settle().await;
        stack
    }

    pub async fn publish(&self, compiled: &Compiled) {
        self.publisher.publish(&self.bundles, compiled, self.clock.now()).await.expect("published");
    }

    /// Everything up to the approval, not recorded yet.
    pub async fn tell(&mut self, ask: SampleAction, tampering: Tampering) {
        approved::tell(self, ask, tampering).await;
    }

    /// The same, every record of it locked so many seconds after its event says it happened.
    pub async fn recorded_late(ask: SampleAction, tampering: Tampering, seconds: i64) -> Self {
        let mut stack = Self::empty(&format!("{ask:?} {seconds}")).await;
        approved::tell(&mut stack, ask, tampering).await;
        stack.settle_late(seconds).await;
        stack
    }

    /// Documents, records, index and item as an honest ledger leaves them.
    pub async fn settle(&mut self) {
        self.settle_late(0).await;
    }

    async fn settle_late(&mut self, seconds: i64) {
        self.first = self.tail.next;
        for document in self.scenario.documents.values() {
            self.documents.put(document).await.unwrap();
        }
        for entry in self.scenario.item.entries().to_vec() {
            self.clock.set(entry.at.plus_seconds(seconds));
            let bytes = written::write(&self.tail, &[(&self.scenario, entry.sequence)]);
            let object = self.append(bytes);
            let position = Position {
                position: u64::from(entry.sequence),
                object,
                kind: entry.event.kind().to_owned(),
                sequence: entry.sequence,
                at: entry.at,
                digest: entry.chain,
                tried: None,
                history_entry: None,
            };
            self.index.apply(&position, &self.row(entry.sequence, object)).await.unwrap();
        }
        self.clock.set(self.scenario.now);
        self.states.create(&self.scenario.item).await.unwrap();
        self.probe.clear();
    }

    /// Puts the object at the next number.
    pub fn append(&mut self, bytes: Bytes) -> u64 {
        let number = self.tail.next;
        self.log.place(number, bytes.clone());
        let (tail, found) = self.tail.clone().follow(&bytes).unwrap();
        assert!(matches!(found, FollowedObject::Valid(_)));
        self.tail = tail;
        number
    }

    pub fn row(&self, sequence: u32, object: u64) -> IndexRow {
        let item = &self.scenario.item;
        let proposal = item.state().proposal().unwrap();
        IndexRow {
            sequence,
            chain: item.chain_at(sequence).unwrap(),
            status: "approved".to_owned(),
            action_type: proposal.action_type.clone(),
            sentence: proposal.action_type.clone(),
            principal: (&proposal.principal).into(),
            needed: 1,
            given: 1,
            expires_at: proposal.expires_at,
            updated_at: self.clock.now(),
            object,
            ..IndexRow::blank(item.id(), proposal.created_at, self.first)
        }
    }

    /// The suspension list's row, as ledger leaves it after so many events.
    pub async fn record_suspensions(&self, suspensions: &wire::SuspensionItem, sequence: u32) {
        if sequence == 0 {
            return;
        }
        let entry = &suspensions.entries()[sequence as usize - 1];
        let position = Position {
            position: 100 + u64::from(sequence),
            object: 100,
            kind: entry.event.kind().to_owned(),
            sequence,
            at: entry.at,
            digest: entry.chain,
            tried: None,
            history_entry: None,
        };
        let row = IndexRow {
            action: suspensions.id().clone(),
            sequence,
            chain: entry.chain,
            status: "suspensions".to_owned(),
            ..self.row(1, 100)
        };
        self.index.apply(&position, &row).await.unwrap();
    }

    /// The message ledger sends once the last record is locked.
    pub fn message(&self) -> Message {
        let item = &self.scenario.item;
        Message {
            format: Message::FORMAT.to_owned(),
            effect: EffectName::Execute,
            action: item.id().clone(),
            sequence: item.sequence(),
            chain: item.chain(),
            proposed_object: self.first,
            object: self.first + u64::from(item.sequence()) - 1,
            person: None,
        }
    }

    /// A new process with this seed for its attempts.
    pub fn process(&self, seed: u64) -> Execution {
        self.configured(seed, 1)
    }

    /// A new process that wants records locked for so many days.
    pub fn process_that_keeps(&self, retention_days: u32) -> Execution {
        self.configured(1, retention_days)
    }

    /// A new process with one of its capabilities replaced.
    pub fn process_with(&self, change: impl FnOnce(&mut Capabilities)) -> Execution {
        let mut capabilities = self.capabilities(1);
        change(&mut capabilities);
        Execution::new(capabilities, self.config(1))
    }

    fn configured(&self, seed: u64, retention_days: u32) -> Execution {
        Execution::new(self.capabilities(seed), self.config(retention_days))
    }

    fn config(&self, retention_days: u32) -> Config {
        Config {
            deployment: DEPLOYMENT.to_owned(),
            publisher: self.publisher.key(),
            verdict_key: self.scenario.signer.public_key(),
            issuers: issuers::issuers(),
            pages_client: PAGES_CLIENT.to_owned(),
            retention_days,
        }
    }

    fn capabilities(&self, seed: u64) -> Capabilities {
        Capabilities {
            state: Arc::new(self.states.clone()),
            claim: Arc::new(self.states.clone()),
            activity: Arc::new(self.states.clone()),
            extend: Arc::new(self.states.clone()),
            documents: Arc::new(self.documents.clone()),
            document_writer: Arc::new(self.documents.clone()),
            payloads: Arc::new(self.seal.clone()),
            index: Arc::new(self.index.clone()),
            log: Arc::new(self.log.clone()),
            claims: Arc::new(self.log.clone()),
            bundles: Arc::new(self.bundles.clone()),
            assume: Arc::new(self.sts.clone()),
            inspect: Arc::new(self.targets.clone()),
            run: Arc::new(self.targets.clone()),
            clock: Arc::new(self.clock.clone()),
            random: Arc::new(SeededRandom::new(seed)),
            pause: Arc::new(NoPause),
        }
    }

    /// Delivers the message once, to a new process.
    pub async fn deliver(&self, seed: u64) -> Result<(), Fault> {
        self.process(seed).handle(&self.message()).await
    }

    pub fn id(&self) -> ActionId {
        self.scenario.item.id().clone()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
