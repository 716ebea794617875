//! One action, its log, and a channel that can fail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{Fault, Proof, VerdictKind};
use fn_notify::{Deliver, Notice, Notify};
use ledger::Tail;
use runtime::Clock;
use runtime::sqs::HandleMessage;
use store::{CreateState, SuspendState, WriteDocuments};
use testkit::{
    Channels, Documents, Gate, Log, Probe, SampleRequirement, Scenario, SimulatedClock, States, written,
};
use wire::message::{EffectName, Message};

/// A channel that remembers what reached it and fails when it is told to.
#[derive(Clone, Default)]
pub struct Channel(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    notices: Vec<Notice>,
    faults: VecDeque<Option<Fault>>,
}

impl Channel {
    /// What was delivered, in order.
    pub fn notices(&self) -> Vec<Notice> {
        self.0.lock().unwrap().notices.clone()
    }

    /// To whom, in order.
    pub fn audiences(&self) -> Vec<String> {
        self.notices().into_iter().map(|notice| notice.audience).collect()
    }

    /// The next deliveries end so; those after them succeed.
    pub fn fail(&self, faults: &[Option<Fault>]) {
        self.0.lock().unwrap().faults = faults.iter().cloned().collect();
    }
}

#[async_trait]
impl Deliver for Channel {
    async fn deliver(&self, notice: &Notice) -> Result<(), Fault> {
        let mut inside = self.0.lock().unwrap();
        if let Some(Some(fault)) = inside.faults.pop_front() {
            return Err(fault);
        }
        inside.notices.push(notice.clone());
        Ok(())
    }
}

/// Everything notify reaches.
pub struct TestStack {
    pub probe: Probe,
    pub states: States,
    pub documents: Documents,
    pub log: Log,
    pub channels: Channels,
    pub channel: Channel,
    pub scenario: Scenario,
}

impl TestStack {
    /// The action as it stands in this scenario, every document there.
    pub async fn of(scenario: Scenario) -> Self {
        let probe = Probe::default();
        let clock: Arc<dyn Clock> = Arc::new(SimulatedClock::at(scenario.now));
        let stack = Self {
            states: States::new(probe.gate(), clock.clone()),
            documents: Documents::new(probe.gate()),
            log: Log::new(probe.gate(), clock),
            channels: Channels::new(probe.gate()),
            channel: Channel::default(),
            probe,
            scenario,
        };
        for document in stack.scenario.documents.values() {
            stack.documents.put(document).await.unwrap();
        }
        let states = stack.states.through(Gate::open());
        match stack.scenario.list.sequence() {
            0 => drop(states.create(&stack.scenario.item).await.unwrap()),
            _ => drop(states.suspend(None, &stack.scenario.list).await.unwrap()),
        }
        stack.probe.clear();
        stack
    }

    /// Locks the record of this event of a scenario as log object 0.
    pub fn record(&self, scenario: &Scenario, sequence: u32) {
        self.log.place(0, written::write(&Tail::default(), &[(scenario, sequence)]));
    }

    pub fn message(&self, effect: EffectName) -> Message {
        let item = self.scenario.any();
        Message {
            format: Message::FORMAT.to_owned(),
            effect,
            action: item.id().clone(),
            sequence: item.sequence(),
            chain: item.chain(),
            proposed_object: 0,
            object: 0,
            person: None,
        }
    }

    /// A new process with this channel.
    pub fn notify(&self, deliver: Arc<dyn Deliver>) -> Notify {
        Notify {
            state: Arc::new(self.states.clone()),
            documents: Arc::new(self.documents.clone()),
            log: Arc::new(self.log.clone()),
            channels: Arc::new(self.channels.clone()),
            deliver,
            public_url: "https://approvals.example".to_owned(),
        }
    }

    /// Delivers ledger's message to a new process.
    pub async fn tell(&self, effect: EffectName) -> Result<(), Fault> {
        self.notify(Arc::new(self.channel.clone())).handle(&self.message(effect)).await
    }
}

/// Two of sre are asked.
pub fn asked() -> Scenario {
    let mut scenario = Scenario::new("asked");
    scenario.propose();
    scenario.decide(SampleRequirement::TwoOfSre);
    scenario
}

/// One of the two has voted.
pub async fn voted(subject: &str, kind: VerdictKind) -> Scenario {
    let mut scenario = asked();
    scenario.vote(subject, &["sre"], kind, Proof::Service).await;
    scenario
}
