//! The main job: an export of customer data that its owner must agree to.

use flow::agent::{AgentAnswer, AgentClient};
use flow::person::BrowserPerson;
use flow::stack::Stack;
use flow::{FlowResult, FlowStep, aws, fail};
use serde_json::{Value, json};

use crate::printer::{DemoPrinter, short, text};

const SOURCE: (&str, &str) = ("customers", "2026/q3.csv");

/// The body of an export proposal to this destination key.
pub(crate) fn export(destination: &str) -> Value {
    json!({
        "type": "s3-export",
        "parameters": {
            "source": format!("s3://{}/{}", SOURCE.0, SOURCE.1),
            "destination": format!("s3://partner-drop/{destination}"),
        },
        "reason": "Quarterly report for the partner programme; questions to reports@partner.example or +49 30 901820",
        "provenance": { "commit": "9f2c41d", "run_url": "https://ci.example/runs/4812" },
    })
}

pub(crate) async fn propose_refuse_approve(
    printer: &DemoPrinter,
    stack: &Stack,
    alice: &mut BrowserPerson,
) -> FlowResult<()> {
    printer.scene("An agent wants to export customer data");
    let agent = AgentClient::agent(stack, "demo-agent").await?;
    let destination = format!("q3-{}.csv", printer.run);
    let body = export(&destination);
    let answer = agent.propose(&format!("demo-{}", printer.run), &body).await?;
    let id = accepted(&answer)?;
    printer.line("agent", &format!("proposes s3-export, {id}"));
    let pending = agent.wait_for(&id, &["pending"]).await?;
    show_pending(printer, &pending);
    refusals(printer, stack, &agent, &id).await?;
    let digest = approve(printer, alice, &id).await?;
    let done = agent.wait_for(&id, &["succeeded"]).await?;
    printer.agreed("execution", "ran it with credentials minted for this one command");
    printer.detail(&format!("result {}", done.pointer("/outcome/result").unwrap_or(&Value::Null)));
    if text(&done, "/digest") != digest {
        return fail("what ran has another digest than what was approved");
    }
    printer.detail(&format!("digest {}: shown, approved, run", short(&digest)));
    compare(printer, stack, &destination).await
}

/// The action's id, if the proposal was taken.
pub(crate) fn accepted(answer: &AgentAnswer) -> FlowResult<String> {
    match answer.status.as_u16() {
        200 | 202 => Ok(answer.text("id").to_owned()),
        status => fail(format!("the proposal was not taken: {status} {}", answer.body)),
    }
}

fn show_pending(printer: &DemoPrinter, pending: &Value) {
    printer.line(
        "policy",
        &format!(
            "{} ({})",
            text(pending, "/decision/reasons/0/message"),
            text(pending, "/decision/reasons/0/policy")
        ),
    );
    printer.detail(&format!(
        "digest {}, rules {}",
        short(text(pending, "/digest")),
        short(text(pending, "/decision/bundle"))
    ));
    printer.detail(&format!("as people see it: “{}”", text(pending, "/reason")));
    printer.detail(&format!("to the agent: {}", text(pending, "/agent_message")));
}

async fn refusals(printer: &DemoPrinter, stack: &Stack, agent: &AgentClient, id: &str) -> FlowResult<()> {
    let mut alice = BrowserPerson::new(stack, "alice")?;
    let by_api = alice.api().await?;
    let review = by_api.get(&format!("/v1/actions/{id}/review")).await?.body;
    let attempt = async |who: &str, tried: &str, caller: &AgentClient, code: &str| {
        let answer = caller.verdict(id, "approve", &review).await?;
        if answer.text("code") != code {
            return fail(format!("{who} was answered {} {}, not {code}", answer.status, answer.body));
        }
        printer.refused(who, tried, answer.text("detail"));
        Ok(())
    };
    attempt("agent", "tries to approve its own request:", agent, "agent-cannot-decide").await?;
    let mallory = BrowserPerson::new(stack, "mallory")?.api().await?;
    attempt("mallory", "tries:", &mallory, "not-an-approver").await?;
    let dana = BrowserPerson::new(stack, "dana")?.api().await?;
    attempt("dana", "the agent's owner, tries:", &dana, "own-request").await?;
    attempt("alice", "tries with a token of a script:", &by_api, "step-up-required").await
}

/// Alice reads the page and approves; her provider signs it. Returns the action digest she saw.
pub(crate) async fn approve(
    printer: &DemoPrinter,
    person: &mut BrowserPerson,
    id: &str,
) -> FlowResult<String> {
    let page = person.open(&format!("/review/{id}")).await?;
    printer.line(&person.name.clone(), &format!("opens the page: {}", page.text("h1")?));
    let digest =
        page.form("form.decide")?.fields.get("action_digest").cloned().step("action_digest on the page")?;
    let page = person.press(&page, "approve", &[("reason", "Agreed with the partner team")]).await?;
    if !page.status.is_success() {
        return fail(format!("approving ended at {} with {}: {}", page.address, page.status, page.html));
    }
    printer.agreed(&person.name.clone(), "approves; her identity provider signs exactly that decision");
    Ok(digest)
}

async fn compare(printer: &DemoPrinter, stack: &Stack, destination: &str) -> FlowResult<()> {
    let s3 = aws::s3(&aws::root(stack).await);
    let source = aws::object(&s3, SOURCE.0, SOURCE.1).await?.step("the source")?;
    let copy = aws::object(&s3, "partner-drop", destination).await?.step("the copy")?;
    if source != copy {
        return fail("the copy differs from what was shown");
    }
    printer.detail(&format!(
        "s3://partner-drop/{destination}: {} bytes, equal to the version that was shown",
        copy.len()
    ));
    Ok(())
}
