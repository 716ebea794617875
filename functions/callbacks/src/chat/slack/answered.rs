//! What a request of Slack came to.

use slack::View;

/// What a request came to.
pub(super) enum Answered {
    /// A verdict is committed, or was before: the message is updated by the function that sends messages.
    Counted,
    /// A modal: a form, or a sentence.
    Show(View),
    /// What was typed is wrong: a sentence for each block.
    Wrong(Vec<(String, &'static str)>),
}
