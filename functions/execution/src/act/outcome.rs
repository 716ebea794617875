//! The outcome of an attempt, redacted before anyone can read it.

use connectors::Ran;
use credentials::session_name;
use domain::{Event, LossReason, Timestamp};
use redaction::{Known, redact_text, redact_value};
use serde_json::{Value, json};
use wire::bounds::{CODE, cut};
use wire::documents::{Document, DocumentKind, Outcome, OutcomeError, OutcomeStatus};
use wire::json::{JsonError, MAX_DEPTH, canonical, depth, reads_back};

use super::attempt::ExecutionAttempt;

/// The longest result that is kept, as canonical JSON; of a longer one only its size.
const MAX_RESULT: usize = 64 * 1024;
/// The deepest result that is kept as a value: whatever is put around it (the outcome, a line of the log, an answer of the
/// API), whoever reads at most [`MAX_DEPTH`] levels reads all of it. A deeper one is kept as text.
const RESULT_DEPTH: usize = MAX_DEPTH - 8;
/// The longest text of an error that is kept.
const MAX_ERROR: usize = 4096;

/// When an attempt ran.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunTimes {
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Timestamp,
}

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

    /// The event, and the document it names. P8: everything the target said is redacted.
    pub(crate) fn event(
        self,
        attempt: &ExecutionAttempt,
        known: &Known,
        times: RunTimes,
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
            started_at: times.started_at,
            finished_at: times.finished_at,
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
    let (code, detail) = (text(&error.code, "/error/code"), text(&error.detail, "/error/detail"));
    OutcomeError { code: cut(&code, CODE), detail: cut(&detail, MAX_ERROR) }
}

/// The result as it is written. A value that would not read back as the same is kept as text and marked so.
fn kept(result: Value) -> Result<Value, JsonError> {
    let text = canonical(&result)?.into_string();
    if text.len() > MAX_RESULT {
        return Ok(json!({ "bytes": text.len(), "left_out": "longer than is kept" }));
    }
    if depth(&result) > RESULT_DEPTH {
        return Ok(json!({ "text": text, "kept_as_text": "nested deeper than is kept" }));
    }
    if !reads_back(&result) {
        return Ok(json!({ "text": text, "kept_as_text": "it does not read back as the same" }));
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C6: however deep the target's answer, what is kept of it reads back, with room for everything around it.
    #[test]
    fn too_deep_a_result_is_text() {
        for levels in 0..200 {
            let deep = (0..levels).fold(json!(1), |inner, _| json!([inner]));
            let kept = kept(json!({ "job": "retrain", "model": deep })).unwrap();
            assert!(depth(&kept) <= RESULT_DEPTH, "{levels}");
            assert_eq!(kept.get("kept_as_text").is_some(), levels + 2 > RESULT_DEPTH, "{levels}");
        }
    }

    /// C6: a number that our own reader refuses is kept as text.
    #[test]
    fn a_number_that_does_not_read_back_is_text() {
        for (number, as_text) in [(json!(1.5), false), (json!(1e300), true), (json!(u64::MAX), true)] {
            let kept = kept(json!({ "rows": number })).unwrap();
            assert_eq!(kept.get("kept_as_text").is_some(), as_text, "{number}");
        }
    }
}
