//! Why nothing runs: a rejection, which denies the action, evidence that does not hold, or a fault.

use domain::{Commitment, Fault, Rejection};
use redaction::{Known, redact_text};
use store::DocumentFault;
use wire::documents::Cause;

/// Why nothing runs. All of these are found before the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExecutionError {
    /// It may pass: the message comes again.
    Fault(Fault),
    /// The message is about a state the action has left. Another message brings the present one.
    Superseded,
    /// The action is denied: what was approved may not run, or may no longer run.
    Rejection(ExecutionRejection),
    /// What should prove that the action may run does not prove it. The fault lies with whoever keeps item, log and
    /// documents, not with the action, so nothing is written. The message goes to the dead-letter queue, which alarms.
    Evidence(Rejection),
}

/// Why an approved action is denied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExecutionRejection {
    /// Stable.
    pub(crate) code: String,
    /// One sentence, for the agent too.
    pub(crate) detail: String,
    /// What was found at the target, where `detail` does not say it: for people.
    pub(crate) cause: Option<Cause>,
}

impl ExecutionError {
    pub(crate) fn rejection(code: &str, detail: impl Into<String>) -> Self {
        Self::Rejection(ExecutionRejection { code: code.to_owned(), detail: detail.into(), cause: None })
    }

    /// The target is not what was reviewed. `told` is for the agent, `cause` for people (E12).
    pub(crate) fn at_target(told: impl Into<String>, cause: impl Into<String>, salt: Commitment) -> Self {
        let code = "changed-since-review".to_owned();
        let cause = Some(Cause { detail: cause.into(), salt });
        Self::Rejection(ExecutionRejection { code, detail: told.into(), cause })
    }

    /// What would run is not what was reviewed.
    pub(crate) fn changed(detail: impl Into<String>) -> Self {
        Self::rejection("changed-since-review", detail)
    }

    /// The rules in force do not allow it any more.
    pub(crate) fn no_longer_allowed(detail: impl Into<String>) -> Self {
        Self::rejection("no-longer-allowed", detail)
    }

    pub(crate) fn evidence(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Evidence(Rejection::new(code, detail))
    }

    /// The same error with everything masked that the request masks or that a detector finds, because its texts are
    /// recorded and answered.
    pub(crate) fn redacted(self, known: &Known) -> Self {
        let text = |text: &str, pointer: &str| redact_text(text, pointer, known).text;
        match self {
            Self::Rejection(ExecutionRejection { code, detail, cause }) => {
                let detail = text(&detail, "/detail");
                let cause = cause.map(|cause| Cause { detail: text(&cause.detail, "/cause"), ..cause });
                Self::Rejection(ExecutionRejection { code, detail, cause })
            }
            other @ (Self::Fault(_) | Self::Superseded | Self::Evidence(_)) => other,
        }
    }
}

/// A lasting fault is a mistake in permissions or data. The message comes again until it ends in the dead-letter queue.
impl From<Fault> for ExecutionError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<DocumentFault> for ExecutionError {
    fn from(error: DocumentFault) -> Self {
        match error {
            DocumentFault::Fault(fault) => Self::Fault(fault),
            DocumentFault::Mismatch(digest) => {
                Self::evidence("document-differs", format!("{digest} has other bytes than its name says"))
            }
        }
    }
}
