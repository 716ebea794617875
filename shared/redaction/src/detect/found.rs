//! What a detector finds.

use std::ops::Range;

use super::kind::DataKind;

/// A stretch of the folded text and what it looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Bytes of the folded text.
    pub(crate) range: Range<usize>,
    /// What it is; its name is what its placeholder says.
    pub(crate) kind: DataKind,
    /// The rule that found it, e.g. `gitlab-token`: what people are told, and what an author exempts a target from.
    pub(crate) rule: &'static str,
    /// What it can hold.
    pub(crate) holds: Holds,
}

impl Found {
    /// What may hold anything, found by a rule of the same name as the kind.
    pub(crate) fn open(range: Range<usize>, kind: DataKind) -> Self {
        Self { range, kind, rule: kind.name(), holds: Holds::Open }
    }
}

/// What a finding can hold, and so whether a mask may cover it in a parameter that reaches a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Anything: a mask there could hide a second command, so it is never masked in a parameter.
    Open,
    /// ASCII letters and digits and these characters, at most so many in all: no quotation mark, bracket or line that a
    /// structure could be made of.
    ClosedGrammar { max: usize, marks: &'static str },
}

impl Holds {
    /// Whether a stretch as it was written is one that can be masked without hiding more than itself.
    pub(crate) fn allows_mask(self, written: &str) -> bool {
        match self {
            Self::Open => false,
            Self::ClosedGrammar { max, marks } => {
                written.len() <= max
                    && written.chars().all(|char| char.is_ascii_alphanumeric() || marks.contains(char))
            }
        }
    }
}
