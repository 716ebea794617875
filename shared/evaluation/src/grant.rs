//! Whether the promise of an earlier approval carries an action. Policy asks before it asks people, execution asks again
//! before anything runs.

use std::collections::BTreeSet;

use bundle::{Bundle, CatalogueEntry};
use domain::{ActionId, Grant, Granted, Person, Requirement, Review, Speaker, Timestamp, Vote, satisfied};
use wire::Item;
use wire::documents::Action;

use crate::derivation::Derived;

/// An action that a promise may carry, as its sealed request and the rules in force say.
#[derive(Clone, Copy)]
pub struct Carried<'a> {
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

/// Why a promise does not carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCarried {
    /// It was used up, taken back or is over.
    #[error("the promise is used up, taken back or over")]
    Over,
    /// It was about something else, or other people would have to be asked now.
    #[error("{0}")]
    Other(&'static str),
}

/// One promise of this item for each of these requirements; none when they do not reach. An action that has not begun
/// carries nothing: it may still be denied after all.
#[must_use]
pub fn promises(item: &Item, requirements: &BTreeSet<String>, now: Timestamp) -> Option<Vec<Granted>> {
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

/// Whether these promises of `item` carry an action: live, made by people who do not belong to its requester set, each by
/// one of its own, for the same agent, human, action type and catalogue entry, with every fixed parameter the same, under
/// requirements that still say what they said. `reviewed` is what was agreed to: the action document the statements name.
///
/// # Errors
/// [`NotCarried`].
pub fn carries(
    item: &Item,
    reviewed: &Action,
    granted: &[Granted],
    carried: &Carried<'_>,
) -> Result<(), NotCarried> {
    let review = begun(item).ok_or(NotCarried::Other("the action that was approved has not begun"))?;
    same_kind(item, reviewed, carried)?;
    let (mut asked, mut votes) = (Vec::new(), Vec::<Vote>::new());
    for one in granted {
        let said = |grant: &&Grant| grant.vote.statement == one.statement;
        let grant = review.grants.iter().find(said);
        let grant = grant.ok_or(NotCarried::Other("nobody promised it"))?;
        if !grant.live(carried.now) {
            return Err(NotCarried::Over);
        }
        if one.action != *item.id() || votes.contains(&grant.vote) {
            return Err(NotCarried::Other("a promise is named twice"));
        }
        if Speaker::from(&grant.vote).everybody().any(|who| carried.derived.requester.contains(who)) {
            return Err(NotCarried::Other("whoever promised it belongs to the requester set"));
        }
        if !review.promise_stands(one, carried.changed_by) {
            return Err(NotCarried::Other("whoever promised it has changed a parameter of this action"));
        }
        asked.push(requirement(review, grant, &one.requirement, carried.bundle)?);
        fixed(grant, reviewed, carried.derived)?;
        votes.push(grant.vote.clone());
    }
    // Every requirement by a person of its own, as if they had been asked.
    if satisfied(&asked, &votes) {
        Ok(())
    } else {
        Err(NotCarried::Other("fewer people promised it than would be asked"))
    }
}

fn begun(item: &Item) -> Option<&Review> {
    item.state().run().map(|run| &run.review)
}

fn same_kind(item: &Item, reviewed: &Action, carried: &Carried<'_>) -> Result<(), NotCarried> {
    let (derived, entry) = (carried.derived, carried.entry);
    let human = derived.caller.on_behalf_of.as_ref();
    for (same, why) in [
        (item.id() != carried.action && reviewed.action == *item.id(), "it was promised for itself"),
        (reviewed.principal == (&derived.caller.principal).into(), "it was promised to another agent"),
        (
            reviewed.on_behalf_of.clone().map(Person::from).as_ref() == human,
            "it was promised for another human",
        ),
        (reviewed.action_type == entry.action_type, "it was promised for another action type"),
        (
            Some(reviewed.entry) == carried.bundle.entry_digest(&entry.action_type),
            "the catalogue entry has changed since",
        ),
    ] {
        if !same {
            return Err(NotCarried::Other(why));
        }
    }
    Ok(())
}

/// The requirement as it was when its approval promised more, if it is the same today and allows a promise.
fn requirement(
    review: &Review,
    grant: &Grant,
    name: &str,
    bundle: &Bundle,
) -> Result<Requirement, NotCarried> {
    let asked = review.decision.requirements.iter().find(|asked| asked.name == name);
    let asked = asked.filter(|asked| grant.requirements.contains(&asked.name) && asked.may_be_granted());
    let asked = asked.ok_or(NotCarried::Other("it was promised for another requirement"))?;
    match bundle.requirement(name) {
        Some(rule) if rule.requirement() == asked.as_decided() => Ok(asked.clone()),
        _ => Err(NotCarried::Other("the requirement has changed since")),
    }
}

/// Whether every parameter the promise fixes is what was agreed to. What is shown is compared, so what is masked is never
/// the same: a placeholder stands for anything, and nobody can type one.
fn fixed(grant: &Grant, reviewed: &Action, derived: &Derived) -> Result<(), NotCarried> {
    let same = |pointer: &String| {
        let now = derived.shown.pointer(pointer);
        now.is_some()
            && now == reviewed.parameters.pointer(pointer)
            && !derived.redacted.masked.iter().any(|mask| mask.hides(pointer))
    };
    if !grant.terms.fixed.is_empty() && grant.terms.fixed.iter().all(same) {
        Ok(())
    } else {
        Err(NotCarried::Other("a parameter that was to stay the same is another"))
    }
}
