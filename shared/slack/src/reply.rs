//! What Slack is answered, within three seconds, with HTTP 200.

use serde_json::{Map, Value, json};

use crate::views::View;

/// The answer to a request that was accepted. A request that was refused is answered with HTTP 401 (its signature) or 400.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// To a press: an empty body. Everything else is told by an update of the message, or by a modal.
    Acknowledge,
    /// To a submitted modal: it closes.
    Close,
    /// To a submitted modal: it stays open, with a sentence of ours at each of these blocks.
    Errors(Vec<(String, &'static str)>),
    /// To a submitted modal: another view takes its place.
    Show(View),
}

impl Reply {
    /// The body, JSON unless it is empty.
    #[must_use]
    pub fn body(&self) -> String {
        let value = match self {
            Self::Acknowledge => return String::new(),
            Self::Close => json!({}),
            Self::Errors(errors) => {
                let text =
                    |(block, error): &(String, &str)| (block.clone(), Value::String((*error).to_owned()));
                json!({ "response_action": "errors", "errors": errors.iter().map(text).collect::<Map<_, _>>() })
            }
            Self::Show(view) => json!({ "response_action": "update", "view": view.as_json() }),
        };
        value.to_string()
    }
}
