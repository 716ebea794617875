//! Checks that the documents an event names agree with the event. Pure; ledger and verifier use the same functions.

use std::collections::BTreeMap;

use domain::{
    AccountEvent, ActionId, ChatAccount, DecisionKind, Digest, Event, Granted, Proof, Proposal, RESUME,
    Rejection, ResolvedBy, State, SuspensionEvent, Suspensions, Timestamp,
};
use wire::documents::{
    Action, DecisionDocument, Document, DocumentKind, Envelope, LinkStatement, Outcome, OutcomeStatus, Probe,
    RefusalNote, Request, ReviewDocument, Statement,
};
use wire::json;

/// Documents by digest.
pub type DocumentsByDigest = BTreeMap<Digest, Document>;

/// Seconds by which a proposal may be older than its record. Intake accepts no proposal while records are an hour late, and a
/// proposal that was accepted just before may need another hour. The ledger checks minutes, because it knows when the stream
/// saw the write.
const LATE: i64 = 7500;
/// Seconds by which a proposal may be newer than its record: clocks differ.
const EARLY: i64 = 300;

/// Whether an action was proposed when it says, its record being of this time by a clock that the proposer's side does not
/// set. Nothing may run of one that was not.
///
/// # Errors
/// A [`Rejection`].
pub fn timely(created_at: Timestamp, recorded_at: Timestamp) -> Result<(), Rejection> {
    let (earliest, latest) = (recorded_at.plus_seconds(-LATE), recorded_at.plus_seconds(EARLY));
    if (earliest..=latest).contains(&created_at) {
        return Ok(());
    }
    Err(Rejection::new("proposal-not-timely", "the action was not recorded when it says it was proposed"))
}

/// The sealed payload an event names: it must be stored, but it is never copied into the log.
#[must_use]
pub fn sealed(event: &Event) -> Option<Digest> {
    match event {
        Event::Proposed { payload, .. } => Some(*payload),
        _ => None,
    }
}

/// The documents that the log holds together with the event's record: all it names but the sealed payload.
#[must_use]
pub fn published(event: &Event) -> Vec<Digest> {
    let payload = sealed(event);
    event.documents().into_iter().filter(|digest| Some(*digest) != payload).collect()
}

/// Whether the documents that an event of the suspension list names are there and canonical. What they prove is not asked
/// here.
///
/// # Errors
/// The first [`Rejection`].
pub fn suspension_agrees(event: &SuspensionEvent, documents: &DocumentsByDigest) -> Result<(), Rejection> {
    event.documents().into_iter().try_for_each(|digest| canonical(digest, documents))
}

/// Whether an event of a chat account is about the account of this id, and the documents it names are there, canonical, and say
/// what it says at this time. What they prove is not asked here.
///
/// # Errors
/// The first [`Rejection`].
pub fn account_agrees(
    id: &ActionId,
    event: &AccountEvent,
    at: Timestamp,
    documents: &DocumentsByDigest,
) -> Result<(), Rejection> {
    if ActionId::account(event.account()) != *id {
        return Err(Rejection::new("account-differs", "the event is about another account than its item"));
    }
    for digest in event.documents() {
        canonical(digest, documents)?;
    }
    let AccountEvent::Linked { account, person, shown_as, statement, proof } = event else { return Ok(()) };
    let reader = Reader { id, documents };
    let said: LinkStatement = reader.open(statement)?;
    let same = ChatAccount::from(said.account) == *account && said.shown_as == *shown_as;
    hold(same && said.person == person.into(), "statement")?;
    let envelope: Envelope = reader.open(&proof.envelope)?;
    let same = envelope.statement == *statement && envelope.proof_document == Some(proof.id_token);
    hold(same && envelope.proof == Proof::Idp && envelope.at == at, "envelope")
}

/// Whether every published document is there, canonical, of its kind, and about this event of this action. What a
/// verdict's documents prove is not asked here. `asked` is the request of the state before: a change makes the next of it.
///
/// # Errors
/// The first [`Rejection`].
pub fn agrees(
    id: &ActionId,
    before: &State,
    event: &Event,
    documents: &DocumentsByDigest,
    asked: Option<&Request>,
) -> Result<(), Rejection> {
    for digest in published(event) {
        canonical(digest, documents)?;
    }
    let reader = Reader { id, documents };
    match event {
        Event::Proposed { action_type, principal, request, .. } => {
            let request: Request = reader.open(request)?;
            let same = request.action_type == *action_type && request.principal == principal.into();
            hold(same && request.action == *id && request.revision == 1, "request")
        }
        Event::Modified { verdict, request } => {
            let request: Request = reader.open(request)?;
            let statement: Statement = reader.open(&verdict.statement)?;
            let (asked, patch) = asked.zip(statement.patch.as_ref()).ok_or_else(|| differs("request"))?;
            let continued = before.proposal().is_some_and(|proposal| proposal.revision == asked.revision);
            hold(continued && asked.action == *id && request == asked.changed(patch), "request")
        }
        Event::Decided { .. } => reader.decision(before, event),
        Event::Refused { code, document } => {
            let note: RefusalNote = reader.open(document)?;
            hold(note.action == *id && note.code == *code, "refusal")
        }
        Event::Succeeded { attempt, outcome } | Event::ResultHeld { attempt, outcome, .. } => {
            reader.outcome(attempt, outcome, OutcomeStatus::Succeeded)
        }
        Event::Failed { attempt, outcome } => reader.outcome(attempt, outcome, OutcomeStatus::Failed),
        Event::Resolved { attempt, happened, by: ResolvedBy::Probe(document) } => {
            let probe: Probe = reader.open(document)?;
            let same = probe.action == *id && probe.attempt == *attempt && probe.happened == *happened;
            hold(same, "probe")
        }
        _ => Ok(()),
    }
}

/// Whether a resume is what this action's attempt was to do: to end the very suspension that people were shown. `before` is the
/// suspension list, `by` the action as it is recorded, `agreed` its action document.
///
/// # Errors
/// A [`Rejection`].
pub fn resumes(
    before: &Suspensions,
    event: &SuspensionEvent,
    by: &State,
    agreed: &Action,
) -> Result<(), Rejection> {
    let SuspensionEvent::Resumed { scope, attempt, .. } = event else { return Err(unfounded()) };
    let claimed = by.run().filter(|run| run.attempt == *attempt).ok_or_else(unfounded)?;
    let suspension =
        before.active().iter().find(|suspension| suspension.scope == *scope).ok_or_else(unfounded)?;
    let shown = agreed.plan.pins.get("suspension") == Some(&suspension.statement.to_string());
    let said = agreed.parameters.get("scope").and_then(serde_json::Value::as_str) == Some(&scope.to_string());
    let resume = claimed.review.proposal.action_type == RESUME && agreed.action_type == RESUME;
    if shown && said && resume { Ok(()) } else { Err(unfounded()) }
}

/// The rejection of a resume that no approved action justifies.
#[must_use]
pub fn unfounded() -> Rejection {
    Rejection::new("resume-unfounded", "no approved action that began to run ends this suspension")
}

struct Reader<'a> {
    id: &'a ActionId,
    documents: &'a DocumentsByDigest,
}

impl Reader<'_> {
    fn open<T: DocumentKind>(&self, digest: &Digest) -> Result<T, Rejection> {
        let document = self.documents.get(digest).ok_or_else(|| missing(*digest))?;
        let malformed = |_| Rejection::new("document-malformed", format!("{digest} is no `{}`", T::FORMAT));
        document.open().map_err(malformed)
    }

    fn decision(&self, before: &State, event: &Event) -> Result<(), Rejection> {
        let Event::Decided { kind, document, review, action, requirements, granted, resolvers, .. } = event
        else {
            return Ok(());
        };
        let proposal = before.proposal().ok_or_else(|| differs("decision"))?;
        let decision: DecisionDocument = self.open(document)?;
        let decided_on: Vec<Granted> = decision.granted.into_iter().map(Into::into).collect();
        let same =
            decision.action == *self.id && decision.revision == proposal.revision && decided_on == *granted;
        let same = same && decision.requirements == *requirements && decision.resolvers == *resolvers;
        hold(same && DecisionKind::from(decision.outcome) == *kind, "decision")?;
        if let Some(action) = action {
            self.action(action, proposal)?;
        }
        if let Some(review) = review {
            let shown: ReviewDocument = self.open(review)?;
            hold(Some(shown.action) == *action, "review")?;
        }
        Ok(())
    }

    fn action(&self, digest: &Digest, proposal: &Proposal) -> Result<(), Rejection> {
        let action: Action = self.open(digest)?;
        let same = action.action == *self.id
            && action.revision == proposal.revision
            && action.action_type == proposal.action_type
            && action.principal == (&proposal.principal).into();
        hold(same, "action")
    }

    fn outcome(&self, attempt: &str, digest: &Digest, status: OutcomeStatus) -> Result<(), Rejection> {
        let outcome: Outcome = self.open(digest)?;
        hold(outcome.action == *self.id && outcome.attempt == attempt && outcome.status == status, "outcome")
    }
}

fn canonical(digest: Digest, documents: &DocumentsByDigest) -> Result<(), Rejection> {
    let document = documents.get(&digest).ok_or_else(|| missing(digest))?;
    let read = json::parse_stored_value(document.body().as_bytes()).and_then(|value| json::canonical(&value));
    match read {
        Ok(canonical) if canonical.as_bytes() == document.body().as_bytes() => Ok(()),
        _ => Err(Rejection::new("document-malformed", format!("{digest} is not canonical JSON"))),
    }
}

fn hold(same: bool, what: &str) -> Result<(), Rejection> {
    if same { Ok(()) } else { Err(differs(what)) }
}

fn differs(what: &str) -> Rejection {
    Rejection::new("document-differs", format!("the {what} document does not say what the event says"))
}

fn missing(digest: Digest) -> Rejection {
    Rejection::new("document-missing", format!("{digest} is not there"))
}
