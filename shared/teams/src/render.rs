//! A review as an Adaptive Card 1.5.

use channel::{Card, Control, Deadline, Fact, Message, Quotation};
use serde_json::{Value, json};

use crate::element::{Look, Paragraph, sentence};
use crate::limits::{
    ENVELOPE, Limits, MAX_FACTS, MAX_LABEL, MAX_LINES, MAX_MESSAGE, MAX_NOTES, MAX_SPANS, cut, utf16_bytes,
};

/// What an Adaptive Card is called as an attachment.
pub(crate) const CARD_TYPE: &str = "application/vnd.microsoft.card.adaptive";

/// A card as Teams shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The Adaptive Card.
    pub card: Value,
    /// Whether it shows everything exactly. If not, it has no button that approves, and says how much is missing.
    pub whole: bool,
}

/// The card of a review whose page is at this address. What does not fit is counted in the card, and then whoever wants
/// to approve is led to the page.
#[must_use]
pub fn render(card: &Card, link: &str) -> Rendered {
    let mut limits = Limits::FULL;
    loop {
        let (body, exact) = body(card, limits);
        let whole = exact && card.whole && can_approve(card);
        let card = if whole { card.clone() } else { card.clone().without_approval() };
        let rendered = document(body, actions(&card, link));
        if utf16_bytes(&rendered.to_string()) <= MAX_MESSAGE.saturating_sub(ENVELOPE) || limits.is_empty() {
            return Rendered { card: rendered, whole };
        }
        limits = limits.halved();
    }
}

/// A card without a review: a text, and the page it leads to.
#[must_use]
pub fn notice(text: &str, link: &str) -> Rendered {
    let (text, whole) = Paragraph::new().foreign(text, Look::Plain, Limits::FULL.value).done("None");
    let open = json!({ "type": "Action.OpenUrl", "title": "Open", "url": link });
    Rendered { card: document(vec![text], vec![open]), whole }
}

/// The activity that sends a message, or replaces one: the card, and one line for the notification.
#[must_use]
pub fn activity(app: &str, message: &Message) -> Value {
    let link = &message.link;
    let rendered =
        message.card.as_ref().map_or_else(|| notice(&message.text, link), |card| render(card, link));
    let (summary, _) = cut(&message.text, Limits::FULL.short);
    json!({
        "type": "message",
        "from": { "id": format!("28:{app}") },
        "summary": summary,
        "attachments": [{ "contentType": CARD_TYPE, "content": rendered.card }],
    })
}

/// An Adaptive Card of these elements and actions.
pub(crate) fn document(body: Vec<Value>, actions: Vec<Value>) -> Value {
    json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": "This client cannot show the card. Open the review in the browser.",
        "body": body,
        "actions": actions,
    })
}

/// The card's elements, and whether they show everything exactly.
fn body(card: &Card, limits: Limits) -> (Vec<Value>, bool) {
    let mut parts = vec![
        Paragraph::new().foreign(&card.title, Look::Title, limits.short).done("None"),
        what(card, limits),
    ];
    if let Some(quotation) = &card.quotation {
        parts.extend(quoted(quotation, limits));
    }
    parts.extend(facts(&card.facts, limits));
    if let Some(deadline) = &card.deadline {
        parts.extend(until(deadline, limits));
    }
    if let Some(ending) = &card.ending {
        parts.push(Paragraph::new().foreign(ending, Look::Bold, limits.value).done("Medium"));
    }
    let exact = parts.iter().all(|(_, exact)| *exact);
    let mut body: Vec<Value> = parts.into_iter().map(|(element, _)| element).collect();
    if !(exact && card.whole) && card.ending.is_none() {
        body.push(sentence("This message does not show everything. Open the review before you approve."));
    }
    (body, exact)
}

fn what(card: &Card, limits: Limits) -> (Value, bool) {
    let mut paragraph = Paragraph::new();
    for span in card.sentence.iter().take(MAX_SPANS) {
        let look = if span.value { Look::Value } else { Look::Plain };
        paragraph = paragraph.foreign(&span.text, look, limits.short);
    }
    let more = card.sentence.len().saturating_sub(MAX_SPANS);
    if more > 0 {
        paragraph = paragraph.missing(more, "more parts of the sentence");
    }
    paragraph.done("Small")
}

/// The agent's words in a box of their own, line by line, so that none of them can look like a part of the card.
fn quoted(quotation: &Quotation, limits: Limits) -> [(Value, bool); 2] {
    let mut lines = Vec::new();
    let mut left = limits.words;
    let mut exact = true;
    let all = quotation.words.split('\n');
    for line in all.clone().take(MAX_LINES) {
        let (element, whole) = Paragraph::new().foreign(line, Look::Plain, left).done("None");
        left = left.saturating_sub(line.chars().count());
        lines.push(element);
        exact &= whole;
    }
    let more = all.count().saturating_sub(MAX_LINES);
    if more > 0 {
        lines.push(Paragraph::new().missing(more, "more lines").done("None").0);
        exact = false;
    }
    let introduction =
        Paragraph::new().foreign(&quotation.introduction, Look::Subtle, limits.short).done("Medium");
    [introduction, (json!({ "type": "Container", "style": "emphasis", "items": lines }), exact)]
}

/// One paragraph for each fact. Each note on it has a paragraph of its own with a mark at its beginning, so that none can look
/// like another fact.
fn facts(facts: &[Fact], limits: Limits) -> Vec<(Value, bool)> {
    let mut parts = Vec::new();
    for fact in facts.iter().take(MAX_FACTS) {
        let label =
            Paragraph::new().foreign(&fact.label, Look::Subtle, limits.short).ours(": ", Look::Subtle);
        parts.push(label.foreign(&fact.value, Look::Plain, limits.value).done("Small"));
        let note = |line| Paragraph::new().ours("↳ ", Look::Subtle).foreign(line, Look::Subtle, limits.value);
        parts.extend(fact.notes.iter().take(MAX_NOTES).map(|line| note(line).done("None")));
        let more = fact.notes.len().saturating_sub(MAX_NOTES);
        if more > 0 {
            parts.push(Paragraph::new().missing(more, "more notes").done("None"));
        }
    }
    let more = facts.len().saturating_sub(MAX_FACTS);
    if more > 0 {
        parts.push(Paragraph::new().missing(more, "more facts").done("Small"));
    }
    parts
}

/// The deadline in UTC, and once more in the reader's own zone: clients put the time in where `{{DATE(…)}}` stands.
fn until(deadline: &Deadline, limits: Limits) -> [(Value, bool); 2] {
    let written = wire::text::rfc3339(deadline.at);
    let (date, time) = written.split_once('T').unwrap_or((&written, ""));
    let minute = time.get(..5).unwrap_or_default();
    let paragraph = Paragraph::new().foreign(&deadline.before, Look::Subtle, limits.value);
    let paragraph = paragraph.foreign(&format!("{minute} UTC on {date}"), Look::Bold, limits.short);
    let paragraph = paragraph.foreign(&deadline.after, Look::Subtle, limits.value);
    let at = format!("{date}T{}Z", time.get(..8).unwrap_or_default());
    let own = json!({
        "type": "TextBlock", "wrap": true, "isSubtle": true, "size": "Small", "spacing": "None",
        "text": format!("In your time zone: {{{{DATE({at}, SHORT)}}}} {{{{TIME({at})}}}}"),
    });
    [paragraph.done("Medium"), (own, true)]
}

/// Approve and deny have the same weight: no action has a style.
fn actions(card: &Card, link: &str) -> Vec<Value> {
    if card.ending.is_some() {
        return Vec::new();
    }
    let reference = card.reference.as_deref();
    card.controls.iter().filter_map(|control| action(control, link, reference)).collect()
}

/// The button, or none where it would need a reference and the card has none.
fn action(control: &Control, link: &str, reference: Option<&str>) -> Option<Value> {
    let dialog = |title: &str, verb: &str| {
        let data = json!({ "msteams": { "type": "task/fetch" }, "ref": reference?, "verb": verb });
        Some(json!({ "type": "Action.Submit", "title": title, "data": data, "associatedInputs": "none" }))
    };
    match control {
        Control::Open { label } => {
            let title = if is_label(label) { label } else { "Open the review" };
            Some(json!({ "type": "Action.OpenUrl", "title": title, "url": link }))
        }
        Control::Approve { label } => Some(json!({
            "type": "Action.Execute",
            "title": label,
            "verb": "approve",
            "data": { "ref": reference? },
            "associatedInputs": "none",
            "fallback": dialog(label, "approve")?,
        })),
        Control::Deny => dialog("Deny", "deny"),
        Control::Change => dialog("Change", "change"),
        Control::Ask => dialog("Ask", "ask"),
    }
}

/// Whether a button shows this label exactly.
fn is_label(label: &str) -> bool {
    let plain = !label.contains("{{") && !label.contains('\n') && redaction::find_hidden(label).is_empty();
    plain && (1..=MAX_LABEL).contains(&label.chars().count())
}

/// Whether an approving button, if there is one, says what it should and has something to refer to.
fn can_approve(card: &Card) -> bool {
    card.controls.iter().all(|control| match control {
        Control::Approve { label } => is_label(label) && card.reference.is_some(),
        Control::Open { .. } | Control::Deny | Control::Change | Control::Ask => true,
    })
}
