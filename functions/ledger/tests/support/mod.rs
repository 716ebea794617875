//! A ledger among doubles, and one gate through which everything goes.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Waker};

use bundle::PublisherKey;
use bundle_build::Compiled;
use domain::{Digest, Fault, Proof, Timestamp, VerdictKind};
use fn_ledger::{Capabilities, Config, Ledger, StreamRecord};
use identity::{Issuers, Verifier};
use ledger::verify::{Verification, VerificationReport};
use store::{AccountState, CreateState, ExtendState, StreamImage, SuspendState, WriteDocuments};
use testkit::written::Believe;
use testkit::{
    Bundles, Documents, Gate, Index, Keys, Log, Moment, Passage, Publisher, Queues, SampleRequirement,
    Scenario, SimulatedClock, States,
};
use wire::documents::Document;
use wire::{AccountItem, Item, SuspensionItem};

/// What happens at the gate.
type Rule = Box<dyn FnMut(&'static str, Moment) -> Passage + Send>;

/// See the module.
pub struct Bench {
    pub clock: SimulatedClock,
    pub states: States,
    pub documents: Documents,
    pub index: Index,
    pub log: Log,
    pub queues: Queues,
    pub keys: Keys,
    pub capabilities: Capabilities,
    pub ledger: Ledger,
    publisher: PublisherKey,
    rule: Arc<Mutex<Option<Rule>>>,
}

impl Bench {
    pub fn new() -> Self {
        let scenario = Scenario::new("bench");
        let clock = SimulatedClock::at(scenario.now);
        let rule: Arc<Mutex<Option<Rule>>> = Arc::default();
        let gate = gate(&rule);
        let shared: Arc<dyn runtime::Clock> = Arc::new(clock.clone());
        let (documents, index) = (Documents::new(gate.clone()), Index::new(gate.clone()));
        let (log, queues) = (Log::new(gate.clone(), shared.clone()), Queues::new(gate.clone()));
        let keys = Keys::of(std::slice::from_ref(&scenario.issuer), gate.clone());
        let states = States::new(gate.clone(), shared.clone());
        let (bundles, publisher) = rules(&clock, &gate);
        let capabilities = Capabilities {
            append: Arc::new(log.clone()),
            log: Arc::new(log.clone()),
            state: Arc::new(states.clone()),
            documents: Arc::new(documents.clone()),
            index: Arc::new(index.clone()),
            indexing: Arc::new(index.clone()),
            queues: Arc::new(queues.clone()),
            bundles: Arc::new(bundles),
            verifier: Arc::new(verifier(&scenario, &keys)),
            clock: shared.clone(),
        };
        let ledger = Ledger::new(capabilities.clone(), config(&scenario, publisher));
        let states = states.through(Gate::open());
        Self { clock, states, documents, index, log, queues, keys, capabilities, ledger, publisher, rule }
    }

    /// Another ledger process on the same tables, with caches of its own and a way past the gate.
    pub fn another(&self) -> Ledger {
        let scenario = Scenario::new("bench");
        let (log, index) = (self.log.through(Gate::open()), self.index.through(Gate::open()));
        let keys = Keys::of(std::slice::from_ref(&scenario.issuer), Gate::open());
        let capabilities = Capabilities {
            append: Arc::new(log.clone()),
            log: Arc::new(log),
            documents: Arc::new(self.documents.through(Gate::open())),
            index: Arc::new(index.clone()),
            indexing: Arc::new(index),
            queues: Arc::new(self.queues.through(Gate::open())),
            verifier: Arc::new(verifier(&scenario, &keys)),
            ..self.capabilities.clone()
        };
        Ledger::new(capabilities, config(&scenario, self.publisher))
    }

    /// A new process on the same tables, some of its capabilities replaced.
    pub fn with(&self, change: impl FnOnce(&mut Capabilities, &mut Config)) -> Ledger {
        let (mut capabilities, mut config) =
            (self.capabilities.clone(), config(&Scenario::new("bench"), self.publisher));
        change(&mut capabilities, &mut config);
        Ledger::new(capabilities, config)
    }

    /// Asks `rule` at every passage from now on.
    pub fn at_gate(&self, mut rule: impl FnMut(&'static str, Moment) -> Result<(), Fault> + Send + 'static) {
        self.wait_at_gate(move |point, moment| Box::pin(std::future::ready(rule(point, moment))));
    }

    /// The same for a rule that takes its time.
    pub fn wait_at_gate(&self, rule: impl FnMut(&'static str, Moment) -> Passage + Send + 'static) {
        *self.rule.lock().unwrap() = Some(Box::new(rule));
    }

    /// Lets everything pass again.
    pub fn open_gate(&self) {
        *self.rule.lock().unwrap() = None;
    }

    /// Fails the next passage of this point on this side with a passing fault, once.
    pub fn fail_once(&self, point: &'static str, moment: Moment) {
        let mut done = false;
        self.at_gate(move |at, side| {
            if done || at != point || side != moment {
                return Ok(());
            }
            done = true;
            Err(Fault::passing("a lost answer"))
        });
    }

    /// Commits the scenario as its functions would, one write per event at the event's time, and gives the stream's records.
    pub async fn commit(&self, scenario: &Scenario) -> Vec<StreamRecord> {
        let before = self.states.stream().len();
        for document in scenario.documents.values() {
            self.documents.put(document).await.unwrap();
        }
        for (place, entry) in scenario.list.entries().iter().enumerate() {
            self.clock.set(entry.at);
            let lines = scenario.list.entries().iter().take(place + 1).map(|entry| entry.line.as_str());
            let list = SuspensionItem::parse(scenario.list.id().clone(), lines).unwrap();
            let from = (place > 0).then(|| list.chain_at(entry.sequence - 1).unwrap());
            self.states.suspend(from, &list).await.unwrap();
        }
        for (place, entry) in
            scenario.account.iter().flat_map(|(account, _)| account.entries().iter().enumerate())
        {
            self.clock.set(entry.at);
            let (account, _) = scenario.account.as_ref().unwrap();
            let lines = account.entries().iter().take(place + 1).map(|entry| entry.line.as_str());
            let item = AccountItem::parse(account.id().clone(), lines).unwrap();
            let from = (place > 0).then(|| item.chain_at(entry.sequence - 1).unwrap());
            self.states.write_account(from, &item).await.unwrap();
        }
        for (place, entry) in scenario.item.entries().iter().enumerate() {
            self.clock.set(entry.at);
            let item = first(scenario, place + 1);
            match place {
                0 => drop(self.states.create(&item).await.unwrap()),
                _ => {
                    drop(self.states.extend(item.chain_at(entry.sequence - 1).unwrap(), &item).await.unwrap())
                }
            }
        }
        self.clock.set(scenario.now);
        self.stream_from(before)
    }

    /// The stream from this record on.
    pub fn stream_from(&self, from: usize) -> Vec<StreamRecord> {
        let record = |record: testkit::WrittenImage| StreamRecord {
            image: record.image,
            kept: record.kept,
            at: record.at,
        };
        self.states.stream_from(from).into_iter().map(record).collect()
    }

    /// What was sent, as lines like `policy: decide act_… 1 @0`.
    pub fn sent(&self) -> Vec<String> {
        let line = |(queue, message): (runtime::Queue, wire::message::Message)| {
            let person = message.person.map_or_else(String::new, |person| format!(" to {}", person.subject));
            let (effect, sequence, object) = (message.effect, message.sequence, message.object);
            format!("{queue:?}: {effect:?} after event {sequence} in object {object}{person}")
        };
        self.queues.sent().into_iter().map(line).collect()
    }

    /// What the offline verifier says of the log.
    pub fn verify(&self) -> VerificationReport {
        let mut verification = Verification::new(Some(&Believe));
        self.log.objects().iter().for_each(|(number, bytes)| verification.object(*number, bytes));
        verification.finish()
    }

    /// The kinds of everything recorded, in order, e.g. `proposed`, `violation chain-differs`.
    pub fn recorded(&self) -> Vec<String> {
        let mut kinds = Vec::new();
        let mut tail = ledger::Tail::default();
        for (_, bytes) in self.log.objects() {
            let (next, found) = tail.follow(&bytes).unwrap();
            if let ledger::FollowedObject::Valid(object) = found {
                kinds.extend(object.records().iter().map(|line| kind(line.record.as_ref().unwrap())));
            }
            tail = next;
        }
        kinds
    }
}

fn kind(record: &wire::record::Record) -> String {
    use wire::record::Record;
    match record {
        Record::Event { entry, .. } => entry["event"]["kind"].as_str().unwrap().to_owned(),
        Record::Key { .. } => "key".to_owned(),
        Record::Violation { code, .. } => format!("violation {code}"),
        Record::RefusedVerdict { count, .. } => format!("attempt {count}"),
    }
}

/// Two of sre are asked and agree.
pub async fn change() -> Scenario {
    let mut scenario = Scenario::new("change");
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    scenario.vote("bob", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario.vote("carol", &["sre"], VerdictKind::Approve, Proof::Service).await;
    scenario
}

/// The scenario's item as it was after so many events.
pub fn first(scenario: &Scenario, events: usize) -> Item {
    let lines = scenario.lines(events);
    Item::parse(scenario.item.id().clone(), lines.iter().map(String::as_str)).unwrap()
}

/// A stream record of this item, all but the last event there before, written at its last event's time.
pub fn image(item: &Item) -> StreamRecord {
    let at = item.touched_at().unwrap();
    StreamRecord { image: StreamImage::Item(Box::new(item.clone().into())), kept: item.sequence() - 1, at }
}

/// The same item again, requeued at this time: no event is new to the table.
pub fn requeued(item: &Item, at: Timestamp) -> StreamRecord {
    StreamRecord { image: StreamImage::Item(Box::new(item.clone().into())), kept: item.sequence(), at }
}

/// Every document of a scenario but the one with this digest.
pub fn without(scenario: &Scenario, digest: Digest) -> BTreeMap<Digest, Document> {
    let mut documents = scenario.documents.clone();
    documents.remove(&digest);
    documents
}

fn gate(rule: &Arc<Mutex<Option<Rule>>>) -> Gate {
    let rule = rule.clone();
    Gate::new(move |point, moment| match rule.lock().unwrap().as_mut() {
        Some(rule) => rule(point, moment),
        None => Box::pin(std::future::ready(Ok(()))),
    })
}

fn verifier(scenario: &Scenario, keys: &Keys) -> Verifier {
    Verifier::new(Issuers::of(vec![scenario.issuer.settings()]).unwrap(), Arc::new(keys.clone()))
}

/// The sample bundle, in force since the day before.
fn rules(clock: &SimulatedClock, gate: &Gate) -> (Bundles, PublisherKey) {
    static SAMPLE: LazyLock<Compiled> = LazyLock::new(testkit::sample_bundle);
    let (now, publisher) = (runtime::Clock::now(clock), Publisher::new());
    let bundles = Bundles::new(gate.clone(), Arc::new(clock.clone()));
    clock.set(now.plus_seconds(-86_400));
    {
        // Doubles answer at once.
        let mut published = pin!(publisher.publish(&bundles, &SAMPLE, now));
        assert!(published.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
    }
    clock.set(now);
    (bundles, publisher.key())
}

fn config(scenario: &Scenario, publisher: PublisherKey) -> Config {
    Config {
        deployment: testkit::scenario::DEPLOYMENT.to_owned(),
        verdict_key: scenario.signer.public_key(),
        pages_client: testkit::scenario::PAGES_CLIENT.to_owned(),
        publisher,
        retention_days: 1,
        announced_formats: Vec::new(),
    }
}
