//! The auditor: downloads the log and checks it without asking us; then changes one byte and looks again.

use flow::log::{download, verify};
use flow::stack::{Stack, local_dir};
use flow::{FlowResult, FlowStep, fail};

use crate::printer::DemoPrinter;

pub(crate) async fn verify_offline(printer: &DemoPrinter, stack: &Stack) -> FlowResult<()> {
    printer.scene("An auditor checks the log on their own machine");
    let folder = local_dir().join("demo-log");
    download(stack, &folder).await?;
    let objects = std::fs::read_dir(folder.join("log")).step("the downloaded log")?.count();
    printer.line("auditor", &format!("downloads {objects} locked objects into {}", folder.display()));
    let (code, text) = verify(&folder).await?;
    if code != 0 {
        return fail(format!("the log does not verify (exit {code}):\n{text}"));
    }
    printer
        .agreed("auditor", &format!("countersign ledger verify: {}", text.lines().last().unwrap_or("clean")));
    let first = folder.join(format!("log/{:020}", 0));
    let mut bytes = std::fs::read(&first).step("the first object")?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    std::fs::write(&first, bytes).step("the first object")?;
    printer.line("somebody", &format!("changes one bit of object 0 (byte {middle})"));
    let (code, text) = verify(&folder).await?;
    if code != 1 {
        return fail(format!("a changed byte was not noticed (exit {code}):\n{text}"));
    }
    printer.refused("auditor", "sees it:", text.lines().next().unwrap_or("a finding"));
    Ok(())
}
