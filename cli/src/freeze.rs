//! `countersign freeze`: the stop switch, for people whom the directory names. Letting run again is an action:
//! `countersign propose` of a `countersign-thaw`.
#![expect(clippy::print_stdout, reason = "a command prints")]

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use wire::http::{FreezeList, FreezeView};
use wire::text::rfc3339;

use crate::api::{ApiError, Connection};

/// Stops everything, a type of action or an agent at once, with a person's token. Exit code 0: it is stopped.
#[derive(Debug, Args)]
pub struct Freeze {
    #[command(flatten)]
    scope: Scope,
    /// Why; people read it before they let it run again.
    #[arg(long, required_unless_present = "list")]
    reason: Option<String>,
    /// Print everything that is stopped as JSON.
    #[arg(long)]
    json: bool,
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
    pub async fn run(self) -> Result<ExitCode, ApiError> {
        let api = self.connection.open().await?;
        let wanted = self.scope.text();
        let answer = match &wanted {
            None => api.freezes().await?,
            Some(scope) => {
                let stop = json!({ "scope": scope, "reason": self.reason });
                api.freeze(stop.to_string().into_bytes()).await?
            }
        };
        let stopped = told(&answer, wanted.as_deref())?;
        if self.json {
            println!("{answer}")
        } else {
            show(&stopped)
        }
        Ok(ExitCode::SUCCESS)
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
fn told(answer: &Value, wanted: Option<&str>) -> Result<Vec<FreezeView>, ApiError> {
    let malformed = |error| ApiError::Answer(format!("the answer is no list of what is stopped: {error}"));
    let list: FreezeList = wire::json::from_value(answer.clone()).map_err(malformed)?;
    match wanted.filter(|scope| list.items.iter().all(|stop| stop.scope != *scope)) {
        Some(scope) => Err(ApiError::Answer(format!("the answer does not say that `{scope}` is stopped"))),
        None => Ok(list.items),
    }
}

fn show(stopped: &[FreezeView]) {
    if stopped.is_empty() {
        println!("nothing is stopped");
    }
    for stop in stopped {
        let (by, since) = (&stop.by.subject, rfc3339(stop.since));
        let reason = stop.reason.as_deref().unwrap_or("no reason is kept");
        println!("{}  {by} since {since}: {reason}", stop.scope);
    }
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
        assert_eq!(told(&list, Some("type:s3-export")).unwrap().len(), 1);
        assert_eq!(told(&json!({ "items": [] }), None).unwrap(), []);
        assert!(told(&list, Some("all")).is_err(), "something else is stopped");
        for answer in [json!({}), json!([]), json!({ "items": [{ "scope": "all" }] })] {
            assert!(told(&answer, None).is_err(), "{answer}");
        }
    }
}
