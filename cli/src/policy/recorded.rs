//! Recorded actions: what was asked, when, and what policy said of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bundle::Bundle;
use bundle_build::{Answer, Answered, CaseFacts, Question};
use domain::{ActionId, Digest, Event, HistoryKind, Timestamp};
use ledger::{FollowedObject, Tail};
use policy::{Counts, History, Reason};
use wire::Item;
use wire::documents::{DecisionDocument, Document, DocumentKind, OutcomeKind, Request};
use wire::record::Record;

use super::history::{self, HistoryEvent};
use crate::ledger::{LedgerError, Source};

/// Denials that rules alone decide; any other needs what only the functions can see.
const OF_RULES: [&str; 5] = ["forbidden-by-policy", "no-permit", "policy-error", "no-owner", "unknown-type"];

/// The log, as far as it tells of decisions.
#[derive(Debug, Default)]
pub(super) struct RecordedDecisions {
    /// In the order they were made.
    pub(super) decisions: Vec<Recorded>,
    /// What became of requests, in order.
    events: Vec<HistoryEvent>,
    /// What could not be read, as sentences.
    pub(super) unread: Vec<String>,
}

/// One decision on one request.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) action: ActionId,
    pub(super) at: Timestamp,
    pub(super) request: Request,
    pub(super) decision: DecisionDocument,
}

/// Why nobody can say what a bundle would have answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Undecidable {
    /// It was denied with this code by something else than rules: what the agent sent, or what a function found at the
    /// target. No bundle decides that, so nothing is missing from a comparison of bundles.
    NotByRules(String),
    /// What decides is masked in the log. The sentence says what.
    Masked(String),
}

impl fmt::Display for Undecidable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotByRules(code) => write!(f, "it was denied for another reason than rules ({code})"),
            Self::Masked(why) => f.write_str(why),
        }
    }
}

impl RecordedDecisions {
    /// Reads a folder with the bucket's `log/`, or the bucket.
    pub(super) async fn read(place: &str) -> Result<Self, LedgerError> {
        let source = Source::open(place).await?;
        let mut tail = Tail::default();
        let mut log = Log::default();
        for number in source.numbers().await? {
            if number != tail.next {
                log.unread.push(format!("object {} is missing: nothing after it was read", tail.next));
                break;
            }
            match tail.follow(&source.read(number).await?) {
                Ok((next, found)) => {
                    log.take(number, found);
                    tail = next;
                }
                Err(error) => {
                    log.unread.push(format!("object {number}: {error}: nothing after it was read"));
                    break;
                }
            }
        }
        Ok(log.decisions())
    }
}

#[derive(Default)]
struct Log {
    lines: BTreeMap<ActionId, Vec<String>>,
    documents: BTreeMap<Digest, Document>,
    unread: Vec<String>,
}

impl Log {
    fn take(&mut self, number: u64, found: FollowedObject) {
        let object = match found {
            FollowedObject::Valid(object) => object,
            FollowedObject::Invalid { detail, .. } => {
                self.unread.push(format!("object {number} is invalid: {detail}"));
                return;
            }
        };
        for line in object.records() {
            if let Ok(Record::Event { action, entry, .. }) = &line.record
                && let Ok(text) = wire::json::canonical(entry)
            {
                self.lines.entry(action.clone()).or_default().push(text.into_string());
            }
        }
        self.documents.extend(object.documents().iter().map(|(digest, one)| (*digest, one.clone())));
    }

    fn decisions(self) -> RecordedDecisions {
        let mut recorded = RecordedDecisions { unread: self.unread, ..RecordedDecisions::default() };
        for (action, lines) in self.lines {
            match Item::parse(action.clone(), lines.iter().map(String::as_str)) {
                Ok(item) => of_item(&item, &self.documents, &mut recorded),
                Err(error) => recorded.unread.push(format!("{action}: {error}")),
            }
        }
        recorded.events.sort_by_key(|event| event.at);
        recorded.decisions.sort_by(|one, other| (one.at, &one.action).cmp(&(other.at, &other.action)));
        recorded
    }
}

fn of_item(item: &Item, documents: &BTreeMap<Digest, Document>, recorded: &mut RecordedDecisions) {
    let mut asked: Option<Request> = None;
    for entry in item.entries() {
        let (action, at) = (item.id().clone(), entry.at);
        match &entry.event {
            Event::Proposed { request, .. } | Event::Modified { request, .. } => {
                asked = opened(documents, request);
            }
            Event::Decided { document, .. } => {
                match asked.clone().zip(opened::<DecisionDocument>(documents, document)) {
                    Some((request, decision)) => {
                        recorded.decisions.push(Recorded { action, at, request, decision });
                    }
                    None => recorded.unread.push(format!("{action}: its request or decision does not read")),
                }
            }
            _ => {}
        }
        if let Some((kind, request)) = HistoryKind::of(&entry.event).zip(asked.clone()) {
            recorded.events.push(HistoryEvent { at, kind, request });
        }
    }
}

fn opened<T: DocumentKind>(documents: &BTreeMap<Digest, Document>, digest: &Digest) -> Option<T> {
    documents.get(digest)?.open().ok()
}

impl Recorded {
    /// What was answered then.
    pub(super) fn was(&self) -> Answer {
        let DecisionDocument { outcome, code, reasons, requirements, .. } = &self.decision;
        let reason = |reason: &wire::documents::ReasonJson| Reason {
            policy: reason.policy.clone(),
            message: reason.message.clone(),
            instead: reason.instead.clone(),
        };
        Answer {
            outcome: match outcome {
                OutcomeKind::Permit => Answered::Permit,
                OutcomeKind::Forbid => Answered::Forbid,
                OutcomeKind::RequireApproval => Answered::RequireApproval,
            },
            code: code.clone(),
            requirements: requirements.iter().map(|asked| asked.name.clone()).collect(),
            reasons: reasons.iter().map(reason).collect(),
        }
    }

    /// The groups that were asked.
    pub(super) fn groups(&self) -> BTreeSet<String> {
        let asked = self.decision.requirements.iter().flat_map(|requirement| &requirement.groups);
        asked.map(|group| group.group.clone()).collect()
    }

    /// Whether rules decided it. Any other denial needs what only the functions can see.
    pub(super) fn by_rules(&self) -> bool {
        self.decision.code.as_deref().is_none_or(|code| OF_RULES.contains(&code))
    }

    /// What this bundle answers to the same request at the same time, with the same past.
    ///
    /// # Errors
    /// Why nobody can say: what decides was masked, or the denial was not a rule's.
    pub(super) fn under(&self, bundle: &Bundle, recorded: &RecordedDecisions) -> Result<Answer, Undecidable> {
        let code = self.decision.code.as_deref();
        if let Some(code) = code.filter(|code| !OF_RULES.contains(code)) {
            return Err(Undecidable::NotByRules(code.to_owned()));
        }
        let entry = bundle.entry(&self.request.action_type);
        let masked = self.request.masked_parameters();
        let masked: BTreeSet<String> =
            masked.into_iter().filter(|name| !entry.is_some_and(|entry| entry.masks(name))).collect();
        // What the rules were told then is better than what the log tells now: it knew what is masked here.
        let (history, unknown) = match &self.decision.history {
            Some(told) => (told_then(told), BTreeSet::new()),
            None => history::told(bundle, &recorded.events, &self.request, self.at),
        };
        let question = self.question(history);
        let hides = |pointer: &str| {
            self.request
                .masked
                .iter()
                .any(|mask| pointer.starts_with(&format!("/parameters{}", cut(&mask.pointer))))
        };
        let wrong = bundle.validate_parameters(&question.action_type, &question.parameters).err();
        let wrong: Vec<_> = wrong
            .into_iter()
            .flatten()
            .filter(|error| !hides(&error.pointer) && error.pointer != "/type")
            .collect();
        if !wrong.is_empty() {
            return Ok(Answer::refused(&wrong));
        }
        let read = bundle.reads(&question.action_type);
        if let Some(name) = masked.iter().find(|name| read.contains(*name)) {
            return Err(Undecidable::Masked(format!("`{name}` was masked, and a rule reads it")));
        }
        let mut facts = self.request.provenance.iter().filter(|fact| fact.verified);
        let hidden = facts.find(|fact| !redaction::placeholders(&fact.value).is_empty());
        if let Some(fact) = hidden.filter(|_| bundle.speaks_of(&question.action_type, "provenance")) {
            let why = format!("the fact `{}` was masked, and a rule reads such facts", fact.name);
            return Err(Undecidable::Masked(why));
        }
        match unknown.first().filter(|_| bundle.speaks_of(&question.action_type, "changed_since_last")) {
            Some(name) => {
                let why = format!("`{name}` was masked, and a rule asks what changed since the last run");
                Err(Undecidable::Masked(why))
            }
            None => Ok(question.decided(bundle)),
        }
    }

    fn question(&self, history: History) -> Question {
        let proven = self.request.provenance.iter().filter(|fact| fact.verified);
        let approvals = self.decision.granted.iter().map(|granted| granted.requirement.clone()).collect();
        Question {
            principal: self.request.principal.clone().into(),
            action_type: self.request.action_type.clone(),
            parameters: self.request.parameters.clone(),
            claims: proven.map(|fact| (fact.name.clone(), fact.value.clone())).collect(),
            facts: CaseFacts { at: self.at, approvals, history: Some(history), ..CaseFacts::default() },
        }
    }
}

fn told_then(told: &wire::documents::HistoryJson) -> History {
    let counts =
        |told: wire::documents::CountsJson| Counts { hour: told.hour, day: told.day, week: told.week };
    History {
        executed: counts(told.executed),
        denied: counts(told.denied),
        failed: counts(told.failed),
        changed_since_last: told.changed_since_last.iter().cloned().collect(),
    }
}

/// The top-level parameter of a pointer from the request: `/payload` of `/parameters/payload/deep`.
fn cut(pointer: &str) -> &str {
    let below = pointer.strip_prefix("/parameters").unwrap_or_default();
    let end = below.get(1..).and_then(|rest| rest.find('/')).map_or(below.len(), |at| at + 1);
    below.get(..end).unwrap_or(below)
}
