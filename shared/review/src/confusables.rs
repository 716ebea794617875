//! Words in a document whose letters look like others. The page marks them and says so above the document.

use redaction::{Reading, lookalikes, placeholders, spelled_out};
use wire::documents::ReviewDocument;

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
fn texts(review: &ReviewDocument) -> impl Iterator<Item = (&str, Reading)> {
    use Reading::{Note, Prose, Value};
    let what = &review.what;
    let sentence = what.sentence.iter();
    let sentence = sentence.map(|part| (part.text.as_str(), if part.value { Value } else { Prose }));
    let fields = what.fields.iter().flat_map(|field| {
        [(field.label.as_str(), Prose), (field.value.as_str(), Value), (field.note.as_str(), Note)]
    });
    let compared = what.differences.iter().flat_map(|all| &all.items).flat_map(|one| {
        let named = [(one.kind.as_str(), Prose), (one.name.as_str(), Value), (one.note.as_str(), Prose)];
        named.into_iter().chain(one.lines.iter().map(|line| (line.as_str(), Value)))
    });
    let context = &review.context;
    let rules = context.rules.iter().map(|rule| (rule.message.as_str(), Prose));
    let origin = context.provenance.iter().map(|fact| (fact.value.as_str(), Value));
    let changed = context.changed.iter().flat_map(|change| {
        [change.from.as_deref(), change.to.as_deref()].into_iter().flatten().map(|text| (text, Value))
    });
    let said = [
        (what.consequence.as_str(), Prose),
        (what.reversible.as_str(), Prose),
        (context.agent.as_str(), Value),
        (context.reason.as_str(), Prose),
    ];
    sentence.chain(fields).chain(compared).chain(rules).chain(origin).chain(changed).chain(said)
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
