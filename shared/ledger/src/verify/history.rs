//! One action's records, replayed through the lifecycle.

use std::collections::BTreeMap;

use domain::{
    ActionId, Chain, Digest, Event, KeyRef, RESUME, Rejection, Scope, SuspensionEvent, Timestamp, Verdict,
    VerdictSubject,
};
use serde_json::Value;
use wire::documents::{Action, Request};
use wire::{AccountItem, AnyItem, Item, SuspensionItem, json};

use super::{CheckVerdict, GroupCheck, LinkEvidence, VerdictEvidence};
use crate::evidence::{account_agrees, agrees, published, resumes, suspension_agrees, timely, unfounded};
use crate::object::Object;

/// What the log has told about one action so far.
pub(super) struct ActionHistory {
    item: AnyItem,
    quarantined: bool,
    broken: bool,
    /// What was agreed to, of an action that ends a suspension.
    resume: Option<Box<Action>>,
    /// The newest request, which a change continues.
    asked: Option<Box<Request>>,
    proposed: Option<ProposalTimes>,
}

/// When an action was proposed.
#[derive(Debug, Clone, Copy)]
struct ProposalTimes {
    /// By its event.
    proposed_at: Timestamp,
    /// When the ledger fetched the key of the agent's token, to record the event.
    key_fetched_at: Timestamp,
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
            item: AnyItem::new(id.clone()),
            quarantined: false,
            broken: false,
            resume: None,
            asked: None,
            proposed: None,
        }
    }

    /// The action as far as its records lead; none for the suspension list.
    pub(super) fn action(&self) -> Option<&Item> {
        self.item.action()
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
                let last = next.sequence();
                let (kind, at) = (next.kind(last).unwrap_or("event"), next.at(last));
                if let Some(action) = next.action() {
                    self.proposed = self.proposed.or(proposed(action, step));
                    self.asked = asked(action, step.object).map(Box::new).or(self.asked.take());
                    self.resume = agreed(action, step.object).map(Box::new).or(self.resume.take());
                }
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

    fn extended(&self, step: &Step<'_>) -> Result<AnyItem, Rejection> {
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
        let lines = self.item.lines().into_iter().chain([line.as_str()]);
        let next =
            AnyItem::parse(self.item.id().clone(), lines).map_err(|error| impossible(error.to_string()))?;
        if next.chain() != *step.chain {
            return Err(Rejection::new(
                "chain-differs",
                "the entry does not lead to the chain recorded after it",
            ));
        }
        Ok(next)
    }

    /// The documents the newest event names, and what does not hold about them.
    fn evidence(&self, next: &AnyItem, step: &Step<'_>, check: Option<&dyn CheckVerdict>) -> Evidence {
        let mut rejections = match next {
            AnyItem::Action(next) => self.of_action(next, step),
            AnyItem::Suspensions(next) => self.of_suspensions(next, step),
            AnyItem::Account(next) => of_account(next, step),
        };
        let mut groups_unchecked = None;
        if let Some(check) = check {
            rejections.extend(link(next, step, check).err());
            match self.verdict(next, step, check) {
                Ok(GroupCheck::Proven) => {}
                Ok(GroupCheck::Unchecked(why)) => groups_unchecked = Some(why),
                Err(rejection) => rejections.push(rejection),
            }
        }
        let named = match next {
            AnyItem::Action(next) => {
                next.entries().last().map(|last| published(&last.event)).unwrap_or_default()
            }
            AnyItem::Suspensions(_) | AnyItem::Account(_) => next.documents(next.sequence()),
        };
        Evidence { named, rejections, groups_unchecked }
    }

    fn of_action(&self, next: &Item, step: &Step<'_>) -> Vec<Rejection> {
        let mut rejections = Vec::new();
        let (Some(last), Some(before)) = (next.entries().last(), self.item.action()) else {
            return rejections;
        };
        let documents = step.object.documents();
        rejections
            .extend(agrees(next.id(), before.state(), &last.event, documents, self.asked.as_deref()).err());
        if let Event::Proposed { token_key, .. } = &last.event
            && !step.keys.contains_key(token_key)
        {
            rejections.push(key_missing("the agent's token"));
        }
        // Execution refuses such an action, so a claim of it means that execution was bypassed.
        if let (Event::Claimed { .. }, Some(times)) = (&last.event, self.proposed) {
            rejections.extend(timely(times.proposed_at, times.key_fetched_at).err());
        }
        rejections
    }

    fn of_suspensions(&self, next: &SuspensionItem, step: &Step<'_>) -> Vec<Rejection> {
        let mut rejections = Vec::new();
        let (Some(last), Some(before)) = (next.entries().last(), self.item.suspensions()) else {
            return rejections;
        };
        rejections.extend(suspension_agrees(&last.event, step.object.documents()).err());
        if let SuspensionEvent::Resumed { by, .. } = &last.event {
            let by = step.others.get(by).filter(|history| !history.quarantined);
            let by = by.and_then(|history| Some((history.action()?.state(), history.resume.as_deref()?)));
            let founded = by.ok_or_else(unfounded);
            let founded = founded.and_then(|(by, agreed)| resumes(before.state(), &last.event, by, agreed));
            rejections.extend(founded.err());
        }
        rejections
    }

    /// Whether the verdict of the newest event holds, if it contains one.
    fn verdict(
        &self,
        next: &AnyItem,
        step: &Step<'_>,
        check: &dyn CheckVerdict,
    ) -> Result<GroupCheck, Rejection> {
        let last = next.sequence();
        let (Some(verdict), Some(at)) = (next.verdict(last), next.at(last)) else {
            return Ok(GroupCheck::Proven);
        };
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
        let scope = scope(next);
        let subject = self.subject(scope, verdict);
        let subject =
            subject.ok_or_else(|| Rejection::new("event-impossible", "there was nothing to vote on"))?;
        check.verdict(&VerdictEvidence {
            action: next.id(),
            subject: &subject,
            scope,
            verdict,
            at,
            statement,
            envelope,
            proof,
            proof_key,
        })
    }

    /// What the verdict was given on: the scope of a suspension, or the action before it.
    fn subject(&self, scope: Option<&Scope>, verdict: &Verdict) -> Option<VerdictSubject<'_>> {
        match scope {
            Some(scope) => Some(scope.subject(verdict)),
            None => Some(self.item.action()?.state().review()?.subject(verdict)),
        }
    }
}

fn of_account(next: &AccountItem, step: &Step<'_>) -> Vec<Rejection> {
    let Some(last) = next.entries().last() else { return Vec::new() };
    account_agrees(next.id(), &last.event, last.at, step.object.documents()).err().into_iter().collect()
}

/// Whether the link of the newest event holds, if it contains one.
fn link(next: &AnyItem, step: &Step<'_>, check: &dyn CheckVerdict) -> Result<(), Rejection> {
    let last = next.account().and_then(|account| account.entries().last());
    let Some((link, named)) = last.and_then(|last| last.event.link(last.at)) else { return Ok(()) };
    let missing = |what: &str| Rejection::new("document-missing", format!("the {what} is not there"));
    let document = |digest, what| step.object.document(digest).ok_or_else(|| missing(what));
    let id_token = document(&named.id_token, "ID token")?;
    let key = check.proof_key(id_token).and_then(|key| step.keys.get(&key).map(|(jwk, _)| *jwk));
    check.link(&LinkEvidence {
        link: &link,
        named,
        statement: document(&link.statement, "statement")?,
        envelope: document(&named.envelope, "envelope")?,
        id_token,
        key: key.ok_or_else(|| key_missing("the person's ID token"))?,
    })
}

/// What the newest event suspends or resumes, if it is the suspension list's.
fn scope(next: &AnyItem) -> Option<&Scope> {
    next.suspensions()?.entries().last().map(|entry| entry.event.scope())
}

/// The action document of the newest event, where it decides on the end of a suspension.
fn agreed(next: &Item, object: &Object) -> Option<Action> {
    let Event::Decided { action: Some(action), .. } = &next.entries().last()?.event else { return None };
    let resumes = next.state().proposal()?.action_type == RESUME;
    object.document(action).filter(|_| resumes)?.open().ok()
}

/// When the newest event says it proposes something, and when the key of its token was fetched to record it.
fn proposed(next: &Item, step: &Step<'_>) -> Option<ProposalTimes> {
    let last = next.entries().last()?;
    let Event::Proposed { token_key, .. } = &last.event else { return None };
    let (_, key_fetched_at) = *step.keys.get(token_key)?;
    Some(ProposalTimes { proposed_at: last.at, key_fetched_at })
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
