//! What is suspended, in words.

use domain::{Scope, Suspension};
use wire::text::rfc3339;

/// Who suspended what, since when, and how it ends.
#[must_use]
pub fn describe_suspension(suspension: &Suspension) -> String {
    let (by, what, at) = (&suspension.by.subject, describe_scope(&suspension.scope), rfc3339(suspension.at));
    format!("{by} suspended {what} at {at}. It stays suspended until people approve a `countersign-resume`.")
}

/// `everything`, `every s3-export`, `everything of demo-agent`.
#[must_use]
pub fn describe_scope(scope: &Scope) -> String {
    let said = match scope {
        Scope::All => "everything".to_owned(),
        Scope::Type(name) => format!("every {name}"),
        Scope::Agent(agent) => format!("everything of {}", agent.subject),
    };
    redaction::escape_value(&said).text
}
