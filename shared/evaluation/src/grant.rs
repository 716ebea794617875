//! Whether a grant of an earlier approval covers an action. Policy asks before it asks people, execution asks again
//! before anything runs.

use std::collections::BTreeSet;

use bundle::{Bundle, CatalogueEntry};
use domain::{ActionId, Grant, Granted, Person, Requirement, Review, Speaker, Timestamp, Vote, satisfied};
use wire::Item;
use wire::documents::Action;

use crate::derivation::Derived;

/// An action that a grant may cover, as its sealed request and the rules in force say.
#[derive(Clone, Copy)]
pub struct Covered<'a> {
    /// Its id.
    pub action: &'a ActionId,
    /// What follows from its sealed request.
    pub derived: &'a Derived,
    /// Its catalogue entry.
    pub entry: &'a CatalogueEntry,
    /// The rules in force.
    pub bundle: &'a Bundle,
    /// Who has changed a parameter of it.
    pub changed_by: &'a [Person],
    /// Now.
    pub now: Timestamp,
}

/// Why a grant does not cover it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCovered {
    /// It was used up, taken back or is over.
    #[error("the grant is used up, taken back or over")]
    Over,
    /// It was about something else, or other people would have to be asked now.
    #[error("{0}")]
    Other(&'static str),
}

/// One grant of this item for each of these requirements; none when they do not reach. An action that has not begun
/// covers nothing: it may still be denied after all.
#[must_use]
pub fn grants_for(item: &Item, requirements: &BTreeSet<String>, now: Timestamp) -> Option<Vec<Granted>> {
    let grants = &begun(item)?.grants;
    let mut taken: Vec<Granted> = Vec::new();
    for name in requirements {
        let free = |grant: &&Grant| taken.iter().all(|taken| taken.statement != grant.vote.statement);
        let mut fitting = grants.iter().filter(|grant| grant.live(now) && grant.requirements.contains(name));
        let statement = fitting.find(free)?.vote.statement;
        taken.push(Granted { requirement: name.clone(), action: item.id().clone(), statement });
    }
    (!taken.is_empty()).then_some(taken)
}

/// Whether these grants of `item` cover an action: live, made by people who do not belong to its requester set, each by
/// one of its own, for the same agent, human, action type and catalogue entry, with every fixed parameter the same, under
/// requirements that still say what they said. `reviewed` is what was agreed to: the action document the statements name.
///
/// # Errors
/// [`NotCovered`].
pub fn grant_covers(
    item: &Item,
    reviewed: &Action,
    granted: &[Granted],
    covered: &Covered<'_>,
) -> Result<(), NotCovered> {
    let review = begun(item).ok_or(NotCovered::Other("the action that was approved has not begun"))?;
    same_kind(item, reviewed, covered)?;
    let (mut asked, mut votes) = (Vec::new(), Vec::<Vote>::new());
    for one in granted {
        let said = |grant: &&Grant| grant.vote.statement == one.statement;
        let grant = review.grants.iter().find(said);
        let grant = grant.ok_or(NotCovered::Other("nobody granted it"))?;
        if !grant.live(covered.now) {
            return Err(NotCovered::Over);
        }
        if one.action != *item.id() || votes.contains(&grant.vote) {
            return Err(NotCovered::Other("a grant is named twice"));
        }
        if Speaker::from(&grant.vote).everybody().any(|who| covered.derived.requester.contains(who)) {
            return Err(NotCovered::Other("whoever granted it belongs to the requester set"));
        }
        if !review.grant_stands(one, covered.changed_by) {
            return Err(NotCovered::Other("whoever granted it has changed a parameter of this action"));
        }
        asked.push(requirement(review, grant, &one.requirement, covered.bundle)?);
        fixed(grant, reviewed, covered.derived)?;
        votes.push(grant.vote.clone());
    }
    // Every requirement by a person of its own, as if they had been asked.
    if satisfied(&asked, &votes) {
        Ok(())
    } else {
        Err(NotCovered::Other("fewer people granted it than would be asked"))
    }
}

fn begun(item: &Item) -> Option<&Review> {
    item.state().run().map(|run| &run.review)
}

fn same_kind(item: &Item, reviewed: &Action, covered: &Covered<'_>) -> Result<(), NotCovered> {
    let (derived, entry) = (covered.derived, covered.entry);
    let human = derived.caller.on_behalf_of.as_ref();
    for (same, why) in [
        (item.id() != covered.action && reviewed.action == *item.id(), "it was granted for itself"),
        (reviewed.principal == (&derived.caller.principal).into(), "it was granted to another agent"),
        (
            reviewed.on_behalf_of.clone().map(Person::from).as_ref() == human,
            "it was granted for another human",
        ),
        (reviewed.action_type == entry.action_type, "it was granted for another action type"),
        (
            Some(reviewed.entry) == covered.bundle.entry_digest(&entry.action_type),
            "the catalogue entry has changed since",
        ),
    ] {
        if !same {
            return Err(NotCovered::Other(why));
        }
    }
    Ok(())
}

/// The requirement as it was when its approval granted more, if it is the same today and allows a grant.
fn requirement(
    review: &Review,
    grant: &Grant,
    name: &str,
    bundle: &Bundle,
) -> Result<Requirement, NotCovered> {
    let asked = review.decision.requirements.iter().find(|asked| asked.name == name);
    let asked = asked.filter(|asked| grant.requirements.contains(&asked.name) && asked.may_be_granted());
    let asked = asked.ok_or(NotCovered::Other("it was granted for another requirement"))?;
    match bundle.requirement(name) {
        Some(rule) if rule.requirement() == asked.as_decided() => Ok(asked.clone()),
        _ => Err(NotCovered::Other("the requirement has changed since")),
    }
}

/// Whether every parameter the grant fixes is what was agreed to. What is shown is compared, so what is masked is never
/// the same: a placeholder stands for anything, and nobody can type one.
fn fixed(grant: &Grant, reviewed: &Action, derived: &Derived) -> Result<(), NotCovered> {
    let same = |pointer: &String| {
        let now = derived.shown.pointer(pointer);
        now.is_some()
            && now == reviewed.parameters.pointer(pointer)
            && !derived.redacted.masked.iter().any(|mask| mask.hides(pointer))
    };
    if !grant.terms.fixed.is_empty() && grant.terms.fixed.iter().all(same) {
        Ok(())
    } else {
        Err(NotCovered::Other("a parameter that was to stay the same is another"))
    }
}
