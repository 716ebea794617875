//! Whose vote it is: a person votes on a seat, their own or that of an absent person.

use std::collections::BTreeSet;

use crate::Person;

/// A seat in a group on which somebody other than its owner votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The group.
    pub group: String,
    /// Its owner, who is absent.
    pub person: Person,
}

/// A person who gives a verdict, the groups for which they vote, and the seats of others on which they vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speaker<'a> {
    /// The person.
    pub person: &'a Person,
    /// Their groups.
    pub groups: &'a [String],
    /// The seats of others, at most one in each of these groups; in all other groups the person votes on their own.
    pub seats: &'a [Seat],
}

impl<'a> Speaker<'a> {
    /// A person who votes on nobody else's seat.
    #[must_use]
    pub fn of(person: &'a Person, groups: &'a [String]) -> Self {
        Self { person, groups, seats: &[] }
    }

    /// Whose seat the person uses in this group, if not their own.
    #[must_use]
    pub fn lent_seat(&self, group: &str) -> Option<&'a Person> {
        self.seats.iter().find(|seat| seat.group == group).map(|seat| &seat.person)
    }

    /// The owner of the seat on which the person votes for this group.
    #[must_use]
    pub fn holder(&self, group: &str) -> &'a Person {
        self.lent_seat(group).unwrap_or(self.person)
    }

    /// The owners of all seats that the person uses, the person included where they use their own.
    #[must_use]
    pub fn holders(&self) -> BTreeSet<&'a Person> {
        self.groups.iter().map(|group| self.holder(group)).collect()
    }

    /// Everybody in whose name the person votes: themselves, and whoever lent them a seat.
    pub fn everybody(&self) -> impl Iterator<Item = &'a Person> {
        std::iter::once(self.person).chain(self.seats.iter().map(|seat| &seat.person))
    }

    /// Whether the seats fit the groups: each in one of them, at most one in each, in order, and none the person's
    /// own.
    #[must_use]
    pub fn fits(&self) -> bool {
        let one = |seat: &Seat| {
            self.groups.contains(&seat.group)
                && seat.person != *self.person
                && seat.person.issuer == self.person.issuer
        };
        self.seats.iter().all(one) && self.seats.is_sorted_by(|one, next| one.group < next.group)
    }
}
