//! Writes the decision: first its documents, then the event that names them.

use domain::{ActionId, DecisionKind, Event, Fault, Proposal};
use redaction::{Known, redact_text};
use wire::documents::{Cause, CountsJson, DecisionDocument, Document, DocumentKind, HistoryJson, ReasonJson};
use wire::json::JsonError;

use crate::Policy;
use crate::decision::{Answer, Decided};

impl Policy {
    /// Stores what the decision names and makes the event.
    pub(crate) async fn write(
        &self,
        id: &ActionId,
        proposal: &Proposal,
        decided: Decided,
    ) -> Result<Event, Fault> {
        let (kind, code, reasons) = match &decided.answer {
            Answer::Forbid { code, reasons, .. } => (DecisionKind::Forbid, Some(code.clone()), reasons),
            Answer::Approvable(approvable) if approvable.requirements.is_empty() => {
                (DecisionKind::Permit, None, &approvable.reasons)
            }
            Answer::Approvable(approvable) => (DecisionKind::RequireApproval, None, &approvable.reasons),
        };
        let requirements = match &decided.answer {
            Answer::Forbid { .. } => Vec::new(),
            Answer::Approvable(approvable) => approvable.requirements.clone(),
        };
        let granted = match &decided.answer {
            Answer::Forbid { .. } => Vec::new(),
            Answer::Approvable(approvable) => approvable.granted.clone(),
        };
        let resolvers = match &decided.answer {
            Answer::Forbid { .. } => Vec::new(),
            Answer::Approvable(approvable) => approvable.resolvers.clone(),
        };
        let decision = DecisionDocument {
            format: DecisionDocument::FORMAT.to_owned(),
            action: id.clone(),
            revision: proposal.revision,
            outcome: kind.into(),
            code,
            bundle: decided.in_force.as_ref().map(|in_force| in_force.manifest),
            resource: decided.trace.resource.clone(),
            reasons: reasons.iter().map(|reason| told_by(reason, &decided.trace.known)).collect(),
            cause: match &decided.answer {
                Answer::Forbid { cause, .. } => cause.clone().map(|cause| found(cause, &decided.trace.known)),
                Answer::Approvable(_) => None,
            },
            observed: decided.trace.observed.iter().map(spoken).collect(),
            requirements: requirements.clone(),
            granted: granted.iter().cloned().map(Into::into).collect(),
            resolvers: resolvers.clone(),
            history: decided.trace.history.as_ref().map(told),
        };
        let document = self.put(decision.document()).await?;
        let (mut review, mut action, mut expires_at) = (None, None, proposal.expires_at);
        if let Answer::Approvable(approvable) = &decided.answer {
            let page = review::document(
                approvable.shown.digest,
                approvable.shown.what.clone(),
                approvable.context.clone(),
            );
            action = Some(self.put(approvable.shown.action.document()).await?);
            review = Some(self.put(page.document()).await?);
            expires_at = approvable.expires_at;
        }
        let requester = decided.trace.requester;
        Ok(Event::Decided {
            kind,
            document,
            review,
            action,
            requirements,
            granted,
            resolvers,
            requester,
            expires_at,
        })
    }

    async fn put(&self, document: Result<Document, JsonError>) -> Result<domain::Digest, Fault> {
        let document = document.map_err(|error| Fault::lasting(error.to_string()))?;
        self.capabilities.document_writer.put(&document).await?;
        Ok(document.digest())
    }
}

fn told(history: &policy::History) -> HistoryJson {
    let counts =
        |counts: policy::Counts| CountsJson { hour: counts.hour, day: counts.day, week: counts.week };
    HistoryJson {
        executed: counts(history.executed),
        denied: counts(history.denied),
        failed: counts(history.failed),
        changed_since_last: history.changed_since_last.iter().cloned().collect(),
    }
}

/// A reason as it is recorded. A reason that comes from no rule may quote a request or a target, so it is redacted; the
/// text of a rule is its author's and stays.
fn told_by(reason: &policy::Reason, known: &Known) -> ReasonJson {
    let reason = spoken(reason);
    match reason.policy.is_empty() {
        true => ReasonJson { message: redact_text(&reason.message, "/reasons", known).text, ..reason },
        false => reason,
    }
}

/// What was found at the target, redacted.
fn found(cause: Cause, known: &Known) -> Cause {
    Cause { detail: redact_text(&cause.detail, "/cause", known).text, ..cause }
}

pub(crate) fn spoken(reason: &policy::Reason) -> ReasonJson {
    ReasonJson {
        policy: reason.policy.clone(),
        message: reason.message.clone(),
        instead: reason.instead.clone(),
    }
}
