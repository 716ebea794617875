//! Patterns of our own, compiled when first needed.

use regex::Regex;

/// A pattern that is part of this crate's text; each is compiled by a test.
#[expect(clippy::expect_used, reason = "the text is a constant of this crate and a test compiles each one")]
pub(crate) fn compile(pattern: &'static str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}
