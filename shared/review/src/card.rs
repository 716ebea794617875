//! The review document as one message, for every channel alike. A channel renders the card and decides nothing.

use channel::{Card, Control, Deadline, Fact, Quotation, Span};
use domain::{Proof, Review, State};
use redaction::{escape_hidden, escape_value, placeholders, spelled_out};
use wire::Item;
use wire::documents::{Context, Provenance, ReviewDocument};

use crate::changes::parameter;
use crate::confusables::{confusables, texts};
use crate::sentence::{approve_label, capital, who_must_agree};
use crate::votes::{Votes, speaker};

/// The product's own lines of *what*: they follow from the catalogue and stand on the page.
const ON_THE_PAGE: [&str; 6] =
    ["Held fixed", "Checked just before the call", "Not held fixed", "Will call", "May use", "Runs as"];
/// What a link says that leads to the page.
const REVIEW: &str = "Review and approve";

/// The card of an action as it stands. `reference` is what its controls name, opaque and used once; without it the
/// channel takes no presses, and the card only leads to the page.
#[must_use]
pub fn card(item: &Item, review: &ReviewDocument, reference: Option<&str>) -> Card {
    let (what, context) = (&review.what, &review.context);
    let pending = match item.state() {
        State::Pending(pending) => Some(pending),
        _ => None,
    };
    let approvable = reference.is_some() && pending.is_some_and(one_press) && inspectable(review);
    let sentence = what.sentence.iter().map(|part| Span {
        text: if part.value { escape_value(&part.text).text } else { escape_hidden(&part.text).text },
        value: part.value,
    });
    Card {
        title: capital(&shown(&what.consequence)),
        sentence: sentence.collect(),
        quotation: Some(Quotation {
            introduction: introduction(context),
            words: escape_hidden(&context.reason).text,
        }),
        facts: facts(review, approvable),
        deadline: pending.map(|pending| deadline(item, pending, context)),
        ending: pending.is_none().then(|| ending(item)),
        controls: pending.map(|pending| controls(review, pending, approvable, reference)).unwrap_or_default(),
        reference: reference.filter(|_| pending.is_some()).map(str::to_owned),
        whole: approvable,
    }
}

/// Whether every requirement takes the service's word that the person agreed.
fn one_press(review: &Review) -> bool {
    review.decision.requirements.iter().all(|one| one.proof == Proof::Service)
}

/// Whether a message can show the document as it is: nothing hidden, disguised, masked, or compared line by line.
#[must_use]
pub fn inspectable(review: &ReviewDocument) -> bool {
    let clear = |text: &str| {
        spelled_out(text).is_empty() && placeholders(text).is_empty() && escape_hidden(text).hidden == 0
    };
    let context = &review.context;
    context.hidden == 0
        && context.masked.is_empty()
        && review.what.differences.is_none()
        && confusables(review).is_empty()
        && texts(review).all(|(text, _)| clear(text))
}

fn controls(
    review: &ReviewDocument,
    pending: &Review,
    approvable: bool,
    reference: Option<&str>,
) -> Vec<Control> {
    let open = |label: &str| Control::Open { label: label.to_owned() };
    if reference.is_none() {
        return vec![open(REVIEW)];
    }
    let mut controls = match approvable {
        true => vec![Control::Approve { label: shown(&approve_label(&review.what)) }, Control::Deny],
        false => vec![open(REVIEW), Control::Deny],
    };
    if pending.decision.requirements.iter().any(|one| !one.terms.may_change.is_empty()) {
        controls.push(Control::Change);
    }
    if approvable {
        controls.push(open("Open the review"));
    }
    controls
}

/// What could change the answer, the most important first. A card that can be approved shows every line of *what*; another
/// leaves to the page what follows from the catalogue.
fn facts(review: &ReviewDocument, all: bool) -> Vec<Fact> {
    let (what, context) = (&review.what, &review.context);
    let mut facts: Vec<Fact> = Vec::new();
    for change in &context.changed {
        let value = |text: &Option<String>| text.as_deref().map_or("(nothing)".to_owned(), shown);
        let notes = vec![
            format!("before: {}", value(&change.from)),
            format!("changed by {}", shown(&change.by.subject)),
        ];
        let label = format!("Changed: {}", shown(&parameter(&change.pointer)));
        facts.push(Fact { label, value: value(&change.to), notes });
    }
    facts.push(Fact::new("Can be undone", shown(&what.reversible)));
    let rules: Vec<String> =
        context.rules.iter().map(|rule| shown(rule.message.trim_end_matches('.'))).collect();
    if !rules.is_empty() {
        facts.push(Fact::new("Why you are asked", format!("{}.", rules.join(". "))));
    }
    let lines = what.fields.iter().filter(|field| all || !ON_THE_PAGE.contains(&field.label.as_str()));
    facts.extend(lines.map(|field| {
        let note = shown(&field.note);
        let notes = if note.is_empty() { Vec::new() } else { vec![note] };
        Fact { label: shown(&field.label), value: shown(&field.value), notes }
    }));
    facts.push(Fact::new("If its outcome is lost", shown(&what.if_lost)));
    facts
}

/// Whose words they are, and which facts of their origin a token proves.
fn introduction(context: &Context) -> String {
    let named = |verified: bool| -> Vec<String> {
        let these = context.provenance.iter().filter(|fact| fact.verified == verified);
        these.map(origin).collect()
    };
    let (proved, said) = (named(true), named(false));
    let mut parts = vec![shown(&context.agent)];
    if !proved.is_empty() {
        parts.push(format!("proved by its token: {}", proved.join(", ")));
    }
    if !said.is_empty() {
        parts.push(format!("said by the agent: {}", said.join(", ")));
    }
    format!("In the agent's words ({}):", parts.join("; "))
}

/// In quotation marks: a value cannot end them, so none can pretend to be proved.
fn origin(fact: &Provenance) -> String {
    let value = shown(&fact.value).replace(['“', '”', '"'], "'");
    format!("{} “{value}”", shown(&fact.name).replace('_', " "))
}

/// Who must agree, until when, and who has. Where votes are hidden nobody is counted.
fn deadline(item: &Item, pending: &Review, context: &Context) -> Deadline {
    let votes = Votes::of(item, None);
    let progress = votes.progress(pending);
    let sum = |of: fn(&domain::Progress) -> u32| progress.iter().map(of).sum::<u32>();
    let (given, needed) = (sum(|one| one.given), sum(|one| one.needed));
    let after = match (votes.hidden(), given) {
        (true, _) => ".".to_owned(),
        (false, 0) => ". Nobody has yet.".to_owned(),
        (false, given) => format!(". {given} of {needed} have."),
    };
    let who = who_must_agree(&context.requirements);
    let before = format!("{} before ", shown(who.trim_end_matches('.')));
    Deadline { before, at: pending.proposal.expires_at, after }
}

/// How it stands, once it no longer waits.
fn ending(item: &Item) -> String {
    let (state, at) = (item.state(), clock(item));
    let by = item.entries().iter().rev().find_map(|entry| entry.event.verdict());
    let by = by.map_or_else(|| "somebody".to_owned(), |verdict| shown(&speaker(verdict.into())));
    match state {
        State::Denied(_, domain::DeniedBy::Approver(_)) => format!("Denied by {by}{at}. Nothing ran."),
        State::Denied(..) => format!("Denied by the rules{at}. Nothing ran."),
        State::Expired(_) => format!("Nobody decided in time. It ended{at}. Nothing ran."),
        State::Cancelled(_) => format!("Taken back by its proposer{at}. Nothing ran."),
        State::Approved(_) => "Agreed to. It is about to run.".to_owned(),
        State::Executing(_) => "Agreed to. It is running.".to_owned(),
        State::Unknown(_) => "It was tried, and nobody can say yet whether it happened.".to_owned(),
        State::Succeeded(_, Some(_)) => format!("It ran{at}."),
        State::Succeeded(_, None) => "Its outcome was lost. It was found that it happened.".to_owned(),
        State::Failed(_, Some(_)) => format!("It was tried{at} and did not happen."),
        State::Failed(_, None) => "Its outcome was lost. It was found that it did not happen.".to_owned(),
        State::Held { .. } => format!("It ran{at}. Its result waits to be released."),
        State::Released(..) => "It ran, and its result was released.".to_owned(),
        State::Withheld(..) => "It ran, and its result was withheld.".to_owned(),
        State::Absent | State::Proposed(_) | State::Pending(_) => "It is under way.".to_owned(),
    }
}

/// ` at 15:40 UTC on 2026-11-21`, the time of the last event.
fn clock(item: &Item) -> String {
    let at = item.touched_at().map(wire::text::rfc3339).unwrap_or_default();
    match (at.get(11..16), at.get(..10)) {
        (Some(time), Some(date)) => format!(" at {time} UTC on {date}"),
        _ => String::new(),
    }
}

fn shown(text: &str) -> String {
    escape_value(text).text
}
