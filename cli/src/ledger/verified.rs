//! What a verification came to.

use bundle::{Remark, Timeline};
use ledger::verify::VerificationReport;

/// What a verification came to, of the log and of the bundles that its verdicts were judged by.
pub(super) struct Verified<'a> {
    pub(super) report: &'a VerificationReport,
    pub(super) timeline: Option<&'a Timeline>,
}

/// The worst of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Something does not hold.
    Findings,
    /// The log could not be read or checked as a whole.
    Incomplete,
    /// All that could be checked holds; who belonged to a group could not.
    Unchecked,
    /// Everything was checked and holds.
    Clean,
}

impl Verified<'_> {
    pub(super) fn bundle_findings(&self) -> &[Remark] {
        self.timeline.map_or(&[], Timeline::findings)
    }

    pub(super) fn bundle_gaps(&self) -> &[Remark] {
        self.timeline.map_or(&[], Timeline::gaps)
    }

    pub(super) fn outcome(&self) -> Outcome {
        if !self.report.findings.is_empty() || !self.bundle_findings().is_empty() {
            Outcome::Findings
        } else if !self.report.unchecked.is_empty() {
            Outcome::Incomplete
        } else if !self.bundle_gaps().is_empty() || !self.report.groups_unchecked.is_empty() {
            Outcome::Unchecked
        } else {
            Outcome::Clean
        }
    }
}
