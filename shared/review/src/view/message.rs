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
    let ask = format!("Ask again with GET /v1/actions/{}?wait=20.", scene.id);
    let waits = matches!(scene.state, State::Proposed(_) | State::Pending(_) | State::Approved(_));
    if waits && scene.now >= scene.expires_at {
        let deadline = scene.clock(scene.expires_at);
        return format!("Nothing has run, and nothing will: the deadline, {deadline}, has passed. {ask}");
    }
    match scene.state {
        State::Absent => String::new(),
        State::Proposed(_) => format!("Nothing has run. Policy is looking at it. {ask}"),
        State::Pending(review) => {
            let (people, deadline) = (scene.missing(review), scene.clock(scene.expires_at));
            let abandonment_timeout = review.abandonment_timeout().map_or_else(String::new, |seconds| {
                format!(" Keep asking: once you have not for {} minutes, it will not be begun.", seconds / 60)
            });
            format!(
                "Nothing has run. {people} must agree before {deadline}. Silence is not a refusal.{abandonment_timeout} {ask}"
            )
        }
        State::Approved(_) => format!("Nothing has run yet. It is allowed and about to begin. {ask}"),
        State::Executing(run) => {
            let review = scene.action_documents.review.as_ref();
            let usual = review.map_or_else(String::new, |review| {
                format!(" {}", usual_time(review.what.expected_seconds, run.claimed_at, scene.now))
            });
            format!(
                "It is running now; what came of it is not known yet.{usual} Do not propose it again. {ask}"
            )
        }
        State::Held { release_by, .. } => {
            let until = scene.clock(*release_by);
            format!(
                "It ran. Its result is held until a person releases it, at the latest at {until}; then it is \
                 withheld. Do not propose it again. {ask}"
            )
        }
        State::Unknown(_)
        | State::Succeeded(..)
        | State::Failed(..)
        | State::Released(..)
        | State::Withheld(..)
        | State::Denied(..)
        | State::Expired(_)
        | State::Cancelled(_) => ending(scene),
    }
}

fn ending(scene: &Scene<'_>) -> String {
    const NEW_KEY: &str = "You may propose it again under a new idempotency key.";
    let at = scene.clock(scene.touched_at);
    match scene.state {
        State::Succeeded(_, Some(_)) => format!("It ran and succeeded at {at}. Its result is in `outcome`."),
        State::Succeeded(_, None) => {
            format!("It ran. {} and found its effect in place. Do not propose it again.", scene.looked())
        }
        State::Failed(_, Some(_)) => {
            let error = scene.action_documents.outcome.as_ref().and_then(|outcome| outcome.error.as_ref());
            let why = error.map_or_else(String::new, |error| format!(" ({}: {})", error.code, error.detail));
            format!("It was tried and had no effect{why}. {NEW_KEY}")
        }
        State::Failed(_, None) => format!("{} and found that it had no effect. {NEW_KEY}", scene.looked()),
        State::Unknown(_) => {
            "It may have run or not: nobody can say yet. Do not propose it again before this is \
                              cleared up, or it could happen twice."
                .to_owned()
        }
        State::Released(..) => "It ran, and its result was released. It is in `outcome`.".to_owned(),
        State::Withheld(..) => {
            "It ran, but its result is withheld and stays so. Do not propose it again to see it.".to_owned()
        }
        State::Denied(..) => denied(scene),
        State::Expired(_) => {
            let deadline = scene.clock(scene.expires_at);
            let asked = scene.review.is_some_and(|review| !review.decision.requirements.is_empty());
            let why = match asked {
                true => "Nobody refused: too few people answered in time.",
                false => "Nobody refused: it was not begun in time.",
            };
            format!("Nothing has run. The deadline, {deadline}, passed. {why} {NEW_KEY}")
        }
        State::Cancelled(_) => format!("Nothing has run. Its proposer took it back at {at}."),
        State::Absent
        | State::Proposed(_)
        | State::Pending(_)
        | State::Approved(_)
        | State::Executing(_)
        | State::Held { .. } => String::new(),
    }
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
