//! The auditor: downloads the log and checks it without asking us; then changes one byte and looks again.

use std::path::{Path, PathBuf};

use flow::stack::{Stack, local_dir};
use flow::{Outcome, Step, aws, fail};
use tokio::process::Command;

use crate::story::Story;

pub(crate) async fn verify_offline(story: &Story, stack: &Stack) -> Outcome<()> {
    story.scene("An auditor checks the log on their own machine");
    let folder = local_dir().join("demo-log");
    let objects = download(stack, &folder).await?;
    story.line("auditor", &format!("downloads {objects} locked objects into {}", folder.display()));
    let (code, text) = verify(&folder).await?;
    if code != 0 {
        return fail(format!("the log does not verify (exit {code}):\n{text}"));
    }
    story
        .agreed("auditor", &format!("countersign ledger verify: {}", text.lines().last().unwrap_or("clean")));
    let first = folder.join(format!("log/{:020}", 0));
    let mut bytes = std::fs::read(&first).step("the first object")?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    std::fs::write(&first, bytes).step("the first object")?;
    story.line("somebody", &format!("changes one bit of object 0 (byte {middle})"));
    let (code, text) = verify(&folder).await?;
    if code != 1 {
        return fail(format!("a changed byte was not noticed (exit {code}):\n{text}"));
    }
    story.refused("auditor", "sees it:", text.lines().next().unwrap_or("a finding"));
    Ok(())
}

async fn download(stack: &Stack, folder: &Path) -> Outcome<usize> {
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

async fn verify(folder: &Path) -> Outcome<(i32, String)> {
    let output = Command::new(countersign()?).args(["ledger", "verify"]).arg(folder).output().await;
    let output = output.step("countersign")?;
    let text = [output.stdout, output.stderr].concat();
    Ok((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned()))
}

/// The CLI, built beside this program.
fn countersign() -> Outcome<PathBuf> {
    let here = std::env::current_exe().step("this program's path")?;
    let cli = here.with_file_name("countersign");
    if cli.exists() {
        Ok(cli)
    } else {
        fail(format!("{} is not built: cargo build -p countersign", cli.display()))
    }
}
