//! An action as the API shows it: a pure function of the item and the opened documents it names.

mod denial;
mod grant;
mod message;
mod parts;

use domain::{Event, Person, Progress, ResolvedBy, State, Timestamp};
use redaction::{escape_hidden, escape_value};
use wire::Item;
use wire::action_documents::ActionDocuments;
use wire::documents::{Change, DocumentKind, Provenance, Statement};
use wire::http::{
    ActionView, ChangeView, DecisionView, DenialView, ErrorView, OutcomeView, PersonView, ProvenanceView,
    ReasonView, RequirementView, ResolutionView, VerdictView,
};

use crate::changes::changes_of_each;
use crate::context::moved;
use crate::votes::{Votes, stood_in_for};

pub use grant::{fixed, grants};
pub use message::usual_time;
use parts::{links, principal, shown};

/// The action as it stands at `now` for this viewer; none for an item without events. `base_url` begins every link. Every
/// text in the documents of the action is redacted already; what cannot be seen is spelled out, and masks are moved along. Votes that the
/// viewer may not see are left out of everything, so that the whole differs by none of them. What was found at the target
/// is told to people only: without a viewer it is what the agent may see.
#[must_use]
pub fn view(
    item: &Item,
    action_documents: &ActionDocuments,
    base_url: &str,
    viewer: Option<&Person>,
    now: Timestamp,
) -> Option<ActionView> {
    let state = item.state();
    let proposal = state.proposal()?;
    let review = state.last_review();
    let request = &action_documents.request;
    let denial = denial::denial(state, action_documents);
    let votes = Votes::of(item, viewer);
    let progress = review.map(|review| votes.progress(review)).unwrap_or_default();
    let scene = message::Scene {
        id: item.id(),
        state,
        review,
        progress: &progress,
        hidden: votes.hidden(),
        action_documents,
        denial: denial.as_ref(),
        created_at: proposal.created_at,
        expires_at: proposal.expires_at,
        touched_at: item.touched_at()?,
        now,
    };
    Some(ActionView {
        id: item.id().clone(),
        action_type: proposal.action_type.clone(),
        status: state.status().name().to_owned(),
        is_final: state.status().is_final(),
        revision: proposal.revision,
        agent_message: message::agent_message(&scene),
        digest: review.map(|review| review.decision.action),
        parameters: request.parameters.clone(),
        masked: request.masked.iter().map(|mask| (&moved(mask, &request.reason)).into()).collect(),
        reason: escape_hidden(&request.reason).text,
        principal: principal(proposal, action_documents),
        provenance: request.provenance.iter().map(fact).collect(),
        correlation: request.correlation.clone(),
        decision: action_documents.decision.as_ref().map(decision),
        requirements: progress.iter().map(requirement).collect(),
        votes_hidden: votes.hidden(),
        verdicts: verdicts(item, action_documents, votes, now),
        changes: changes(item, action_documents),
        outcome: outcome(state, action_documents),
        resolution: resolution(item, action_documents),
        expected_seconds: expected_seconds(state, action_documents),
        denial: denial.map(|told| DenialView {
            cause: viewer.and_then(|_| denial::cause(state, action_documents)),
            ..told
        }),
        created_at: proposal.created_at,
        expires_at: proposal.expires_at,
        links: links(item, base_url),
    })
}

fn requirement(one: &Progress) -> RequirementView {
    RequirementView { name: one.name.clone(), needed: one.needed, given: one.given }
}

/// What stands on one line stays on it.
fn fact(fact: &Provenance) -> ProvenanceView {
    let (name, value) = (escape_value(&fact.name).text, escape_value(&fact.value).text);
    ProvenanceView { name, value, verified: fact.verified }
}

fn decision(decision: &wire::documents::DecisionDocument) -> DecisionView {
    DecisionView {
        outcome: decision.outcome,
        bundle: decision.bundle,
        reasons: decision.reasons.iter().map(ReasonView::from).collect(),
        observed: decision.observed.iter().map(ReasonView::from).collect(),
    }
}

/// Every change, and the verdicts of the current revision, each with the statement that it names.
fn verdicts(
    item: &Item,
    action_documents: &ActionDocuments,
    votes: Votes<'_>,
    now: Timestamp,
) -> Vec<VerdictView> {
    let revised = |entry: &wire::Entry| matches!(entry.event, Event::Modified { .. });
    let start = item.entries().iter().rposition(revised).map_or(0, |last| last + 1);
    let stands = |(place, entry): &(usize, &wire::Entry)| *place >= start || revised(entry);
    let entries = item.entries().iter().enumerate().filter(stands).map(|(_, entry)| entry);
    let seen = entries.filter(|entry| votes.shows_event(&entry.event));
    let said = seen.filter_map(|entry| entry.event.verdict().map(|verdict| (verdict, entry.at)));
    let view = |subject: &str| PersonView { display: subject.to_owned(), subject: subject.to_owned() };
    said.map(|(verdict, at)| {
        let digest = |statement: &Statement| statement.document().map(|document| document.digest());
        let mut statements = action_documents.changes.iter().chain(&action_documents.statements);
        let words = statements.find(|statement| digest(statement) == Ok(verdict.statement));
        let subject = verdict.person.subject.clone();
        VerdictView {
            person: PersonView { display: shown(&subject), subject },
            stands_in_for: stood_in_for(verdict.into()).into_iter().map(view).collect(),
            verdict: verdict.kind.into(),
            reason_code: words.and_then(|words| words.reason_code.clone()),
            reason: words.and_then(|words| words.reason.clone()),
            proof: verdict.proof,
            at,
            grant: grant::grant_of(item, verdict.statement, &action_documents.request, now),
        }
    })
    .collect()
}

/// What reviewers changed, each at the time of its event.
fn changes(item: &Item, action_documents: &ActionDocuments) -> Vec<ChangeView> {
    let each = changes_of_each(&action_documents.sent, &action_documents.changes);
    let dated = item
        .changes()
        .zip(each)
        .flat_map(|((entry, _), changes)| changes.into_iter().map(|change| (change, entry.at)));
    let view = |(change, at): (Change, Timestamp)| ChangeView {
        pointer: change.pointer,
        from: change.from,
        to: change.to,
        by: PersonView { display: shown(&change.by.subject), subject: change.by.subject },
        at,
    };
    dated.map(view).collect()
}

/// A result that is held or withheld may not be read yet; the outcome's other facts may.
fn outcome(state: &State, action_documents: &ActionDocuments) -> Option<OutcomeView> {
    let outcome = action_documents.outcome.as_ref()?;
    let kept = matches!(state, State::Held { .. } | State::Withheld(..));
    let error = outcome.error.as_ref();
    Some(OutcomeView {
        result: if kept { serde_json::Value::Null } else { outcome.result.clone() },
        started_at: outcome.started_at,
        finished_at: outcome.finished_at,
        error: error.map(|error| ErrorView { code: error.code.clone(), detail: error.detail.clone() }),
    })
}

/// What a person, or Countersign by asking the target, found out about an attempt whose outcome was lost.
fn resolution(item: &Item, action_documents: &ActionDocuments) -> Option<ResolutionView> {
    let entry = item.entries().iter().rev().find(|entry| matches!(entry.event, Event::Resolved { .. }))?;
    let Event::Resolved { happened, by, .. } = &entry.event else { return None };
    let (by, found) = match by {
        ResolvedBy::Person(verdict) => {
            let subject = verdict.person.subject.clone();
            let words = action_documents.statements.iter().find(|statement| {
                statement.document().is_ok_and(|document| document.digest() == verdict.statement)
            });
            let person = PersonView { display: shown(&subject), subject };
            (Some(person), words.and_then(|words| words.reason.clone()))
        }
        ResolvedBy::Probe(_) => {
            (None, action_documents.probe.as_ref().map(|probe| escape_value(&probe.found).text))
        }
    };
    Some(ResolutionView { happened: *happened, by, found, at: entry.at })
}

/// How long it usually takes, while somebody may wonder.
fn expected_seconds(state: &State, action_documents: &ActionDocuments) -> Option<u32> {
    let executing = matches!(state, State::Executing(_));
    action_documents.review.as_ref().filter(|_| executing).map(|review| review.what.expected_seconds)
}
