//! An attempt whose outcome is lost, and what is found out about it.

use domain::{Event, LossReason, ProbeGap, Proof, ResolvedBy, Run, VerdictKind};
use wire::documents::{DocumentKind, Probe};

use super::{ATTEMPT, Scenario};

impl Scenario {
    /// The lease of the attempt ends without an outcome, and the time in which it may still be under way passes.
    pub fn lose(&mut self) {
        self.now = self.item.state().run().map_or(self.now, |run| run.lease_until.max(self.now));
        self.add(Event::OutcomeLost { attempt: ATTEMPT.to_owned(), reason: LossReason::LeaseLost });
        self.now = self.item.state().run().map_or(self.now, Run::settled_at);
    }

    /// The target was asked and cannot say what the attempt did.
    pub fn cannot_tell(&mut self) {
        self.add(Event::ProbeInconclusive { attempt: ATTEMPT.to_owned(), reason: ProbeGap::CannotTell });
    }

    /// What a person would record about the attempt now, with its documents kept.
    pub async fn resolution(
        &mut self,
        subject: &str,
        groups: &[&str],
        happened: bool,
        proof: Proof,
    ) -> Event {
        let verdict = self.verdict(subject, groups, VerdictKind::resolution(happened), proof).await;
        Event::Resolved { attempt: ATTEMPT.to_owned(), happened, by: ResolvedBy::Person(verdict) }
    }

    /// What execution would record about the attempt now, with the document of its probe kept.
    pub fn probed(&mut self, happened: bool) -> Event {
        let probe = Probe {
            format: Probe::FORMAT.to_owned(),
            action: self.item.id().clone(),
            attempt: ATTEMPT.to_owned(),
            happened,
            found: "There is nothing at the destination.".to_owned(),
            at: self.now,
        };
        let document = self.put(&probe);
        Event::Resolved { attempt: ATTEMPT.to_owned(), happened, by: ResolvedBy::Probe(document) }
    }
}
