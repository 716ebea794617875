//! `countersign suspend`: adds to the suspension list, for people whom the directory names. A suspension ends by an action:
//! `countersign propose` of a `countersign-resume`.

use clap::Args;
use serde_json::{Value, json};
use wire::http::{CoverageView, SuspensionList, SuspensionView};
use wire::text::rfc3339;

use crate::api::{ApiError, Connection, Deadline};
use crate::console::{Console, ConsoleLine, Tone};
use crate::exit;

/// How long it is tried again while no answer comes, in seconds.
const TRYING: u64 = 60;

const CODES: &str = "Exit codes: 0 it is suspended, or listed; 2 it is not, and why is said; 8 the token is no longer accepted; \
9 it is suspended, but the rules in force know no such agent: look at the name again; 74 the output could not be written; \
141 its reader is gone.";

/// Suspends everything, a type of action or an agent at once, with a person's token.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  \
countersign suspend --agent 'https://id.example.com|export-agent' --reason 'It deletes what it should not'"))]
pub struct Suspend {
    #[command(flatten)]
    scope: Scope,
    /// Why. People read it before they approve the resume.
    #[arg(long, required_unless_present = "list")]
    reason: Option<String>,
    /// Print everything that is suspended as JSON.
    #[arg(long)]
    json: bool,
    /// End with exit code 0 although the rules in force know no such agent.
    #[arg(long)]
    unknown_ok: bool,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Scope {
    /// Suspend everything.
    #[arg(long)]
    all: bool,
    /// Suspend one type of action.
    #[arg(long = "type", value_name = "TYPE")]
    action_type: Option<String>,
    /// Suspend one agent: its issuer and subject, as `https://issuer|subject`.
    #[arg(long, value_name = "ISSUER|SUBJECT")]
    agent: Option<String>,
    /// Suspend nothing; list what is suspended.
    #[arg(long)]
    list: bool,
}

impl Suspend {
    /// Whether the result is to be JSON, a refusal too.
    pub(crate) fn wants_json(&self) -> bool {
        self.json
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn run(self, console: &Console) -> Result<u8, ApiError> {
        let deadline = Deadline::after(TRYING);
        let api = self.connection.open(console, &deadline).await?;
        let Some(scope) = self.scope.text() else {
            let answer = api.suspensions(&deadline).await?;
            let suspended = told(&answer, None)?.items;
            match self.json {
                true => console.json_line(&answer),
                false => show(console, &suspended),
            }
            return Ok(exit::DONE);
        };
        let answer = api.suspend(&json!({ "scope": scope, "reason": self.reason }), &deadline).await?;
        let list = told(&answer, Some(&scope))?;
        match self.json {
            true => console.json_line(&answer),
            false => show(console, &list.items),
        }
        let known = covered(console, &scope, list.covered.as_ref());
        Ok(if known || self.unknown_ok { exit::DONE } else { exit::UNKNOWN })
    }
}

impl Scope {
    /// As the API takes it; none to list.
    fn text(&self) -> Option<String> {
        match (&self.action_type, &self.agent) {
            (Some(name), _) => Some(format!("type:{name}")),
            (_, Some(agent)) => Some(format!("agent:{agent}")),
            _ => self.all.then(|| "all".to_owned()),
        }
    }
}

/// Everything that is suspended, as the answer says. Only an answer that says so is believed: neither that nothing is
/// suspended, nor that what was to be suspended is.
fn told(answer: &Value, wanted: Option<&str>) -> Result<SuspensionList, ApiError> {
    let malformed = |error| ApiError::Answer(format!("the answer is no list of what is suspended: {error}"));
    let list: SuspensionList = wire::json::from_value(answer.clone()).map_err(malformed)?;
    match wanted.filter(|scope| list.items.iter().all(|suspension| suspension.scope != *scope)) {
        Some(scope) => Err(ApiError::Answer(format!("the answer does not say that `{scope}` is suspended"))),
        None => Ok(list),
    }
}

fn show(console: &Console, suspended: &[SuspensionView]) {
    if suspended.is_empty() {
        console.line("nothing is suspended");
    }
    for suspension in suspended {
        let (by, since) = (&suspension.by.subject, rfc3339(suspension.since));
        let reason = suspension.reason.as_deref().unwrap_or("no reason is kept");
        console.line(format!("{}  {by} since {since}: {reason}", suspension.scope));
    }
}

/// What was suspended, for the person who did it; and whether the rules in force know it. What is not said is not known.
fn covered(console: &Console, scope: &str, coverage: Option<&CoverageView>) -> bool {
    let Some(coverage) = coverage.filter(|coverage| coverage.scope == scope) else {
        console.note(loud("the answer does not say whether anything of that name is known"));
        return false;
    };
    match coverage.known {
        true => console.note(coverage.detail.as_str()),
        false => console.note(loud(&coverage.detail)),
    }
    if !coverage.nearest.is_empty() {
        console.note("known names that are near:");
        coverage.nearest.iter().for_each(|name| console.note(format!("  {name}")));
    }
    if let Some(open) = &coverage.open {
        let more = if open.more { ", or more" } else { "" };
        console.note(format!("of it now: {} pending, {} approved{more}", open.pending, open.approved));
    }
    coverage.known
}

fn loud(text: &str) -> ConsoleLine {
    ConsoleLine::default().with(Tone::Bad, "UNKNOWN").with(Tone::Plain, format!(": {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P10: what is not said is not believed, least of all that nothing is suspended.
    #[test]
    fn an_answer_that_does_not_say_it() {
        let suspension = json!({
            "scope": "type:s3-export",
            "by": { "subject": "bob", "display": "bob" },
            "since": "2026-11-21T15:00:00.000Z",
            "reason": "It went wrong",
        });
        let list = json!({ "items": [suspension] });
        assert_eq!(told(&list, Some("type:s3-export")).unwrap().items.len(), 1);
        assert_eq!(told(&json!({ "items": [] }), None).unwrap().items, []);
        assert!(told(&list, Some("all")).is_err(), "something else is suspended");
        for answer in [json!({}), json!([]), json!({ "items": [{ "scope": "all" }] })] {
            assert!(told(&answer, None).is_err(), "{answer}");
        }
    }
}
