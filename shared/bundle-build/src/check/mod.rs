//! What must hold before a bundle is built. Every check names the file and place; all of them run.

mod approvals;
mod catalogue;
mod directory;
mod example;
mod pins;
mod reach;
mod schema;
mod session;
mod terms;

use bundle::Bundle;
use bundle::content::Content;
use policy::Diagnostic;
pub use reach::Unreachable;

use crate::sources::Sources;

/// Checks of each part by itself and of the parts against each other.
pub(crate) fn parts(content: &Content, sources: &Sources) -> Vec<Diagnostic> {
    let mut wrong = directory::check(content, sources);
    wrong.extend(approvals::check(content, sources));
    wrong.extend(catalogue::check(content, sources));
    wrong
}

/// Checks that need a bundle that answers: every example goes the way of a real proposal.
pub(crate) fn whole(bundle: &Bundle, sources: &Sources) -> Vec<Diagnostic> {
    bundle.entries().flat_map(|entry| example::check(bundle, entry, sources)).collect()
}

/// Whether a name has the form of names here: `[a-z][a-z0-9-]*`, at most 48 characters.
fn is_name(text: &str) -> bool {
    let form = |(at, b): (usize, u8)| b.is_ascii_lowercase() || (at > 0 && (b.is_ascii_digit() || b == b'-'));
    !text.is_empty() && text.len() <= 48 && text.bytes().enumerate().all(form)
}

/// Whether a text says something.
fn says(text: &str) -> bool {
    !text.trim().is_empty()
}

/// The texts that are there more than once.
fn repeated<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    texts.filter(|text| !seen.insert(*text)).map(str::to_owned).collect()
}
