//! The count of distinct people who meet requirements.

use crate::{Requirement, Vote};

/// How far one requirement has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The requirement's name.
    pub name: String,
    /// People needed.
    pub needed: u32,
    /// People who count so far.
    pub given: u32,
}

/// One place to fill: which requirement, its number, and which of its groups.
struct Place<'a> {
    number: usize,
    requirement: &'a Requirement,
    group: &'a str,
}

impl Place<'_> {
    fn takes(&self, vote: &Vote) -> bool {
        let standing_in = &self.requirement.terms.standing_in;
        let of_group = |group: &String| group == self.group || standing_in.contains(group);
        self.requirement.takes_a_vote(vote.changed_it) && vote.groups.iter().any(of_group)
    }
}

/// How far each requirement has come, every person counted once across all of them.
#[must_use]
pub fn progress(requirements: &[Requirement], votes: &[Vote]) -> Vec<Progress> {
    let places = places(requirements);
    let filled = fill(&places, votes);
    requirements
        .iter()
        .enumerate()
        .map(|(index, requirement)| {
            let of = |place: &&Place<'_>| place.number == index;
            let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let given = places.iter().zip(&filled).filter(|(place, by)| of(place) && by.is_some()).count();
            Progress {
                name: requirement.name.clone(),
                needed: count(places.iter().filter(of).count()),
                given: count(given),
            }
        })
        .collect()
}

/// Whether every place of every requirement is filled by a person of its own. Nothing required is never satisfied
/// here: that is policy's permit, not a quorum.
#[must_use]
pub fn satisfied(requirements: &[Requirement], votes: &[Vote]) -> bool {
    let counted = |requirement: &Requirement| {
        !requirement.groups.is_empty() && requirement.groups.iter().all(|group| group.count > 0)
    };
    !requirements.is_empty()
        && requirements.iter().all(counted)
        && progress(requirements, votes).iter().all(|progress| progress.given >= progress.needed)
}

fn places(requirements: &[Requirement]) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for (number, requirement) in requirements.iter().enumerate() {
        for group in &requirement.groups {
            places.extend((0..group.count).map(|_| Place { number, requirement, group: &group.group }));
        }
    }
    places
}

/// A largest assignment of distinct people to places (augmenting paths): a person in two groups fills one place.
fn fill(places: &[Place<'_>], votes: &[Vote]) -> Vec<Option<usize>> {
    let mut filled = vec![None; places.len()];
    for voter in 0..votes.len() {
        let mut seen = vec![false; places.len()];
        seat(voter, places, votes, &mut filled, &mut seen);
    }
    filled
}

fn seat(
    voter: usize,
    places: &[Place<'_>],
    votes: &[Vote],
    filled: &mut Vec<Option<usize>>,
    seen: &mut Vec<bool>,
) -> bool {
    let Some(vote) = votes.get(voter).filter(|vote| vote.approves) else { return false };
    for (index, place) in places.iter().enumerate() {
        let taken = seen.get(index).copied().unwrap_or(true);
        if taken || !place.takes(vote) {
            continue;
        }
        if let Some(mark) = seen.get_mut(index) {
            *mark = true;
        }
        let free = match filled.get(index).copied().flatten() {
            None => true,
            Some(other) => seat(other, places, votes, filled, seen),
        };
        if free {
            if let Some(slot) = filled.get_mut(index) {
                *slot = Some(voter);
            }
            return true;
        }
    }
    false
}
