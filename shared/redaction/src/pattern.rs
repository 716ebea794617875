//! Patterns of our own, compiled when first needed.

use regex::{Regex, RegexBuilder};

/// A pattern that is part of this crate's text; each is compiled by a test.
#[expect(clippy::expect_used, reason = "the text is a constant of this crate and a test compiles each one")]
pub(crate) fn compile(pattern: &'static str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

/// The same for a pattern in which `\w` and the like are ASCII.
#[expect(
    clippy::expect_used,
    reason = "the text is made of constants of this crate and a test compiles each one"
)]
pub(crate) fn compile_ascii(pattern: &str, any_case: bool) -> Regex {
    RegexBuilder::new(pattern).unicode(false).case_insensitive(any_case).build().expect("a valid pattern")
}
