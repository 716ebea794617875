//! Kinds of secrets, by what their vendors say of them or show of them. Written apart from the tables of redaction, so that
//! one can judge the other.

mod code;
mod infrastructure;
mod made;
mod secret;
mod services;

pub(crate) use secret::{Made, Make, Secret};

pub(crate) fn all() -> impl Iterator<Item = &'static Secret> {
    infrastructure::ALL.iter().chain(code::ALL).chain(services::ALL)
}
