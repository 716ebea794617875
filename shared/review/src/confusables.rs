//! Words in a document whose letters look like others. The page marks them and says so above the document.

use redaction::{Reading, lookalikes, placeholders, spelled_out};
use wire::documents::ReviewDocument;

use crate::context::texts_of_context;
use crate::what::texts_of_what;

/// Words with characters that look like others (UTS 39), letters and punctuation, as far as the kind of text goes. Each
/// once, in order.
#[must_use]
pub fn confusables(review: &ReviewDocument) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (text, reading) in texts(review).filter(|(text, _)| !text.is_ascii()) {
        let visible = without_marks(text);
        for word in lookalikes(&visible, reading) {
            if !found.iter().any(|known| known == word) {
                found.push(word.to_owned());
            }
        }
    }
    found
}

/// Every text that people read, and what it is.
pub(crate) fn texts(review: &ReviewDocument) -> impl Iterator<Item = (&str, Reading)> {
    let ReviewDocument { format: _, action: _, what, context } = review;
    texts_of_what(what).into_iter().chain(texts_of_context(context))
}

/// A text without placeholders and characters that are spelled out.
fn without_marks(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut rest = 0;
    let mut marks: Vec<_> = placeholders(text).into_iter().map(|(range, _)| range).collect();
    marks.extend(spelled_out(text));
    marks.sort_by_key(|range| range.start);
    for range in marks {
        visible.push_str(text.get(rest..range.start).unwrap_or_default());
        visible.push(' ');
        rest = range.end;
    }
    visible.push_str(text.get(rest..).unwrap_or_default());
    visible
}
