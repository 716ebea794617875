//! What must hold after every step, worked out without the product's own fold, quorum or policy.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use domain::{ActionId, DecisionKind, Digest, Event, Proof, Timestamp, Verdict, VerdictKind};
use ledger::evidence::Objection;
use ledger::verify::{CheckVerdict, Report, VerdictEvidence, Verification};
use runtime::Clock;
use store::StreamImage;
use wire::documents::{Action, Document, IdTokenProof};
use wire::record::{DocumentLine, Record};

use crate::people::Kind;
use crate::target::Effect;
use crate::world::{DEPLOYMENT, PAGES_CLIENT, World};

/// How long an attempt may take from asking for the bundle to its claim, in seconds, with clocks off by a minute.
const ATTEMPT: i64 = 240;

/// A promise that does not hold, and why.
pub type Broken = String;

/// One action as the log tells it.
#[derive(Debug, Default)]
struct Told {
    events: Vec<(Event, Timestamp)>,
    until: Option<Timestamp>,
    ended: bool,
    dead: bool,
}

/// What was seen so far.
#[derive(Default)]
pub struct Oracle {
    kinds: BTreeMap<ActionId, Kind>,
    acknowledged: BTreeMap<ActionId, BTreeSet<bool>>,
    log: Vec<(u64, Bytes)>,
    told: BTreeMap<ActionId, Told>,
    documents: BTreeMap<Digest, serde_json::Value>,
    effects: BTreeMap<ActionId, usize>,
    done: BTreeSet<ActionId>,
    seen: usize,
    manifests: Vec<(Digest, Timestamp)>,
    restored: bool,
}

impl Oracle {
    /// This action may be asked for in this run.
    pub fn expect(&mut self, id: ActionId, kind: Kind) {
        self.kinds.insert(id, kind);
    }

    /// Intake has said yes to this body.
    ///
    /// # Errors
    /// P7, when it has said yes to another under the same key.
    pub fn acknowledge(&mut self, id: &ActionId, other: bool) -> Result<(), Broken> {
        let bodies = self.acknowledged.entry(id.clone()).or_default();
        bodies.insert(other);
        if bodies.len() > 1 && !self.restored {
            Err(format!("P7: two bodies were accepted for {id}"))
        } else {
            Ok(())
        }
    }

    /// The state table was restored: intake may not know any more what it accepted, and accept another body under the same
    /// key. It is never executed: its events are not those recorded.
    pub fn restored(&mut self) {
        self.restored = true;
    }

    /// Whether intake has said yes to anything under this id.
    #[must_use]
    pub fn is_acknowledged(&self, id: &ActionId) -> bool {
        self.acknowledged.contains_key(id)
    }

    /// How many commands of this action have reached a target.
    #[must_use]
    pub fn effects_of(&self, id: &ActionId) -> usize {
        self.effects.get(id).copied().unwrap_or(0)
    }

    /// Looks at everything again; called after every step.
    ///
    /// # Errors
    /// The first promise that does not hold.
    pub fn look(&mut self, world: &World) -> Result<(), Broken> {
        let log = world.log.objects();
        let grown = log.len() > self.log.len();
        let same =
            |((now, bytes), (before, kept)): (&(u64, Bytes), &(u64, Bytes))| now == before && bytes == kept;
        if log.len() < self.log.len() || !log.iter().zip(&self.log).all(same) {
            return Err("P9: the log is no extension of what it was".to_owned());
        }
        if grown {
            for (_, bytes) in log.iter().skip(self.log.len()) {
                self.read(bytes)?;
            }
            self.log = log;
        }
        let effects = world.target.effects();
        if effects.len() > self.seen {
            for (digest, at) in world
                .manifests()
                .into_iter()
                .zip(std::iter::repeat(world.clock.now()))
                .skip(self.manifests.len())
            {
                self.manifests.push((digest, at));
            }
            for effect in effects.iter().skip(self.seen) {
                self.effect(world, effect)?;
            }
            self.seen = effects.len();
        }
        Ok(())
    }

    /// A bundle was put in force now.
    pub fn published(&mut self, world: &World) {
        let known = self.manifests.len();
        let more = world.manifests().into_iter().skip(known);
        self.manifests.extend(more.map(|digest| (digest, world.clock.now())));
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Ok(document) = wire::json::parse::<DocumentLine>(line) {
                self.documents.insert(document.document, document.body);
            }
            match wire::json::parse::<Record>(line) {
                Ok(Record::Event { action, entry, .. }) => {
                    let (event, at) = wire::read_entry(&entry).map_err(|error| format!("P9: {error}"))?;
                    self.event(&action, event, at)?;
                }
                Ok(Record::Violation { action, .. }) => {
                    if let Ok(id) = action.parse() {
                        self.told.entry(id).or_default().dead = true;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn event(&mut self, id: &ActionId, event: Event, at: Timestamp) -> Result<(), Broken> {
        let told = self.told.entry(id.clone()).or_default();
        if told.dead {
            return Err(format!("D16: {id} went on after a violation"));
        }
        let late = told.until.is_some_and(|until| at >= until);
        let begins = matches!(event, Event::VerdictGiven(_) | Event::Claimed { .. });
        if begins && (told.ended || late) {
            return Err(format!("P6: {id} has a {} after its end", event.kind()));
        }
        let again = |kind: &str| told.events.iter().any(|(before, _)| before.kind() == kind);
        if ["proposed", "decided", "claimed"].contains(&event.kind()) && again(event.kind()) {
            return Err(format!("P2: {id} was {} twice", event.kind()));
        }
        match &event {
            Event::Decided { kind, expires_at, .. } => {
                told.until = Some(*expires_at);
                told.ended |= *kind == DecisionKind::Forbid;
            }
            Event::VerdictGiven(Verdict { kind: VerdictKind::Deny, .. })
            | Event::Cancelled { .. }
            | Event::Expired
            | Event::Refused { .. } => told.ended = true,
            _ => {}
        }
        told.events.push((event, at));
        Ok(())
    }

    /// P2 to P7 at the moment of an effect: nothing has happened since it reached its target.
    fn effect(&mut self, world: &World, effect: &Effect) -> Result<(), Broken> {
        let id: ActionId =
            effect.action.parse().map_err(|_| format!("P3: an effect of `{}`", effect.action))?;
        let kind =
            *self.kinds.get(&id).ok_or_else(|| format!("P3: an effect of {id}, which nobody asked for"))?;
        let count = self.effects.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            return Err(format!("P2: {id} had {count} effects"));
        }
        if effect.done {
            self.done.insert(id.clone());
        }
        let told = self.told.get(&id).ok_or_else(|| format!("P4: {id} had an effect before its records"))?;
        if told.ended || told.dead {
            return Err(format!("P6: {id} had an effect after its end"));
        }
        self.decided(&id, told, effect)?;
        agreed(&id, kind, told)?;
        self.claimed(world, &id, effect)?;
        let accepted = self.acknowledged.get(&id).and_then(|bodies| bodies.first()).copied();
        let calls = format!("{:?}", effect.calls);
        match accepted {
            Some(other) if !calls.contains(kind.mark(other)) => {
                Err(format!("P7: {id} ran another body: {calls}"))
            }
            _ => Ok(()),
        }
    }

    /// P3, P4, P12: a recorded decision whose action document has exactly these calls.
    fn decided(&self, id: &ActionId, told: &Told, effect: &Effect) -> Result<(), Broken> {
        let decided = told.events.iter().find_map(|(event, _)| match event {
            Event::Decided { action, .. } => *action,
            _ => None,
        });
        let digest =
            decided.ok_or_else(|| format!("P4: {id} had an effect before its decision was locked"))?;
        let body = self.documents.get(&digest).cloned();
        let action = body.and_then(|body| wire::json::from_value::<Action>(body).ok());
        let action = action.ok_or_else(|| format!("P4: the action document of {id} is not in the log"))?;
        match action.plan.calls == effect.calls {
            true => Ok(()),
            false => Err(format!("P3: {id} ran {:?}, approved was {:?}", effect.calls, action.plan.calls)),
        }
    }

    /// P3, W19: the item held this attempt's claim under a bundle in force then, and so does the locked bucket.
    fn claimed(&self, world: &World, id: &ActionId, effect: &Effect) -> Result<(), Broken> {
        let stream = world.states.stream();
        let items = stream.iter().filter_map(|record| match &record.image {
            StreamImage::Item(item) if item.id() == id => Some(item),
            _ => None,
        });
        let claim = items.flat_map(|item| item.entries()).find_map(|entry| match &entry.event {
            Event::Claimed { attempt, bundle, .. } if *attempt == effect.attempt => Some((*bundle, entry.at)),
            _ => None,
        });
        let (bundle, at) = claim.ok_or_else(|| format!("P3: {id} had an effect without a claim"))?;
        if !world.log.claims().contains_key(id) {
            return Err(format!("D11: {id} had an effect without a locked claim"));
        }
        let place = self.manifests.iter().position(|(digest, _)| *digest == bundle);
        let place = place.ok_or_else(|| format!("P3: {id} was claimed under a bundle nobody published"))?;
        match self.manifests.get(place + 1) {
            Some((_, next)) if next.plus_seconds(ATTEMPT) < at => {
                Err(format!("P3: {id} was claimed under a bundle that was no longer in force"))
            }
            _ => Ok(()),
        }
    }

    /// P1: everything acknowledged is over or Unknown, all of it recorded, and the outcome tells the truth (P2).
    ///
    /// # Errors
    /// The first promise that does not hold.
    pub fn at_rest(&self, world: &World) -> Result<BTreeMap<ActionId, String>, Broken> {
        let (contents, rows) = (world.states.contents(), world.index.rows());
        let mut ends = BTreeMap::new();
        for id in self.acknowledged.keys() {
            let stored = contents.get(id.as_str()).cloned().unwrap_or_default();
            let item = store::image::item(&stored).map_err(|error| format!("P1: {id}: {error}"))?;
            let status = item.state().status();
            if !status.is_final() {
                return Err(format!("P1: {id} is still {}", status.name()));
            }
            let row = rows.iter().find(|row| row.action == *id);
            if row.is_none_or(|row| row.sequence != item.sequence() || row.chain != item.chain()) {
                return Err(format!("P1: {id} is not recorded to its end: {row:?}"));
            }
            let effects = self.effects_of(id);
            let done = self.done.contains(id);
            let fits = match status.name() {
                "succeeded" => done,
                "unknown" => true,
                _ => !done,
            };
            if !fits {
                return Err(format!("P2: {id} is {} after {effects} effects", status.name()));
            }
            ends.insert(id.clone(), status.name().to_owned());
        }
        let report = verify(world);
        let nothing = self.acknowledged.is_empty();
        match nothing || report.is_clean() {
            true => Ok(ends),
            false => Err(format!("P9: the verifier finds {:?} {:?}", report.findings, report.unchecked)),
        }
    }
}

/// P5, from records alone: enough distinct people who may, none of the asking side, each as well proven as demanded.
fn agreed(id: &ActionId, kind: Kind, told: &Told) -> Result<(), Broken> {
    let approvals = told.events.iter().filter_map(|(event, _)| match event {
        Event::VerdictGiven(verdict) if verdict.kind == VerdictKind::Approve => Some(verdict),
        _ => None,
    });
    let (who, needed) = kind.must_agree();
    let counts = |verdict: &&Verdict| {
        who.contains(&verdict.person.subject.as_str()) && (!kind.needs_idp() || verdict.proof == Proof::Idp)
    };
    let people: BTreeSet<&str> =
        approvals.filter(counts).map(|verdict| verdict.person.subject.as_str()).collect();
    match people.len() >= needed {
        true => Ok(()),
        false => Err(format!("P5: {id} had an effect with the consent of {people:?} alone")),
    }
}

/// The offline verifier on the log as it is.
#[must_use]
pub fn verify(world: &World) -> Report {
    let trust = Trust(world);
    let mut verification = Verification::new(Some(&trust));
    world.log.objects().iter().for_each(|(number, bytes)| verification.object(*number, bytes));
    verification.finish()
}

/// Whom an auditor of this world believes.
struct Trust<'a>(&'a World);

impl CheckVerdict for Trust<'_> {
    fn verdict(&self, evidence: &VerdictEvidence<'_>) -> Result<(), Objection> {
        let (key, issuers) = (self.0.verdict.public_key(), self.0.issuers());
        let context = identity::VerdictContext {
            deployment: DEPLOYMENT,
            action: evidence.action,
            review: evidence.review,
            verdict: evidence.verdict,
            committed_at: evidence.at,
            verdict_key: &key,
            issuers: &issuers,
            pages_client: PAGES_CLIENT,
        };
        let documents = identity::VerdictDocuments {
            statement: evidence.statement,
            envelope: evidence.envelope,
            proof: evidence.proof,
            proof_key: evidence.proof_key,
        };
        identity::verdict_holds(&context, &documents, &[])
            .map_err(|invalid| Objection::new(invalid.code(), invalid.to_string()))
    }

    fn proof_key(&self, proof: &Document) -> Option<domain::KeyRef> {
        identity::unverified_key_ref(&proof.open::<IdTokenProof>().ok()?.id_token).ok()
    }
}
