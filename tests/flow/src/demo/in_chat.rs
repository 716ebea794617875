//! What people answer where they already are: a denial in Slack, an approval in Teams.

use flow::FlowResult;
use flow::agent::AgentClient;
use flow::chat::{Linked, SlackUser, TeamsUser, link_slack, link_teams};
use flow::person::BrowserPerson;
use flow::stack::Stack;
use flow::{FlowStep, fail};
use serde_json::json;

use crate::export::{accepted, export};
use crate::others::example;
use crate::printer::{DemoPrinter, text};

const WITHOUT: &str = "this stack runs without it; `make up` says why";

/// Alice's provider has to prove an approval of customer data, so the message in Slack has no button for it; a denial works.
pub(crate) async fn denied_in_slack(
    printer: &DemoPrinter,
    stack: &Stack,
    alice: &mut BrowserPerson,
) -> FlowResult<()> {
    printer.scene("Another export of customer data: Alice says no in Slack");
    let Some(slack) = SlackUser::of(stack, "alice") else {
        printer.detail(&format!("left out: no Slack, {WITHOUT}"));
        return Ok(());
    };
    let agent = AgentClient::agent(stack, "demo-agent").await?;
    let body = export(&format!("in-chat-{}.csv", printer.run));
    let id = accepted(&agent.propose(&format!("slack-{}", printer.run), &body).await?)?;
    printer.line("agent", &format!("proposes s3-export, {id}"));
    let message = slack.asked(&id).await?;
    printer.line("slack", &format!("shows it in {}, with {}", message.channel, message.buttons().join(", ")));
    if message.buttons().contains(&"approve") {
        return fail("a message may not approve what the provider has to prove");
    }
    let (linked, modal) = link_slack(stack, alice, &slack, &message).await?;
    tell_linked(printer, "alice", "Slack", linked);
    slack.submit(&modal, &json!({ "reason": "The partner has last quarter's file already" })).await?;
    let denied = agent.wait_for(&id, &["denied"]).await?;
    printer.refused("alice", "presses Deny in Slack:", text(&denied, "/denial/message"));
    slack.until(&message, |message| message.buttons().is_empty()).await?;
    printer.detail("the message in Slack says so, and has no button any more");
    Ok(())
}

/// For one of sre the platform's signature is proof enough: one press.
pub(crate) async fn approved_in_teams(printer: &DemoPrinter, stack: &Stack) -> FlowResult<()> {
    printer.scene("Another model is retrained: Bob says yes in Teams");
    let Some(teams) = TeamsUser::of(stack, "bob") else {
        printer.detail(&format!("left out: no Teams, {WITHOUT}"));
        return Ok(());
    };
    let agent = AgentClient::agent(stack, "ci-agent").await?;
    let body = example(&agent, "lambda-invoke").await?;
    let id = accepted(&agent.propose(&format!("teams-{}", printer.run), &body).await?)?;
    printer.line("ci-agent", &format!("proposes lambda-invoke, {id}"));
    let message = teams.asked(&id).await?;
    printer.line("teams", &format!("shows it in {}, with {}", message.room, message.buttons().join(", ")));
    let mut bob = BrowserPerson::new(stack, "bob")?;
    let (linked, _) = link_teams(stack, &mut bob, &teams, &message).await?;
    tell_linked(printer, "bob", "Teams", linked);
    let approve = message.buttons().into_iter().find(|title| title.starts_with("Approve"));
    let approve = approve.step("a button that approves")?;
    let told = teams.press(&message, approve).await?;
    if told.get("card").is_none() {
        return fail(format!("bob's press in Teams was answered {told}"));
    }
    printer.agreed(
        "bob",
        &format!("presses {approve} in Teams; the press is committed before Teams is answered"),
    );
    let done = agent.wait_for(&id, &["succeeded"]).await?;
    printer
        .agreed("execution", &format!("invoked it: {}", done.pointer("/outcome/result").step("a result")?));
    teams.until(&message, |message| message.buttons().is_empty()).await?;
    printer.detail("the card in Teams says so, and has no button any more");
    Ok(())
}

fn tell_linked(printer: &DemoPrinter, who: &str, platform: &str, linked: Linked) {
    match linked {
        Linked::Before => printer.detail(&format!("{who}'s account in {platform} is linked already")),
        Linked::Now => {
            printer.line(
                who,
                &format!("links the account in {platform}: signs in, and types the page's code in chat"),
            );
        }
    }
}
