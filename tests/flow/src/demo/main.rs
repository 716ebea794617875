//! The main job, end to end, on the running local stack: what happens is printed as it happens.

mod audit;
mod dispute;
mod export;
mod others;
mod story;

use std::process::ExitCode;

use flow::stack::Stack;
use flow::{Failure, FlowResult};
use story::Story;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut story = Story::begin();
    match tell(&mut story).await {
        Ok(()) => {
            story.end();
            ExitCode::SUCCESS
        }
        Err(Failure(text)) => {
            story.broke(&text);
            ExitCode::FAILURE
        }
    }
}

async fn tell(story: &mut Story) -> FlowResult<()> {
    let stack = Stack::running()?;
    let mut alice = flow::person::BrowserPerson::new(&stack, "alice")?;
    export::propose_refuse_approve(story, &stack, &mut alice).await?;
    dispute::swap_after_approval(story, &stack, &mut alice).await?;
    others::one_of_sre_by_api(story, &stack).await?;
    others::nobody_asked(story, &stack).await?;
    others::forbidden(story, &stack).await?;
    audit::verify_offline(story, &stack).await
}
