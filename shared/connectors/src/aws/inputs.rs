//! The values that a look and a call are made with.

use wire::documents::Call;

use crate::answer::not_done;
use crate::{InspectError, Look, RunError};

/// A value a look needs.
pub(super) fn value<'a>(look: &Look<'a>, name: &str) -> Result<&'a str, InspectError> {
    let value = look.values.get(name).map(String::as_str);
    value.ok_or_else(|| InspectError::Request(format!("nothing is known as `{name}`")))
}

/// An input of a call that was planned, for a look at what came of it.
pub(super) fn planned<'a>(call: &'a Call, name: &str) -> Result<&'a str, InspectError> {
    let value = call.input.get(name).map(String::as_str);
    value.ok_or_else(|| InspectError::Request(format!("the plan's call has no `{name}`")))
}

/// An input a call needs.
pub(super) fn input<'a>(call: &'a Call, name: &str) -> Result<&'a str, RunError> {
    let value = call.input.get(name).map(String::as_str);
    value.ok_or_else(|| not_done("plan-unknown", &format!("the plan's call has no `{name}`")))
}
