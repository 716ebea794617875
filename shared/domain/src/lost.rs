//! An attempt whose outcome is lost: why, and who found out what it did.

use crate::{Digest, Verdict};

/// Why an outcome cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LossReason {
    /// The lease ended without an outcome.
    LeaseLost,
    /// The locked claim belongs to another attempt.
    ClaimedElsewhere,
    /// The target did not say whether it acted.
    NoAnswer,
}

/// Who found out what an attempt of unknown outcome had done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "events hold verdicts as they are")]
pub enum ResolvedBy {
    /// A person, who signed what they found.
    Person(Verdict),
    /// Execution asked the target; the probe document holds the answer.
    Probe(Digest),
}

/// Why a target cannot say what an attempt did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProbeGap {
    /// This kind of action leaves nothing at its target that would tell.
    NoProbe,
    /// The target was asked, and its answer does not tell.
    CannotTell,
    /// Execution did not ask in time.
    TimedOut,
}
