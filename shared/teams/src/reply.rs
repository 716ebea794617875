//! The answers to invokes: always typed, never empty. Teams sends an invoke again when the answer is empty or late.

use serde_json::{Value, json};

use crate::refused::Refused;
use crate::render::{CARD_TYPE, Rendered};

/// The kinds of invoke that buttons of ours cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invoke {
    /// `adaptiveCard/action`: a button that acts at once.
    Action,
    /// `task/fetch`: a button that opens a form.
    Fetch,
    /// `task/submit`: the button of a form.
    Submit,
}

impl Invoke {
    pub(crate) fn of(kind: &str, name: &str) -> Option<Self> {
        match (kind, name) {
            ("invoke", "adaptiveCard/action") => Some(Self::Action),
            ("invoke", "task/fetch") => Some(Self::Fetch),
            ("invoke", "task/submit") => Some(Self::Submit),
            _ => None,
        }
    }
}

/// The body of an answer with HTTP status 200 and type `application/json`.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply(Value);

impl Reply {
    /// A sentence. Only fixed ones: clients may read Markdown in it. What is not fixed goes into a card.
    #[must_use]
    pub fn sentence(invoke: Invoke, text: &'static str) -> Self {
        Self(match invoke {
            Invoke::Action => json!({
                "statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text,
            }),
            Invoke::Fetch | Invoke::Submit => json!({ "task": { "type": "message", "value": text } }),
        })
    }

    /// The card as it is now: in place of the pressed one, or as the dialog's last page.
    #[must_use]
    pub fn card(invoke: Invoke, rendered: &Rendered) -> Self {
        match invoke {
            Invoke::Action => Self(json!({ "statusCode": 200, "type": CARD_TYPE, "value": rendered.card })),
            Invoke::Fetch | Invoke::Submit => Self::dialog("Review", rendered.card.clone()),
        }
    }

    /// The press is refused, and nothing was recorded.
    #[must_use]
    pub fn refused(invoke: Invoke, why: Refused) -> Self {
        Self::error(invoke, 400, "Refused", why.told())
    }

    /// Something failed here, and nothing was recorded; pressing again is safe.
    #[must_use]
    pub fn failed(invoke: Invoke) -> Self {
        Self::error(invoke, 500, "Failed", "Nothing was recorded. Try again, or open the review.")
    }

    /// An answer that is typed already.
    pub(crate) fn typed(answer: Value) -> Self {
        Self(answer)
    }

    /// A form, in answer to `task/fetch`.
    pub(crate) fn dialog(title: &'static str, card: Value) -> Self {
        let card = json!({ "contentType": CARD_TYPE, "content": card });
        let value = json!({ "title": title, "width": "medium", "height": "medium", "card": card });
        Self(json!({ "task": { "type": "continue", "value": value } }))
    }

    fn error(invoke: Invoke, status: u16, code: &'static str, message: &'static str) -> Self {
        match invoke {
            Invoke::Action => Self(json!({
                "statusCode": status,
                "type": "application/vnd.microsoft.error",
                "value": { "code": code, "message": message },
            })),
            Invoke::Fetch | Invoke::Submit => Self::sentence(invoke, message),
        }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> String {
        self.0.to_string()
    }
}
