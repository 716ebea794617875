//! Plans what of a batch is new and may be recorded, and the violations that are recorded instead of what may not.

use domain::{ActionId, Digest, Fault, Rejection, Timestamp, ZERO_CHAIN};
use ledger::{record, record_line};
use store::{RefusedVerdict, StreamImage};
use wire::json::canonical;
use wire::record::Record;
use wire::{AnyItem as Item, bounds};

use crate::batch::Batch;
use crate::error::ExamineError;
use crate::plan::Ahead;
use crate::stream::StreamRecord;
use crate::unit::Unit;

/// Seconds after which no further item is looked at in a batch: the function has a minute for everything.
const PLANNING: i64 = 25;

/// A violation to record.
struct Wrong<'a> {
    key: &'a str,
    sequence: u32,
    /// The chain found, or the digest of what stood in its place. The same finding is recorded once.
    found: Digest,
    rejection: Rejection,
    at: Timestamp,
}

impl Batch<'_> {
    /// Plans the units that record what this batch brings and the log does not have. No fault of one item keeps another
    /// from being recorded.
    pub(crate) async fn plan_all(&mut self) {
        let began = self.ledger.capabilities.clock.now();
        for record in self.records {
            let late = self.ledger.capabilities.clock.now() >= began.plus_seconds(PLANNING);
            let planned = match &record.image {
                StreamImage::Item(item) if self.plan.later.contains(item.id()) => Ok(()),
                StreamImage::Item(_) if late => Err(Fault::passing("no time was left for it in this batch")),
                StreamImage::Item(item) => self.plan_item(item, record).await,
                StreamImage::RefusedVerdict(refused, count) => {
                    self.plan_refused_verdict(refused, *count).await
                }
                StreamImage::Asked | StreamImage::Heartbeat(_) => Ok(()),
                StreamImage::Newer { key, version } => {
                    tracing::error!(alarm = true, key, version, "an item of a newer version is left alone");
                    Ok(())
                }
                StreamImage::Malformed { .. } => self.plan_malformed(record).await,
            };
            if let Err(fault) = planned {
                self.plan.leave(&record.image, fault);
            }
        }
    }

    async fn plan_malformed(&mut self, image: &StreamRecord) -> Result<(), Fault> {
        let StreamImage::Malformed { key, sequence, code, reason } = &image.image else { return Ok(()) };
        let described = [key, &sequence.to_string(), *code, reason];
        let found = Digest::of(canonical(&described).map_err(no_form)?.as_bytes());
        let rejection = Rejection::new(code, reason.clone());
        let wrong = Wrong { key, sequence: *sequence, found, rejection, at: image.at };
        self.plan_violation(wrong).await
    }

    pub(crate) async fn plan_item(&mut self, item: &Item, image: &StreamRecord) -> Result<(), Fault> {
        let ahead = self.ahead(item.id()).await?;
        let wrong = |sequence, rejection| Wrong {
            key: item.id().as_str(),
            sequence,
            found: item.chain(),
            rejection,
            at: image.at,
        };
        if !self.continues(item, &ahead).await? {
            let rejection = Rejection::new("chain-differs", "the item's events are not those recorded");
            return self.plan_violation(wrong(ahead.sequence.min(item.sequence()), rejection)).await;
        }
        if ahead.quarantined && item.sequence() > ahead.sequence {
            let rejection = Rejection::new("after-violation", "the item went on after a violation");
            return self.plan_violation(wrong(item.sequence(), rejection)).await;
        }
        for sequence in ahead.sequence.saturating_add(1)..=item.sequence() {
            let examined = match self.founded(item, sequence, image).await {
                Ok(()) => self.examine(item, sequence, image).await,
                Err(error) => Err(error),
            };
            match examined {
                Ok(unit) => self.plan.push(item, sequence, unit),
                Err(ExamineError::Fault(fault)) => return Err(fault),
                Err(ExamineError::Rejection(rejection)) => {
                    return self.plan_violation(wrong(sequence, rejection)).await;
                }
            }
        }
        Ok(())
    }

    /// Whether the item's events and those recorded are the same as far as both go.
    async fn continues(&mut self, item: &Item, ahead: &Ahead) -> Result<bool, Fault> {
        if let Some(chain) = item.chain_at(ahead.sequence) {
            return Ok(chain == ahead.chain);
        }
        let recorded = self.recorded(item.id(), ahead.sequence, ahead.chain).await?;
        Ok(recorded.is_some_and(|recorded| recorded.chain_at(item.sequence()) == Some(item.chain())))
    }

    async fn plan_violation(&mut self, wrong: Wrong<'_>) -> Result<(), Fault> {
        let Wrong { key, sequence, found, rejection, at } = wrong;
        if let Ok(action) = key.parse::<ActionId>() {
            let ahead = self.ahead(&action).await?;
            if ahead.quarantined && (ahead.said.contains(&found) || self.said(&action, found).await?) {
                return Ok(());
            }
            let mut ahead = Ahead { quarantined: true, ..ahead };
            ahead.said.push(found);
            self.plan.ahead.insert(action, ahead);
        }
        tracing::error!(
            alarm = true,
            action = key,
            sequence,
            code = rejection.code,
            "a violation is recorded"
        );
        // The end names what was found, so it is never cut.
        let detail = format!("{}; found {found}", bounds::cut(&rejection.detail, bounds::DETAIL - 100));
        let record = record::violation(key, sequence, rejection.code, detail, at);
        self.plan.units.push(Unit::new(&[record], &[]).map_err(no_form)?);
        Ok(())
    }

    /// Whether the log already has this violation of this action.
    async fn said(&mut self, action: &ActionId, found: Digest) -> Result<bool, Fault> {
        let ending = format!("found {found}");
        for position in self.ledger.capabilities.index.positions(action).await? {
            if position.kind != "violation" {
                continue;
            }
            let object = self.object(position.object).await?;
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

    async fn plan_refused_verdict(&mut self, attempt: &RefusedVerdict, count: u32) -> Result<(), Fault> {
        let record =
            record::refused_verdict(&attempt.action, &attempt.person, &attempt.code, count, attempt.at);
        let digest = Digest::of(&record_line(&record).map_err(no_form)?);
        if self.plan.refused.contains(&digest) {
            return Ok(());
        }
        let positions = self.ledger.capabilities.index.positions(&attempt.action).await?;
        if positions.iter().any(|position| position.digest == digest) {
            return Ok(());
        }
        self.plan.refused.push(digest);
        self.plan.units.push(Unit::new(&[record], &[]).map_err(no_form)?);
        Ok(())
    }

    pub(crate) async fn ahead(&mut self, action: &ActionId) -> Result<Ahead, Fault> {
        if let Some(ahead) = self.plan.ahead.get(action) {
            return Ok(ahead.clone());
        }
        let row = self.row(action).await?;
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

/// Everything recorded was read as JSON before, so this fault means a defect of this program: nothing is acknowledged.
fn no_form(error: impl std::fmt::Display) -> Fault {
    Fault::lasting(format!("a record has no canonical form: {error}"))
}
