//! Who refused and why, and whether asking again makes sense: how an agent learns its boundary.

use domain::{DeniedBy, State, Vote};
use redaction::escape_value;
use wire::action_documents::ActionDocuments;
use wire::documents::{DocumentKind, Statement};
use wire::http::{DenialView, DeniedByName, Retry};

/// The denial, in the one state that is one.
pub(super) fn denial(state: &State, action_documents: &ActionDocuments) -> Option<DenialView> {
    let State::Denied(_, by) = state else { return None };
    Some(match by {
        DeniedBy::Policy(_) => by_policy(action_documents),
        DeniedBy::Approver(vote) => by_approver(vote, &action_documents.statements),
        DeniedBy::Claim { code, .. } => at_the_claim(code, action_documents),
    })
}

/// What was found at the target, by policy or at the claim.
pub(super) fn cause(state: &State, action_documents: &ActionDocuments) -> Option<String> {
    let State::Denied(_, by) = state else { return None };
    let cause = match by {
        DeniedBy::Policy(_) => action_documents.decision.as_ref()?.cause.as_ref()?,
        DeniedBy::Claim { .. } => action_documents.refusal.as_ref()?.cause.as_ref()?,
        DeniedBy::Approver(_) => return None,
    };
    Some(escape_value(&cause.detail).text)
}

fn by_policy(action_documents: &ActionDocuments) -> DenialView {
    let decision = action_documents.decision.as_ref();
    let reasons = decision.map(|decision| decision.reasons.as_slice()).unwrap_or_default();
    let code = decision.and_then(|decision| decision.code.clone());
    let code = code.unwrap_or_else(|| "forbidden-by-policy".to_owned());
    let message = joined(&reasons.iter().map(|reason| reason.message.as_str()).collect::<Vec<_>>());
    let instead: Vec<&str> = reasons.iter().filter_map(|reason| reason.instead.as_deref()).collect();
    DenialView {
        by: DeniedByName::Policy,
        message: message.unwrap_or_else(|| "No rule allows it.".to_owned()),
        retry: policy_retry(&code),
        code,
        allowed_instead: joined(&instead),
        cause: None,
    }
}

/// One text as it is; several as sentences, one after another.
fn joined(texts: &[&str]) -> Option<String> {
    match texts {
        [] => None,
        [only] => Some((*only).to_owned()),
        several => Some(several.iter().map(|text| sentence(text)).collect::<Vec<_>>().join(" ")),
    }
}

/// The text with a full stop at its end, where no other sign ends its sentence.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

fn policy_retry(code: &str) -> Retry {
    match code {
        "forbidden-by-policy" | "cannot-plan" => Retry::Changed,
        "no-owner" | "policy-error" | "unavailable" | "suspended" => Retry::Later,
        _ => Retry::Never,
    }
}

fn by_approver(vote: &Vote, statements: &[Statement]) -> DenialView {
    let named = |statement: &&Statement| {
        statement.document().is_ok_and(|document| document.digest() == vote.statement)
    };
    let words = statements.iter().find(named);
    let code = words.and_then(|words| words.reason_code.clone()).unwrap_or_else(|| "other".to_owned());
    let reason = words.and_then(|words| words.reason.clone());
    let (meaning, retry) = approver_code(&code);
    DenialView {
        by: DeniedByName::Approver,
        message: reason.unwrap_or_else(|| meaning.to_owned()),
        retry,
        code,
        allowed_instead: None,
        cause: None,
    }
}

fn approver_code(code: &str) -> (&'static str, Retry) {
    match code {
        "wrong-target" => ("It points at the wrong target.", Retry::Changed),
        "not-recognised" => ("They do not recognise this work.", Retry::Never),
        "not-now" => ("Not at this time.", Retry::Later),
        "needs-ticket" => ("It needs a ticket that the reason names.", Retry::Changed),
        _ => ("They gave no words.", Retry::Changed),
    }
}

fn at_the_claim(code: &str, action_documents: &ActionDocuments) -> DenialView {
    let note = action_documents.refusal.as_ref().map(|note| note.detail.clone());
    DenialView {
        by: DeniedByName::Policy,
        code: code.to_owned(),
        message: note.unwrap_or_else(|| "What was approved may no longer run.".to_owned()),
        retry: claim_retry(code),
        allowed_instead: None,
        cause: None,
    }
}

/// The person who refused, if a person did.
pub(super) fn refuser(state: &State) -> Option<&str> {
    let State::Denied(_, DeniedBy::Approver(vote)) = state else { return None };
    Some(vote.person.subject.as_str())
}

/// A grant that no longer covers it is no reason against it: asked again, people are asked.
fn claim_retry(code: &str) -> Retry {
    match code {
        "changed-since-review" | "abandoned" | "suspended" | "grant-used-up" | "grant-invalid" => {
            Retry::Later
        }
        _ => Retry::Changed,
    }
}
