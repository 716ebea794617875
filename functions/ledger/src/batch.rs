//! One batch of the stream on its way into the log.

use std::collections::BTreeMap;

use domain::{Fault, Timestamp};
use ledger::{Appended, Tail, append};
use store::StreamImage;

use crate::handler::Ledger;
use crate::memory::Memory;
use crate::plan::Plan;
use crate::stream::StreamRecord;
use crate::unit::{Unit, compose, fitting};

/// One batch: what the stream brought, what was learnt on the way, and what is to be recorded.
pub(crate) struct Batch<'a> {
    pub(crate) ledger: &'a Ledger,
    pub(crate) records: &'a [StreamRecord],
    pub(crate) memory: Memory,
    pub(crate) plan: Plan,
}

/// Whether a plan went into the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// All of it.
    All,
    /// Another writer was first somewhere; what it wrote is indexed.
    Overtaken,
}

impl Ledger {
    /// Handles one batch of the stream: records what is new and valid, records a violation for what is not valid, and
    /// sends what follows.
    ///
    /// An item that meets a fault (its issuer does not answer, one of its documents cannot be read) is left out, and so
    /// are its later events; everything else is recorded. Sweep finds an item that is not recorded a minute later and
    /// makes the stream bring it again, every minute until it is.
    ///
    /// # Errors
    /// A [`Fault`]: the whole batch must come again, which is safe. This happens when log or index fail, when something
    /// could not be sent, and for what sweep does not bring again (refused verdicts, malformed items).
    pub async fn handle(&self, records: &[StreamRecord]) -> Result<(), Fault> {
        self.check_retention().await?;
        Batch::new(self, records).record().await
    }

    /// Reads and indexes the log from the watermark to its end: on an empty index, all of it.
    ///
    /// # Errors
    /// A [`Fault`]; what was indexed stays so, and the next time goes on from there.
    pub async fn rebuild(&self) -> Result<(), Fault> {
        Batch::new(self, &[]).catch_up().await.map(drop)
    }
}

impl<'a> Batch<'a> {
    fn new(ledger: &'a Ledger, records: &'a [StreamRecord]) -> Self {
        let mut memory = Memory::default();
        for record in records {
            if let StreamImage::Item(item) = &record.image {
                memory.offer_item(item);
            }
        }
        Self { ledger, records, memory, plan: Plan::default() }
    }

    async fn record(mut self) -> Result<(), Fault> {
        let mut tail = self.catch_up().await?;
        let failed = loop {
            self.plan = Plan::default();
            self.plan_all().await;
            let units = std::mem::take(&mut self.plan.units);
            match self.write(&mut tail, &units).await? {
                Written::All => break self.plan.failed.take(),
                Written::Overtaken => self.memory.forget_rows(),
            }
        };
        self.dispatch().await?;
        if let Some(fault) = failed {
            return Err(fault);
        }
        self.ledger.capabilities.indexing.write_heartbeats(&heartbeats(self.records)).await
    }

    async fn write(&mut self, tail: &mut Tail, units: &[Unit]) -> Result<Written, Fault> {
        let capabilities = &self.ledger.capabilities;
        let mut rest = units;
        while !rest.is_empty() {
            let (now, later) = rest.split_at_checked(fitting(rest)).unwrap_or((rest, &[]));
            let impossible = |error| Fault::lasting(format!("no log object can be made of this: {error}"));
            let bytes = compose(tail, now).map_err(impossible)?;
            let number = tail.next;
            match append(capabilities.append.as_ref(), capabilities.log.as_ref(), number, &bytes).await? {
                Appended::Ours => {
                    *tail = self.take(tail, &bytes).await?;
                    rest = later;
                }
                Appended::Theirs => {
                    tracing::info!(number, "another writer was first");
                    *tail = self.catch_up().await?;
                    return Ok(Written::Overtaken);
                }
            }
        }
        Ok(Written::All)
    }
}

/// When the stream delivered the heartbeats of this batch, by the stream's own clock: whoever may write the table could
/// write any time into an item.
fn heartbeats(records: &[StreamRecord]) -> BTreeMap<u8, Timestamp> {
    let mut latest = BTreeMap::new();
    for record in records {
        if let StreamImage::Heartbeat(number) = record.image {
            let at = latest.entry(number).or_insert(record.at);
            *at = record.at.max(*at);
        }
    }
    latest
}
