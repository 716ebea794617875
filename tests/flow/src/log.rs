//! The log on an auditor's own machine.

use std::path::Path;

use crate::stack::{Stack, local_dir};
use crate::{Failure, FlowResult, FlowStep, cli};

/// Downloads the log, and the bundles that were in force, with what to believe about them into a new folder.
///
/// # Errors
/// When a bucket does not answer or the folder cannot be written.
pub async fn download(stack: &Stack, folder: &Path) -> FlowResult<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).step("the old download")?;
    }
    let (log, bundles) = (format!("s3://{}", stack.log_bucket), format!("s3://{}", stack.bundles_bucket));
    let place = folder.to_str().step("a readable path")?;
    let (code, text) =
        cli::run_on(stack, &["ledger", "fetch", log.as_str(), place, "--bundles", bundles.as_str()]).await?;
    if code != 0 {
        return Err(Failure(format!("the log cannot be fetched: {text}")));
    }
    let trust = local_dir().join("trust.json");
    std::fs::copy(&trust, folder.join("trust.json")).step("trust.json")?;
    Ok(())
}

/// What `countersign ledger verify` says of a folder, groups and all: exit code and text.
///
/// # Errors
/// When it cannot be run.
pub async fn verify(folder: &Path) -> FlowResult<(i32, String)> {
    let folder = folder.to_str().step("a readable path")?;
    cli::run(&["ledger", "verify", folder, "--strict"]).await
}
