//! Who asks, who decides, and when.

use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant this many milliseconds after the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The instant this many seconds later (earlier when negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }
}

/// A human being, as the people's one issuer knows them. Two tenants with one e-mail are two people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person {
    /// The issuer, exactly as in the token's `iss`.
    pub issuer: String,
    /// The token's `sub`.
    pub subject: String,
}

/// An agent or a pipeline, as its token names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal {
    /// The issuer, exactly as in the token's `iss`.
    pub issuer: String,
    /// The token's `sub`.
    pub subject: String,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.issuer, self.subject)
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.issuer, self.subject)
    }
}

/// Everybody who stands on the asking side and so can never decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequesterSet {
    /// The agent itself.
    pub agent: Principal,
    /// The person who answers for the agent; an agent without one is denied whatever needs approval.
    pub owner: Option<Person>,
    /// The human it acts for and every human its token proves.
    pub humans: Vec<Person>,
}

impl RequesterSet {
    /// Whether this person asks, in any of the ways there are.
    #[must_use]
    pub fn contains(&self, person: &Person) -> bool {
        (self.agent.issuer == person.issuer && self.agent.subject == person.subject)
            || self.owner.as_ref() == Some(person)
            || self.humans.contains(person)
    }
}
