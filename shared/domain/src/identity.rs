//! Who asks, who decides, and when.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

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

/// A human being, identified by the people's issuer and a subject. The same e-mail address at two tenants means two
/// people. Two subjects that differ only in ASCII letter case are one person, because providers differ in how they
/// write names and e-mail addresses and nobody may count twice by writing theirs another way. So `==`, order and hash
/// ignore ASCII letter case.
#[derive(Debug, Clone)]
pub struct Person {
    /// The issuer, exactly as in the token's `iss`.
    pub issuer: String,
    /// The subject as its source writes it: for showing, not for comparing.
    pub subject: String,
}

impl Person {
    /// The subject in the one spelling that all its spellings share, for keys of tables.
    #[must_use]
    pub fn folded_subject(&self) -> String {
        self.subject.to_ascii_lowercase()
    }

    fn folded(&self) -> impl Iterator<Item = u8> + '_ {
        self.subject.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        self.issuer == other.issuer && self.subject.eq_ignore_ascii_case(&other.subject)
    }
}

impl Eq for Person {}

impl PartialOrd for Person {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Person {
    fn cmp(&self, other: &Self) -> Ordering {
        self.issuer.cmp(&other.issuer).then_with(|| self.folded().cmp(other.folded()))
    }
}

impl Hash for Person {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.issuer.hash(state);
        self.folded().for_each(|byte| byte.hash(state));
        state.write_u8(0xff);
    }
}

/// An agent or a pipeline, as its token names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal {
    /// The issuer, exactly as in the token's `iss`.
    pub issuer: String,
    /// The subject that the issuer's settings make of the token's claims; `sub` unless they say otherwise.
    pub subject: String,
}

impl Principal {
    /// Whether the other principal is this one, possibly in another letter case. The two are treated as the same
    /// wherever distinguishing them could only allow more: when somebody suspends an agent, and when the product
    /// checks whether a person is the agent.
    #[must_use]
    pub fn is_spelled_like(&self, issuer: &str, subject: &str) -> bool {
        self.issuer == issuer && self.subject.eq_ignore_ascii_case(subject)
    }
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

/// Everybody who may not approve the action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequesterSet {
    /// The agent itself.
    pub agent: Principal,
    /// The person who is responsible for the agent. An agent without an owner is denied whatever needs approval.
    pub owner: Option<Person>,
    /// The human for whom it acts, and every human whom its token proves.
    pub humans: Vec<Person>,
}

impl RequesterSet {
    /// Whether this person is in the requester set, in any of these ways.
    #[must_use]
    pub fn contains(&self, person: &Person) -> bool {
        self.agent.is_spelled_like(&person.issuer, &person.subject)
            || self.owner.as_ref() == Some(person)
            || self.humans.contains(person)
    }
}
