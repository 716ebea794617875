//! A bundle's cases, tried: requests and facts with the decision they must come to.

use bundle::Bundle;
use bundle_build::{Answer, Case};

/// A case and what came of it.
pub(crate) struct TriedCase {
    pub(crate) case: Case,
    pub(crate) answer: Answer,
    /// How the answer is another than the case says; none when it passes.
    pub(crate) differences: Vec<String>,
}

/// Tries each case on the bundle.
pub(crate) fn tried(bundle: &Bundle, cases: Vec<Case>) -> Vec<TriedCase> {
    let tried = |case: Case| {
        let answer = case.question(bundle).answer(bundle);
        let differences = case.differences(&answer);
        TriedCase { case, answer, differences }
    };
    cases.into_iter().map(tried).collect()
}

impl TriedCase {
    pub(crate) fn passes(&self) -> bool {
        self.differences.is_empty()
    }
}
