//! The rules in force, and whether the ledger keeps up.

use bundle::InForce;
use runtime::{Code, Problem};

use crate::Intake;
use crate::call::Call;

/// A ledger that has not shown itself for this many seconds is behind: what is proposed now would not be recorded.
const LEDGER_SILENCE: i64 = 3600;

impl Intake {
    /// The bundle in force now: the next manifest is asked for each time, the others are remembered.
    pub(crate) async fn rules(&self, call: &Call) -> Result<InForce, Problem> {
        let found = self.in_force.in_force(self.capabilities.bundles.as_ref(), &self.config.publisher).await;
        found.map_err(|fault| {
            if !fault.is_passing() {
                tracing::error!(alarm = true, %fault, "no rules are in force; nothing is accepted");
            }
            call.unavailable(&format!("the rules in force: {fault}"))
        })
    }

    /// Refuses while the ledger is an hour behind on any shard of the stream. Sweep makes every shard carry something each
    /// minute, so a heartbeat that old, or one that was never handled, means that records are not written.
    pub(crate) async fn require_ledger(&self, call: &Call) -> Result<(), Problem> {
        let watermark = self.capabilities.index.watermark().await.map_err(|fault| call.fault(&fault))?;
        let silent = watermark
            .is_none_or(|mark| mark.heartbeat.plus_seconds(LEDGER_SILENCE) <= self.capabilities.clock.now());
        match silent {
            true => {
                tracing::error!(alarm = true, instance = call.instance(), "the ledger is an hour behind");
                let detail = "Records are not being written at the moment, so nothing new is accepted.";
                Err(call.problem(Code::Unavailable, detail).retry_after(60))
            }
            false => Ok(()),
        }
    }
}
