//! The main job, end to end, on the running local stack: what happens is printed as it happens.

mod audit;
mod dispute;
mod export;
mod in_chat;
mod others;
mod printer;

use std::process::ExitCode;

use flow::stack::Stack;
use flow::{Failure, FlowResult};
use printer::DemoPrinter;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut printer = DemoPrinter::begin();
    match tell(&mut printer).await {
        Ok(()) => {
            printer.end();
            ExitCode::SUCCESS
        }
        Err(Failure(text)) => {
            printer.broke(&text);
            ExitCode::FAILURE
        }
    }
}

async fn tell(printer: &mut DemoPrinter) -> FlowResult<()> {
    let stack = Stack::running()?;
    let mut alice = flow::person::BrowserPerson::new(&stack, "alice")?;
    export::propose_refuse_approve(printer, &stack, &mut alice).await?;
    dispute::swap_after_approval(printer, &stack, &mut alice).await?;
    others::one_of_sre_by_api(printer, &stack).await?;
    in_chat::denied_in_slack(printer, &stack, &mut alice).await?;
    in_chat::approved_in_teams(printer, &stack).await?;
    others::nobody_asked(printer, &stack).await?;
    others::forbidden(printer, &stack).await?;
    audit::verify_offline(printer, &stack).await
}
