//! `countersign freeze`: the stop switch, for people whom the directory names. Letting run again is an action:
//! `countersign propose` of a `countersign-thaw`.

use clap::Args;
use serde_json::{Value, json};
use wire::http::{CoverageView, FreezeList, FreezeView};
use wire::text::rfc3339;

use crate::api::{ApiError, Connection, Deadline};
use crate::console::{Console, Line, Tone};
use crate::exit;

/// How long it is tried again while no answer comes, in seconds.
const TRYING: u64 = 60;

const CODES: &str = "Exit codes: 0 it is stopped, or listed; 2 it is not, and why is said; 8 the token is no longer accepted; \
9 it is stopped, but the rules in force know no such agent: look at the name again; 74 the output could not be written; \
141 its reader is gone.";

/// Stops everything, a type of action or an agent at once, with a person's token.
#[derive(Debug, Args)]
#[command(after_help = format!("{CODES}\n\nExample:\n  \
countersign freeze --agent 'https://id.example.com|export-agent' --reason 'It deletes what it should not'"))]
pub struct Freeze {
    #[command(flatten)]
    scope: Scope,
    /// Why; people read it before they let it run again.
    #[arg(long, required_unless_present = "list")]
    reason: Option<String>,
    /// Print everything that is stopped as JSON.
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
    /// Stop everything.
    #[arg(long)]
    all: bool,
    /// Stop one type of action.
    #[arg(long = "type", value_name = "TYPE")]
    action_type: Option<String>,
    /// Stop one agent: its issuer and subject, as `https://issuer|subject`.
    #[arg(long, value_name = "ISSUER|SUBJECT")]
    agent: Option<String>,
    /// Stop nothing; list what is stopped.
    #[arg(long)]
    list: bool,
}

impl Freeze {
    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn run(self, console: &Console) -> Result<u8, ApiError> {
        let deadline = Deadline::after(TRYING);
        let api = self.connection.open(console, &deadline).await?;
        let Some(scope) = self.scope.text() else {
            let answer = api.freezes(&deadline).await?;
            let stopped = told(&answer, None)?.items;
            match self.json {
                true => console.json_line(&answer),
                false => show(console, &stopped),
            }
            return Ok(exit::DONE);
        };
        let answer = api.freeze(&json!({ "scope": scope, "reason": self.reason }), &deadline).await?;
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

/// Everything that is stopped, as the answer says. Only an answer that says so is believed: neither that nothing is
/// stopped, nor that what was to be stopped is.
fn told(answer: &Value, wanted: Option<&str>) -> Result<FreezeList, ApiError> {
    let malformed = |error| ApiError::Answer(format!("the answer is no list of what is stopped: {error}"));
    let list: FreezeList = wire::json::from_value(answer.clone()).map_err(malformed)?;
    match wanted.filter(|scope| list.items.iter().all(|stop| stop.scope != *scope)) {
        Some(scope) => Err(ApiError::Answer(format!("the answer does not say that `{scope}` is stopped"))),
        None => Ok(list),
    }
}

fn show(console: &Console, stopped: &[FreezeView]) {
    if stopped.is_empty() {
        console.line("nothing is stopped");
    }
    for stop in stopped {
        let (by, since) = (&stop.by.subject, rfc3339(stop.since));
        let reason = stop.reason.as_deref().unwrap_or("no reason is kept");
        console.line(format!("{}  {by} since {since}: {reason}", stop.scope));
    }
}

/// What was stopped, for the person who did it; and whether the rules in force know it. What is not said is not known.
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

fn loud(text: &str) -> Line {
    Line::default().with(Tone::Bad, "UNKNOWN").with(Tone::Plain, format!(": {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P10: what is not said is not believed, least of all that nothing is stopped.
    #[test]
    fn an_answer_that_does_not_say_it() {
        let stop = json!({
            "scope": "type:s3-export",
            "by": { "subject": "bob", "display": "bob" },
            "since": "2026-11-21T15:00:00.000Z",
            "reason": "It went wrong",
        });
        let list = json!({ "items": [stop] });
        assert_eq!(told(&list, Some("type:s3-export")).unwrap().items.len(), 1);
        assert_eq!(told(&json!({ "items": [] }), None).unwrap().items, []);
        assert!(told(&list, Some("all")).is_err(), "something else is stopped");
        for answer in [json!({}), json!([]), json!({ "items": [{ "scope": "all" }] })] {
            assert!(told(&answer, None).is_err(), "{answer}");
        }
    }
}
