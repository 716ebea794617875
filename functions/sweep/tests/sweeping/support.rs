//! Actions of any age, and everything sweep reaches, in memory.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use domain::{Fault, Proof, Status, Timestamp, VerdictKind};
use fn_sweep::{Sweep, SweepReport};
use ledger::Tail;
use runtime::Clock;
use store::{CreateState, IndexRow, Position, ReadState, Watermark, WriteIndex};
use testkit::scenario::DEPLOYMENT;
use testkit::{
    Gate, Index, LocalSigner, Log, Probe, SampleRequirement, Scenario, SimulatedClock, States, written,
};
use wire::Item;

/// Everything sweep reaches.
pub struct TestStack {
    pub probe: Probe,
    pub clock: SimulatedClock,
    pub states: States,
    pub index: Index,
    pub log: Log,
    pub signer: LocalSigner,
    pub tail: Tail,
}

impl TestStack {
    pub fn new() -> Self {
        let probe = Probe::default();
        let clock = SimulatedClock::at(Scenario::new("any").now);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        Self {
            states: States::new(probe.gate(), shared.clone()),
            index: Index::new(probe.gate()),
            log: Log::new(probe.gate(), shared),
            signer: LocalSigner::seeded([4; 32], probe.gate()),
            tail: Tail::default(),
            probe,
            clock,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new process.
    pub fn process(&self) -> Sweep {
        Sweep {
            due: Arc::new(self.states.clone()),
            state: Arc::new(self.states.clone()),
            index: Arc::new(self.index.clone()),
            log: Arc::new(self.log.clone()),
            checkpoints: Arc::new(self.log.clone()),
            signer: Arc::new(self.signer.clone()),
            clock: Arc::new(self.clock.clone()),
            deployment: DEPLOYMENT.to_owned(),
            checkpointed: AtomicU64::new(0),
        }
    }

    pub async fn run(&self) -> Result<SweepReport, Fault> {
        self.process().run().await
    }

    /// Puts the action into the table as it stands.
    pub async fn add(&self, scenario: &Scenario) {
        self.clock.set(scenario.now);
        self.states.through(Gate::open()).create(&scenario.item).await.unwrap();
        self.probe.clear();
    }

    pub async fn item(&self, scenario: &Scenario) -> Item {
        self.states.through(Gate::open()).item(scenario.item.id()).await.unwrap().unwrap()
    }

    pub async fn status(&self, scenario: &Scenario) -> Status {
        self.item(scenario).await.state().status()
    }

    /// Everything of this action so far is in the log and indexed.
    pub async fn record(&mut self, scenario: &Scenario) {
        let (index, item) = (self.index.through(Gate::open()), &scenario.item);
        for entry in item.entries() {
            let bytes = written::write(&self.tail, &[(scenario, entry.sequence)]);
            let object = self.tail.next;
            self.log.place(object, bytes.clone());
            self.tail = self.tail.clone().follow(&bytes).unwrap().0;
            let position = Position {
                position: object,
                object,
                kind: entry.event.kind().to_owned(),
                sequence: entry.sequence,
                at: entry.at,
                digest: entry.chain,
                tried: None,
                history_entry: None,
            };
            index.apply(&position, &row(item, entry.sequence, object)).await.unwrap();
        }
        let last = self.tail.previous;
        let (next_object, size) = (self.tail.next, self.tail.tree.size());
        let heartbeat = self.clock.now();
        self.index.set_watermark(Some(Watermark { next_object, size, range: vec![], last, heartbeat }));
    }
}

/// The index's row once this much is recorded.
fn row(item: &Item, sequence: u32, object: u64) -> IndexRow {
    let proposal = item.state().proposal().unwrap();
    IndexRow {
        sequence,
        chain: item.chain_at(sequence).unwrap(),
        status: item.state().status().name().to_owned(),
        action_type: proposal.action_type.clone(),
        sentence: proposal.action_type.clone(),
        principal: (&proposal.principal).into(),
        needed: 1,
        expires_at: proposal.expires_at,
        object,
        ..IndexRow::blank(item.id(), proposal.created_at, 0)
    }
}

pub fn proposed(key: &str) -> Scenario {
    let mut scenario = Scenario::new(key);
    scenario.propose();
    scenario
}

pub fn pending(key: &str) -> Scenario {
    let mut scenario = proposed(key);
    scenario.decide(SampleRequirement::TwoOfSre);
    scenario
}

/// One of the two has agreed.
pub async fn half(key: &str) -> Scenario {
    let mut scenario = pending(key);
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario
}

pub fn approved(key: &str) -> Scenario {
    let mut scenario = proposed(key);
    scenario.decide(SampleRequirement::Nobody);
    scenario
}

pub fn executing(key: &str) -> Scenario {
    let mut scenario = approved(key);
    scenario.claim();
    scenario
}
