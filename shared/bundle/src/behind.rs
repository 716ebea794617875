//! The humans behind an agent's token: who they are, as people.

use domain::Person;

use crate::Bundle;

/// What an agent is told where [`Behind::unknown`] is so and people would have to be asked.
pub const UNMAPPED_HUMAN: &str = "The token has a human behind it whom nobody here knows, so nobody can be asked: it could be \
    that very human. The rules' administrator adds them to `identities` in the directory, by the id that the issuer gives them.";

/// The humans behind a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Every one of them: as a person where the directory says who it is, else as the token's issuer calls them.
    pub people: Vec<Person>,
    /// Whether one of them is nobody whom the directory knows, or is not named at all.
    pub unknown: bool,
}

impl Bundle {
    /// Who these humans are, whom a token names; `unnamed` if it has another behind it whom it does not name. The one place
    /// that says so: for decisions and for what is only asked beforehand.
    #[must_use]
    pub fn behind(&self, humans: &[Person], unnamed: bool) -> Behind {
        let person = |human: &Person| self.directory().person_of(human);
        let unknown = unnamed || humans.iter().any(|human| person(human).is_none());
        let mut people: Vec<Person> =
            humans.iter().map(|human| person(human).unwrap_or_else(|| human.clone())).collect();
        people.sort();
        people.dedup();
        Behind { people, unknown }
    }
}
