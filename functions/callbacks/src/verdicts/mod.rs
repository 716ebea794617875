//! Verdicts: what is asked of a person, whether they may decide it, the signed statement, and its commit. The JSON routes of
//! reviews, verdicts, resolutions and suspensions stand here too.

mod api;
mod change;
mod check;
mod comment;
mod commit;
mod coverage;
mod grant;
mod refuse;
mod resolution;
mod review_context;
mod statement;
mod suspensions;
mod typed;

pub(crate) use api::{get_review, post_verdict};
pub(crate) use change::{Changeable, Field};
pub(crate) use check::{
    CheckedVerdict, VerdictRequest, allowed_verdicts, check_verdict, is_waiting_for, why_not_approve,
};
pub(crate) use comment::{CommentError, VerdictComment, redacted_text};
pub(crate) use commit::{IdpProof, UnsignedVerdict};
pub(crate) use grant::GrantRequest;
pub(crate) use refuse::is_person;
pub(crate) use resolution::post_resolution;
pub(crate) use review_context::{GivenVerdict, ReviewContext, is_open};
pub(crate) use statement::Via;
pub(crate) use suspensions::{get_suspensions, post_suspension};
pub(crate) use typed::{Input, input_kind, shown, typed_patch};
