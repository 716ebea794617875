//! A card as a Slack message.

use std::collections::BTreeSet;

use channel::{Card, Control, Deadline, Fact, Quotation, Span};
use serde_json::{Value, json};
use thiserror::Error;

use crate::elements::{
    bold, button, date, link, open_button, piece, plain, preformatted, rich_text, section,
};
use crate::fit::Room;
use crate::limits::{BUTTON, FIELD, FIELDS, HEADER, LINK, TEXT, is_reference, measure};

/// The notification's text while an answer is asked for. It is `mrkdwn` for Slack, so no word of it comes from outside.
const WAITING: &str = "Approval needed: open the review";
/// The same once it has ended.
const ENDED: &str = "This review has ended: open it to see how";
/// The same for a message without a review.
const NOTICE: &str = "A message from Countersign";

/// The longest sentence of what will run.
const SENTENCE: usize = 2400;
/// The most pieces of that sentence.
const PIECES: usize = 60;
/// The longest introduction of the agent's words.
const INTRODUCTION: usize = 400;
/// The most of an agent's words.
const WORDS: usize = 2900;
/// The most facts.
const FACTS: usize = 20;
/// The longest label of a fact.
const FACT_LABEL: usize = 200;
/// A value up to this length stands in a field; a longer one, or one of several lines, in a box of its own.
const SHORT_VALUE: usize = 300;
/// The most notes on a fact.
const NOTES: usize = 4;
/// What the structure around one part of a message takes.
const STRUCTURE: usize = 90;

/// A message as it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The blocks.
    pub blocks: Value,
    /// The text of the notification: one of a few fixed sentences.
    pub text: &'static str,
    /// Whether it shows all that the card says, exactly. If not, it has no approve button.
    pub whole: bool,
    /// What the blocks' ids begin with: 24 hex digits, made from the message's key and all that it shows. A press names it
    /// ([`Press::rendering`](crate::Press::rendering)), so that a press on an earlier state of a message is told apart.
    pub rendering: String,
}

/// A message that cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unrenderable {
    /// The page's address is not HTTPS (or HTTP on this machine), or too long for a button.
    #[error("the page's address cannot be put on a button")]
    Link,
}

/// The message of a card. `key` is the message's own ([`channel::Message::key`]); `page` is where its links lead.
///
/// # Errors
/// [`Unrenderable`].
pub fn render(card: &Card, key: &str, page: &str) -> Result<Rendered, Unrenderable> {
    check_page(page)?;
    let mut room = Room::new();
    let title = room.line(&card.title, HEADER);
    let head = json!({ "type": "header", "text": plain(or(&title, "Review")) });
    let state = state(card, page, &mut room);
    let what = sentence(&card.sentence, &mut room);
    let facts = facts(&card.facts, &mut room);
    let words = card.quotation.as_ref().and_then(|quotation| quoted(quotation, &mut room));
    // Labels are fitted before it is decided whether all is shown, because a label that is cut is not whole either.
    let controls = fit_labels(&card.controls, &mut room);
    let whole = card.whole && room.whole();
    let card = Card { controls, ..card.clone() };
    let card = if whole { card } else { card.without_approval() };

    let mut parts = vec![("head".to_owned(), head)];
    parts.extend(what.map(|block| ("what".to_owned(), block)));
    parts.extend(words.map(|block| ("words".to_owned(), block)));
    parts.extend(facts.into_iter().enumerate().map(|(number, block)| (format!("facts{number}"), block)));
    parts.extend(more(room.cut()).map(|block| ("more".to_owned(), block)));
    parts.extend(state.map(|block| ("state".to_owned(), block)));
    parts.extend(answers(&card, page).map(|block| ("answers".to_owned(), block)));
    let text = if card.ending.is_some() { ENDED } else { WAITING };
    Ok(finish(parts, key, text, whole))
}

/// The message of a sentence and a link, for what is no review.
///
/// # Errors
/// [`Unrenderable`].
pub fn render_notice(sentence: &str, key: &str, page: &str) -> Result<Rendered, Unrenderable> {
    check_page(page)?;
    let mut room = Room::new();
    let shown = room.line(sentence, TEXT);
    let words = json!({ "type": "section", "text": plain(or(&shown, NOTICE)) });
    let open = json!({ "type": "actions", "elements": [open_button("Open", page)] });
    let mut parts = vec![("notice".to_owned(), words)];
    parts.extend(more(room.cut()).map(|block| ("more".to_owned(), block)));
    parts.push(("answers".to_owned(), open));
    Ok(finish(parts, key, NOTICE, room.whole()))
}

/// A page that a link may lead to: HTTPS, or HTTP on this machine, and not too long.
pub(crate) fn check_page(page: &str) -> Result<(), Unrenderable> {
    let url = url::Url::parse(page).map_err(|_| Unrenderable::Link)?;
    let local = url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
    match (url.scheme() == "https" || local) && measure(page) <= LINK && page.is_ascii() {
        true => Ok(()),
        false => Err(Unrenderable::Link),
    }
}

/// Gives every block an id of its own, which changes whenever anything that is shown changes.
fn finish(parts: Vec<(String, Value)>, key: &str, text: &'static str, whole: bool) -> Rendered {
    let shown: Vec<&Value> = parts.iter().map(|(_, block)| block).collect();
    let content = json!([key, shown]);
    let digest = match wire::json::canonical(&content) {
        Ok(canonical) => canonical.digest().to_string(),
        // Texts and booleans always have canonical bytes; without them the ids still belong to this message alone.
        Err(_) => domain::Digest::of(key.as_bytes()).to_string(),
    };
    let hex = digest.rsplit(':').next().unwrap_or_default();
    let rendering: String = hex.chars().take(24).collect();
    let with_id = |(part, mut block): (String, Value)| {
        if let Some(block) = block.as_object_mut() {
            block.insert("block_id".to_owned(), Value::String(format!("{rendering}-{part}")));
        }
        block
    };
    let blocks = parts.into_iter().map(with_id).collect();
    Rendered { blocks: Value::Array(blocks), text, whole, rendering }
}

fn sentence(spans: &[Span], room: &mut Room) -> Option<Value> {
    let mut left = SENTENCE;
    let mut pieces = Vec::new();
    for (number, span) in spans.iter().enumerate() {
        if number >= PIECES {
            room.leave_out(&span.text);
            continue;
        }
        room.structure(STRUCTURE);
        let shown = room.line(&span.text, left);
        left = left.saturating_sub(measure(&shown));
        if !shown.is_empty() {
            pieces.push(piece(&shown, span.value));
        }
    }
    (!pieces.is_empty()).then(|| rich_text(vec![section(pieces)]))
}

fn quoted(quotation: &Quotation, room: &mut Room) -> Option<Value> {
    room.structure(STRUCTURE);
    let introduction = room.line(&quotation.introduction, INTRODUCTION);
    let words = room.lines(&quotation.words, WORDS);
    let mut elements = Vec::new();
    if !introduction.is_empty() {
        elements.push(section(vec![piece(&introduction, false)]));
    }
    if !words.is_empty() {
        elements.push(preformatted(&words));
    }
    (!elements.is_empty()).then(|| rich_text(elements))
}

/// Short facts as fields, ten to a section: label, value and each note on a line of their own. A value that is long or has
/// several lines stands in a box of its own, so that its lines cannot pass for other facts.
fn facts(facts: &[Fact], room: &mut Room) -> Vec<Value> {
    let (mut blocks, mut fields) = (Vec::new(), Vec::new());
    for (number, fact) in facts.iter().enumerate() {
        if number >= FACTS {
            room.leave_out(&fact.label);
            room.leave_out(&fact.value);
            fact.notes.iter().for_each(|note| room.leave_out(note));
            continue;
        }
        room.structure(STRUCTURE);
        let label = room.line(&fact.label, FACT_LABEL);
        let boxed = fact.value.contains('\n') || measure(&fact.value) > SHORT_VALUE;
        let value = if boxed { room.lines(&fact.value, FIELD) } else { room.line(&fact.value, FIELD) };
        for note in fact.notes.iter().skip(NOTES) {
            room.leave_out(note);
        }
        let notes: String = fact
            .notes
            .iter()
            .take(NOTES)
            .map(|note| format!("\n↳ {}", room.line(note, SHORT_VALUE)))
            .collect();
        if boxed {
            flush(&mut fields, &mut blocks);
            blocks.extend(in_a_box(&label, &value, &notes));
        } else if !(label.is_empty() && value.is_empty() && notes.is_empty()) {
            fields.push(plain(&format!("{label}\n{value}{notes}")));
        }
        if fields.len() == FIELDS {
            flush(&mut fields, &mut blocks);
        }
    }
    flush(&mut fields, &mut blocks);
    blocks
}

/// A fact whose value has a box of its own, with its notes after it.
fn in_a_box(label: &str, value: &str, notes: &str) -> Option<Value> {
    let mut elements = Vec::new();
    if !label.is_empty() {
        elements.push(section(vec![bold(label)]));
    }
    if !value.is_empty() {
        elements.push(preformatted(value));
    }
    if let Some(notes) = notes.strip_prefix('\n') {
        elements.push(section(vec![piece(notes, false)]));
    }
    (!elements.is_empty()).then(|| rich_text(elements))
}

fn flush(fields: &mut Vec<Value>, blocks: &mut Vec<Value>) {
    if !fields.is_empty() {
        blocks.push(json!({ "type": "section", "fields": std::mem::take(fields) }));
    }
}

/// How it stands: how it ended, or until when who must agree.
fn state(card: &Card, page: &str, room: &mut Room) -> Option<Value> {
    room.structure(STRUCTURE);
    if let Some(ending) = &card.ending {
        let shown = room.line(ending, TEXT);
        let shown = or(&shown, "This review has ended.");
        let pieces = vec![bold(shown), piece(" ", false), link(page, "Open the record")];
        return Some(rich_text(vec![section(pieces)]));
    }
    let Deadline { before, at, after } = card.deadline.as_ref()?;
    let (before, after) = (room.line(before.trim_end(), 1000), room.line(after.trim_start(), 1000));
    let mut elements = vec![date(*at)];
    if !before.is_empty() {
        elements.insert(0, plain(&before));
    }
    if !after.is_empty() {
        elements.push(plain(&after));
    }
    Some(json!({ "type": "context", "elements": elements }))
}

/// Says how much is missing.
fn more(cut: usize) -> Option<Value> {
    let text = match cut {
        0 => return None,
        1 => "1 character more on the page.".to_owned(),
        many => format!("{} characters more on the page.", grouped(many)),
    };
    Some(json!({ "type": "context", "elements": [plain(&text)] }))
}

/// A number with commas between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && digits.len().saturating_sub(place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn fit_labels(controls: &[Control], room: &mut Room) -> Vec<Control> {
    let mut fit = |label: &str| {
        room.structure(STRUCTURE);
        room.line(label, BUTTON)
    };
    let fitted = |control: &Control| match control {
        Control::Open { label } => Control::Open { label: fit(label) },
        Control::Approve { label } => Control::Approve { label: fit(label) },
        other => other.clone(),
    };
    controls.iter().map(fitted).collect()
}

/// The buttons, each kind once; none once it has ended. Without a reference, and where not all is shown, the page is
/// always among them.
fn answers(card: &Card, page: &str) -> Option<Value> {
    if card.ending.is_some() {
        return None;
    }
    let reference = card.reference.as_deref().filter(|reference| is_reference(reference));
    let (mut seen, mut elements) = (BTreeSet::new(), Vec::new());
    for control in &card.controls {
        let named = |action, label| Some((action, button(action, label, reference?)));
        let made = match control {
            Control::Open { label } => Some(("open", open_button(or(label, "Open the review"), page))),
            Control::Approve { label } => named("approve", or(label, "Approve")),
            Control::Deny => named("deny", "Deny"),
            Control::Change => named("change", "Change"),
            Control::Ask => named("ask", "Ask"),
        };
        elements.extend(made.filter(|(action, _)| seen.insert(*action)).map(|(_, element)| element));
    }
    if !seen.contains("open") && (elements.is_empty() || !card.whole) {
        elements.insert(0, open_button("Open the review", page));
    }
    Some(json!({ "type": "actions", "elements": elements }))
}

/// Slack refuses a text without characters where there has to be one.
fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() { otherwise } else { text }
}
