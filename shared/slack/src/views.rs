//! Modals: the reason of a denial, a change of parameters, a question, and a sentence for whoever may not answer.

use serde_json::{Value, json};
use thiserror::Error;

use crate::elements::plain;
use crate::limits::{ACTION_ID, INPUT, LABEL, TEXT, is_reference, measure};

/// The longest reason and question, in characters: what a verdict's reason may have.
const REASON: usize = 2000;
/// The most fields of a modal; Slack allows a hundred blocks.
const CHANGES: usize = 50;

/// The callback ids of our modals.
pub(crate) const DENY: &str = "countersign_deny";
pub(crate) const CHANGE: &str = "countersign_change";
pub(crate) const ASK: &str = "countersign_ask";
const NOTICE: &str = "countersign_notice";
/// What the ids of inputs and blocks begin with that are ours.
pub(crate) const REASON_INPUT: &str = "reason";
pub(crate) const QUESTION_INPUT: &str = "question";
pub(crate) const FIELD_BLOCK: &str = "field-";

/// A modal, to be opened with [`SlackChannel::open_view`](crate::SlackChannel::open_view) or put in place of another by a
/// [`Reply`](crate::Reply).
#[derive(Debug, Clone, PartialEq)]
pub struct View(pub(crate) Value);

impl View {
    /// The view as Slack's API takes it.
    #[must_use]
    pub fn as_json(&self) -> &Value {
        &self.0
    }
}

/// A parameter that may be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeField {
    /// What the answer calls it, e.g. its JSON pointer: printable ASCII.
    pub name: String,
    /// What people read.
    pub label: String,
    /// The value as it is now, exactly.
    pub value: String,
}

/// A modal that would not show its content exactly: the page does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("Slack cannot show this exactly; the page can")]
pub struct NotInSlack;

/// Asks for the reason of a denial.
///
/// # Errors
/// [`NotInSlack`] when the reference is not one.
pub fn deny(reference: &str) -> Result<View, NotInSlack> {
    let input = input(REASON_INPUT, REASON_INPUT, "Why not? The agent reads this.", None, REASON);
    modal(DENY, "Deny", Some("Deny"), reference, vec![input])
}

/// Asks for a question to the agent's owner.
///
/// # Errors
/// [`NotInSlack`] when the reference is not one.
pub fn ask(reference: &str) -> Result<View, NotInSlack> {
    let input = input(QUESTION_INPUT, QUESTION_INPUT, "Your question to the agent's owner", None, REASON);
    modal(ASK, "Ask", Some("Send"), reference, vec![input])
}

/// Shows the parameters that may be changed, each with its value.
///
/// # Errors
/// [`NotInSlack`] when there are none or too many, or when a name, a label or a value would not be shown exactly.
pub fn change(reference: &str, fields: &[ChangeField]) -> Result<View, NotInSlack> {
    if fields.is_empty() || fields.len() > CHANGES {
        return Err(NotInSlack);
    }
    let inputs = fields.iter().enumerate().map(|(number, field)| changeable(number, field));
    modal(CHANGE, "Change", Some("Change"), reference, inputs.collect::<Result<_, _>>()?)
}

/// Tells somebody a sentence of ours, e.g. why an answer does not count.
#[must_use]
pub fn notice(sentence: &str) -> View {
    let mut room = crate::fit::Room::new();
    let shown = room.lines(sentence, TEXT);
    let text = plain(if shown.trim().is_empty() { "Open the review's page." } else { &shown });
    let view = json!({
        "type": "modal", "callback_id": NOTICE, "title": plain("Countersign"), "close": plain("Close"),
        "blocks": [{ "type": "section", "block_id": "notice", "text": text }],
    });
    View(view)
}

fn changeable(number: usize, field: &ChangeField) -> Result<Value, NotInSlack> {
    let name =
        (1..=ACTION_ID).contains(&field.name.len()) && field.name.bytes().all(|b| b.is_ascii_graphic());
    let line = |text: &str| !text.contains('\n') && redaction::find_hidden(text).is_empty();
    let label = !field.label.is_empty() && line(&field.label) && measure(&field.label) <= LABEL;
    let value = redaction::find_hidden(&field.value).is_empty() && measure(&field.value) <= INPUT;
    if !(name && label && value) {
        return Err(NotInSlack);
    }
    let block = format!("{FIELD_BLOCK}{number}");
    Ok(input(&block, &field.name, &field.label, Some(&field.value), INPUT))
}

fn input(block: &str, action: &str, label: &str, initial: Option<&str>, longest: usize) -> Value {
    let mut element = json!({
        "type": "plain_text_input", "action_id": action, "multiline": true, "max_length": longest,
    });
    if let (Some(initial), Some(element)) = (initial, element.as_object_mut()) {
        // Slack refuses an initial value of no characters; an input without one is as empty.
        if !initial.is_empty() {
            element.insert("initial_value".to_owned(), Value::String(initial.to_owned()));
        }
    }
    // A parameter may be emptied; a reason and a question may not.
    json!({
        "type": "input", "block_id": block, "optional": initial.is_some(), "label": plain(label), "element": element,
    })
}

pub(crate) fn modal(
    callback: &str,
    title: &str,
    submit: Option<&str>,
    reference: &str,
    blocks: Vec<Value>,
) -> Result<View, NotInSlack> {
    if !is_reference(reference) {
        return Err(NotInSlack);
    }
    let mut view = json!({
        "type": "modal", "callback_id": callback, "private_metadata": reference, "title": plain(title),
        "close": plain("Cancel"), "blocks": blocks,
    });
    if let (Some(submit), Some(view)) = (submit, view.as_object_mut()) {
        view.insert("submit".to_owned(), plain(submit));
    }
    Ok(View(view))
}
