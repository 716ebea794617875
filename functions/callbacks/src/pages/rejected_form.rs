//! A form that was refused: the page is shown again with the reasons, and with what was typed.

use domain::VerdictKind;
use wire::documents::VerdictName;

use crate::form::Fields;
use crate::refusal::RequestRejection;
use crate::verdicts::{CommentError, redacted_text};

/// A refused form.
#[derive(Clone, Copy)]
pub(super) struct RejectedForm<'a> {
    pub no: &'a RequestRejection,
    pub fields: &'a Fields,
}

impl RejectedForm<'_> {
    /// What was typed into this field, with secrets masked as they would be in a stored text.
    pub(super) fn typed(&self, name: &str) -> Option<String> {
        self.fields.get(name).map(|text| redacted_text(text))
    }

    /// Whether this value was chosen in this field.
    pub(super) fn is_chosen(&self, name: &str, value: &str) -> bool {
        self.fields.get(name).is_some_and(|chosen| chosen == value)
    }

    /// Whether it is the form that changes parameters.
    pub(super) fn is_change(&self) -> bool {
        self.is_chosen("verdict", VerdictName::from(VerdictKind::Modify).as_str())
    }

    /// Whether it is the form that records what a lost attempt did.
    pub(super) fn is_resolution(&self) -> bool {
        let kinds = [VerdictKind::Happened, VerdictKind::DidNotHappen];
        kinds.into_iter().any(|kind| self.is_chosen("verdict", VerdictName::from(kind).as_str()))
    }

    /// What is wrong with the field of this pointer.
    pub(super) fn error_at(&self, pointer: &str) -> Option<&str> {
        self.no.errors.iter().find(|error| error.pointer == pointer).map(|error| error.detail.as_str())
    }
}

/// The refusal of a comment, in words for the page; [`RejectedForm`] shows them at the field.
pub(super) fn comment_refusal(error: CommentError) -> RequestRejection {
    match error {
        CommentError::UnknownCode | CommentError::CodeOfDenial => {
            RequestRejection::input("/reason", "Choose one of the reasons, or write your own.")
        }
        CommentError::TooLong => {
            RequestRejection::input("/reason", "The reason is too long. Write at most 2,000 characters.")
        }
        CommentError::Missing(kind) => RequestRejection::input("/reason", missing_reason(kind)),
    }
}

fn missing_reason(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Emergency => {
            "An emergency needs a reason, because somebody else checks it afterwards. Write one, then press the button again."
        }
        VerdictKind::Close => {
            "Write what you found when you looked at the emergency, then press the button again."
        }
        VerdictKind::Happened | VerdictKind::DidNotHappen => {
            "Write what you looked at and what you found there, then press the button again."
        }
        _ => {
            "A denial needs a reason, because the agent learns from it. Choose one or write one, then press the button again."
        }
    }
}

/// The refusal of a grant, in words for the page: its limits stand at the fields.
pub(super) fn grant_refusal(no: RequestRejection) -> RequestRejection {
    match no.errors.iter().any(|error| error.pointer.starts_with("/grant")) {
        true => RequestRejection::input(
            "/grant",
            "Say for how many minutes and how many times, within the limits of the fields.",
        ),
        false => no,
    }
}
