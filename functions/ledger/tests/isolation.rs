//! E7: what one item meets holds up no other.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a sample that cannot be built fails loudly"
)]

mod support;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{Digest, Fault, Proof, Scope, VerdictKind};
use fn_ledger::{Ledger, StreamRecord};
use identity::{FetchKeys, IssuerSettings, Issuers, Verifier};
use runtime::{Clock, Queue, SendMessage};
use serde_json::Value;
use store::{DocumentFault, DueState, ReadDocuments, ReadIndex};
use support::Bench;
use testkit::{
    Algorithm, Bundles, Gate, Issuer, Publisher, SampleRequirement, Scenario, SimulatedClock, sample_bundle,
};
use wire::documents::Document;
use wire::message::Message;

const DEAD: &str = "https://dead.example";

/// Key sets of which some never come: asking costs five seconds.
struct SomeDead {
    keys: Arc<dyn FetchKeys>,
    unreachable: Mutex<BTreeSet<String>>,
    clock: SimulatedClock,
    asked: AtomicUsize,
}

#[async_trait]
impl FetchKeys for SomeDead {
    async fn keys(&self, issuer: &IssuerSettings) -> Result<Vec<Value>, Fault> {
        if self.unreachable.lock().unwrap().contains(&issuer.issuer) {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.clock.pass(5);
            return Err(Fault::passing("no answer in time"));
        }
        match issuer.issuer.as_str() {
            name if name.starts_with("https://dead") => Ok(Issuer::new(name, Algorithm::EdDsa(7)).jwks()),
            _ => self.keys.keys(issuer).await,
        }
    }
}

/// A ledger that knows so many issuers besides the honest one, all of them dead. The sample's rules are in force.
async fn with_dead(bench: &Bench, names: &[String]) -> (Ledger, Arc<SomeDead>) {
    let publisher = Publisher::new();
    let bundles = Bundles::new(Gate::open(), Arc::new(bench.clock.clone()));
    publisher.publish(&bundles, &sample_bundle(), bench.clock.now()).await.unwrap();
    let honest = Scenario::new("bench").issuer.settings();
    let all = names.iter().map(|name| {
        let settings = Issuer::new(name, Algorithm::EdDsa(7)).settings();
        IssuerSettings { people: false, ..settings }
    });
    let issuers = Issuers::of(std::iter::once(honest).chain(all).collect()).unwrap();
    let fetch = Arc::new(SomeDead {
        keys: Arc::new(bench.keys.clone()),
        unreachable: Mutex::new(names.iter().cloned().collect()),
        clock: bench.clock.clone(),
        asked: AtomicUsize::new(0),
    });
    let verifier = Arc::new(Verifier::new(issuers, fetch.clone()));
    let ledger = bench.with(|capabilities, config| {
        (capabilities.verifier, capabilities.bundles) = (verifier, Arc::new(bundles));
        config.publisher = publisher.key();
    });
    (ledger, fetch)
}

/// Proposed by an agent of this issuer.
fn proposed(key: &str, issuer: &str) -> Scenario {
    let mut scenario = Scenario::new(&format!("{issuer} {key}"));
    scenario.issuer = Issuer::new(issuer, Algorithm::EdDsa(7));
    scenario.propose();
    scenario
}

/// Bob denies an action and suspends everything, both on the word of callbacks alone.
async fn denied_and_suspended(bench: &Bench) -> (Scenario, Scenario, Vec<StreamRecord>) {
    let mut denied = Scenario::new("denied");
    denied.propose();
    denied.decide(SampleRequirement::TwoOfSre);
    denied.vote("bob", &["sre"], VerdictKind::Deny, Proof::Service).await;
    let mut suspensions = Scenario::suspensions();
    suspensions.suspend("bob", &["sre"], Scope::All).await;
    let batch = [bench.commit(&denied).await, bench.commit(&suspensions).await].concat();
    (denied, suspensions, batch)
}

async fn sequence(bench: &Bench, scenario: &Scenario) -> u32 {
    bench.index.row(scenario.item.id()).await.unwrap().map_or(0, |row| row.sequence)
}

/// E7: one issuer that does not answer holds up nobody else: a hundred of its proposals cost one time-out, everything else in
/// the batch is recorded and sent, denials and suspensions too, and they come again with sweep's next requeue.
#[tokio::test]
async fn one_dead_issuer_stops_nobody_else() {
    let bench = Bench::new();
    let (ledger, fetch) = with_dead(&bench, &[DEAD.to_owned()]).await;
    let scenarios: Vec<Scenario> = (0..100).map(|number| proposed(&number.to_string(), DEAD)).collect();
    let mut batch = Vec::new();
    for scenario in &scenarios {
        batch.extend(bench.commit(scenario).await);
    }
    let (denied, suspensions, others) = denied_and_suspended(&bench).await;
    batch.extend(others);
    let began = bench.clock.now();
    ledger.handle(&batch).await.unwrap();
    assert_eq!(fetch.asked.load(Ordering::SeqCst), 1);
    assert!(bench.clock.now() < began.plus_seconds(6), "one time-out");
    assert_eq!((sequence(&bench, &denied).await, sequence(&bench, &suspensions).await), (3, 1));
    let sent = bench.sent().join("\n");
    assert!(sent.contains("AnnounceEnd after event 3"), "{sent}");
    let late = bench.index.row(scenarios[7].item.id()).await.unwrap();
    assert_eq!(late, None, "neither recorded nor dead");

    fetch.unreachable.lock().unwrap().clear();
    bench.clock.pass(60);
    let before = bench.states.stream().len();
    for scenario in &scenarios {
        bench.states.requeue(scenario.item.id(), bench.clock.now()).await.unwrap();
    }
    ledger.handle(&bench.stream_from(before)).await.unwrap();
    for scenario in &scenarios {
        assert_eq!(sequence(&bench, scenario).await, 1);
    }
    assert!(bench.verify().is_clean(), "{:#?}", bench.verify());
}

/// E7: however many issuers are dead, asking them all takes no longer than a batch may; who was not asked is asked later, and
/// those who answer are recorded.
#[tokio::test]
async fn many_dead_issuers_cost_a_bounded_time() {
    let bench = Bench::new();
    let names: Vec<String> = (0..12).map(|number| format!("https://dead{number}.example")).collect();
    let (ledger, fetch) = with_dead(&bench, &names).await;
    let scenarios: Vec<Scenario> = names.iter().map(|name| proposed("one", name)).collect();
    let mut batch = Vec::new();
    for scenario in &scenarios {
        batch.extend(bench.commit(scenario).await);
    }
    let began = bench.clock.now();
    ledger.handle(&batch).await.unwrap();
    assert_eq!(fetch.asked.load(Ordering::SeqCst), 3);
    assert_eq!(bench.clock.now(), began.plus_seconds(15));
    // The last of them answers again: those that did not answer a moment ago are let alone, so its turn comes.
    fetch.unreachable.lock().unwrap().remove(&names[11]);
    for _ in 0..3 {
        ledger.handle(&batch).await.unwrap();
    }
    assert_eq!(fetch.asked.load(Ordering::SeqCst), 11);
    assert_eq!(sequence(&bench, &scenarios[11]).await, 1);
}

/// A documents table in which one document cannot be read for now.
struct Throttled {
    documents: Arc<dyn ReadDocuments>,
    digest: Mutex<Option<Digest>>,
    fault: Fault,
}

#[async_trait]
impl ReadDocuments for Throttled {
    async fn document(&self, digest: Digest) -> Result<Option<Document>, DocumentFault> {
        if *self.digest.lock().unwrap() == Some(digest) {
            return Err(self.fault.clone().into());
        }
        self.documents.document(digest).await
    }
}

/// E7: a document that cannot be read holds up its own item alone, whether the fault may pass or not; and of that item the
/// events before it are recorded, those after it wait with it, in order.
#[tokio::test]
async fn one_unreadable_document_stops_one_item() {
    for fault in [Fault::passing("throttled"), Fault::lasting("AccessDenied")] {
        let bench = Bench::new();
        let (scenario, other) = (Scenario::export("one").await, Scenario::export("other").await);
        let batch = [bench.commit(&scenario).await, bench.commit(&other).await].concat();
        let vote = scenario.item.entries()[2].event.documents()[0];
        let throttled = Arc::new(Throttled {
            documents: bench.capabilities.documents.clone(),
            digest: Mutex::new(Some(vote)),
            fault,
        });
        let ledger = bench.with(|capabilities, _| capabilities.documents = throttled.clone());
        ledger.handle(&batch).await.unwrap();
        assert_eq!((sequence(&bench, &scenario).await, sequence(&bench, &other).await), (2, 5));
        *throttled.digest.lock().unwrap() = None;
        ledger.handle(&[support::requeued(&scenario.item, bench.clock.now())]).await.unwrap();
        assert_eq!(sequence(&bench, &scenario).await, 5);
        let report = bench.verify();
        assert!(report.is_clean() && report.trails.len() == 10, "{report:#?}");
    }
}

/// Queues of which one takes nothing.
struct OneFull {
    queues: Arc<dyn SendMessage>,
    full: Queue,
}

#[async_trait]
impl SendMessage for OneFull {
    async fn send(&self, queue: Queue, message: &Message) -> Result<(), Fault> {
        if queue == self.full {
            return Err(Fault::passing("throttled"));
        }
        self.queues.send(queue, message).await
    }
}

/// E7: a queue that takes nothing keeps nothing from the others; the batch comes again for it.
#[tokio::test]
async fn one_queue_stops_no_other() {
    let bench = Bench::new();
    let (one, other) = (Scenario::export("one").await, Scenario::export("other").await);
    let batch = [bench.commit(&one).await, bench.commit(&other).await].concat();
    let queues = Arc::new(OneFull { queues: bench.capabilities.queues.clone(), full: Queue::Notify });
    let ledger = bench.with(|capabilities, _| capabilities.queues = queues);
    assert!(ledger.handle(&batch).await.unwrap_err().is_passing());
    for scenario in [&one, &other] {
        let of = |queue| {
            let sent = bench.queues.sent();
            sent.iter().filter(|(at, message)| *at == queue && message.action == *scenario.item.id()).count()
        };
        assert_eq!((of(Queue::Policy), of(Queue::Execution), of(Queue::Notify)), (1, 1, 0));
    }
    bench.ledger.handle(&batch).await.unwrap();
    assert!(bench.sent().iter().any(|sent| sent.starts_with("Notify: SendReceipt")));
}
