//! The forms behind buttons. A form repeats the reference of the card, and shows nothing of an agent except the values
//! that may be changed.

use serde_json::{Value, json};

use crate::element::{Look, Paragraph, sentence};
use crate::limits::{Limits, MAX_INPUT};
use crate::render::document;
use crate::reply::Reply;

/// What the names of a form's fields for new values begin with.
pub(crate) const FIELD: &str = "field.";

/// The forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Confirms an approval, in clients that are too old for a button that acts at once.
    Approve,
    /// Asks for the reason.
    Deny,
    /// Shows the parameters that may be changed.
    Change,
    /// Asks for the question.
    Ask,
}

/// A parameter that may be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeField {
    /// The key in [`crate::Wish::Change`]: letters, digits, `-`, `_` and `.`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The value as it is.
    pub value: String,
}

impl Form {
    pub(crate) fn of(verb: &str) -> Option<Self> {
        match verb {
            "approve" => Some(Self::Approve),
            "deny" => Some(Self::Deny),
            "change" => Some(Self::Change),
            "ask" => Some(Self::Ask),
            _ => None,
        }
    }

    /// The answer to `task/fetch` that opens the form for a card with this reference; `fields` is for [`Form::Change`].
    /// A value that a field cannot show exactly is left out and counted: it is changed on the page.
    #[must_use]
    pub fn open(self, reference: &str, fields: &[ChangeField]) -> Reply {
        let (title, verb, button, body) = match self {
            Self::Approve => {
                let text = sentence("You approve what the message shows, exactly as it is shown there.");
                ("Approve", "approve", "Approve", vec![text])
            }
            Self::Deny => ("Deny", "deny", "Deny", vec![input("reason", "Why? The agent reads this.")]),
            Self::Ask => ("Ask", "ask", "Ask", vec![input("question", "Your question to the agent's owner")]),
            Self::Change => ("Change", "change", "Save the change", inputs(fields)),
        };
        let data = json!({ "ref": reference, "verb": verb });
        let submit = json!({ "type": "Action.Submit", "title": button, "data": data });
        Reply::dialog(title, document(body, vec![submit]))
    }
}

fn inputs(fields: &[ChangeField]) -> Vec<Value> {
    let (shown, hidden): (Vec<_>, Vec<_>) = fields.iter().partition(|field| is_exact(&field.value));
    let mut elements = Vec::new();
    for field in shown {
        let (name, _) = Paragraph::new().foreign(&field.name, Look::Bold, Limits::FULL.short).done("Medium");
        elements.push(name);
        elements.push(json!({
            "type": "Input.Text", "id": format!("{FIELD}{}", field.id), "label": "New value",
            "value": field.value, "maxLength": MAX_INPUT, "isRequired": true, "errorMessage": "A value is needed.",
        }));
    }
    if !hidden.is_empty() {
        let more = "more values can be changed on the page only";
        elements.push(Paragraph::new().missing(hidden.len(), more).done("Medium").0);
    }
    elements
}

/// Whether a field of one line shows the value as it is, so that saving without a change changes nothing.
fn is_exact(value: &str) -> bool {
    let plain = !value.contains("{{") && !value.contains('\n') && redaction::find_hidden(value).is_empty();
    plain && value.trim() == value && value.chars().count() <= MAX_INPUT
}

fn input(id: &'static str, label: &'static str) -> Value {
    json!({
        "type": "Input.Text", "id": id, "label": label, "isMultiline": true, "maxLength": MAX_INPUT,
        "isRequired": true, "errorMessage": "A few words are needed.",
    })
}
