//! An attempt whose outcome was lost: the target is asked what it did, before people are.
//!
//! A probe only looks, through the role that looked before the claim. What it cannot say, people are asked; a probe that
//! fails decides nothing.

use bundle::probes;
use connectors::{InspectError, Lost, ProbeAnswer};
use domain::{Event, Fault, LossReason, ProbeGap, ResolvedBy, Run, State};
use evaluation::inspection_session;
use redaction::{Known, redact_text};
use store::Extended;
use wire::Item;
use wire::bounds::cut;
use wire::documents::{Action, DocumentKind, Probe};
use wire::message::Message;

use crate::Execution;
use crate::check::record;
use crate::error::ExecutionError;

/// The longest text of what was found.
const MAX_FOUND: usize = 1024;

impl Execution {
    /// Asks the target and writes down what it says, once.
    pub(crate) async fn probe(&self, item: &Item, message: &Message) -> Result<(), Fault> {
        let State::Unknown(run) = item.state() else { return Ok(()) };
        match record::is_about(message, item) {
            Ok(()) => {}
            Err(ExecutionError::Superseded) => return Ok(()),
            Err(stop) => return Err(Fault::lasting(format!("nothing is probed: {stop:?}"))),
        }
        if run.probe_gap.is_some() {
            return Ok(());
        }
        let event = match self.found(item, run).await? {
            Found::Answer { happened, found } => {
                let probe = Probe {
                    format: Probe::FORMAT.to_owned(),
                    action: item.id().clone(),
                    attempt: run.attempt.clone(),
                    happened,
                    found: cut(&redact_text(&found, "/found", &Known::nothing()).text, MAX_FOUND),
                    at: self.capabilities.clock.now(),
                };
                let document = probe.document().map_err(|error| Fault::lasting(error.to_string()))?;
                self.capabilities.document_writer.put(&document).await?;
                let by = ResolvedBy::Probe(document.digest());
                Event::Resolved { attempt: run.attempt.clone(), happened, by }
            }
            Found::Nothing(reason) => Event::ProbeInconclusive { attempt: run.attempt.clone(), reason },
        };
        let next = item.extend(event, self.capabilities.clock.now());
        let (next, _) =
            next.map_err(|refusal| Fault::lasting(format!("the probe cannot follow: {refusal}")))?;
        match self.capabilities.extend.extend(item.chain(), &next).await {
            // Who was first counts, a person or the attempt's own late outcome.
            Ok(Extended::Updated | Extended::Differs(_)) => Ok(()),
            Ok(Extended::Absent) => Err(Fault::lasting("the item is gone")),
            Err(error) => Err(error.into()),
        }
    }

    /// What the target says. A command that may still be under way is waited for, in a later message.
    async fn found(&self, item: &Item, run: &Run) -> Result<Found, Fault> {
        if lost_elsewhere(item) {
            // The attempt that holds the locked claim is another one; this one's traces tell nothing of it.
            return Ok(Found::Nothing(ProbeGap::CannotTell));
        }
        let settled = self.capabilities.clock.now() >= run.settled_at();
        match self.ask_target(item, run).await? {
            None => Ok(Found::Nothing(ProbeGap::NoProbe)),
            Some(ProbeAnswer::Happened(found)) => Ok(Found::Answer { happened: true, found }),
            Some(_) if !settled => Err(Fault::passing("the attempt may still be under way")),
            Some(ProbeAnswer::DidNotHappen(found)) => Ok(Found::Answer { happened: false, found }),
            Some(ProbeAnswer::CannotTell) => Ok(Found::Nothing(ProbeGap::CannotTell)),
        }
    }

    /// The target's answer; none where this kind of action leaves nothing that would tell.
    async fn ask_target(&self, item: &Item, run: &Run) -> Result<Option<ProbeAnswer>, Fault> {
        let in_force = self.in_force().await.map_err(no_rules)?;
        let Some(entry) = in_force.bundle.entry(&run.review.proposal.action_type) else {
            return Ok(Some(ProbeAnswer::CannotTell));
        };
        if !probes(&entry.connector) {
            return Ok(None);
        }
        let document = self.capabilities.documents.document(run.review.decision.action).await;
        let document = document.map_err(|error| Fault::passing(error.to_string()))?;
        let action: Option<Action> = document.and_then(|document| document.open().ok());
        let action = action.ok_or_else(|| Fault::lasting("the action document cannot be read"))?;
        let place = in_force.bundle.place(entry, &action.parameters, &self.config.deployment);
        // Under other rules than those of the claim another role would look, or in another account.
        let Ok(place) = place else { return Ok(Some(ProbeAnswer::CannotTell)) };
        if place.account != action.plan.account || action.action != *item.id() {
            return Ok(Some(ProbeAnswer::CannotTell));
        }
        let session = inspection_session(&place.inspection_role, item.id());
        let credentials = match self.capabilities.assume.assume(&session).await {
            Ok(credentials) => credentials,
            Err(fault) if fault.is_passing() => return Err(fault),
            Err(_) => return Ok(Some(ProbeAnswer::CannotTell)),
        };
        let lost = Lost { region: &action.plan.region, plan: &action.plan, attempt: &run.attempt };
        match self.capabilities.inspect.probe(&lost, &credentials).await {
            Ok(answer) => Ok(Some(answer)),
            Err(InspectError::Fault(fault)) => Err(fault),
            Err(InspectError::Cannot(why) | InspectError::Request(why)) => {
                tracing::warn!(action = %item.id(), why, "a target cannot be asked what a lost attempt did");
                Ok(Some(ProbeAnswer::CannotTell))
            }
        }
    }
}

/// What is written about the attempt.
enum Found {
    Answer { happened: bool, found: String },
    Nothing(ProbeGap),
}

fn lost_elsewhere(item: &Item) -> bool {
    let lost = item.entries().iter().rev().find_map(|entry| match &entry.event {
        Event::OutcomeLost { reason, .. } => Some(*reason),
        _ => None,
    });
    lost == Some(LossReason::ClaimedElsewhere)
}

fn no_rules(stop: ExecutionError) -> Fault {
    match stop {
        ExecutionError::Fault(fault) => fault,
        other => Fault::lasting(format!("no rules are in force: {other:?}")),
    }
}
