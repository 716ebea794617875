//! What a model should read, in every state: whether anything ran, who refused and why, what may be tried next.

use domain::{ActionId, Progress, Requirement, Review, State, Timestamp};
use redaction::escape_hidden;
use wire::action_documents::ActionDocuments;
use wire::http::{DenialView, Retry};

use super::denial::{refuser, sentence};
use crate::changes::{changes, parameter};

/// What the sentences are made from.
pub(super) struct Scene<'a> {
    pub id: &'a ActionId,
    pub state: &'a State,
    pub review: Option<&'a Review>,
    /// How far its requirements have come, by the votes that may be seen.
    pub progress: &'a [Progress],
    /// Whether there may be votes that may not.
    pub hidden: bool,
    pub action_documents: &'a ActionDocuments,
    pub denial: Option<&'a DenialView>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub touched_at: Timestamp,
    pub now: Timestamp,
}

pub(super) fn agent_message(scene: &Scene<'_>) -> String {
    let said = match changed(scene.action_documents) {
        Some(changed) => format!("{} {changed}", stands(scene)),
        None => stands(scene),
    };
    escape_hidden(&said).text
}

/// That it is no longer what was proposed, and by whose word.
fn changed(action_documents: &ActionDocuments) -> Option<String> {
    let mut people: Vec<&str> =
        action_documents.changes.iter().map(|one| one.person.subject.as_str()).collect();
    people.dedup();
    let mut names: Vec<String> = changes(&action_documents.sent, &action_documents.changes)
        .iter()
        .map(|one| format!("`{}`", parameter(&one.pointer)))
        .collect();
    names.sort();
    names.dedup();
    (!people.is_empty()).then(|| {
        format!(
            "It is no longer exactly what you proposed: {} changed {} (see `changes`), and the changed action was or is \
             decided anew.",
            people.join(" and "),
            names.join(" and ")
        )
    })
}

fn stands(scene: &Scene<'_>) -> String {
    let status = scene.state.status();
    let template = match scene.state.found_later() {
        _ if status.phase().is_waiting() && scene.now >= scene.expires_at => {
            "Nothing has run, and nothing will: the deadline, {deadline}, has passed. {ask}"
        }
        Some(true) => "It ran. {looked} and found its effect in place. Do not propose it again.",
        Some(false) => "{looked} and found that it had no effect. {new_key}",
        None => status.agent_message(),
    };
    fill(template, |name| scene.part(name))
}

/// The template with its parts, each a name in braces.
fn fill(template: &str, part: impl Fn(&str) -> String) -> String {
    let mut pieces = template.split('{');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for (name, rest) in pieces.filter_map(|piece| piece.split_once('}')) {
        text += &part(name);
        text += rest;
    }
    text
}

fn denied(scene: &Scene<'_>) -> String {
    let Some(denial) = scene.denial else { return "Nothing has run. It was refused.".to_owned() };
    let who = match refuser(scene.state) {
        Some(person) => format!("{person} refused"),
        None if scene.review.is_some() => "It had been allowed, but it may no longer run".to_owned(),
        None => "Policy refused".to_owned(),
    };
    let instead = denial
        .allowed_instead
        .as_ref()
        .map_or_else(String::new, |text| format!(" Instead: {}", sentence(text)));
    let next = match denial.retry {
        Retry::Never => "Asking again will not help.",
        Retry::Changed => {
            "Propose something changed, under a new idempotency key; the same again will not help."
        }
        Retry::Later => "You may propose it again later, under a new idempotency key.",
    };
    let message = denial.message.trim_end_matches('.');
    format!("Nothing has run. {who} ({}): “{message}”.{instead} {next}", denial.code)
}

/// How long an action that has been running since `since` usually takes, and whether it has taken longer already.
#[must_use]
pub fn usual_time(expected_seconds: u32, since: Timestamp, now: Timestamp) -> String {
    match now >= since.plus_seconds(expected_seconds.into()) {
        true => format!("It usually takes {expected_seconds} seconds; this takes longer than usual."),
        false => format!("It usually takes {expected_seconds} seconds."),
    }
}

fn part(requirement: &Requirement, given: u32, needed: u32) -> String {
    if let [only] = requirement.groups.as_slice() {
        let more = if given > 0 { " more" } else { "" };
        return format!("{}{more} of {}", number(needed.saturating_sub(given)), only.group);
    }
    let groups: Vec<String> = requirement
        .groups
        .iter()
        .map(|wanted| format!("{} of {}", number(wanted.count), wanted.group))
        .collect();
    let so_far = if given > 0 { format!(" ({given} of {needed} have)") } else { String::new() };
    format!("{}{so_far}", groups.join(" and "))
}

fn number(count: u32) -> String {
    const WORDS: [&str; 7] = ["none", "one", "two", "three", "four", "five", "six"];
    let word = usize::try_from(count).ok().and_then(|count| WORDS.get(count));
    word.map_or_else(|| count.to_string(), ToString::to_string)
}

impl Scene<'_> {
    /// The part of a template that has this name; an unknown one is told apart by its braces.
    fn part(&self, name: &str) -> String {
        match name {
            "ask" => format!("Ask again with GET /v1/actions/{}?wait=20.", self.id),
            "at" => self.clock(self.touched_at),
            "deadline" => self.clock(self.expires_at),
            "denied" => denied(self),
            "error" => self.error(),
            "keep_asking" => self.keep_asking(),
            "looked" => self.looked().to_owned(),
            "missing" => self.review.map_or_else(String::new, |review| self.missing(review)),
            "new_key" => "You may propose it again under a new idempotency key.".to_owned(),
            "release_by" => self.release_by(),
            "too_late" => self.too_late().to_owned(),
            "usual" => self.usual(),
            unknown => format!("{{{unknown}}}"),
        }
    }

    /// How long it usually takes, while it runs.
    fn usual(&self) -> String {
        let running = self.state.run().zip(self.action_documents.review.as_ref());
        running.map_or_else(String::new, |(run, review)| {
            format!(" {}", usual_time(review.what.expected_seconds, run.claimed_at, self.now))
        })
    }

    /// Until when a held result can be released.
    fn release_by(&self) -> String {
        let State::Held { release_by, .. } = self.state else { return String::new() };
        self.clock(*release_by)
    }

    /// Why an attempt had no effect, in parentheses.
    fn error(&self) -> String {
        let error = self.action_documents.outcome.as_ref().and_then(|outcome| outcome.error.as_ref());
        error.map_or_else(String::new, |error| format!(" ({}: {})", error.code, error.detail))
    }

    /// That the agent has to keep asking, where a requirement wants it to.
    fn keep_asking(&self) -> String {
        let timeout = self.review.and_then(Review::abandonment_timeout);
        timeout.map_or_else(String::new, |seconds| {
            format!(" Keep asking: once you have not for {} minutes, it will not be begun.", seconds / 60)
        })
    }

    /// Why the deadline passed.
    fn too_late(&self) -> &'static str {
        match self.review.is_some_and(|review| !review.decision.requirements.is_empty()) {
            true => "Nobody refused: too few people answered in time.",
            false => "Nobody refused: it was not begun in time.",
        }
    }

    /// Who is still to agree, as a sentence's beginning: `One of data-owners and two of sre`. Where votes are hidden it is
    /// everybody who was asked.
    fn missing(&self, review: &Review) -> String {
        let requirements = &review.decision.requirements;
        let given = |progress: &Progress| if self.hidden { 0 } else { progress.given };
        let open = requirements.iter().zip(self.progress);
        let open = open.filter(|(_, progress)| given(progress) < progress.needed);
        let parts: Vec<String> =
            open.map(|(requirement, now)| part(requirement, given(now), now.needed)).collect();
        let text = parts.join(", and ");
        let mut letters = text.chars();
        letters.next().map_or(text.clone(), |first| first.to_uppercase().chain(letters).collect())
    }

    /// Who cleared up what a lost attempt had done.
    fn looked(&self) -> &'static str {
        if self.action_documents.probe.is_some() {
            "Its outcome was lost; Countersign asked the target"
        } else {
            "A person looked"
        }
    }

    /// `15:40 UTC`, with the date when it is not the day of the proposal.
    fn clock(&self, at: Timestamp) -> String {
        let text = |at: Timestamp| wire::text::rfc3339(at);
        let (day, time) = (text(at), text(self.created_at));
        let (Some((date, hour)), Some((today, _))) = (day.split_once('T'), time.split_once('T')) else {
            return day;
        };
        let hour = hour.get(..5).unwrap_or(hour);
        if date == today { format!("{hour} UTC") } else { format!("{date} {hour} UTC") }
    }
}
