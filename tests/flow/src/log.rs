//! The log on an auditor's own machine.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::stack::{Stack, local_dir};
use crate::{Outcome, Step, aws};

/// Downloads the log with what to believe about it into a new folder; how many objects there were.
///
/// # Errors
/// When the bucket does not answer or the folder cannot be written.
pub async fn download(stack: &Stack, folder: &Path) -> Outcome<usize> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).step("the old download")?;
    }
    let s3 = aws::s3(&aws::root(stack).await);
    let objects = aws::download(&s3, &stack.log_bucket, "log/").await?;
    for (key, bytes) in &objects {
        let path = folder.join(key);
        let parent = path.parent().step("a folder")?;
        std::fs::create_dir_all(parent).step("a folder")?;
        std::fs::write(&path, bytes).step(key)?;
    }
    let trust = local_dir().join("trust.json");
    std::fs::copy(&trust, folder.join("trust.json")).step("trust.json")?;
    Ok(objects.len())
}

/// What `countersign ledger verify` says of a folder: exit code and text.
///
/// # Errors
/// When it cannot be run.
pub async fn verify(folder: &Path) -> Outcome<(i32, String)> {
    let output = Command::new(countersign()?).args(["ledger", "verify"]).arg(folder).output().await;
    let output = output.step("countersign")?;
    let text = [output.stdout, output.stderr].concat();
    Ok((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned()))
}

/// The CLI, built beside this program, or above it where this is a test.
fn countersign() -> Outcome<PathBuf> {
    let here = std::env::current_exe().step("this program's path")?;
    let beside = here.ancestors().skip(1).take(2).map(|folder| folder.join("countersign"));
    beside.into_iter().find(|cli| cli.exists()).step("the CLI (build it: cargo build -p countersign)")
}
