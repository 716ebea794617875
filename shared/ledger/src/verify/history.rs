//! One action's records, replayed through the lifecycle.

use std::collections::BTreeMap;

use domain::{ActionId, Chain, Digest, Event, KeyRef, RESUME, Rejection, Timestamp};
use serde_json::Value;
use wire::documents::{Action, Request};
use wire::{Item, json};

use super::{CheckVerdict, GroupCheck, VerdictEvidence};
use crate::evidence::{agrees, published, resumes, timely, unfounded};
use crate::object::Object;

/// What the log has told about one action so far.
pub(super) struct ActionHistory {
    item: Item,
    quarantined: bool,
    broken: bool,
    /// What was agreed to, of an action that ends a suspension.
    resume: Option<Box<Action>>,
    /// The newest request, which a change continues.
    asked: Option<Box<Request>>,
    /// When it was proposed, and when the ledger fetched the key of the agent's token, to record it.
    proposed: Option<(Timestamp, Timestamp)>,
}

/// The next event record.
pub(super) struct Step<'a> {
    pub sequence: u32,
    pub previous: &'a Chain,
    pub chain: &'a Chain,
    pub entry: &'a Value,
    pub object: &'a Object,
    /// Keys recorded before it in its object, and when the ledger fetched them.
    pub keys: &'a BTreeMap<KeyRef, (&'a Value, Timestamp)>,
    /// What the log has told about the others.
    pub others: &'a BTreeMap<ActionId, ActionHistory>,
}

/// What one record came to.
pub(super) struct Taken {
    pub kind: &'static str,
    pub at: Option<Timestamp>,
    pub named: Vec<Digest>,
    pub rejections: Vec<Rejection>,
    /// Why nobody can say whether the verdict's person spoke for its groups.
    pub groups_unchecked: Option<String>,
}

/// What was found about the documents of one event.
struct Evidence {
    named: Vec<Digest>,
    rejections: Vec<Rejection>,
    groups_unchecked: Option<String>,
}

impl ActionHistory {
    pub(super) fn new(id: &ActionId) -> Self {
        Self {
            item: Item::new(id.clone()),
            quarantined: false,
            broken: false,
            resume: None,
            asked: None,
            proposed: None,
        }
    }

    /// The item as far as its records lead.
    pub(super) fn item(&self) -> &Item {
        &self.item
    }

    /// A violation was recorded: nothing may follow.
    pub(super) fn kill(&mut self) {
        self.quarantined = true;
    }

    /// Replays one event record.
    pub(super) fn follow(&mut self, step: &Step<'_>, check: Option<&dyn CheckVerdict>) -> Taken {
        let mut rejections = Vec::new();
        if self.quarantined {
            rejections.push(Rejection::new("event-after-violation", "an event follows a recorded violation"));
        }
        match self.extended(step) {
            Ok(next) => {
                let Evidence { named, rejections: found, groups_unchecked } =
                    self.evidence(&next, step, check);
                rejections.extend(found);
                let last = next.entries().last();
                let (kind, at) = (last.map_or("event", |e| e.event.kind()), last.map(|e| e.at));
                self.proposed = self.proposed.or(proposed(&next, step));
                self.asked = asked(&next, step.object).map(Box::new).or(self.asked.take());
                self.resume = agreed(&next, step.object).map(Box::new).or(self.resume.take());
                self.item = next;
                Taken { kind, at, named, rejections, groups_unchecked }
            }
            Err(rejection) => {
                // One missing record makes all later ones unreadable, so it is reported once.
                if !self.broken {
                    rejections.push(rejection);
                }
                self.broken = true;
                Taken {
                    kind: "event",
                    at: None,
                    named: step.object.documents().keys().copied().collect(),
                    rejections,
                    groups_unchecked: None,
                }
            }
        }
    }

    fn extended(&self, step: &Step<'_>) -> Result<Item, Rejection> {
        let expected = self.item.sequence().saturating_add(1);
        if step.sequence > expected {
            let detail =
                format!("event {expected} of the action is not recorded before event {}", step.sequence);
            return Err(Rejection::new("record-missing", detail));
        }
        if step.sequence < expected {
            return Err(Rejection::new(
                "recorded-twice",
                "the event's place in the action is recorded already",
            ));
        }
        if *step.previous != self.item.chain() {
            return Err(Rejection::new("chain-differs", "the record does not continue the action's chain"));
        }
        let impossible = |error: String| Rejection::new("event-impossible", error);
        let line = json::canonical(step.entry).map_err(|error| impossible(error.to_string()))?.into_string();
        let lines = self.item.entries().iter().map(|entry| entry.line.as_str()).chain([line.as_str()]);
        let next =
            Item::parse(self.item.id().clone(), lines).map_err(|error| impossible(error.to_string()))?;
        if next.chain() != *step.chain {
            return Err(Rejection::new(
                "chain-differs",
                "the entry does not lead to the chain recorded after it",
            ));
        }
        Ok(next)
    }

    /// The documents the newest event names, and what does not hold about them.
    fn evidence(&self, next: &Item, step: &Step<'_>, check: Option<&dyn CheckVerdict>) -> Evidence {
        let (mut rejections, mut groups_unchecked) = (Vec::new(), None);
        let Some(last) = next.entries().last() else {
            return Evidence { named: Vec::new(), rejections, groups_unchecked };
        };
        let documents = step.object.documents();
        rejections.extend(
            agrees(next.id(), self.item.state(), &last.event, documents, self.asked.as_deref()).err(),
        );
        if let Event::Proposed { token_key, .. } = &last.event
            && !step.keys.contains_key(token_key)
        {
            rejections.push(key_missing("the agent's token"));
        }
        // Execution refuses such an action, so a claim of it means that execution was bypassed.
        if let (Event::Claimed { .. }, Some((at, fetched))) = (&last.event, self.proposed) {
            rejections.extend(timely(at, fetched).err());
        }
        if let Event::Resumed { by, .. } = &last.event {
            let by = step.others.get(by).filter(|history| !history.quarantined);
            let by = by.and_then(|history| Some((history.item.state(), history.resume.as_deref()?)));
            let founded = by.ok_or_else(unfounded);
            let founded =
                founded.and_then(|(by, agreed)| resumes(self.item.state(), &last.event, by, agreed));
            rejections.extend(founded.err());
        }
        if let Some(check) = check
            && let Some(verdict) = last.event.verdict()
        {
            match self.verdict(next, verdict, last.at, step, check) {
                Ok(GroupCheck::Proven) => {}
                Ok(GroupCheck::Unchecked(why)) => groups_unchecked = Some(why),
                Err(rejection) => rejections.push(rejection),
            }
        }
        Evidence { named: published(&last.event), rejections, groups_unchecked }
    }

    fn verdict(
        &self,
        next: &Item,
        verdict: &domain::Verdict,
        at: Timestamp,
        step: &Step<'_>,
        check: &dyn CheckVerdict,
    ) -> Result<GroupCheck, Rejection> {
        let missing = |what: &str| Rejection::new("document-missing", format!("the {what} is not there"));
        let statement = step.object.document(&verdict.statement).ok_or_else(|| missing("statement"))?;
        let envelope = step.object.document(&verdict.envelope).ok_or_else(|| missing("envelope"))?;
        let proof = verdict.proof_document.as_ref();
        let proof =
            proof.map(|digest| step.object.document(digest).ok_or_else(|| missing("proof"))).transpose()?;
        let proof_key = match proof {
            None => None,
            Some(proof) => {
                let key = check.proof_key(proof).and_then(|key| step.keys.get(&key).map(|(jwk, _)| *jwk));
                Some(key.ok_or_else(|| key_missing("the person's ID token"))?)
            }
        };
        let scope = next.entries().last().and_then(|entry| entry.event.suspends());
        let suspending = scope.map(|scope| scope.matter(&verdict.groups));
        let review = suspending.as_ref().or_else(|| self.item.state().review());
        let review =
            review.ok_or_else(|| Rejection::new("event-impossible", "there was nothing to vote on"))?;
        let action = next.id();
        check.verdict(&VerdictEvidence {
            action,
            review,
            scope,
            verdict,
            at,
            statement,
            envelope,
            proof,
            proof_key,
        })
    }
}

/// The action document of the newest event, where it decides on the end of a suspension.
fn agreed(next: &Item, object: &Object) -> Option<Action> {
    let Event::Decided { action: Some(action), .. } = &next.entries().last()?.event else { return None };
    let resumes = next.state().proposal()?.action_type == RESUME;
    object.document(action).filter(|_| resumes)?.open().ok()
}

/// When the newest event says it proposes something, and when the key of its token was fetched to record it.
fn proposed(next: &Item, step: &Step<'_>) -> Option<(Timestamp, Timestamp)> {
    let last = next.entries().last()?;
    let Event::Proposed { token_key, .. } = &last.event else { return None };
    Some((last.at, step.keys.get(token_key)?.1))
}

/// The request the newest event names, if it names one.
fn asked(next: &Item, object: &Object) -> Option<Request> {
    match &next.entries().last()?.event {
        Event::Proposed { request, .. } | Event::Modified { request, .. } => {
            object.document(request)?.open().ok()
        }
        _ => None,
    }
}

fn key_missing(of: &str) -> Rejection {
    Rejection::new("key-missing", format!("the key of {of} is not recorded before the record that needs it"))
}
