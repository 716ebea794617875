//! What must hold after every step, worked out without the product's own fold, quorum or policy.

mod audit;
mod broken;
mod effect;
mod granted;
mod life;
mod recorded;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use domain::ActionId;
use runtime::Queue;
use wire::message::Message;
use wire::{AnyItem, Item};

use crate::action_kind::ActionKind;
use crate::deployment::SimulatedDeployment;
use crate::processes::Function;
use life::Life;
use recorded::Recorded;
use table::Table;

pub use audit::verify;
pub use broken::Broken;

/// How a run ended: each acknowledged action's status.
pub type Ends = BTreeMap<ActionId, String>;

/// What was seen so far. It keeps what it knows and reads only what is new.
#[derive(Default)]
pub struct Oracle {
    kinds: BTreeMap<ActionId, ActionKind>,
    acknowledged: BTreeMap<ActionId, BTreeSet<bool>>,
    recorded: Recorded,
    table: Table,
    effects: BTreeMap<ActionId, usize>,
    done: BTreeSet<ActionId>,
    seen: usize,
    sent: usize,
    minted: usize,
    restored: bool,
    /// Accepted, and in no record yet when the table was put back. The stream brings most of them; what the ledger left for
    /// later, because an issuer was silent, nothing brings any more.
    unrecorded: BTreeSet<ActionId>,
    /// Whether the log knew an action's end when it was claimed.
    over_when_claimed: BTreeMap<ActionId, bool>,
    hostile: Option<Function>,
    forged: BTreeSet<ActionId>,
}

impl Oracle {
    /// This action may be asked for in this run.
    pub fn expect(&mut self, id: ActionId, kind: ActionKind) {
        self.kinds.insert(id, kind);
    }

    /// This function is under foreign control: what it alone says is no evidence.
    pub fn distrust(&mut self, function: Function) {
        self.hostile = Some(function);
    }

    /// It wrote something about this action.
    pub fn forged(&mut self, id: &ActionId) {
        self.forged.insert(id.clone());
    }

    /// Intake has said yes to this body.
    ///
    /// # Errors
    /// P1, when it is nowhere; P7, when it has said yes to another under the same key.
    pub fn acknowledge(&mut self, id: &ActionId, other: bool) -> Result<(), Broken> {
        // What intake was answering while the table was put back stands in the log.
        let recorded = self.restored && self.recorded.lines.contains_key(id);
        let lost = recorded || self.unrecorded.contains(id);
        if self.honest_table() && !lost && !self.table.lives.contains_key(id) {
            return Err(format!("P1: {id} was accepted and is nowhere"));
        }
        let bodies = self.acknowledged.entry(id.clone()).or_default();
        bodies.insert(other);
        if bodies.len() > 1 && !self.restored {
            Err(format!("P7: two bodies were accepted for {id}"))
        } else {
            Ok(())
        }
    }

    /// The state table was put back: intake may not know any more what it accepted, and accept another body under the same
    /// key. It is never executed: its events are not those recorded.
    pub fn restored(&mut self, deployment: &SimulatedDeployment) {
        self.restored = true;
        let unrecorded = self.table.lives.keys().filter(|id| !self.recorded.lines.contains_key(*id));
        self.unrecorded.extend(unrecorded.cloned());
        self.table.restored(deployment);
    }

    /// The items as the log has them: what a table is rebuilt from.
    pub fn rebuilt(&self) -> impl Iterator<Item = AnyItem> {
        let item = |(id, lines): (&ActionId, &Vec<String>)| {
            AnyItem::parse(id.clone(), lines.iter().map(String::as_str)).ok()
        };
        self.recorded.lines.iter().filter_map(item)
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

    /// Looks at everything that is new; called after every step.
    ///
    /// # Errors
    /// The first promise that does not hold.
    pub fn look(&mut self, deployment: &SimulatedDeployment) -> Result<(), Broken> {
        match self.recorded.look(deployment) {
            Err(broken) if self.hostile != Some(Function::Ledger) => return Err(broken),
            _ => {}
        }
        self.table.look(deployment, self.honest_table())?;
        for (id, _) in self.table.lives.iter().filter(|(_, life)| life.is_claimed()) {
            let over = || self.recorded.lives.get(id).is_some_and(|life| life.ended);
            self.over_when_claimed.entry(id.clone()).or_insert_with(over);
        }
        for (queue, message) in deployment.queues.sent_from(self.sent) {
            self.sent += 1;
            // Whatever a ledger under foreign control sends, its receivers decide for themselves.
            if self.hostile != Some(Function::Ledger) {
                self.follows(queue, &message)?;
            }
        }
        for session in deployment.target.minted_from(self.minted) {
            self.minted += 1;
            self.minted(deployment, &session)?;
        }
        for effect in deployment.target.effects_from(self.seen) {
            self.seen += 1;
            self.effect(deployment, &effect)?;
        }
        Ok(())
    }

    /// P4: whatever is sent follows from a record that is locked in the object the message names.
    fn follows(&self, queue: Queue, message: &Message) -> Result<(), Broken> {
        let place = self.recorded.places.get(&(message.action.clone(), message.sequence));
        match place == Some(&(message.chain, message.object)) {
            true => Ok(()),
            false => Err(format!(
                "P4: {queue:?} was sent {message:?} before its record was locked; it stands at {place:?}"
            )),
        }
    }

    /// Whoever must be believed about an action: the log, unless the ledger is under foreign control.
    fn witness(&self) -> &BTreeMap<ActionId, Life> {
        match self.hostile {
            Some(Function::Ledger) => &self.table.lives,
            _ => &self.recorded.lives,
        }
    }

    fn honest_table(&self) -> bool {
        self.hostile.is_none_or(|function| [Function::Ledger, Function::Notify].contains(&function))
    }

    /// P1: everything acknowledged is over or Unknown, all of it recorded, and the outcome tells the truth (P2). P9: the
    /// verifier finds nothing. Of a function under foreign control only what it did not touch is asked, and nothing when
    /// it is ledger, which can omit. In a restored table an action whose recorded history was contradicted is quarantined.
    ///
    /// # Errors
    /// The first promise that does not hold.
    pub fn at_rest(&self, deployment: &SimulatedDeployment) -> Result<Ends, Broken> {
        let mut ends = BTreeMap::new();
        if self.hostile == Some(Function::Ledger) {
            return Ok(ends);
        }
        let contents = deployment.states.contents();
        for id in self.acknowledged.keys().filter(|id| !self.forged.contains(id)) {
            let gone = self.unrecorded.contains(id) && !self.recorded.lines.contains_key(id);
            if gone && !contents.contains_key(id.as_str()) {
                continue;
            }
            let stored = contents.get(id.as_str()).cloned().unwrap_or_default();
            let item = store::image::item(&stored).map_err(|error| format!("P1: {id}: {error}"))?;
            ends.insert(id.clone(), self.ended(deployment, id, &item)?);
        }
        let report = verify(deployment);
        let excused = |finding: &&ledger::verify::VerificationFinding| {
            let forged = self.forged.iter().any(|id| finding.action.as_deref() == Some(id.as_str()));
            finding.code == "recorded-violation" && (self.restored || forged)
        };
        let findings: Vec<_> = report.findings.iter().filter(|finding| !excused(finding)).collect();
        match self.recorded.lives.is_empty() || (findings.is_empty() && report.unchecked.is_empty()) {
            true => Ok(ends),
            false => Err(format!("P9: the verifier finds {findings:?} {:?}", report.unchecked)),
        }
    }

    /// Whether it ended a suspension: its effect, if that is what it was for.
    fn resumed(&self, id: &ActionId) -> bool {
        self.table.resumed.contains(id)
    }

    fn ended(&self, deployment: &SimulatedDeployment, id: &ActionId, item: &Item) -> Result<String, Broken> {
        let status = item.state().status();
        let row = deployment.index.rows().into_iter().find(|row| row.action == *id);
        if self.restored && row.as_ref().is_some_and(|row| row.quarantined) {
            return Ok("quarantined".to_owned());
        }
        if !status.is_final() {
            return Err(format!("P1: {id} is still {}", status.name()));
        }
        if row.as_ref().is_none_or(|row| row.sequence != item.sequence() || row.chain != item.chain()) {
            return Err(format!("P1: {id} is not recorded to its end: {row:?}"));
        }
        let done = self.done.contains(id) || self.resumed(id);
        let fits = match status.name() {
            "succeeded" => done,
            "unknown" => true,
            _ => !done,
        };
        match fits {
            // An attempt whose outcome was lost and found later has an end of its own.
            true if item.state().found_later().is_some() => Ok(format!("{}, found later", status.name())),
            true => Ok(status.name().to_owned()),
            false => Err(format!("P2: {id} is {} after {} effects", status.name(), self.effects_of(id))),
        }
    }
}
