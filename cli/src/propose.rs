//! `countersign propose` and `countersign wait`: an approval gate in a pipeline.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command prints")]

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;
use serde_json::Value;

use crate::api::{Api, ApiError, Connection, text};

/// Proposes an action.
#[derive(Debug, Args)]
pub struct Propose {
    /// The proposal: a JSON file as the API takes it.
    file: PathBuf,
    /// The idempotency key: the same key and file propose the same action. Default: the digest of the file.
    #[arg(long)]
    key: Option<String>,
    /// Wait until it is over; the exit code says how: 0 it ran, 3 denied, 4 expired or taken back, 5 failed or unknown,
    /// 6 still waiting.
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    connection: Connection,
}

/// Waits for an action; the exit code says how it ended: 0 it ran, 3 denied, 4 expired or taken back, 5 failed or
/// unknown, 6 still waiting.
#[derive(Debug, Args)]
pub struct Wait {
    /// The action's id.
    action: String,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct Waiting {
    /// How long to wait, in seconds.
    #[arg(long, default_value_t = 3600)]
    timeout: u64,
    /// Print the action as JSON.
    #[arg(long)]
    json: bool,
}

impl Propose {
    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn run(self) -> Result<ExitCode, ApiError> {
        let body =
            std::fs::read(&self.file).map_err(|e| ApiError::File(self.file.display().to_string(), e))?;
        let key = self.key.unwrap_or_else(|| domain::Digest::of(&body).hex());
        let api = self.connection.open().await?;
        let action = api.propose(&key, body).await?;
        if self.wait {
            return wait(&api, text(&action, "id")?, &self.waiting).await;
        }
        show(&action, self.waiting.json);
        Ok(ExitCode::SUCCESS)
    }
}

impl Wait {
    /// Runs it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn run(self) -> Result<ExitCode, ApiError> {
        wait(&self.connection.open().await?, &self.action, &self.waiting).await
    }
}

async fn wait(api: &Api, id: &str, waiting: &Waiting) -> Result<ExitCode, ApiError> {
    let spinner =
        if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    spinner.enable_steady_tick(Duration::from_millis(120));
    let mut left = waiting.timeout;
    loop {
        let seconds = left.min(20);
        let action = api.action(id, seconds).await?;
        let status = text(&action, "status")?;
        spinner.set_message(format!("{id} is {status}"));
        if action.get("final") == Some(&Value::Bool(true)) || left == 0 {
            spinner.finish_and_clear();
            show(&action, waiting.json);
            return Ok(ExitCode::from(code(status)));
        }
        // The server waits for us; where it answers early, a second keeps this from being a storm.
        tokio::time::sleep(Duration::from_secs(1)).await;
        left = left.saturating_sub(seconds.max(1));
    }
}

fn code(status: &str) -> u8 {
    match status {
        "succeeded" | "released" => 0,
        "denied" | "withheld" => 3,
        "expired" | "cancelled" => 4,
        "failed" | "unknown" => 5,
        _ => 6,
    }
}

fn show(action: &Value, json: bool) {
    if json {
        println!("{action}");
        return;
    }
    let field = |name: &str| action.get(name).and_then(Value::as_str).unwrap_or("");
    println!("{} {}", field("id"), field("status"));
    eprintln!("{}", field("agent_message"));
}

#[cfg(test)]
mod tests {
    use super::code;

    /// P2: an outcome nobody can prove is never told as success.
    #[test]
    fn exit_codes() {
        let table = ["succeeded", "denied", "expired", "failed", "unknown", "pending"]
            .map(|status| (status, code(status)));
        assert_eq!(
            table,
            [("succeeded", 0), ("denied", 3), ("expired", 4), ("failed", 5), ("unknown", 5), ("pending", 6)]
        );
    }
}
