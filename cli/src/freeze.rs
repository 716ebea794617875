//! `countersign freeze`: the stop switch, for people whom the directory names. Letting run again is an action:
//! `countersign propose` of a `countersign-thaw`.
#![expect(clippy::print_stdout, reason = "a command prints")]

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

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
        let stopped = match self.scope.text() {
            None => api.freezes().await?,
            Some(scope) => {
                let stop = json!({ "scope": scope, "reason": self.reason.unwrap_or_default() });
                api.freeze(stop.to_string().into_bytes()).await?
            }
        };
        show(&stopped, self.json);
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

fn show(stopped: &Value, json: bool) {
    if json {
        println!("{stopped}");
        return;
    }
    let items = stopped.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if items.is_empty() {
        println!("nothing is stopped");
    }
    for stop in items {
        let text = |pointer: &str| stop.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        println!("{}  {} since {}: {}", text("/scope"), text("/by/subject"), text("/since"), text("/reason"));
    }
}
