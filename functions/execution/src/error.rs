//! Why nothing runs.

use domain::{Commitment, Fault};
use redaction::{Known, redact_text};
use store::DocumentFault;
use wire::documents::Cause;

/// Why nothing runs, before the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExecutionError {
    /// It may pass: the message comes again.
    Fault(Fault),
    /// The message is about a state the action has left: another message brings the present one.
    Moved,
    /// The action is denied: what was agreed to may not, or no longer, run.
    Refuse {
        /// Stable.
        code: String,
        /// One sentence, for the agent too.
        detail: String,
        /// What was found at the target, where `detail` does not say it: for people.
        cause: Option<Cause>,
    },
    /// What should prove that it may run does not. That is no matter of the action but of those who keep item, log and
    /// documents, so nothing is written; the message ends among the dead letters, where people see it.
    Evidence { code: &'static str, detail: String },
}

impl ExecutionError {
    pub(crate) fn refuse(code: &str, detail: impl Into<String>) -> Self {
        Self::Refuse { code: code.to_owned(), detail: detail.into(), cause: None }
    }

    /// The target is not what was reviewed. `told` is for the agent, `cause` for people (E12).
    pub(crate) fn at_target(told: impl Into<String>, cause: impl Into<String>, salt: Commitment) -> Self {
        let cause = Some(Cause { detail: cause.into(), salt });
        Self::Refuse { code: "changed-since-review".to_owned(), detail: told.into(), cause }
    }

    /// The same, without anything that the request masks and without whatever detectors find: it is recorded and answered.
    pub(crate) fn redacted(self, known: &Known) -> Self {
        let text = |text: &str, pointer: &str| redact_text(text, pointer, known).text;
        match self {
            Self::Refuse { code, detail, cause } => Self::Refuse {
                code,
                detail: text(&detail, "/detail"),
                cause: cause.map(|cause| Cause { detail: text(&cause.detail, "/cause"), ..cause }),
            },
            other => other,
        }
    }

    pub(crate) fn changed(detail: impl Into<String>) -> Self {
        Self::refuse("changed-since-review", detail)
    }

    pub(crate) fn evidence(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Evidence { code, detail: detail.into() }
    }
}

/// A lasting fault is somebody's mistake in permissions or data: it is tried again and then seen.
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
