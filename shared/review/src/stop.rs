//! What the stop switch stops, in words.

use domain::{Freeze, Scope};
use wire::text::rfc3339;

/// Why nothing of what is stopped runs, and how it does again.
#[must_use]
pub fn frozen(stop: &Freeze) -> String {
    let (by, what, at) = (&stop.by.subject, stopped(&stop.scope), rfc3339(stop.at));
    format!("{by} stopped {what} at {at}. It runs again once people approve a thaw.")
}

/// `everything`, `every s3-export`, `everything of demo-agent`.
#[must_use]
pub fn stopped(scope: &Scope) -> String {
    let said = match scope {
        Scope::All => "everything".to_owned(),
        Scope::Type(name) => format!("every {name}"),
        Scope::Agent(agent) => format!("everything of {}", agent.subject),
    };
    redaction::escape_value(&said).text
}
