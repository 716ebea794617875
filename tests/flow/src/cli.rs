//! The product's command line, as people and pipelines run it.

use std::path::PathBuf;

use tokio::process::Command;

use crate::stack::{Stack, root};
use crate::{FlowResult, FlowStep};

/// Runs it and gives exit code and everything it printed.
///
/// # Errors
/// When it cannot be run.
pub async fn run(arguments: &[&str]) -> FlowResult<(i32, String)> {
    ended(Command::new(countersign()?).args(arguments)).await
}

/// The same where it reaches the stack's buckets as their owner does.
///
/// # Errors
/// When it cannot be run.
pub async fn run_on(stack: &Stack, arguments: &[&str]) -> FlowResult<(i32, String)> {
    let mut command = Command::new(countersign()?);
    let owner = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
    let place = [("AWS_ENDPOINT_URL", stack.endpoint.as_str()), ("AWS_REGION", stack.region.as_str())];
    ended(command.args(arguments).envs(owner).envs(place).current_dir(root())).await
}

async fn ended(command: &mut Command) -> FlowResult<(i32, String)> {
    let output = command.output().await.step("countersign")?;
    let text = [output.stdout, output.stderr].concat();
    Ok((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned()))
}

/// The CLI, built into the folder of this program, or one above it where this is a test.
fn countersign() -> FlowResult<PathBuf> {
    let here = std::env::current_exe().step("this program's path")?;
    let beside = here.ancestors().skip(1).take(2).map(|folder| folder.join("countersign"));
    beside.into_iter().find(|cli| cli.exists()).step("the CLI (build it: cargo build -p countersign)")
}
