//! Decides which votes a viewer may see, for every page, list and answer of the API.
//!
//! If a requirement hides its votes, nobody but the voter sees who voted, how, or how many have voted until the
//! action is decided. That includes auditors and the agent. The log contains every vote from the moment it is
//! recorded.

use std::collections::BTreeSet;

use domain::{Event, Person, Phase, Progress, Review, Speaker, Status, Timestamp, Vote};
use wire::Item;

/// Which votes on an action a viewer may see now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Votes<'a> {
    hidden: bool,
    viewer: Option<&'a Person>,
}

impl<'a> Votes<'a> {
    /// The votes on this item as `viewer` may see them; `None` is an agent, or somebody with no vote of their own.
    #[must_use]
    pub fn of(item: &Item, viewer: Option<&'a Person>) -> Self {
        Self { hidden: hidden(item), viewer }
    }

    /// Whether votes of others stay hidden.
    #[must_use]
    pub fn hidden(&self) -> bool {
        self.hidden
    }

    /// Whether this person's verdict may be seen.
    #[must_use]
    pub fn shows(&self, person: &Person) -> bool {
        !self.hidden || self.viewer == Some(person)
    }

    /// Whether this event may be seen: everything but others' verdicts. What somebody changed is no secret: it has to be
    /// agreed to.
    #[must_use]
    pub fn shows_event(&self, event: &Event) -> bool {
        match event {
            Event::VerdictGiven(verdict) => self.shows(&verdict.person),
            _ => true,
        }
    }

    /// Those of these votes that may be seen.
    #[must_use]
    pub fn seen(&self, votes: &[Vote]) -> Vec<Vote> {
        votes.iter().filter(|vote| self.shows(&vote.person)).cloned().collect()
    }

    /// How far each requirement has come, by the votes that may be seen.
    #[must_use]
    pub fn progress(&self, review: &Review) -> Vec<Progress> {
        domain::progress(&review.decision.requirements, &self.seen(&review.votes))
    }
}

/// The owners of seats on which somebody else voted: each once, in order.
#[must_use]
pub fn stood_in_for(speaker: Speaker<'_>) -> Vec<&str> {
    let away: BTreeSet<&Person> = speaker.seats.iter().map(|seat| &seat.person).collect();
    away.into_iter().map(|person| person.subject.as_str()).collect()
}

/// Who voted and for whom, as text: `dana (for bob, who is away)`.
#[must_use]
pub fn speaker(speaker: Speaker<'_>) -> String {
    let (who, away) = (&speaker.person.subject, stood_in_for(speaker));
    match away.len() {
        0 => who.clone(),
        1 => format!("{who} (for {}, who is away)", away.concat()),
        _ => format!("{who} (for {}, who are away)", away.join(" and ")),
    }
}

/// Who answered, for a line of a list: nobody is named before it is decided, because a line does not say whether its votes are
/// hidden.
#[must_use]
pub fn answered<'a>(status: &str, deciders: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    if undecided(status) { Vec::new() } else { deciders.collect() }
}

/// When something last happened to it, for a line of a list. Until it is decided that is when it was proposed: any later moment
/// could be that of a hidden vote.
#[must_use]
pub fn moved_at(status: &str, created_at: Timestamp, updated_at: Timestamp) -> Timestamp {
    if undecided(status) { created_at } else { updated_at }
}

fn undecided(status: &str) -> bool {
    Status::named(status).is_some_and(|status| status.phase() == Phase::Undecided)
}

/// Whether a requirement of any of its revisions has votes hidden, and nothing is decided yet.
fn hidden(item: &Item) -> bool {
    if item.state().status().phase() != Phase::Undecided {
        return false;
    }
    item.entries().iter().any(|entry| match &entry.event {
        Event::Decided { requirements, .. } => requirements.iter().any(|asked| asked.terms.blind),
        _ => false,
    })
}
