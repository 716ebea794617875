//! Counts the distinct people who satisfy requirements: distinct voters on the seats of distinct people.

use std::collections::BTreeMap;

use crate::{Person, Requirement, Speaker, Vote};

/// The number of ways to share out seats that are tried. With more than six people who could each count on one of two
/// seats, a later voter counts only on the first of their seats.
const WAYS: usize = 64;

/// How many approvals one requirement has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The requirement's name.
    pub name: String,
    /// People needed.
    pub needed: u32,
    /// People who count so far.
    pub given: u32,
}

/// One approval to fill: which requirement, its number, and which of its groups.
struct QuorumSlot<'a> {
    number: usize,
    requirement: &'a Requirement,
    group: &'a str,
}

/// Everybody who votes on the seats of one person. Together they fill one place.
struct Holder<'a> {
    person: &'a Person,
    votes: Vec<&'a Vote>,
}

impl QuorumSlot<'_> {
    /// Whether a vote for this holder fills it.
    fn takes(&self, holder: &Holder<'_>) -> bool {
        holder.votes.iter().any(|vote| {
            let theirs = |group: &&String| Speaker::from(*vote).holder(group) == holder.person;
            let counts = |group: &String| self.requirement.takes_a_vote(vote.changed_it(group));
            vote.groups.iter().filter(theirs).any(|group| self.is_of(group) && counts(group))
        })
    }

    fn is_of(&self, group: &String) -> bool {
        group == self.group || self.requirement.terms.standing_in.contains(group)
    }
}

/// How many approvals each requirement has. Every voter counts once across all requirements, and so does every owner
/// of a seat, whether they vote themselves or a delegate does: lending seats never makes more people.
#[must_use]
pub fn progress(requirements: &[Requirement], votes: &[Vote]) -> Vec<Progress> {
    let slots = slots(requirements);
    let filled = ways(votes).map(|holders| fill(&slots, &holders));
    let number = |filled: &Vec<Option<usize>>| filled.iter().flatten().count();
    // The first of the best, so that the answer is the same everywhere.
    let best = filled.reduce(|best, next| if number(&next) > number(&best) { next } else { best });
    let filled = best.unwrap_or_default();
    requirements
        .iter()
        .enumerate()
        .map(|(index, requirement)| {
            let of = |slot: &&QuorumSlot<'_>| slot.number == index;
            let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let given = slots.iter().zip(&filled).filter(|(slot, by)| of(slot) && by.is_some()).count();
            Progress {
                name: requirement.name.clone(),
                needed: count(slots.iter().filter(of).count()),
                given: count(given),
            }
        })
        .collect()
}

/// Whether every place of every requirement is filled by a different person. An empty list of requirements is never
/// satisfied here: that case is policy's permit, not a quorum.
#[must_use]
pub fn satisfied(requirements: &[Requirement], votes: &[Vote]) -> bool {
    let counted = |requirement: &Requirement| {
        !requirement.groups.is_empty() && requirement.groups.iter().all(|group| group.count > 0)
    };
    !requirements.is_empty()
        && requirements.iter().all(counted)
        && progress(requirements, votes).iter().all(|progress| progress.given >= progress.needed)
}

/// Every way to share out the approvals among the owners of the seats: each approval counts on one seat.
fn ways(votes: &[Vote]) -> impl Iterator<Item = Vec<Holder<'_>>> {
    let mut number = 1;
    let mut choices: Vec<(&Vote, Vec<&Person>)> = Vec::new();
    for vote in votes.iter().filter(|vote| vote.approves) {
        let mut holders: Vec<&Person> = Speaker::from(vote).holders().into_iter().collect();
        if number * holders.len() > WAYS {
            holders.truncate(1);
        }
        number *= holders.len().max(1);
        choices.push((vote, holders));
    }
    (0..number).map(move |way| {
        let (mut rest, mut shared) = (way, BTreeMap::<&Person, Vec<&Vote>>::new());
        for (vote, holders) in &choices {
            let several = holders.len().max(1);
            if let Some(person) = holders.get(rest % several) {
                shared.entry(person).or_default().push(vote);
            }
            rest /= several;
        }
        shared.into_iter().map(|(person, votes)| Holder { person, votes }).collect()
    })
}

fn slots(requirements: &[Requirement]) -> Vec<QuorumSlot<'_>> {
    let mut slots = Vec::new();
    for (number, requirement) in requirements.iter().enumerate() {
        for group in &requirement.groups {
            slots.extend((0..group.count).map(|_| QuorumSlot { number, requirement, group: &group.group }));
        }
    }
    slots
}

/// A largest assignment of people to places (augmenting paths): a person in two groups fills one place.
fn fill(slots: &[QuorumSlot<'_>], holders: &[Holder<'_>]) -> Vec<Option<usize>> {
    let mut filled = vec![None; slots.len()];
    for holder in 0..holders.len() {
        let mut seen = vec![false; slots.len()];
        assign(holder, (slots, holders), &mut filled, &mut seen);
    }
    filled
}

fn assign(
    number: usize,
    (slots, holders): (&[QuorumSlot<'_>], &[Holder<'_>]),
    filled: &mut Vec<Option<usize>>,
    seen: &mut Vec<bool>,
) -> bool {
    let Some(holder) = holders.get(number) else { return false };
    for (index, slot) in slots.iter().enumerate() {
        let taken = seen.get(index).copied().unwrap_or(true);
        if taken || !slot.takes(holder) {
            continue;
        }
        if let Some(mark) = seen.get_mut(index) {
            *mark = true;
        }
        let free = match filled.get(index).copied().flatten() {
            None => true,
            Some(other) => assign(other, (slots, holders), filled, seen),
        };
        if free {
            if let Some(slot) = filled.get_mut(index) {
                *slot = Some(number);
            }
            return true;
        }
    }
    false
}
