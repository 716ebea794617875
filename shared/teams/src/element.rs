//! The elements that cards are made of. Text from outside only ever becomes a `TextRun`: no client reads Markdown, HTML or
//! mentions in one. Date functions are expanded even there, so that `{{` never stands within one run.

use std::borrow::Cow;

use redaction::{escape_hidden, find_hidden};
use serde_json::{Value, json};

use crate::limits::cut;

/// How a run looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Plain,
    Bold,
    Title,
    Subtle,
    /// A value, set apart from the sentence's own words.
    Value,
    /// What is missing.
    Missing,
}

/// A paragraph that grows run by run, and remembers whether it shows everything exactly.
#[derive(Debug)]
pub(crate) struct Paragraph {
    runs: Vec<Value>,
    exact: bool,
}

impl Paragraph {
    pub(crate) fn new() -> Self {
        Self { runs: Vec::new(), exact: true }
    }

    /// Adds a text from outside, at most so many characters of it. What is left out is counted within the paragraph;
    /// hidden characters and line feeds should have been spelled out before, and are spelled out here if not.
    pub(crate) fn foreign(mut self, text: &str, look: Look, most: usize) -> Self {
        let (shown, missing) = cut(text, most);
        let mut shown = Cow::from(shown);
        if shown.contains('\n') || !find_hidden(&shown).is_empty() {
            self.exact = false;
            shown = escape_hidden(&shown).text.replace('\n', "⟨U+000A⟩").into();
        }
        self.runs.extend(pieces(&shown).map(|piece| run(piece, look)));
        if missing > 0 {
            self.exact = false;
            self.runs.push(run(&format!(" … {missing} more characters"), Look::Missing));
        }
        self
    }

    /// Adds words of ours.
    pub(crate) fn ours(mut self, text: &'static str, look: Look) -> Self {
        self.runs.push(run(text, look));
        self
    }

    /// Adds a count of what is missing.
    pub(crate) fn missing(mut self, count: usize, what: &'static str) -> Self {
        self.exact = false;
        self.runs.push(run(&format!("{count} {what}"), Look::Missing));
        self
    }

    /// The element, and whether it shows everything exactly. An empty paragraph keeps its line.
    pub(crate) fn done(mut self, spacing: &'static str) -> (Value, bool) {
        if self.runs.is_empty() {
            self.runs.push(run(" ", Look::Plain));
        }
        (json!({ "type": "RichTextBlock", "spacing": spacing, "inlines": self.runs }), self.exact)
    }
}

/// A fixed sentence of ours.
pub(crate) fn sentence(text: &'static str) -> Value {
    json!({ "type": "TextBlock", "text": text, "wrap": true, "isSubtle": true, "size": "Small", "spacing": "Medium" })
}

/// The text in pieces, none of which contains `{{`.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find("{{").map_or(rest.len(), |at| at.saturating_add(1));
        let (piece, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(piece)
    })
}

fn run(text: &str, look: Look) -> Value {
    match look {
        Look::Plain => json!({ "type": "TextRun", "text": text }),
        Look::Bold => json!({ "type": "TextRun", "text": text, "weight": "Bolder" }),
        Look::Title => json!({ "type": "TextRun", "text": text, "weight": "Bolder", "size": "Medium" }),
        Look::Subtle => json!({ "type": "TextRun", "text": text, "isSubtle": true }),
        Look::Value => json!({ "type": "TextRun", "text": text, "fontType": "Monospace" }),
        Look::Missing => json!({ "type": "TextRun", "text": text, "weight": "Bolder", "color": "Attention" }),
    }
}
