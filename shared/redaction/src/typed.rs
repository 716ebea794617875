//! What nobody may type: characters that cannot be seen, and placeholders.

use serde_json::Value;

use crate::error::RedactionError;
use crate::hidden::find_hidden;
use crate::marks::Marks;
use crate::placeholder;
use crate::walk::{Leaf, Role, leaves};
use crate::{PARAMETERS, REASON};

/// Refuses hidden characters in parameters and typed placeholders anywhere (D14). Tabs and line ends in values are not
/// refused: they are shown spelled out. What the marks mask may hold any character, since nobody is shown it; hidden
/// characters of the reason are kept and shown spelled out.
///
/// # Errors
/// [`RedactionError::Hidden`] and [`RedactionError::TypedPlaceholder`], the first in canonical order.
pub fn refuse_typed(parameters: &Value, reason: &str, marks: &Marks) -> Result<(), RedactionError> {
    leaves(parameters, PARAMETERS, marks).iter().try_for_each(refuse)?;
    if placeholder::typed(reason) {
        return Err(RedactionError::TypedPlaceholder { pointer: REASON.to_owned() });
    }
    Ok(())
}

fn refuse(leaf: &Leaf<'_>) -> Result<(), RedactionError> {
    let pointer = || leaf.pointer.clone();
    if placeholder::typed(&leaf.text) {
        return Err(RedactionError::TypedPlaceholder { pointer: pointer() });
    }
    if matches!(leaf.role, Role::Masked(_)) {
        return Ok(());
    }
    let blank = |codepoint: u32| matches!(codepoint, 0x09 | 0x0D) && leaf.role != Role::Key;
    match find_hidden(&leaf.text).into_iter().find(|hidden| !blank(hidden.codepoint)) {
        Some(found) => Err(RedactionError::Hidden {
            pointer: pointer(),
            offset: found.offset,
            codepoint: found.codepoint,
        }),
        None => Ok(()),
    }
}
