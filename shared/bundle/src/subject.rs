//! Names of people.

/// Whether two spellings are one person's: the people's issuer is one, and letter case tells nobody apart there.
#[must_use]
pub fn is_subject(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
