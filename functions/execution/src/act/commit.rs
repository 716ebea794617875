//! Commits how it ended: an outcome or a denial. The documents are written first, then the event that names them.

use domain::{Event, EventRejection, Fault, Timestamp};
use redaction::{Known, redact_text};
use store::{Extended, StateError};
use wire::Item;
use wire::bounds::cut;
use wire::documents::{Cause, Document, DocumentKind, RefusalNote};

use super::attempt::ExecutionAttempt;
use super::outcome::{Ended, RunTimes};
use crate::Execution;
use crate::check::VerifiedAction;
use crate::error::ExecutionRejection;

/// The longest text that says why something was refused.
const MAX_DETAIL: usize = 4096;
/// How often an outcome is written before the lease ends the attempt instead. The outcome exists nowhere else.
const TRIES: u32 = 6;

impl Execution {
    /// Commits the outcome of an attempt. It is accepted late too, when the lease was lost meanwhile.
    pub(super) async fn commit(
        &self,
        attempt: &ExecutionAttempt,
        verified: &VerifiedAction,
        ended: Ended,
        started_at: Timestamp,
    ) -> Result<(), Fault> {
        let times = RunTimes { started_at, finished_at: self.capabilities.clock.now() };
        let (event, document) = ended
            .event(attempt, &verified.known, times)
            .map_err(|error| Fault::lasting(format!("the outcome cannot be written: {error}")))?;
        let mut from = attempt.item.clone();
        let mut tried = 1;
        loop {
            match self.write(&mut from, &event, document.as_ref()).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(fault) if tried >= TRIES => {
                    tracing::error!(alarm = true, action = %from.id(), %fault, "an outcome could not be kept");
                    return Err(fault);
                }
                Err(_) => self.wait(tried).await,
            }
            tried += 1;
        }
    }

    /// True when the outcome is stored or can no longer be stored; false to try again from the item as it is now.
    async fn write(
        &self,
        from: &mut Item,
        event: &Event,
        document: Option<&Document>,
    ) -> Result<bool, Fault> {
        if let Some(document) = document {
            self.capabilities.document_writer.put(document).await?;
        }
        let ended = match from.extend(event.clone(), self.capabilities.clock.now()) {
            Ok((ended, _)) => ended,
            Err(refusal) => {
                tracing::warn!(action = %from.id(), %refusal, "the outcome came too late");
                return Ok(true);
            }
        };
        match self.capabilities.extend.extend(from.chain(), &ended).await {
            Ok(Extended::Updated) => Ok(true),
            Ok(Extended::Differs(stored)) => {
                // Either our own write, whose answer was lost, or an event of the schedule.
                let written = stored.entries().iter().any(|entry| entry.event == *event);
                *from = *stored;
                Ok(written)
            }
            Ok(Extended::Absent) => Err(Fault::lasting("the item is gone")),
            Err(error) => Err(error.into()),
        }
    }

    /// Denies the action before it was claimed.
    pub(crate) async fn deny(&self, item: &Item, rejection: &ExecutionRejection) -> Result<(), Fault> {
        let ExecutionRejection { code, detail, cause } = rejection;
        tracing::info!(action = %item.id(), code, "refused before the claim");
        let note = RefusalNote {
            format: RefusalNote::FORMAT.to_owned(),
            action: item.id().clone(),
            code: code.clone(),
            detail: cut(&redact_text(detail, "/detail", &Known::nothing()).text, MAX_DETAIL),
            cause: cause.as_ref().map(|cause| Cause {
                detail: cut(&redact_text(&cause.detail, "/cause", &Known::nothing()).text, MAX_DETAIL),
                ..cause.clone()
            }),
        };
        let document = note.document().map_err(|error| Fault::lasting(error.to_string()))?;
        let event = Event::Refused { code: code.clone(), document: document.digest() };
        let refused = match item.extend(event, self.capabilities.clock.now()) {
            Ok((refused, _)) => refused,
            Err(EventRejection::NotPossible) => return Ok(()),
            Err(refusal) => return Err(Fault::lasting(format!("the refusal cannot follow: {refusal}"))),
        };
        self.capabilities.document_writer.put(&document).await?;
        match self.capabilities.extend.extend(item.chain(), &refused).await {
            Ok(Extended::Updated | Extended::Differs(_)) => Ok(()),
            Ok(Extended::Absent) => Err(Fault::lasting("the item is gone")),
            Err(StateError::Fault(fault)) => Err(fault),
            Err(error) => Err(error.into()),
        }
    }
}
