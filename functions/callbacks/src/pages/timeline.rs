//! The timeline of an action: its events in order, each with its position in the log.

use domain::{
    DecisionKind, DeniedBy, Event, GrantTerms, ProbeGap, Proof, ResolvedBy, State, Timestamp, Tone, Verdict,
    VerdictKind,
};
use maud::{Markup, html};
use review::Votes;
use store::{Position, Tried};
use wire::action_documents::ActionDocuments;
use wire::documents::{DocumentKind, ReviewDocument, Statement};
use wire::{Entry, Item};

use super::words;

/// One row of the timeline.
struct TimelineRow {
    tone: Option<&'static str>,
    text: String,
    tag: Option<&'static str>,
    note: Option<String>,
}

/// What the timeline shows: the item, its documents, and the positions of its records.
pub(super) struct TimelineView<'a> {
    pub item: &'a Item,
    pub action_documents: &'a ActionDocuments,
    pub positions: &'a [Position],
    /// When its proposer last asked for it, if that was marked.
    pub asked: Option<Timestamp>,
    /// The votes that the person may see.
    pub votes: Votes<'a>,
    /// The bucket of the log.
    pub log_bucket: &'a str,
}

pub(super) fn sheet(view: &TimelineView<'_>, shown: &ReviewDocument, after_all: Option<Markup>) -> Markup {
    html! {
        article class="sheet" {
            header {
                (state(view.item))
                h1 { (review::html::sentence(&shown.what)) }
            }
            (happened(view))
            @if let Some(form) = after_all { (form) }
            details { summary { "What was shown" } (review::html::document(shown)) }
            (check(view))
        }
    }
}

/// The present state and since when.
pub(super) fn state(item: &Item) -> Markup {
    let status = item.state().status();
    let since = item.touched_at().map(words::moment).unwrap_or_default();
    let day = item.touched_at().map(words::day).unwrap_or_default();
    html! {
        p class=(format!("state {}", class(status.tone()).unwrap_or_default())) {
            (status.words()) " · " (day) " " (since.get(..8).unwrap_or_default()) " UTC"
        }
    }
}

pub(super) fn happened(view: &TimelineView<'_>) -> Markup {
    html! {
        section aria-labelledby="happened" {
            h2 id="happened" { "What happened" }
            ol class="time" { @for line in lines(view) { (line) } }
        }
    }
}

pub(super) fn check(view: &TimelineView<'_>) -> Markup {
    let command = format!("countersign ledger verify s3://{} --action {}", view.log_bucket, view.item.id());
    html! { details { summary { "Check this yourself" } p class="mono" { (command) } } }
}

/// The class of a colour; none for the plain one.
fn class(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Good => Some("yes"),
        Tone::Bad => Some("no"),
        Tone::Plain => None,
    }
}

/// The events and the refused attempts by time. A row says so where its event is not recorded yet.
fn lines(view: &TimelineView<'_>) -> Vec<Markup> {
    let TimelineView { item, action_documents, positions, .. } = view;
    let mut lines: Vec<(i64, Markup)> = Vec::new();
    for entry in item.entries().iter().filter(|entry| view.votes.shows_event(&entry.event)) {
        let place = positions.iter().find(|place| place.sequence == entry.sequence && place.sequence > 0);
        let meta = match place {
            Some(place) => format!("{} · record {}", words::moment(entry.at), place.position),
            None => format!("{} · not yet recorded", words::moment(entry.at)),
        };
        lines.push((entry.at.millis(), show(&line(entry, item, action_documents), &meta)));
    }
    if let Some(at) = view.asked {
        let text = "Last asked for by its agent".to_owned();
        let line = TimelineRow { tone: None, text, tag: None, note: None };
        let meta = format!("{} · stored apart from the records", words::moment(at));
        lines.push((at.millis(), show(&line, &meta)));
    }
    for place in positions.iter().filter(|place| place.kind == "attempt") {
        let meta = format!("{} · record {}", words::moment(place.at), place.position);
        lines.push((place.at.millis(), show(&tried(place.tried.as_ref()), &meta)));
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, markup)| markup).collect()
}

/// The row of a refused attempt.
fn tried(tried: Option<&Tried>) -> TimelineRow {
    let who = tried.map_or("Somebody", |tried| tried.who.subject.as_str());
    let why = tried.map(|tried| match tried.code.as_str() {
        "own-request" => "belongs to the requester set",
        "own-change" => "changed it, so somebody else has to approve it",
        "insufficient-scope" => "came with a token that may only read",
        "not-an-approver" => "is not who is asked",
        "agent-cannot-decide" => "is an agent, and agents never decide",
        "stale-digest" => "decided on a review that had changed",
        _ => "was refused",
    });
    let text = format!("{} tried to decide and may not", redaction::escape_value(who).text);
    TimelineRow { tone: Some("no"), text, tag: None, note: why.map(str::to_owned) }
}

fn show(line: &TimelineRow, meta: &str) -> Markup {
    html! {
        li class=[line.tone] {
            strong { (line.text) }
            @if let Some(tag) = line.tag { " " span class="tag proved" { (tag) } }
            @if let Some(note) = &line.note { br; span class="soft" { (review::html::text(note)) } }
            div class="meta" { (meta) }
        }
    }
}

fn line(entry: &Entry, item: &Item, action_documents: &ActionDocuments) -> TimelineRow {
    let plain = |text: String| TimelineRow { tone: None, text, tag: None, note: None };
    let (tone, words) = entry.event.words();
    let told = TimelineRow { tone: class(tone), text: words.to_owned(), tag: None, note: None };
    match &entry.event {
        Event::Proposed { principal, .. } => plain(format!("Proposed by {}", principal.subject)),
        Event::Decided { kind, requirements, granted, .. } => {
            let names: Vec<&str> = requirements.iter().map(|one| one.name.as_str()).collect();
            let text = match kind {
                DecisionKind::Permit => match granted.first() {
                    Some(one) => format!("Allowed by the grant of {}", one.action),
                    None => "Policy allowed it".to_owned(),
                },
                DecisionKind::Forbid => "Policy denied it".to_owned(),
                DecisionKind::RequireApproval => format!("Policy asked for {}", names.join(" and ")),
            };
            let rules = action_documents.decision.iter().flat_map(|decision| &decision.reasons);
            let rules: Vec<&str> = rules.map(|reason| reason.policy.as_str()).collect();
            let tone = (*kind == DecisionKind::Forbid).then_some("no");
            TimelineRow { tone, note: (!rules.is_empty()).then(|| rules.join(", ")), ..plain(text) }
        }
        Event::VerdictGiven(verdict) | Event::Modified { verdict, .. } => {
            said(verdict, item, action_documents)
        }
        Event::Cancelled { by } => plain(format!("Taken back by {}", by.subject)),
        Event::Refused { code, .. } => {
            let note = action_documents.refusal.as_ref().map(|note| format!("{code}: {}", note.detail));
            TimelineRow { note: note.or_else(|| denied_code(item)), ..told }
        }
        Event::Succeeded { .. } => TimelineRow { text: ran(words, action_documents), ..told },
        Event::Failed { .. } => {
            let error = action_documents.outcome.as_ref().and_then(|outcome| outcome.error.as_ref());
            TimelineRow { note: error.map(|error| format!("{}: {}", error.code, error.detail)), ..told }
        }
        Event::Released(verdict) => plain(format!("{} released the result", verdict.person.subject)),
        Event::Withheld(Some(verdict)) => {
            TimelineRow { text: format!("{} withheld the result", verdict.person.subject), ..told }
        }
        Event::Resolved { by: ResolvedBy::Person(verdict), .. } => said(verdict, item, action_documents),
        Event::Resolved { by: ResolvedBy::Probe(_), happened, .. } => {
            let found = if *happened { "it happened" } else { "it did not happen" };
            let note = action_documents.probe.as_ref().map(|probe| probe.found.clone());
            TimelineRow { note, ..plain(format!("Countersign asked the target: {found}")) }
        }
        Event::ProbeInconclusive { reason, .. } => plain(
            match reason {
                ProbeGap::NoProbe => "The target cannot be asked whether it happened; people are asked",
                ProbeGap::CannotTell => "The target cannot say whether it happened; people are asked",
                ProbeGap::TimedOut => "The target could not be asked in time; people are asked",
            }
            .to_owned(),
        ),
        Event::GrantUsed { by, .. } => plain(format!("Its approval covered {by} too")),
        // The sentence of the table of events says it all.
        _ => told,
    }
}

fn said(verdict: &Verdict, item: &Item, action_documents: &ActionDocuments) -> TimelineRow {
    let (tone, verb) = match verdict.kind {
        VerdictKind::Approve => ("yes", "approved"),
        VerdictKind::Deny => ("no", "denied"),
        VerdictKind::Modify => ("", "changed it"),
        VerdictKind::Confirm => ("yes", "confirmed it as their own wish"),
        VerdictKind::Emergency => ("no", "ran it at once, as an emergency"),
        VerdictKind::Close => ("yes", "looked at the emergency"),
        VerdictKind::Revoke => ("no", "took the grant back"),
        VerdictKind::Suspend => ("no", "suspended it"),
        VerdictKind::Happened => ("yes", "found that it happened"),
        VerdictKind::DidNotHappen => ("no", "found that it did not happen"),
    };
    let digest = |statement: &&Statement| {
        statement.document().is_ok_and(|document| document.digest() == verdict.statement)
    };
    let statement = action_documents.changes.iter().chain(&action_documents.statements).find(digest);
    let code =
        statement.and_then(|statement| statement.reason_code.as_ref()).map(|code| code.replace('-', " "));
    let reason = statement.and_then(|statement| statement.reason.clone());
    let mut note: Vec<String> = code.into_iter().chain(reason).collect();
    note.extend(verdict.grant.as_ref().map(|terms| granted(verdict, terms, item)));
    if let Some(change) = changed(verdict, action_documents) {
        note.insert(0, change);
    }
    TimelineRow {
        tone: (!tone.is_empty()).then_some(tone),
        text: format!("{} {verb}", review::speaker(verdict.into())),
        tag: (verdict.proof == Proof::Idp).then_some("signed by their identity provider"),
        note: (!note.is_empty()).then(|| note.join(": ")),
    }
}

/// What this modification changed, from what to what.
fn changed(verdict: &Verdict, action_documents: &ActionDocuments) -> Option<String> {
    let said =
        |statement: &Statement| statement.document().is_ok_and(|one| one.digest() == verdict.statement);
    let place = action_documents.changes.iter().position(said)?;
    let each = review::changes_of_each(&action_documents.sent, &action_documents.changes);
    let words: Vec<String> = each.get(place)?.iter().map(review::change_in_words).collect();
    Some(words.join("; "))
}

/// What the approval granted beyond this action, and what of it was used.
fn granted(verdict: &Verdict, terms: &GrantTerms, item: &Item) -> String {
    let grants = item.state().review().map_or(&[][..], |review| &review.grants);
    let grant = grants.iter().find(|grant| grant.vote.statement == verdict.statement);
    let (day, until) = (words::day(terms.until), words::moment(terms.until));
    let until = until.get(..5).unwrap_or_default();
    let end = if grant.is_some_and(|grant| grant.revoked) { "; taken back" } else { "" };
    let used = grant.map_or(0, |grant| grant.used);
    format!("the same again until {day} {until} UTC, {used} of {} used{end}", terms.uses)
}

fn ran(words: &str, action_documents: &ActionDocuments) -> String {
    let took =
        action_documents.outcome.as_ref().map(|one| one.finished_at.millis() - one.started_at.millis());
    match took {
        Some(millis) if millis >= 0 => {
            format!("{words}, {}.{} s", millis / 1000, millis % 1000 / 100)
        }
        _ => words.to_owned(),
    }
}

fn denied_code(item: &Item) -> Option<String> {
    let State::Denied(_, DeniedBy::Claim { code, .. }) = item.state() else { return None };
    Some(code.clone())
}
