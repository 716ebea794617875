//! Refusals: one type for the API, which answers with a problem, and for the pages, which show a text.

use domain::{EventRejection, Fault};
use identity::{AuthError, ProviderError};
use runtime::{Code, Problem};
use store::{DocumentFault, StateError};
use wire::http::FieldError;

/// A refusal as it is sent. It says what is wrong and what to do, and nothing internal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestRejection {
    pub code: Code,
    pub detail: String,
    pub errors: Vec<FieldError>,
    pub page: Option<String>,
    /// The scope that the caller's token lacks.
    pub scope: Option<String>,
    /// What a page shows in addition to the detail.
    pub page_words: Option<Box<PageWords>>,
}

/// What only a page shows of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageWords {
    /// The heading, in place of the title of the code.
    pub title: &'static str,
    /// The error of the identity provider: shown escaped, as its own text, and used for nothing else.
    pub quoted: Option<ProviderError>,
}

impl RequestRejection {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), page: None, scope: None, page_words: None }
    }

    /// The refusal of this code with its usual text.
    pub(crate) fn because(code: Code) -> Self {
        Self::new(code, words(code))
    }

    pub(crate) fn not_found() -> Self {
        Self::because(Code::NotFound)
    }

    /// Another system did not answer; nothing was decided.
    pub(crate) fn unavailable() -> Self {
        Self::because(Code::Unavailable)
    }

    /// One part of the input is wrong.
    pub(crate) fn input(pointer: &str, detail: &str) -> Self {
        let error = FieldError { pointer: pointer.to_owned(), detail: detail.to_owned() };
        Self { errors: vec![error], ..Self::new(Code::InvalidParameters, detail) }
    }

    /// The heading of the page.
    pub(crate) fn title(&self) -> &'static str {
        self.page_words.as_ref().map_or_else(|| self.code.title(), |words| words.title)
    }

    /// Whether another group in the token could have changed the answer.
    pub(crate) fn depends_on_groups(&self) -> bool {
        matches!(self.code, Code::NotAnApprover | Code::NotFound)
    }

    /// C17: the refusal with the possible reason that the person's groups are missing in their token.
    pub(crate) fn left_out(self, left_out: bool) -> Self {
        match left_out && self.depends_on_groups() && !self.detail.contains(LEFT_OUT) {
            true => Self { detail: format!("{} {LEFT_OUT}", self.detail), ..self },
            false => self,
        }
    }

    pub(crate) fn problem(self, instance: &str) -> Problem {
        let problem = Problem::new(self.code, self.detail, instance).errors(self.errors);
        let problem = match self.page {
            Some(page) => problem.page(page),
            None => problem,
        };
        match self.scope {
            Some(scope) => problem.scope(scope),
            None => problem,
        }
    }
}

/// C17: the text for a person whose provider left the groups out of the token.
pub(crate) const LEFT_OUT: &str = "Your identity provider left your groups out of the sign-in, because you are in too many. Ask your \
    administrator to send only the groups assigned to this application.";

/// The text of each code for a person who decides.
fn words(code: Code) -> &'static str {
    match code {
        Code::OwnRequest => {
            "You belong to the requester set of this request, so somebody else has to decide it."
        }
        Code::OwnChange => {
            "You changed this, so somebody else has to approve what you made of it. You may still deny it."
        }
        Code::NotAnApprover => "You are not in any group that is asked here.",
        Code::AgentCannotDecide => {
            "This token does not belong to a person. A person decides on the page, or with a token of a client that is listed in \
             `person_clients` of the issuer's settings and that the provider marks as a human's (`human`)."
        }
        Code::StaleDigest => "The review has changed since it was shown to you. Read it again, then decide.",
        Code::NotShownWhole => {
            "The change is too long to be shown completely, so nobody can approve it. Deny it, and ask for smaller parts."
        }
        Code::AlreadyVoted => "You have already answered, and this can no longer be changed.",
        Code::AlreadyDecided => "Others have decided this already; no more answers are needed.",
        Code::TooEarly => {
            "The attempt may still be under way. Look again a few minutes after it began, and record then that it did not happen."
        }
        Code::NothingToResolve => {
            "What this action did is known, or it was not tried: there is nothing to resolve."
        }
        Code::AlreadyStarted => "It has begun to run, so it can no longer be decided.",
        Code::TooManyChanges => {
            "It cannot be changed again. Approve or deny it as it is; the agent may propose another action."
        }
        Code::ActionFull => {
            "The action has no room for more answers or changes. It can still be denied, cancelled or run; the agent may propose another."
        }
        Code::Expired => "The time to decide has run out. The agent may ask again.",
        Code::NotFound => "There is no such action, or it is not for you to see.",
        Code::InvalidToken => "Sign in again and repeat the call with the new token.",
        Code::MissingToken => "Send a person's access token in the Authorization header.",
        Code::Unavailable => "Nothing was decided. Try again in a few seconds.",
        Code::TooLarge => "Send at most 32 KiB.",
        Code::UnsupportedMediaType => "Send application/json.",
        other => other.title(),
    }
}

impl From<Code> for RequestRejection {
    fn from(code: Code) -> Self {
        Self::because(code)
    }
}

impl From<AuthError> for RequestRejection {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Invalid(invalid) => {
                tracing::info!(check = invalid.code(), "a token was refused");
                match invalid.told() {
                    Some(advice) => Self::new(Code::InvalidToken, advice),
                    None => Self::because(Code::InvalidToken),
                }
            }
            AuthError::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for RequestRejection {
    fn from(fault: Fault) -> Self {
        tracing::warn!(%fault, passing = fault.is_passing(), "another system failed");
        Self::unavailable()
    }
}

impl From<StateError> for RequestRejection {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Fault(fault) => fault.into(),
            StateError::Item(error) => {
                tracing::error!(%error, alarm = true, "an item cannot be read");
                Self::unavailable()
            }
        }
    }
}

impl From<DocumentFault> for RequestRejection {
    fn from(error: DocumentFault) -> Self {
        match error {
            DocumentFault::Fault(fault) => fault.into(),
            DocumentFault::Mismatch(_) => {
                tracing::error!(%error, alarm = true, "a document was changed");
                Self::unavailable()
            }
        }
    }
}

/// The code of the API for a refusal of the lifecycle.
pub(crate) fn code_of(refusal: EventRejection) -> Code {
    match refusal {
        EventRejection::Expired => Code::Expired,
        EventRejection::OwnRequest => Code::OwnRequest,
        EventRejection::OwnChange => Code::OwnChange,
        EventRejection::NotAnApprover => Code::NotAnApprover,
        EventRejection::StepUpRequired => Code::StepUpRequired,
        EventRejection::AlreadyVoted | EventRejection::SeatHasVoted => Code::AlreadyVoted,
        EventRejection::TooManyChanges => Code::TooManyChanges,
        EventRejection::NoRoom => Code::ActionFull,
        EventRejection::NotPossible
        | EventRejection::NotYetDue
        | EventRejection::OtherAttempt
        | EventRejection::NotTheProposer
        | EventRejection::Malformed => Code::AlreadyDecided,
    }
}
