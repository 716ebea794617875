//! The offline verifier: it checks again everything the log says, without access to AWS or to a deployment.

mod continuity;
mod grants;
mod history;
mod report;
mod verdict;

pub use report::{FindingCause, Trail, VerificationFinding, VerificationReport};
pub use verdict::{CheckVerdict, GroupCheck, LinkEvidence, VerdictEvidence};

use std::collections::BTreeMap;

use domain::{ActionId, Digest, KeyRef, Timestamp};
use serde_json::Value;
use wire::record::Record;

use crate::object::{Object, ObjectError, RecordError, RecordLine};
use crate::tail::{FollowedObject, Tail};
use continuity::Continuity;
use history::ActionHistory;
use report::LogLocation;

/// A checkpoint the verifier already has: the log once had so many records, under this root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Records.
    pub size: u64,
    /// The tree's root.
    pub root: Digest,
}

/// Reads a log object by object and notes what does not hold.
pub struct Verification<'a> {
    check: Option<&'a dyn CheckVerdict>,
    held: Vec<Held>,
    tail: Tail,
    histories: BTreeMap<ActionId, ActionHistory>,
    report: VerificationReport,
    continuity: Continuity,
    /// Checkpoints of what was not counted, that fit what the objects say themselves.
    uncounted: Vec<(Held, FindingCause)>,
    stopped: bool,
    /// An object of an unknown version, and where the log ends after it if it counts as nothing.
    unknown: Option<Unknown>,
}

struct Unknown {
    number: u64,
    version: String,
    after: Tail,
}

impl<'a> Verification<'a> {
    /// A verification from the first object on. Without somebody to ask, verdicts stay unchecked and the report is
    /// incomplete.
    #[must_use]
    pub fn new(check: Option<&'a dyn CheckVerdict>) -> Self {
        let mut report = VerificationReport::default();
        if check.is_none() {
            report
                .incomplete("no trusted keys were given: statements, envelopes and proofs were not checked");
        }
        Self {
            check,
            held: Vec::new(),
            tail: Tail::default(),
            histories: BTreeMap::new(),
            report,
            continuity: Continuity::default(),
            uncounted: Vec::new(),
            stopped: false,
            unknown: None,
        }
    }

    /// The log must continue this checkpoint. Only a checkpoint shows truncation, or another log in the place of this one.
    pub fn hold(&mut self, checkpoint: Held) {
        self.held.push(checkpoint);
    }

    /// Reads the object with this number; they come in order of numbers.
    pub fn object(&mut self, number: u64, bytes: &[u8]) {
        if self.stopped {
            return;
        }
        self.passed_over(bytes);
        if self.stopped {
            return;
        }
        if number != self.tail.next {
            let (missing, there) = (self.tail.next, number);
            self.stop(format!("object {missing} is missing, though object {there} is there"));
            return;
        }
        match self.tail.follow(bytes) {
            Ok((tail, found)) => {
                match found {
                    FollowedObject::Valid(object) => {
                        let before = self.report.findings.len();
                        self.records(number, &object);
                        self.continuity.counted(self.report.cause_since(before));
                    }
                    FollowedObject::Invalid { code, detail } => {
                        self.not_counted((number, bytes), code, detail)
                    }
                }
                self.report.objects += 1;
                self.tail = tail;
                self.checkpoints(number);
            }
            Err(ObjectError::UnknownVersion(version)) => {
                let after = self.tail.pass(bytes);
                self.tail = after.clone();
                self.continuity.unknown();
                self.unknown = Some(Unknown { number, version, after });
            }
            Err(ObjectError::Invalid { code, detail }) => {
                self.report.find(LogLocation::object(number), code, detail)
            }
        }
    }

    /// An object that does not continue what was counted: a finding of its own, or one that follows from an earlier one.
    fn not_counted(&mut self, (number, bytes): (u64, &[u8]), code: &str, detail: String) {
        match self.continuity.explains(number, bytes, code) {
            Some((cause, tree)) => {
                let (size, root) = (tree.size(), tree.root());
                let (fit, held) = self.held.drain(..).partition(|held| *held == Held { size, root });
                self.held = held;
                let fit: Vec<Held> = fit;
                self.uncounted.extend(fit.into_iter().map(|held| (held, cause.clone())));
                self.report.follow(LogLocation::object(number), code, detail, cause);
            }
            None => self.report.find(LogLocation::object(number), code, detail),
        }
    }

    /// Whether the object of an unknown version before these bytes was passed over by whoever wrote them: then it counts
    /// as a finding with no records. Otherwise it may say what this program cannot read, and so may all that follows.
    fn passed_over(&mut self, bytes: &[u8]) {
        let Some(Unknown { number, version, after }) = self.unknown.take() else { return };
        if matches!(after.follow(bytes), Ok((_, FollowedObject::Valid(_)))) {
            let meaning = format!("the object has the format `{version}`, and the log goes on without it");
            self.report.find(LogLocation::object(number), "unknown-version", meaning);
            self.report.objects += 1;
        } else {
            self.stop(format!("object {number} has the format `{version}`: a newer verifier is needed"));
        }
    }

    /// What was found.
    #[must_use]
    pub fn finish(mut self) -> VerificationReport {
        self.passed_over(&[]);
        self.truncated();
        self.across();
        if self.report.objects == 0 && !self.stopped {
            self.report.incomplete("there is no log object at all");
        }
        self.report.size = self.tail.tree.size();
        self.report.root = self.tail.tree.root();
        self.report.actions = self.histories.values().filter(|history| history.action().is_some()).count();
        self.report
    }

    /// Checkpoints are taken after whole objects, so one that the log has just passed by was never taken of it.
    fn checkpoints(&mut self, number: u64) {
        let (size, root) = (self.tail.tree.size(), self.tail.tree.root());
        let (reached, ahead) = self.held.iter().partition(|held| held.size <= size);
        self.held = ahead;
        let reached: Vec<Held> = reached;
        for held in reached.iter().filter(|held| held.size != size || held.root != root) {
            let meaning = format!("the checkpoint of {} records was taken of another log", held.size);
            self.report.find(LogLocation::object(number), "checkpoint-differs", meaning);
        }
    }

    /// Checkpoints the log does not reach.
    fn truncated(&mut self) {
        let place = LogLocation::object(self.tail.next);
        for (held, cause) in std::mem::take(&mut self.uncounted) {
            let (size, known) = (self.tail.tree.size(), held.size);
            let meaning = format!("{size} records were counted, a checkpoint knows {known}");
            self.report.follow(place.clone(), "log-truncated", meaning, cause);
        }
        for held in std::mem::take(&mut self.held) {
            let (size, known) = (self.tail.tree.size(), held.size);
            if self.stopped {
                self.report.incomplete(format!("the checkpoint of {known} records was not reached"));
            } else {
                let meaning = format!("the log ends after {size} records, a checkpoint knows {known}");
                self.report.find(place.clone(), "log-truncated", meaning);
            }
        }
    }

    /// What ties actions to each other is seen once all are read.
    fn across(&mut self) {
        let items = self.histories.iter().filter_map(|(id, history)| Some((id.clone(), history.action()?)));
        let items = items.collect();
        let last = self.report.trails.iter().filter_map(|trail| trail.at).max();
        for finding in grants::across(&items, last.unwrap_or(Timestamp::from_millis(0))) {
            let grants::CrossActionFinding { action, sequence, rejection } = finding;
            let here = |trail: &&Trail| trail.action == action.as_str() && trail.sequence == sequence;
            let place = self.report.trails.iter().find(here);
            let place = place
                .map_or(LogLocation::object(0), |trail| LogLocation::record(trail.object, trail.position));
            self.report.find(place.of(action.as_str(), sequence), rejection.code, rejection.detail);
        }
    }

    fn stop(&mut self, why: String) {
        self.stopped = true;
        self.report.incomplete(why);
    }

    fn records(&mut self, number: u64, object: &Object) {
        let mut named = Vec::new();
        let mut keys: BTreeMap<KeyRef, (&Value, Timestamp)> = BTreeMap::new();
        for line in object.records() {
            self.report.records += 1;
            let place = LogLocation::record(number, line.position);
            match &line.record {
                Ok(Record::Key { issuer, kid, jwk, at, .. }) => {
                    keys.insert(KeyRef { issuer: issuer.clone(), kid: kid.clone() }, (jwk, *at));
                }
                Ok(record) => named.extend(self.record(place, line, record, object, &keys)),
                Err(RecordError::UnknownVersion(version)) => {
                    self.report.incomplete(format!(
                        "the record at position {} has the format `{version}`: a newer verifier is needed",
                        line.position
                    ));
                }
                Err(error) => self.report.find(place, "record-malformed", error.to_string()),
            }
        }
        for why in object.bad_documents() {
            self.report.find(LogLocation::object(number), "document-malformed", why.clone());
        }
        for digest in object.documents().keys().filter(|digest| !named.contains(*digest)) {
            let detail = format!("document {digest} is named by no record of its object");
            self.report.find(LogLocation::object(number), "document-unnamed", detail);
        }
    }

    /// One record that is no key; gives the documents it names.
    fn record(
        &mut self,
        place: LogLocation,
        line: &RecordLine,
        record: &Record,
        object: &Object,
        keys: &BTreeMap<KeyRef, (&Value, Timestamp)>,
    ) -> Vec<Digest> {
        match record {
            Record::Event { action, sequence, chain, previous, entry, .. } => {
                let place = place.of(action.as_str(), *sequence);
                let history = self.histories.remove(action);
                let mut history = history.unwrap_or_else(|| ActionHistory::new(action));
                let others = &self.histories;
                let step =
                    history::Step { sequence: *sequence, previous, chain, entry, object, keys, others };
                let taken = history.follow(&step, self.check);
                self.histories.insert(action.clone(), history);
                for rejection in taken.rejections {
                    self.report.find(place.clone(), rejection.code, rejection.detail);
                }
                if let Some(why) = taken.groups_unchecked {
                    self.report.leave_groups(place.clone(), why);
                }
                self.report.trail(place, line.digest, taken.kind, taken.at);
                taken.named
            }
            Record::Violation { action, sequence, code, detail, at, .. } => {
                let place = place.of(action, *sequence);
                if let Ok(id) = action.parse::<ActionId>() {
                    self.histories.entry(id.clone()).or_insert_with(|| ActionHistory::new(&id)).kill();
                }
                let meaning = format!("the ledger recorded a violation, `{code}`: {detail}");
                self.report.find(place.clone(), "recorded-violation", meaning);
                self.report.trail(place, line.digest, "violation", Some(*at));
                Vec::new()
            }
            Record::RefusedVerdict { action, at, .. } => {
                self.report.trail(place.of(action.as_str(), 0), line.digest, "attempt", Some(*at));
                Vec::new()
            }
            Record::Key { .. } => Vec::new(),
        }
    }
}
