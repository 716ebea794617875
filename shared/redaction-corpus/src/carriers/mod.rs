//! Ways of writing a secret: what stands around it.

mod alone;
mod carrier;
mod code;
mod configuration;
mod lines;

pub(crate) use alone::{ALONE, ENCODED, PERSONAL};
pub(crate) use carrier::Carrier;

/// A few that take names in any letters.
const FOREIGN: [&str; 7] =
    ["ini", "yaml", "yaml, double quotes", "json", "json in a json string", "prose, colon", "log, colon"];

/// Those that name it.
pub(crate) fn named() -> impl Iterator<Item = &'static Carrier> {
    configuration::ALL.iter().chain(code::ALL).chain(lines::ALL)
}

/// Those for names in other languages.
pub(crate) fn foreign() -> impl Iterator<Item = &'static Carrier> {
    named().filter(|carrier| FOREIGN.contains(&carrier.name))
}
