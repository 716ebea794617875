//! One action, its log, and a channel that can fail.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bundle::{ChannelRules, Destination};
use channel::{Address, Card, Channel, Copy, DeliveryError};
use domain::{Fault, Proof, Timestamp, VerdictKind};
use fn_notify::{AskedGroup, AtChannel, Destinations, Notify};
use ledger::Tail;
use runtime::sqs::HandleMessage;
use runtime::{Clock, HandOut, PostponeMessage, SystemRandom};
use store::{CreateState, SuspendState, WriteDocuments};
use testkit::{
    Channels, Documents, Gate, Log, Probe, SampleRequirement, Scenario, SimulatedClock, States, written,
};
use wire::message::{EffectName, Message};

/// A channel that remembers what reached it and fails when it is told to.
#[derive(Clone)]
pub struct Recorder {
    name: &'static str,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    received: Vec<ReceivedMessage>,
    faults: VecDeque<Option<DeliveryError>>,
    updated: Vec<(Copy, ReceivedMessage)>,
    update_faults: VecDeque<Option<DeliveryError>>,
}

/// A message as a recipient reads it.
#[derive(Debug, Clone)]
pub struct ReceivedMessage {
    pub address: String,
    pub kind: &'static str,
    pub audience: String,
    pub text: String,
    pub link: String,
    pub key: String,
    pub heading: String,
    pub card: Option<Card>,
}

impl ReceivedMessage {
    fn of(address: &str, message: &channel::Message) -> Self {
        Self {
            address: address.to_owned(),
            kind: message.about.kind,
            audience: message.about.audience.clone(),
            text: message.about.words.clone(),
            link: message.link.clone(),
            key: message.key.clone(),
            heading: message.text.clone(),
            card: message.card.clone(),
        }
    }
}

/// It may be delivered later.
pub fn passing() -> DeliveryError {
    DeliveryError::Passing { channel: "console", code: "no answer".to_owned(), retry_after: 0 }
}

/// It never will be.
pub fn permanent() -> DeliveryError {
    DeliveryError::Permanent { channel: "console", code: "is_archived".to_owned() }
}

impl Recorder {
    pub fn new(name: &'static str) -> Self {
        Self { name, inside: Arc::default() }
    }

    /// What was delivered, in order.
    pub fn received(&self) -> Vec<ReceivedMessage> {
        self.inside.lock().unwrap().received.clone()
    }

    /// To whom, in order.
    pub fn audiences(&self) -> Vec<String> {
        self.received().into_iter().map(|notice| notice.audience).collect()
    }

    /// The updates that succeeded, in order: the copy and what it says now.
    pub fn updated(&self) -> Vec<(Copy, ReceivedMessage)> {
        self.inside.lock().unwrap().updated.clone()
    }

    /// The next deliveries end so; those after them succeed.
    pub fn fail(&self, faults: &[Option<DeliveryError>]) {
        self.inside.lock().unwrap().faults = faults.iter().cloned().collect();
    }

    /// The next updates end so.
    pub fn fail_updates(&self, faults: &[Option<DeliveryError>]) {
        self.inside.lock().unwrap().update_faults = faults.iter().cloned().collect();
    }
}

#[async_trait]
impl Channel for Recorder {
    fn name(&self) -> &'static str {
        self.name
    }

    fn has_cards(&self) -> bool {
        self.name != "console"
    }

    async fn send(&self, to: &Address, message: &channel::Message) -> Result<Copy, DeliveryError> {
        let mut inside = self.inside.lock().unwrap();
        if let Some(Some(fault)) = inside.faults.pop_front() {
            return Err(fault);
        }
        inside.received.push(ReceivedMessage::of(&to.0, message));
        let number = inside.received.len().to_string();
        Ok(Copy { conversation: format!("conversation {}", to.0), message: number })
    }

    async fn update(&self, copy: &Copy, message: &channel::Message) -> Result<bool, DeliveryError> {
        let mut inside = self.inside.lock().unwrap();
        if let Some(Some(fault)) = inside.update_faults.pop_front() {
            return Err(fault);
        }
        inside.updated.push((copy.clone(), ReceivedMessage::of(&copy.conversation, message)));
        Ok(true)
    }
}

/// Who is told where: the console, unless it says something else.
#[derive(Clone, Default)]
pub struct Addresses(Arc<Mutex<ChannelRules>>, Arc<Mutex<BTreeMap<String, u32>>>);

impl Addresses {
    pub fn set(&self, audience: &str, to: &[Destination]) {
        let mut rules = self.0.lock().unwrap();
        let (kind, name) = audience.split_once(':').unwrap();
        let own = if kind == "group" { &mut rules.groups } else { &mut rules.people };
        own.insert(name.to_owned(), to.to_vec());
    }

    /// The groups that are quiet, and for how many seconds.
    pub fn set_quiet(&self, groups: &[(&str, u32)]) {
        *self.1.lock().unwrap() = groups.iter().map(|(name, left)| ((*name).to_owned(), *left)).collect();
    }

    /// For everybody without an entry.
    pub fn set_default(&self, to: &[Destination]) {
        self.0.lock().unwrap().default = to.to_vec();
    }
}

#[async_trait]
impl Destinations for Addresses {
    async fn in_force(&self) -> Result<ChannelRules, Fault> {
        Ok(self.0.lock().unwrap().clone())
    }

    async fn quiet(&self, _: Timestamp) -> Result<BTreeMap<String, u32>, Fault> {
        Ok(self.1.lock().unwrap().clone())
    }

    async fn asked(&self, group: &AskedGroup<'_>) -> Result<Vec<Destination>, Fault> {
        Ok(self.in_force().await?.destinations(&format!("group:{}", group.name)))
    }
}

/// The seconds for which each message was kept back, and in whose queue.
#[derive(Clone, Default)]
pub struct Postponed(pub Arc<Mutex<Vec<KeptBack>>>);

/// The channel whose queue it is, the message's handle, and the seconds.
pub type KeptBack = (Option<String>, String, u32);

#[async_trait]
impl PostponeMessage for Postponed {
    async fn postpone(&self, channel: Option<&str>, receipt: &str, seconds: u32) -> Result<(), Fault> {
        self.0.lock().unwrap().push((channel.map(str::to_owned), receipt.to_owned(), seconds));
        Ok(())
    }
}

/// What waits in the queues of the channels.
#[derive(Clone, Default)]
pub struct Handed(Arc<Mutex<VecDeque<(String, Message)>>>);

impl Handed {
    /// Takes everything that waits.
    pub fn take(&self) -> Vec<(String, Message)> {
        self.0.lock().unwrap().drain(..).collect()
    }
}

#[async_trait]
impl HandOut for Handed {
    async fn hand_out(&self, channel: &str, message: &Message) -> Result<(), Fault> {
        self.0.lock().unwrap().push_back((channel.to_owned(), message.clone()));
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
    pub channel: Recorder,
    /// Another channel.
    pub slack: Recorder,
    pub addresses: Addresses,
    pub postponed: Postponed,
    pub handed: Handed,
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
            channel: Recorder::new("console"),
            slack: Recorder::new("slack"),
            addresses: Addresses::default(),
            postponed: Postponed::default(),
            handed: Handed::default(),
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

    /// A new process with these channels.
    pub fn notify(&self, senders: Vec<Arc<dyn Channel>>) -> Notify {
        Notify {
            state: Arc::new(self.states.clone()),
            documents: Arc::new(self.documents.clone()),
            log: Arc::new(self.log.clone()),
            channels: Arc::new(self.channels.clone()),
            copies: Arc::new(self.channels.clone()),
            destinations: Arc::new(self.addresses.clone()),
            queues: Arc::new(self.handed.clone()),
            postpone: Arc::new(self.postponed.clone()),
            clock: Arc::new(SimulatedClock::at(self.scenario.now)),
            random: Arc::new(SystemRandom),
            senders,
            public_url: "https://approvals.example".to_owned(),
        }
    }

    /// A new process with both channels.
    pub fn process(&self) -> Notify {
        self.notify(vec![Arc::new(self.channel.clone()), Arc::new(self.slack.clone())])
    }

    /// Delivers ledger's message to a new process, and what that hands out to the channels.
    pub async fn tell(&self, effect: EffectName) -> Result<(), Fault> {
        self.tell_by(&self.process(), effect).await
    }

    /// The same to this process; the first fault of all queues.
    pub async fn tell_by(&self, notify: &Notify, effect: EffectName) -> Result<(), Fault> {
        let mut told = notify.handle(&self.message(effect)).await;
        for (channel, message) in self.handed.take() {
            told = told.and(at(notify, &channel).handle(&message).await);
        }
        told
    }

    /// The action has come this far.
    pub async fn moves_on(&mut self, scenario: Scenario) {
        for document in scenario.documents.values() {
            self.documents.put(document).await.unwrap();
        }
        self.states.forge_events(scenario.item.id(), &scenario.lines(scenario.item.entries().len()));
        self.scenario = scenario;
    }
}

/// The queue of this channel.
pub fn at<'a>(notify: &'a Notify, channel: &str) -> AtChannel<'a> {
    let channel =
        Destination::QUEUED.into_iter().map(|(name, _)| name).find(|name| *name == channel).unwrap();
    AtChannel { notify, channel }
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
