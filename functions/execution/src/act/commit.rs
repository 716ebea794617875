//! Writing down how it ended: an outcome or a refusal. Documents first, then the one write that names them.

use domain::{Event, EventRejection, Fault, Timestamp};
use redaction::{Known, redact_text};
use store::{Extended, StateError};
use wire::Item;
use wire::bounds::cut;
use wire::documents::{Cause, Document, DocumentKind, RefusalNote};

use super::ExecutionAttempt;
use super::outcome::Ended;
use crate::check::VerifiedAction;
use crate::{Execution, state_fault};

/// The longest text that says why something was refused.
const MAX_DETAIL: usize = 4096;
/// How often an outcome is written before it is given up to the lease. It exists nowhere else.
const TRIES: u32 = 6;

impl Execution {
    /// The outcome of an attempt. The same attempt's late outcome is still taken when the lease was lost meanwhile.
    pub(super) async fn commit(
        &self,
        attempt: &ExecutionAttempt,
        verified: &VerifiedAction,
        ended: Ended,
        started_at: Timestamp,
    ) -> Result<(), Fault> {
        let times = (started_at, self.capabilities.clock.now());
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

    /// True when the outcome is there or cannot be any more; false to try again from the item as it is now.
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
                // Our own write whose answer was lost, or time's.
                let written = stored.entries().iter().any(|entry| entry.event == *event);
                *from = *stored;
                Ok(written)
            }
            Ok(Extended::Absent) => Err(Fault::lasting("the item is gone")),
            Err(error) => Err(state_fault(error)),
        }
    }

    /// Denies the action before it was claimed.
    pub(crate) async fn refuse(
        &self,
        item: &Item,
        code: &str,
        (detail, cause): (String, Option<Cause>),
    ) -> Result<(), Fault> {
        tracing::info!(action = %item.id(), code, "refused before the claim");
        let note = RefusalNote {
            format: RefusalNote::FORMAT.to_owned(),
            action: item.id().clone(),
            code: code.to_owned(),
            detail: cut(&redact_text(&detail, "/detail", &Known::nothing()).text, MAX_DETAIL),
            cause: cause.map(|cause| Cause {
                detail: cut(&redact_text(&cause.detail, "/cause", &Known::nothing()).text, MAX_DETAIL),
                ..cause
            }),
        };
        let document = note.document().map_err(|error| Fault::lasting(error.to_string()))?;
        let event = Event::Refused { code: code.to_owned(), document: document.digest() };
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
            Err(error) => Err(state_fault(error)),
        }
    }
}
