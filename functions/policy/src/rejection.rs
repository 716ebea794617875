//! What ends a decision early: a rejection, which is committed as a denial, or a fault, after which the message comes again.

use domain::{Fault, Rejection};
use policy::Reason;
use wire::documents::Cause;

/// Why the rules could not decide.
pub(crate) enum DecisionError {
    /// It may pass: the message comes again.
    Fault(Fault),
    /// It will not pass: the action is denied.
    Rejection(DecisionRejection),
}

/// A denial for another reason than a rule.
#[derive(Debug)]
pub(crate) struct DecisionRejection {
    pub(crate) code: String,
    pub(crate) reasons: Vec<Reason>,
    /// What was found at the target, where the reasons do not say it: for people.
    pub(crate) cause: Option<Cause>,
}

impl DecisionRejection {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        let reason = Reason { policy: String::new(), message: message.into(), instead: None };
        Self { code: code.to_owned(), reasons: vec![reason], cause: None }
    }

    /// The action cannot be planned, for the reason that this error states.
    pub(crate) fn cannot_plan(error: &dyn std::fmt::Display) -> Self {
        Self::new("cannot-plan", sentence(error))
    }
}

impl DecisionError {
    /// A fault that may pass stays one; one that lasts is a denial with this code and message.
    pub(crate) fn of_fault(fault: Fault, code: &'static str, message: &str) -> Self {
        if fault.is_passing() {
            return Self::Fault(fault);
        }
        tracing::error!(alarm = true, %fault, code, "denied because of a lasting fault");
        DecisionRejection::new(code, message).into()
    }
}

impl From<Rejection> for DecisionError {
    fn from(rejection: Rejection) -> Self {
        DecisionRejection::new(rejection.code, sentence(&rejection)).into()
    }
}

impl From<DecisionRejection> for DecisionError {
    fn from(rejection: DecisionRejection) -> Self {
        Self::Rejection(rejection)
    }
}

/// An error's text as a sentence.
pub(crate) fn sentence(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
