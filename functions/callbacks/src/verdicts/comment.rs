//! What a person says in addition to a verdict.

use domain::{GrantTerms, VerdictKind};
use serde_json::Value;

use crate::refusal::RequestRejection;

/// The reason codes of a denial.
/// The longest reason, in characters.
const MAX_REASON: usize = 2000;

/// What a person says in addition to a verdict: a reason as it may be stored, the grant of an approval, the patch of a modification.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VerdictComment {
    /// One of the reason codes.
    pub code: Option<String>,
    /// The reason, with secrets masked and hidden characters spelled out.
    pub reason: Option<String>,
    pub grant: Option<GrantTerms>,
    pub patch: Option<Value>,
}

/// Why a comment is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommentError {
    /// The reason code is none of the fixed codes.
    UnknownCode,
    /// A reason code with a resolution. The fixed codes are reasons for a denial.
    CodeOfDenial,
    /// The reason has more than [`MAX_REASON`] characters.
    TooLong,
    /// A verdict of this kind needs a reason, and there is none.
    Missing(VerdictKind),
}

impl VerdictComment {
    /// The comment, checked; secrets in the reason are masked and hidden characters are spelled out.
    pub(crate) fn check(
        kind: VerdictKind,
        code: Option<String>,
        reason: Option<String>,
    ) -> Result<Self, CommentError> {
        if code.as_deref().is_some_and(|code| !wire::http::REASON_CODES.contains(&code)) {
            return Err(CommentError::UnknownCode);
        }
        let reason = reason.map(|text| text.trim().replace("\r\n", "\n")).filter(|text| !text.is_empty());
        if reason.as_ref().is_some_and(|text| text.chars().count() > MAX_REASON) {
            return Err(CommentError::TooLong);
        }
        if kind.happened().is_some() && code.is_some() {
            return Err(CommentError::CodeOfDenial);
        }
        if kind.needs_words() && code.is_none() && reason.is_none() {
            return Err(CommentError::Missing(kind));
        }
        Ok(Self { code, reason: reason.map(|text| redacted_text(&text)), grant: None, patch: None })
    }
}

/// A text of a person as it may be stored and shown.
pub(crate) fn redacted_text(text: &str) -> String {
    let redacted = redaction::redact_text(text, "/reason", &redaction::Known::nothing());
    redaction::escape_hidden(&redacted.text).text
}

impl From<CommentError> for RequestRejection {
    fn from(error: CommentError) -> Self {
        match error {
            CommentError::UnknownCode => {
                RequestRejection::input("/reason_code", "must be one of the fixed codes, or null")
            }
            CommentError::CodeOfDenial => RequestRejection::input(
                "/reason_code",
                "belongs to a denial; say in words what you looked at",
            ),
            CommentError::TooLong => RequestRejection::input("/reason", "must have at most 2,000 characters"),
            CommentError::Missing(kind) => RequestRejection::input("/reason", missing_reason(kind)),
        }
    }
}

fn missing_reason(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Suspend => "a suspension needs a reason: people read it before they resume",
        VerdictKind::Emergency => "an emergency needs a reason: somebody else reads it afterwards",
        VerdictKind::Close => "closing a review needs a reason: what you found",
        VerdictKind::Happened | VerdictKind::DidNotHappen => {
            "say what you looked at and what you found there: the agent and the log are told"
        }
        VerdictKind::Deny
        | VerdictKind::Approve
        | VerdictKind::Modify
        | VerdictKind::Confirm
        | VerdictKind::Revoke => "a denial needs a reason or a reason_code: the agent learns from it",
    }
}
