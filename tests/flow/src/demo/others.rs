//! The other ways an action can go: one colleague by API, nobody asked, never.

use flow::agent::AgentClient;
use flow::person::BrowserPerson;
use flow::stack::Stack;
use flow::{FlowResult, FlowStep, fail};
use serde_json::{Value, json};

use crate::export::accepted;
use crate::printer::{DemoPrinter, short, text};

/// Any one of sre agrees by API; the requirement asks for no stronger proof.
pub(crate) async fn one_of_sre_by_api(printer: &DemoPrinter, stack: &Stack) -> FlowResult<()> {
    printer.scene("A model is retrained: one of sre must agree, the API will do");
    let agent = AgentClient::agent(stack, "ci-agent").await?;
    let body = example(&agent, "lambda-invoke").await?;
    let id = accepted(&agent.propose(&format!("invoke-{}", printer.run), &body).await?)?;
    let pending = agent.wait_for(&id, &["pending"]).await?;
    printer.line("ci-agent", &format!("proposes lambda-invoke, {id}"));
    for fact in pending.get("provenance").and_then(Value::as_array).into_iter().flatten() {
        let said = if fact.get("verified") == Some(&Value::Bool(true)) {
            "proved by its token"
        } else {
            "said by the agent"
        };
        printer.detail(&format!("{} {} ({said})", text(fact, "/name"), text(fact, "/value")));
    }
    let bob = BrowserPerson::new(stack, "bob")?.api().await?;
    let review = bob.get(&format!("/v1/actions/{id}/review")).await?.body;
    let answer = bob.verdict(&id, "approve", &review).await?;
    if answer.status != 200 {
        return fail(format!("bob was answered {} {}", answer.status, answer.body));
    }
    printer.agreed("bob", &format!("approves digest {}", short(text(&review, "/action_digest"))));
    let done = agent.wait_for(&id, &["succeeded"]).await?;
    printer.agreed(
        "execution",
        &format!("invoked it: {}", done.pointer("/outcome/result").unwrap_or(&Value::Null)),
    );
    Ok(())
}

/// What policy allows runs without a question.
pub(crate) async fn nobody_asked(printer: &DemoPrinter, stack: &Stack) -> FlowResult<()> {
    printer.scene("What nobody needs to be asked for");
    let agent = AgentClient::agent(stack, "demo-agent").await?;
    let body = json!({
        "type": "s3-export",
        "parameters": {
            "source": "s3://reports/2026/revenue-q3.csv",
            "destination": format!("s3://analytics/revenue-{}.csv", printer.run),
        },
        "reason": "Nightly refresh of the dashboard",
    });
    let id = accepted(&agent.propose(&format!("report-{}", printer.run), &body).await?)?;
    printer.line("agent", &format!("proposes to copy a report that holds no customer data, {id}"));
    agent.wait_for(&id, &["succeeded"]).await?;
    printer.agreed("execution", "ran it; policy permits, the record says so");
    Ok(())
}

/// What policy forbids never waits for anybody.
pub(crate) async fn forbidden(printer: &DemoPrinter, stack: &Stack) -> FlowResult<()> {
    printer.scene("What nobody can agree to");
    let agent = AgentClient::agent(stack, "demo-agent").await?;
    let body = json!({
        "type": "s3-export",
        "parameters": {
            "source": "s3://customers/2026/q3.csv",
            "destination": "s3://elsewhere/q3.csv",
        },
        "reason": "A copy for later",
    });
    let id = accepted(&agent.propose(&format!("elsewhere-{}", printer.run), &body).await?)?;
    let denied = agent.wait_for(&id, &["denied"]).await?;
    printer.refused("policy", &format!("{id}:"), text(&denied, "/denial/message"));
    printer.detail(&format!("to the agent: {}", text(&denied, "/agent_message")));
    Ok(())
}

pub(crate) async fn example(agent: &AgentClient, action_type: &str) -> FlowResult<Value> {
    let catalog = agent.get("/v1/catalog").await?.body;
    let types = catalog.get("types").and_then(Value::as_array).step("the catalogue")?;
    let entry = types.iter().find(|entry| text(entry, "/type") == action_type).step(action_type)?;
    entry.get("example").cloned().step("its example")
}
