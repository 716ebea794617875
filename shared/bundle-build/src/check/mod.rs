//! What must hold before a bundle is built. Every check names the file and place; all of them run.

mod approvals;
mod asking;
mod catalogue;
mod channels;
mod directory;
mod example;
mod finding;
mod masking;
mod parameters;
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
