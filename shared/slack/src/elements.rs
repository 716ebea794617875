//! The parts of a message. Text from outside goes only into `plain_text` with `emoji: false` and into `text` elements of
//! rich text; neither is interpreted. The only `mrkdwn` is made from a time stamp alone.

use domain::Timestamp;
use serde_json::{Value, json};

/// Text that Slack shows as it is.
pub(crate) fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "emoji": false, "text": text })
}

/// A piece of rich text, in the style of code when it is a value.
pub(crate) fn piece(text: &str, value: bool) -> Value {
    match value {
        true => json!({ "type": "text", "text": text, "style": { "code": true } }),
        false => json!({ "type": "text", "text": text }),
    }
}

/// A piece of rich text that stands out.
pub(crate) fn bold(text: &str) -> Value {
    json!({ "type": "text", "text": text, "style": { "bold": true } })
}

/// A link to our own page, with a label of our own.
pub(crate) fn link(address: &str, label: &'static str) -> Value {
    json!({ "type": "link", "url": address, "text": label })
}

/// A line of rich text.
pub(crate) fn section(pieces: Vec<Value>) -> Value {
    json!({ "type": "rich_text_section", "elements": pieces })
}

/// A box of text as it was written.
pub(crate) fn preformatted(text: &str) -> Value {
    json!({ "type": "rich_text_preformatted", "elements": [piece(text, false)] })
}

/// A block of rich text.
pub(crate) fn rich_text(elements: Vec<Value>) -> Value {
    json!({ "type": "rich_text", "elements": elements })
}

/// A button that sends a reference. None has a colour: approve and deny have the same weight.
pub(crate) fn button(action: &str, label: &str, reference: &str) -> Value {
    json!({ "type": "button", "action_id": action, "value": reference, "text": plain(label) })
}

/// A button that opens our own page.
pub(crate) fn open_button(label: &str, address: &str) -> Value {
    json!({ "type": "button", "action_id": "open", "url": address, "text": plain(label) })
}

/// A time that Slack shows in the reader's own zone, and in UTC where it cannot.
pub(crate) fn date(at: Timestamp) -> Value {
    let seconds = at.seconds();
    let fallback = jiff::Timestamp::from_second(seconds)
        .map(|at| at.strftime("%-d %B %Y %H:%M UTC").to_string())
        .unwrap_or_else(|_| "the time on the page".to_owned());
    let text = format!("<!date^{seconds}^{{date_short_pretty}} {{time}}|{fallback}>");
    json!({ "type": "mrkdwn", "verbatim": true, "text": text })
}
