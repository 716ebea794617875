//! What nobody may type: characters that cannot be seen or look like others where something is acted on, and placeholders.

use serde_json::Value;

use crate::error::RedactionError;
use crate::hidden::find_hidden;
use crate::lookalike;
use crate::marks::Marks;
use crate::placeholder;
use crate::tree::{Reader, Role, Text};
use crate::{PARAMETERS, REASON};

/// Refuses hidden characters in parameters, look-alikes in targets (E26), typed placeholders and spelled-out characters
/// anywhere (D14), and text that is JSON but not as it must be. Tabs and line ends in values are not refused: they are
/// shown spelled out. What the marks mask may hold any character, since nobody is shown it; hidden characters of the reason
/// are kept and shown spelled out.
///
/// # Errors
/// [`RedactionError::Json`], [`RedactionError::Hidden`], [`RedactionError::LookAlike`] and
/// [`RedactionError::TypedPlaceholder`], the first in canonical order.
pub fn refuse_typed(parameters: &Value, reason: &str, marks: &Marks) -> Result<(), RedactionError> {
    let node = Reader { marks, strict: true }.read(parameters, PARAMETERS)?;
    for (index, text) in node.texts().into_iter().enumerate() {
        refuse(text, || node.pointer(PARAMETERS, index))?;
    }
    refuse_typed_text(reason, REASON)
}

/// Refuses typed placeholders and spelled-out characters in one text.
///
/// # Errors
/// [`RedactionError::TypedPlaceholder`].
pub(crate) fn refuse_typed_text(text: &str, pointer: &str) -> Result<(), RedactionError> {
    if placeholder::typed(text) {
        return Err(RedactionError::TypedPlaceholder { pointer: pointer.to_owned() });
    }
    Ok(())
}

fn refuse(text: Text<'_>, pointer: impl Fn() -> String) -> Result<(), RedactionError> {
    refuse_typed_text(text.text, "").map_err(|_| RedactionError::TypedPlaceholder { pointer: pointer() })?;
    if matches!(text.role, Role::Whole(_)) {
        return Ok(());
    }
    let blank = |codepoint: u32| matches!(codepoint, 0x09 | 0x0D) && *text.role != Role::Key;
    if let Some(found) = find_hidden(text.text).into_iter().find(|hidden| !blank(hidden.codepoint)) {
        let (offset, codepoint) = (found.offset, found.codepoint);
        return Err(RedactionError::Hidden { pointer: pointer(), offset, codepoint });
    }
    match lookalike::in_target(text.text).filter(|_| matches!(text.role, Role::Target(_))) {
        Some((offset, char)) => {
            Err(RedactionError::LookAlike { pointer: pointer(), offset, codepoint: char.into() })
        }
        None => Ok(()),
    }
}
