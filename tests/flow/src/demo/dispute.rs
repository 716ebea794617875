//! Somebody swaps the object once it has been approved.

use flow::agent::AgentClient;
use flow::person::BrowserPerson;
use flow::stack::Stack;
use flow::{FlowResult, FlowStep, aws, fail};

use crate::export::{accepted, approve, export};
use crate::printer::{DemoPrinter, text};

pub(crate) async fn swap_after_approval(
    printer: &DemoPrinter,
    stack: &Stack,
    alice: &mut BrowserPerson,
) -> FlowResult<()> {
    printer.scene("The object is swapped after the approval");
    let agent = AgentClient::agent(stack, "demo-agent").await?;
    let destination = format!("swapped-{}.csv", printer.run);
    let id = accepted(&agent.propose(&format!("swap-{}", printer.run), &export(&destination)).await?)?;
    agent.wait_for(&id, &["pending"]).await?;
    let execution = Execution::find(stack).await?;
    execution.listen(false).await?;
    printer.line("operator", "holds execution back for a moment");
    let swapped = swap(printer, stack, &agent, alice, &id).await;
    execution.listen(true).await?;
    swapped?;
    let denied = agent.wait_for(&id, &["denied"]).await?;
    if text(&denied, "/denial/code") != "changed-since-review" {
        return fail(format!("denied for another reason: {denied}"));
    }
    printer.refused("execution", "worked the plan out again:", text(&denied, "/denial/message"));
    let s3 = aws::s3(&aws::root(stack).await);
    match aws::object(&s3, "partner-drop", &destination).await? {
        None => {
            printer.detail("nothing was copied");
            Ok(())
        }
        Some(_) => fail("the swapped object was copied"),
    }
}

async fn swap(
    printer: &DemoPrinter,
    stack: &Stack,
    agent: &AgentClient,
    alice: &mut BrowserPerson,
    id: &str,
) -> FlowResult<()> {
    approve(printer, alice, id).await?;
    agent.wait_for(id, &["approved"]).await?;
    let s3 = aws::s3(&aws::root(stack).await);
    let mut bytes = aws::object(&s3, "customers", "2026/q3.csv").await?.step("the source")?;
    bytes.extend_from_slice(b"mallory@nowhere.example,Berlin,+49 30 000000,2026-11-21\n");
    aws::put(&s3, "customers", "2026/q3.csv", bytes).await?;
    printer.line("somebody", "replaces s3://customers/2026/q3.csv");
    Ok(())
}

/// The queue's door into execution.
struct Execution {
    lambda: aws_sdk_lambda::Client,
    mapping: String,
}

impl Execution {
    async fn find(stack: &Stack) -> FlowResult<Self> {
        let lambda = aws_sdk_lambda::Client::new(&aws::root(stack).await);
        let name = stack.functions.get("execution").step("the execution function")?;
        let found =
            lambda.list_event_source_mappings().function_name(name).send().await.step("event sources")?;
        let mapping =
            found.event_source_mappings().first().and_then(|mapping| mapping.uuid()).step("its queue")?;
        Ok(Self { mapping: mapping.to_owned(), lambda })
    }

    async fn listen(&self, enabled: bool) -> FlowResult<()> {
        let change = self.lambda.update_event_source_mapping().uuid(&self.mapping).enabled(enabled);
        change.send().await.map(|_| ()).step("execution's queue")
    }
}
