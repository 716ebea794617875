//! What of a batch is new, and whether it may be recorded as what it says it is.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ActionId, Chain, Digest, Fault, Timestamp, ZERO_CHAIN};
use ledger::evidence::Rejection;
use ledger::{record, record_line};
use store::{RefusedVerdict, StreamImage};
use wire::json::canonical;
use wire::record::Record;
use wire::{Item, bounds};

use crate::handler::Ledger;
use crate::memory::Memory;
use crate::stream::StreamRecord;
use crate::unit::Unit;

/// Seconds after which no further item is looked at in a batch: the function has a minute for everything.
const PLANNING: i64 = 25;

/// A plan as it grows: the units, and what will be recorded of each action once they are.
#[derive(Default)]
pub(crate) struct Plan {
    units: Vec<Unit>,
    ahead: BTreeMap<ActionId, Ahead>,
    attempts: Vec<Digest>,
    /// Actions left out because of a fault: their later events wait with the first.
    later: BTreeSet<ActionId>,
    /// The first fault of something that nobody but the stream brings again.
    failed: Option<Fault>,
}

/// What is or will be recorded of an action.
#[derive(Debug, Clone)]
pub(crate) struct Ahead {
    pub(crate) sequence: u32,
    pub(crate) chain: Chain,
    pub(crate) quarantined: bool,
    /// What was found and said to be wrong in this plan.
    said: Vec<Digest>,
}

/// Something that must not be.
struct Wrong<'a> {
    key: &'a str,
    sequence: u32,
    /// The chain found, or the digest of what stood in its place: said once.
    found: Digest,
    rejection: Rejection,
    at: Timestamp,
}

impl Ledger {
    /// The units that record what this batch brings and the log does not have, and the fault for which the batch must come
    /// again once they are recorded. No fault of one item keeps another from being recorded.
    pub(crate) async fn plan(
        &self,
        batch: &[StreamRecord],
        memory: &mut Memory,
    ) -> (Vec<Unit>, Option<Fault>) {
        let mut plan = Plan::default();
        let began = self.capabilities.clock.now();
        for image in batch {
            let late = self.capabilities.clock.now() >= began.plus_seconds(PLANNING);
            let planned = match &image.image {
                StreamImage::Item(item) if plan.later.contains(item.id()) => Ok(()),
                StreamImage::Item(_) if late => Err(Fault::passing("no time was left for it in this batch")),
                StreamImage::Item(item) => self.plan_item(item, image, &mut plan, memory).await,
                StreamImage::RefusedVerdict(attempt, count) => {
                    self.plan_refused_verdict(attempt, *count, &mut plan).await
                }
                StreamImage::Asked | StreamImage::Heartbeat(_) => Ok(()),
                StreamImage::Newer { key, version } => {
                    tracing::error!(alarm = true, key, version, "an item of a newer version is left alone");
                    Ok(())
                }
                StreamImage::Malformed { .. } => self.plan_malformed(image, &mut plan, memory).await,
            };
            if let Err(fault) = planned {
                plan.leave(&image.image, fault);
            }
        }
        (plan.units, plan.failed)
    }

    async fn plan_malformed(
        &self,
        image: &StreamRecord,
        plan: &mut Plan,
        memory: &mut Memory,
    ) -> Result<(), Fault> {
        let StreamImage::Malformed { key, sequence, code, reason } = &image.image else { return Ok(()) };
        let found = [key, &sequence.to_string(), *code, reason];
        let found = Digest::of(canonical(&found).map_err(no_form)?.as_bytes());
        let rejection = Rejection::new(code, reason.clone());
        let wrong = Wrong { key, sequence: *sequence, found, rejection, at: image.at };
        self.plan_violation(wrong, plan, memory).await
    }

    pub(crate) async fn plan_item(
        &self,
        item: &Item,
        image: &StreamRecord,
        plan: &mut Plan,
        memory: &mut Memory,
    ) -> Result<(), Fault> {
        let ahead = self.ahead(item.id(), plan, memory).await?;
        let wrong = |sequence, rejection| Wrong {
            key: item.id().as_str(),
            sequence,
            found: item.chain(),
            rejection,
            at: image.at,
        };
        if !self.continues(item, &ahead, memory).await? {
            let rejection = Rejection::new("chain-differs", "the item's events are not those recorded");
            return self
                .plan_violation(wrong(ahead.sequence.min(item.sequence()), rejection), plan, memory)
                .await;
        }
        if ahead.quarantined && item.sequence() > ahead.sequence {
            let rejection = Rejection::new("after-violation", "the item went on after a violation");
            return self.plan_violation(wrong(item.sequence(), rejection), plan, memory).await;
        }
        for sequence in ahead.sequence.saturating_add(1)..=item.sequence() {
            if let Some(rejection) = self.unfounded(item, sequence, (image, &mut *plan), memory).await? {
                return self.plan_violation(wrong(sequence, rejection), plan, memory).await;
            }
            match self.examine(item, sequence, image, memory).await? {
                Ok(unit) => plan.push(item, sequence, unit),
                Err(rejection) => {
                    return self.plan_violation(wrong(sequence, rejection), plan, memory).await;
                }
            }
        }
        Ok(())
    }

    /// Whether the item's events and those recorded are the same as far as both go.
    async fn continues(&self, item: &Item, ahead: &Ahead, memory: &mut Memory) -> Result<bool, Fault> {
        if let Some(chain) = item.chain_at(ahead.sequence) {
            return Ok(chain == ahead.chain);
        }
        let recorded = self.recorded(item.id(), ahead.sequence, ahead.chain, memory).await?;
        Ok(recorded.is_some_and(|recorded| recorded.chain_at(item.sequence()) == Some(item.chain())))
    }

    async fn plan_violation(
        &self,
        wrong: Wrong<'_>,
        plan: &mut Plan,
        memory: &mut Memory,
    ) -> Result<(), Fault> {
        let Wrong { key, sequence, found, rejection, at } = wrong;
        if let Ok(action) = key.parse::<ActionId>() {
            let ahead = self.ahead(&action, plan, memory).await?;
            if ahead.quarantined && (ahead.said.contains(&found) || self.said(&action, found, memory).await?)
            {
                return Ok(());
            }
            let mut ahead = Ahead { quarantined: true, ..ahead };
            ahead.said.push(found);
            plan.ahead.insert(action, ahead);
        }
        tracing::error!(
            alarm = true,
            action = key,
            sequence,
            code = rejection.code,
            "a violation is recorded"
        );
        // The end tells what was found, so it stays whole.
        let detail = format!("{}; found {found}", bounds::cut(&rejection.detail, bounds::DETAIL - 100));
        let record = record::violation(key, sequence, rejection.code, detail, at);
        plan.units.push(Unit::new(&[record], &[]).map_err(no_form)?);
        Ok(())
    }

    /// Whether the log already says of this action that this was found.
    async fn said(&self, action: &ActionId, found: Digest, memory: &mut Memory) -> Result<bool, Fault> {
        let ending = format!("found {found}");
        for position in self.capabilities.index.positions(action).await? {
            if position.kind != "violation" {
                continue;
            }
            let object = self.object(position.object, memory).await?;
            let said = object.records().iter().any(|line| match &line.record {
                Ok(Record::Violation { action: of, detail, .. }) => {
                    of == action.as_str() && detail.ends_with(&ending)
                }
                _ => false,
            });
            if said {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn plan_refused_verdict(
        &self,
        attempt: &RefusedVerdict,
        count: u32,
        plan: &mut Plan,
    ) -> Result<(), Fault> {
        let record =
            record::refused_verdict(&attempt.action, &attempt.person, &attempt.code, count, attempt.at);
        let digest = Digest::of(&record_line(&record).map_err(no_form)?);
        if plan.attempts.contains(&digest) {
            return Ok(());
        }
        let positions = self.capabilities.index.positions(&attempt.action).await?;
        if positions.iter().any(|position| position.digest == digest) {
            return Ok(());
        }
        plan.attempts.push(digest);
        plan.units.push(Unit::new(&[record], &[]).map_err(no_form)?);
        Ok(())
    }

    pub(crate) async fn ahead(
        &self,
        action: &ActionId,
        plan: &Plan,
        memory: &mut Memory,
    ) -> Result<Ahead, Fault> {
        if let Some(ahead) = plan.ahead.get(action) {
            return Ok(ahead.clone());
        }
        let row = self.row(action, memory).await?;
        Ok(row.map_or(
            Ahead { sequence: 0, chain: ZERO_CHAIN, quarantined: false, said: Vec::new() },
            |row| Ahead {
                sequence: row.sequence,
                chain: row.chain,
                quarantined: row.quarantined,
                said: Vec::new(),
            },
        ))
    }
}

impl Plan {
    /// Leaves this out of the plan. An item comes again by itself: sweep looks for what is not recorded. Nobody does so for
    /// anything else, so the batch comes again, unless that would never help.
    fn leave(&mut self, image: &StreamImage, fault: Fault) {
        let passing = fault.is_passing();
        match image {
            StreamImage::Item(item) if passing => {
                tracing::warn!(action = %item.id(), %fault, "an item is left for later");
            }
            StreamImage::Item(item) => {
                tracing::error!(alarm = true, action = %item.id(), %fault, "an item cannot be recorded");
            }
            _ => tracing::error!(alarm = true, %fault, passing, "something could not be recorded"),
        }
        match image {
            StreamImage::Item(item) => {
                self.later.insert(item.id().clone());
            }
            _ if passing => {
                self.failed.get_or_insert(fault);
            }
            _ => {}
        }
    }

    fn push(&mut self, item: &Item, sequence: u32, unit: Unit) {
        self.units.push(unit);
        if let Some(chain) = item.chain_at(sequence) {
            let ahead = Ahead { sequence, chain, quarantined: false, said: Vec::new() };
            self.ahead.insert(item.id().clone(), ahead);
        }
    }
}

/// Everything recorded was read as JSON before, so this says that memory itself is wrong: nothing is acknowledged.
fn no_form(error: impl std::fmt::Display) -> Fault {
    Fault::lasting(format!("a record has no canonical form: {error}"))
}
