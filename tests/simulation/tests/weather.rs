//! Whole runs under faults. A failing run names its seed; `SEED=n` repeats that one alone, `SEEDS=n` runs so many.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helper functions fail loudly and tell what they counted"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use simulation::action_kind::ActionKind;
use simulation::deployment::SimulatedDeployment;
use simulation::executor::{Fate, Fates};
use simulation::run::{Weather, come_to_rest, random, straight, told};
use simulation::scheduler::Scheduler;
use simulation::seeds::each;

/// P1 to P7, P9 under F2 to F5, F7, F8, F9, F15 to F17, F19, F20, F22, F24, F25: duplicates, reorders, delays up to fourteen
/// days, failures, kills, clocks that are off, a stream that loses what it held, messages put aside and sent again, functions
/// throttled or paused, other rules, approvers who leave, targets that change.
#[test]
fn any_weather() {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    let runs = each("any_weather", 200, |seed| random(seed, Weather::Rough));
    let many = runs.len() > 100;
    runs.into_iter().flatten().for_each(|(_, status)| *ends.entry(status).or_default() += 1);
    println!("{ends:?}");
    for status in ["succeeded", "denied", "expired", "cancelled"] {
        assert!(!many || ends.contains_key(status), "no run ended {status}: {ends:?}");
    }
    let lost = |status: &String| status == "unknown" || status.ends_with("found later");
    assert!(!many || ends.keys().any(lost), "no attempt was lost: {ends:?}");
}

/// P1, P2, D11 under F23: a state table put back to an earlier point runs nothing twice, and is rebuilt from the log: then
/// every accepted action is over, or quarantined because somebody contradicted its record meanwhile.
#[test]
fn a_restored_table() {
    each("a_restored_table", 100, |seed| random(seed, Weather::Restored));
}

/// The same seed is the same run: what fails can be repeated.
#[test]
fn a_seed_is_a_run() {
    each("a_seed_is_a_run", 2, |seed| match random(seed, Weather::Rough) == random(seed, Weather::Rough) {
        true => Ok(()),
        false => Err(format!("SEED={seed}: two runs differ")),
    });
}

/// A deployment in which one thing goes wrong at one gate, again and again with another action.
struct Bench {
    run: Scheduler,
    left: Arc<AtomicUsize>,
}

impl Bench {
    fn new(fate: Fate) -> Self {
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let shared = left.clone();
        let fates = Fates::new(move |_, _| match shared.fetch_sub(1, Ordering::Relaxed) {
            1 => fate,
            _ => Fate::Pass,
        });
        let mut bench = Self { run: Scheduler::new(1, SimulatedDeployment::new(1, fates)), left };
        // Functions are warm from here on.
        bench.one(ActionKind::Rights, "before", usize::MAX);
        bench
    }

    /// One action whose gate of this number is hit: how it ended and how many commands reached the target.
    fn one(&mut self, kind: ActionKind, key: &str, gate: usize) -> (String, usize) {
        self.run.trace.clear();
        self.run.deployment.target.clear();
        self.run.fates().forget();
        self.left.store(gate, Ordering::Relaxed);
        self.run.fates().begin();
        let done = straight(&mut self.run, kind, key).and_then(|()| come_to_rest(&mut self.run));
        done.unwrap_or_else(|broken| panic!("gate {gate}: {}", told(1, &self.run, &broken)));
        let id = self.run.deployment.action(key);
        let status = self.run.state(key).map_or("never accepted", |state| state.status().name());
        (status.to_owned(), self.run.oracle.effects_of(&id))
    }

    /// P1 and P9 for everything this deployment has seen.
    fn at_rest(&self) {
        let rest = self.run.oracle.at_rest(&self.run.deployment);
        rest.unwrap_or_else(|broken| panic!("{}", told(1, &self.run, &broken)));
    }
}

/// How many actions share a deployment.
const SHARED: usize = 20;

/// Does this at every gate an action of this kind passes, one after the other, and lets everything recover: exactly one
/// effect, unless the attempt itself was hit; then at most one, and Unknown unless its outcome is proven.
fn at_every_gate(kind: ActionKind, fate: Fate) {
    let mut bench = Bench::new(fate);
    assert_eq!(bench.one(kind, "none", usize::MAX), ("succeeded".to_owned(), 1));
    let gates = bench.run.fates().passed();
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for (place, (point, moment)) in gates.iter().enumerate() {
        if place % SHARED == 0 {
            bench.at_rest();
            bench = Bench::new(fate);
        }
        let (end, effects) = bench.one(kind, &format!("key-{place}"), place + 1);
        match end.as_str() {
            "succeeded" => assert_eq!(effects, 1, "{fate:?} at {place}, {point} {moment:?}"),
            "unknown" | "failed" => assert!(effects <= 1, "{fate:?} at {place}, {point} {moment:?}"),
            _ => panic!("{fate:?} at {place}, {point} {moment:?}: {end}"),
        }
        *ends.entry(end).or_default() += 1;
    }
    bench.at_rest();
    println!("{kind:?} {fate:?}: {ends:?}");
}

/// F1, F22, W19: killed before and after every call of every function.
#[test]
fn killed_at_every_await() {
    at_every_gate(ActionKind::Export, Fate::Kill);
}

/// F8, F9: every call fails once, before it did its work or after, when only the answer is lost.
#[test]
fn failed_at_every_await() {
    at_every_gate(ActionKind::Job, Fate::Fail);
}
