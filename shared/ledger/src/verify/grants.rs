//! Grants across actions: every claim that stood on one was counted where it was made, and nothing else was.

use std::collections::BTreeMap;

use domain::{ActionId, Event, Granted, Rejection, Timestamp};
use wire::{Entry, Item};

/// Seconds for which the record of a use may be missing after its claim: the two reach the log one after the other.
const APART: i64 = 600;

/// Something that does not hold between two actions.
pub(super) struct CrossActionFinding {
    /// The action whose event it is about.
    pub(super) action: ActionId,
    /// The event's place, from 1.
    pub(super) sequence: u32,
    pub(super) rejection: Rejection,
}

/// What does not hold between these actions, `last` being the latest time the log tells of.
pub(super) fn across(items: &BTreeMap<ActionId, &Item>, last: Timestamp) -> Vec<CrossActionFinding> {
    let mut found = Vec::new();
    for (id, item) in items {
        for entry in item.entries() {
            let rejection = match &entry.event {
                Event::GrantUsed { .. } => used(items, item, entry).err(),
                Event::Claimed { .. } => claimed(items, item, entry, last).err(),
                _ => None,
            };
            let (action, sequence) = (id.clone(), entry.sequence);
            found.extend(rejection.map(|rejection| CrossActionFinding { action, sequence, rejection }));
        }
    }
    found
}

/// A use names an action that was decided on this grant, and the attempt that claimed it.
fn used(items: &BTreeMap<ActionId, &Item>, item: &Item, entry: &Entry) -> Result<(), Rejection> {
    let Event::GrantUsed { statement, by, attempt } = &entry.event else { return Ok(()) };
    let wrong = |detail: &str| Rejection::new("grant-use-unproven", detail);
    let other = items.get(by).ok_or_else(|| wrong("a grant was used by an action that is not recorded"))?;
    let named = |one: &Granted| one.action == *item.id() && one.statement == *statement;
    if !granted(other).iter().any(named) {
        return Err(wrong("a grant was used by an action that was not decided on it"));
    }
    let claims = other.entries().iter().filter_map(|entry| match &entry.event {
        Event::Claimed { attempt, .. } => Some(attempt),
        _ => None,
    });
    let claims: Vec<&String> = claims.collect();
    if claims.is_empty() || claims.contains(&attempt) {
        Ok(())
    } else {
        Err(wrong("a grant was used by another attempt than the one that claimed the action"))
    }
}

/// A claim that stood on grants: each was made to the same agent about the same action type, and is counted.
fn claimed(
    items: &BTreeMap<ActionId, &Item>,
    item: &Item,
    entry: &Entry,
    last: Timestamp,
) -> Result<(), Rejection> {
    let Event::Claimed { attempt: claimed, .. } = &entry.event else { return Ok(()) };
    for one in granted(item) {
        let granting = items.get(&one.action);
        let missing =
            || Rejection::new("grant-unproven", "the action whose approval is named is not recorded");
        let granting = *granting.ok_or_else(missing)?;
        if !made(granting, item, &one) {
            return Err(Rejection::new("grant-unproven", "no recorded approval granted what was run on it"));
        }
        let counted = granting.entries().iter().any(|entry| match &entry.event {
            Event::GrantUsed { statement, by, attempt } => {
                *statement == one.statement && by == item.id() && attempt == claimed
            }
            _ => false,
        });
        if !counted && entry.at.plus_seconds(APART) < last {
            return Err(Rejection::new(
                "grant-not-counted",
                "a claim on a grant is not counted where it was made",
            ));
        }
    }
    Ok(())
}

fn made(granting: &Item, item: &Item, one: &Granted) -> bool {
    let (theirs, ours) = (granting.state().proposal(), item.state().proposal());
    let same = theirs.zip(ours).is_some_and(|(theirs, ours)| {
        theirs.principal == ours.principal && theirs.action_type == ours.action_type
    });
    let changed_by = ours.map_or(&[][..], |ours| &ours.changed_by);
    same && granting.state().review().is_some_and(|review| review.grant_stands(one, changed_by))
}

/// What the item's last decision stands on.
fn granted(item: &Item) -> Vec<Granted> {
    let decided = item.entries().iter().rev().find_map(|entry| match &entry.event {
        Event::Decided { granted, .. } => Some(granted.clone()),
        _ => None,
    });
    decided.unwrap_or_default()
}
