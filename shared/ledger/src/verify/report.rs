//! What a verification found, with places.

use std::fmt;

use domain::{Digest, Timestamp};

/// The whole result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationReport {
    /// Objects read.
    pub objects: u64,
    /// Records read.
    pub records: u64,
    /// Actions met.
    pub actions: usize,
    /// Leaves of the tree.
    pub size: u64,
    /// The tree's root.
    pub root: Digest,
    /// What does not hold, in the order of the log.
    pub findings: Vec<VerificationFinding>,
    /// What could not be checked, as sentences.
    pub unchecked: Vec<String>,
    /// Verdicts that hold, but for whose groups nothing at hand says whether the person belonged to them.
    pub groups_unchecked: Vec<VerificationFinding>,
    /// Where each action's records are.
    pub trails: Vec<Trail>,
}

/// One thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationFinding {
    /// The log object.
    pub object: u64,
    /// The record's position among all records.
    pub position: Option<u64>,
    /// The action, as recorded.
    pub action: Option<String>,
    /// The place among the action's events.
    pub sequence: Option<u32>,
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub meaning: String,
    /// The finding that explains this one: mending that one leaves nothing of this. None for what stands for itself.
    pub follows_from: Option<FindingCause>,
}

/// A finding that others follow from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingCause {
    /// The log object it was found in.
    pub object: u64,
    /// Its code.
    pub code: String,
}

/// One record of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The action, as recorded.
    pub action: String,
    /// The place among its events; 0 for an attempt.
    pub sequence: u32,
    /// The event's kind, `attempt` or `violation`.
    pub kind: &'static str,
    /// When.
    pub at: Option<Timestamp>,
    /// The log object.
    pub object: u64,
    /// The position among all records.
    pub position: u64,
    /// SHA-256 of the record's line.
    pub digest: Digest,
}

impl Default for VerificationReport {
    fn default() -> Self {
        Self {
            objects: 0,
            records: 0,
            actions: 0,
            size: 0,
            root: Digest::of(&[]),
            findings: Vec::new(),
            unchecked: Vec::new(),
            groups_unchecked: Vec::new(),
            trails: Vec::new(),
        }
    }
}

impl VerificationReport {
    /// Whether everything was checked and holds.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.unchecked.is_empty() && self.groups_unchecked.is_empty()
    }

    /// The findings that stand for themselves, in the order of the log.
    pub fn causes(&self) -> impl Iterator<Item = &VerificationFinding> {
        self.findings.iter().filter(|finding| finding.follows_from.is_none())
    }

    /// Notes that something could not be checked.
    pub fn incomplete(&mut self, why: impl Into<String>) {
        self.unchecked.push(why.into());
    }

    pub(super) fn find(&mut self, place: LogLocation, code: &str, meaning: impl Into<String>) {
        self.findings.push(place.finding(code, meaning.into()));
    }

    pub(super) fn follow(
        &mut self,
        place: LogLocation,
        code: &str,
        meaning: impl Into<String>,
        cause: FindingCause,
    ) {
        let finding = place.finding(code, meaning.into());
        self.findings.push(VerificationFinding { follows_from: Some(cause), ..finding });
    }

    /// The first finding from this place in the list on, as a cause of others.
    pub(super) fn cause_since(&self, index: usize) -> Option<FindingCause> {
        let finding = self.findings.get(index)?;
        Some(FindingCause { object: finding.object, code: finding.code.clone() })
    }

    /// Notes that nobody can say whether a verdict's person spoke for its groups.
    pub(super) fn leave_groups(&mut self, place: LogLocation, why: String) {
        self.groups_unchecked.push(place.finding("group-unchecked", why));
    }

    pub(super) fn trail(
        &mut self,
        place: LogLocation,
        digest: Digest,
        kind: &'static str,
        at: Option<Timestamp>,
    ) {
        let LogLocation { object, position: Some(position), action: Some((action, sequence)) } = place else {
            return;
        };
        self.trails.push(Trail { action, sequence, kind, at, object, position, digest });
    }
}

impl fmt::Display for VerificationFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object {}", self.object)?;
        if let Some(position) = self.position {
            write!(f, ", position {position}")?;
        }
        if let Some(action) = &self.action {
            write!(f, ", {action}")?;
        }
        if let Some(sequence) = self.sequence.filter(|sequence| *sequence > 0) {
            write!(f, " event {sequence}")?;
        }
        write!(f, ": {} ({})", self.meaning, self.code)?;
        match &self.follows_from {
            Some(FindingCause { object, code }) => {
                write!(f, ", which follows from {code} in object {object}")
            }
            None => Ok(()),
        }
    }
}

/// Where something is.
#[derive(Debug, Clone)]
pub(super) struct LogLocation {
    object: u64,
    position: Option<u64>,
    action: Option<(String, u32)>,
}

impl LogLocation {
    pub(super) fn object(object: u64) -> Self {
        Self { object, position: None, action: None }
    }

    pub(super) fn record(object: u64, position: u64) -> Self {
        Self { object, position: Some(position), action: None }
    }

    pub(super) fn of(self, action: &str, sequence: u32) -> Self {
        Self { action: Some((action.to_owned(), sequence)), ..self }
    }

    fn finding(self, code: &str, meaning: String) -> VerificationFinding {
        let Self { object, position, action } = self;
        let (action, sequence) = action.unzip();
        VerificationFinding {
            object,
            position,
            action,
            sequence,
            code: code.into(),
            meaning,
            follows_from: None,
        }
    }
}
