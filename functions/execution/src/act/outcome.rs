//! What came of an attempt, redacted before anyone can read it.

use connectors::Ran;
use credentials::session_name;
use domain::{Event, LossReason, Timestamp};
use redaction::{Known, redact_text, redact_value};
use serde_json::{Value, json};
use wire::documents::{Document, Kind, Outcome, OutcomeError, OutcomeStatus};
use wire::json::{JsonError, canonical};

use super::Attempt;

/// The longest result that is kept, as canonical JSON; of a longer one only its size.
const MAX_RESULT: usize = 64 * 1024;

/// How an attempt ended.
pub(crate) enum Ended {
    /// The target acted and said so.
    Done(Ran),
    /// It provably did not act.
    NotDone { code: String, detail: String },
    /// The command went out and nobody can say more (P2).
    NoAnswer,
    /// Nobody can say, for another reason.
    Lost(LossReason),
}

impl Ended {
    pub(crate) fn not_done(code: &str, detail: &str) -> Self {
        Self::NotDone { code: code.to_owned(), detail: detail.to_owned() }
    }

    /// The event, and the document it names. P8: nothing of what the target said gets past the redaction.
    pub(crate) fn event(
        self,
        attempt: &Attempt,
        known: &Known,
        times: (Timestamp, Timestamp),
    ) -> Result<(Event, Option<Document>), JsonError> {
        let id = attempt.id.clone();
        let (status, result, error) = match self {
            Self::NoAnswer => {
                return Ok((Event::OutcomeLost { attempt: id, reason: LossReason::NoAnswer }, None));
            }
            Self::Lost(reason) => return Ok((Event::OutcomeLost { attempt: id, reason }, None)),
            Self::Done(ran) => (OutcomeStatus::Succeeded, ran.result, ran.error),
            Self::NotDone { code, detail } => {
                (OutcomeStatus::Failed, Value::Null, Some(OutcomeError { code, detail }))
            }
        };
        let outcome = Outcome {
            format: Outcome::FORMAT.to_owned(),
            action: attempt.item.id().clone(),
            attempt: id.clone(),
            status,
            result: kept(redact_value(&result, "/result", known).value)?,
            error: error.map(|error| redacted(error, known)),
            started_at: times.0,
            finished_at: times.1,
            session: session_name(attempt.item.id()),
        };
        let document = outcome.document()?;
        let outcome = document.digest();
        let event = match status {
            OutcomeStatus::Succeeded => Event::Succeeded { attempt: id, outcome },
            OutcomeStatus::Failed => Event::Failed { attempt: id, outcome },
        };
        Ok((event, Some(document)))
    }
}

fn redacted(error: OutcomeError, known: &Known) -> OutcomeError {
    let text = |text: &str, pointer: &str| redact_text(text, pointer, known).text;
    OutcomeError { code: text(&error.code, "/error/code"), detail: text(&error.detail, "/error/detail") }
}

fn kept(result: Value) -> Result<Value, JsonError> {
    let length = canonical(&result)?.as_bytes().len();
    Ok(if length > MAX_RESULT {
        json!({ "bytes": length, "left_out": "longer than is kept" })
    } else {
        result
    })
}
