//! The log on an auditor's own machine.

use std::path::Path;

use crate::stack::{Stack, local_dir};
use crate::{Outcome, Step, aws, cli};

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
    let folder = folder.to_str().step("a readable path")?;
    cli::run(&["ledger", "verify", folder]).await
}
