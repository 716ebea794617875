//! One function under foreign control: what its role lets it write, with whatever keys its role has. The other six go on
//! as they are.

use bytes::Bytes;
use domain::{ActionId, DecisionKind, Digest, Event, LossReason, ResolvedBy, State, VerdictKind};
use ledger::{KeepCheckpoint, PutClaim};
use runtime::{Clock, Queue};
use testkit::Gate;
use wire::Item;
use wire::message::{EffectName, Message};

use crate::chance::Chance;
use crate::deployment::{SimulatedDeployment, now};
use crate::forgery::Token;
use crate::processes::Function;

/// Something a role may write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Power {
    /// New items of the state table.
    Create,
    /// Any item of the state table.
    State,
    /// Documents.
    Documents,
    /// Sealed payloads.
    Seal,
    /// Small facts of the dialogue.
    Channels,
    /// Signed verdicts.
    Verdicts,
    /// The index.
    Index,
    /// Objects of the log.
    Log,
    /// Messages to policy, notify and execution.
    Queues,
    /// Claim objects.
    Claims,
    /// Checkpoints.
    Checkpoints,
    /// The claims that rules count.
    Activity,
    /// Limits, and which body a key stands for: new items.
    Bodies,
    /// The same: any item.
    Limits,
}

/// What this function's role may write, told here once more; a test compares it with the template's.
#[must_use]
pub fn powers(function: Function) -> &'static [Power] {
    use Power::{
        Activity, Bodies, Channels, Checkpoints, Claims, Create, Documents, Index, Limits, Log, Queues, Seal,
        State, Verdicts,
    };
    match function {
        Function::Intake => &[Create, State, Documents, Seal, Bodies, Limits],
        Function::Policy => &[State, Documents],
        Function::Ledger => &[Index, Log, Queues],
        Function::Notify => &[Channels],
        Function::Callbacks => &[State, Documents, Channels, Verdicts],
        Function::Execution => &[State, Documents, Claims, Activity],
        Function::Sweep => &[State, Checkpoints],
    }
}

impl SimulatedDeployment {
    /// Something this function's role may write about this action, if there is an item to write about, and of which
    /// action that is then.
    pub fn forge_something(
        &self,
        id: &ActionId,
        chance: &Chance,
        function: Function,
    ) -> Option<(&'static str, ActionId)> {
        let power = *chance.pick(powers(function))?;
        let what = self.forge_with(power, id, chance, powers(function).contains(&Power::Verdicts))?;
        let of = if [Power::Create, Power::Seal].contains(&power) { self.made_up_id() } else { id.clone() };
        Some((what, of))
    }

    /// Something that this power allows; none when the item is not there or not whole. `key` says whether verdicts can
    /// be signed too.
    pub fn forge_with(
        &self,
        power: Power,
        id: &ActionId,
        chance: &Chance,
        key: bool,
    ) -> Option<&'static str> {
        let stored = self.states.contents().get(id.as_str()).cloned()?;
        let item = store::image::item(&stored).ok()?;
        match power {
            Power::State => self.bend(&item, chance, key),
            Power::Create | Power::Seal => {
                let decided = matches!(item.state(), State::Pending(_) | State::Approved(_));
                (decided && self.is_whole(&item)).then(|| drop(self.made_up(id)))?;
                Some("an action is made up for another agent, its payload sealed")
            }
            Power::Documents => {
                let entry = chance.pick(item.entries())?;
                let digest = *chance.pick(&entry.event.documents())?;
                self.documents.forge(digest, "{}");
                Some("a document is overwritten")
            }
            Power::Channels => {
                let facts: Vec<_> = self.channels.contents().into_keys().collect();
                let (topic, key) = chance.pick(&facts)?;
                self.channels.forge(topic, key, "whatever");
                Some("a fact of the dialogue is overwritten")
            }
            Power::Verdicts => self.vote(&item, chance, true),
            Power::Index => self.bend_index(id, chance),
            Power::Log => {
                let next = u64::try_from(self.log.objects().len()).ok()?;
                self.log.place(next, *chance.pick(&["", "{}", "not json\nat all"])?);
                Some("a malformed object is put into the log")
            }
            Power::Queues => self.send_anything(&item, chance),
            Power::Claims => {
                let claim =
                    Bytes::from_static(b"{\"attempt\":\"of nobody\",\"format\":\"countersign-claim/1\"}");
                now(self.log.through(Gate::open()).claim(id, claim)).ok()?;
                Some("a claim is put for nobody's attempt")
            }
            Power::Checkpoints => {
                let kept = self.log.through(Gate::open());
                now(kept.keep_checkpoint("0-made-up", Bytes::from_static(b"{}"))).ok()?;
                Some("a checkpoint is made up")
            }
            Power::Bodies | Power::Limits => {
                self.limits.forget_bodies();
                Some("which body a key stands for is forgotten")
            }
            Power::Activity => {
                self.states.forget_activity();
                Some("the recent claims are forgotten")
            }
        }
    }

    /// The item, as no lifecycle would have it.
    fn bend(&self, item: &Item, chance: &Chance, key: bool) -> Option<&'static str> {
        let id = item.id();
        let attempt = "00112233445566778899aabbccddeeff".to_owned();
        let at = self.clock.now();
        // A lost attempt is seldom met; then somebody says what it did.
        let lost = matches!(item.state(), State::Unknown(_)) && chance.once_in(2);
        match if lost { 1 } else { chance.below(7) } {
            0 => {
                self.truncate(id, 1 + chance.below(item.entries().len()));
                Some("events are taken out of the item")
            }
            1 => self.vote(item, chance, key),
            2 => {
                let honest = item.entries().get(1)?.event.clone();
                let decided = matches!(honest, Event::Decided { review: Some(_), .. });
                (decided && self.is_whole(item)).then_some(())?;
                self.truncate(id, 1);
                let permit = self.decision(&honest, DecisionKind::Permit, Vec::new());
                self.append(id, permit, |line| line);
                Some("the decision is replaced by a permission")
            }
            3 => {
                let lease_until = at.plus_seconds(300);
                self.written(item, Event::Claimed { attempt, lease_until, bundle: Digest::of(b"no bundle") })
            }
            4 => self.written(item, Event::Succeeded { attempt, outcome: Digest::of(b"no outcome") }),
            5 => self.written(item, Event::OutcomeLost { attempt, reason: LossReason::LeaseLost }),
            _ => {
                self.states.forge_events(id, &["not an event".to_owned()]);
                Some("the item is overwritten with something else")
            }
        }
    }

    /// Whether the documents of its proposal and decision are still there to be bent.
    fn is_whole(&self, item: &Item) -> bool {
        let bodies = self.documents.contents();
        let mut named = item.entries().iter().take(2).flat_map(|entry| entry.event.documents());
        named.all(|digest| bodies.get(&digest).is_some_and(|body| Digest::of(body.as_bytes()) == digest))
    }

    /// This event after the others, where the lifecycle lets it stand.
    fn written(&self, item: &Item, event: Event) -> Option<&'static str> {
        item.extend(event.clone(), self.clock.now()).ok()?;
        self.append(item.id(), event, |line| line);
        Some("an event is made up")
    }

    fn vote(&self, item: &Item, chance: &Chance, key: bool) -> Option<&'static str> {
        let lost = match item.state() {
            State::Pending(_) => None,
            State::Unknown(run) => Some(run.attempt.clone()),
            _ => return None,
        };
        let who = *chance.pick(&[("alice", "data-owners"), ("bob", "sre"), ("carol", "sre")])?;
        // By `service` callbacks may say so; nobody else can sign even that. It alone leads people through the provider.
        let tokens: &[Token] = match key {
            true => &[Token::Invented, Token::Elsewhere, Token::Silent],
            false => &[Token::Invented, Token::Elsewhere, Token::None],
        };
        let token = *chance.pick(tokens)?;
        if let Some(attempt) = lost {
            let happened = chance.once_in(2);
            let kind = VerdictKind::resolution(happened);
            let by = ResolvedBy::Person(self.forge_vote(item.id(), who, kind, token, key));
            let resolved = Event::Resolved { attempt, happened, by };
            return self.written(item, resolved).map(|_| "a resolution is forged");
        }
        let mut vote = self.forge_vote(item.id(), who, VerdictKind::Approve, token, key);
        if chance.once_in(3) {
            let away = *chance.pick(&["bob", "carol", "dana"])?;
            vote =
                self.on_seat_of(away, self.forge_vote(item.id(), ("mallory", "sre"), vote.kind, token, key));
        }
        self.written(item, Event::VerdictGiven(vote)).map(|_| "a vote is forged")
    }

    fn bend_index(&self, id: &ActionId, chance: &Chance) -> Option<&'static str> {
        if chance.once_in(4) {
            self.index.set_watermark(None);
            return Some("the watermark is taken away");
        }
        let mut row = self.index.rows().into_iter().find(|row| row.action == *id)?;
        match chance.below(4) {
            0 => row.quarantined = !row.quarantined,
            1 => (row.sequence, row.chain) = (0, domain::ZERO_CHAIN),
            2 => row.object = row.object.saturating_add(1),
            _ => row.sequence = row.sequence.saturating_add(1),
        }
        self.index.forge(row);
        Some("the index is bent")
    }

    fn send_anything(&self, item: &Item, chance: &Chance) -> Option<&'static str> {
        let entry = chance.pick(item.entries())?;
        let objects = self.log.objects().len();
        let any = |chance: &Chance| u64::try_from(chance.below(objects + 1)).unwrap_or(0);
        let effects = [EffectName::Execute, EffectName::Decide, EffectName::AskApprovers];
        let queues = [Queue::Execution, Queue::Policy, Queue::Notify];
        let which = chance.below(3);
        let message = Message {
            format: Message::FORMAT.to_owned(),
            effect: effects[which],
            action: item.id().clone(),
            sequence: entry.sequence,
            chain: entry.chain,
            proposed_object: any(chance),
            object: any(chance),
            person: None,
        };
        self.queues.put_back(queues[which], message);
        Some("a message is made up")
    }
}
