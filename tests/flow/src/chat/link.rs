//! A chat account becomes a person's: the invitation in chat, the page, a fresh sign-in, and the page's code typed in chat.

use serde_json::{Value, json};

use super::{PAUSE, SlackMessage, SlackUser, TRIES, TeamsMessage, TeamsUser, address, texts};
use crate::person::BrowserPerson;
use crate::stack::Stack;
use crate::{FlowResult, FlowStep, fail};

/// How an account was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// It was linked before.
    Before,
    /// It was linked now.
    Now,
}

/// Slack's modal that denies. A press whose account is not linked opens another one.
const DENY: &str = "countersign_deny";
/// The button in Teams of the form that denies.
const DENY_TITLE: &str = "Deny";

/// Presses Deny in Slack, and links the account first where it is not. Returns the modal that asks for the reason.
///
/// # Errors
/// When a step of linking goes another way.
pub async fn link_slack(
    stack: &Stack,
    person: &mut BrowserPerson,
    user: &SlackUser,
    message: &SlackMessage,
) -> FlowResult<(Linked, Value)> {
    let opened = user.press(message, "deny").await?.step("the modal of a press")?;
    if callback(&opened) == DENY {
        return Ok((Linked::Before, opened));
    }
    let code = code_of(stack, person, &opened).await?;
    let shown = user.submit(&opened, &json!({ "code": code })).await?;
    name_is_shown(person, &shown)?;
    // Slack shows the next modal in the place of the first: it has its id.
    let ended = user.submit(&opened, &json!({})).await?;
    if !texts(&ended).contains("The account is linked") {
        return fail(format!("Slack's account was not linked: {ended}"));
    }
    for _ in 0..TRIES {
        tokio::time::sleep(PAUSE).await;
        if let Some(opened) = user.press(message, "deny").await?.filter(|view| callback(view) == DENY) {
            return Ok((Linked::Now, opened));
        }
    }
    fail("a linked account of Slack never counts")
}

/// The same in Teams. Returns the form that asks for the reason.
///
/// # Errors
/// When a step of linking goes another way.
pub async fn link_teams(
    stack: &Stack,
    person: &mut BrowserPerson,
    user: &TeamsUser,
    message: &TeamsMessage,
) -> FlowResult<(Linked, Value)> {
    let opened = user.press(message, DENY_TITLE).await?;
    let form = opened.get("form").step("the form of a press")?.clone();
    if address(&form, &link_pages(stack)).is_none() {
        return Ok((Linked::Before, form));
    }
    let code = code_of(stack, person, &form).await?;
    let shown = user.submit(message, &form, "Go on", &json!({ "code": code })).await?;
    name_is_shown(person, &shown)?;
    let agree = shown.get("form").step("the form with the name")?;
    let ended = user.submit(message, agree, "Link", &json!({})).await?;
    if !texts(&ended).contains("The account is linked") {
        return fail(format!("Teams' account was not linked: {ended}"));
    }
    for _ in 0..TRIES {
        tokio::time::sleep(PAUSE).await;
        let opened = user.press(message, DENY_TITLE).await?;
        if let Some(form) = opened.get("form").filter(|form| address(form, &link_pages(stack)).is_none()) {
            return Ok((Linked::Now, form.clone()));
        }
    }
    fail("a linked account of Teams never counts")
}

/// Opens the invitation's page, signs in for the code, and reads it.
async fn code_of(stack: &Stack, person: &mut BrowserPerson, shown: &Value) -> FlowResult<String> {
    let page = address(shown, &link_pages(stack)).step("the invitation's page")?;
    let path = page.strip_prefix(&stack.api).step("a page of ours")?;
    let page = person.open(path).await?;
    let page = person.browser.submit(&page.form("article form")?, &[]).await?;
    let page = person.sign_in_if_asked(page).await?;
    page.text("strong.value")
}

fn name_is_shown(person: &BrowserPerson, shown: &Value) -> FlowResult<()> {
    let line = |text: &str| text.lines().any(|line| line == person.name);
    if line(&texts(shown)) { Ok(()) } else { fail(format!("{} is not named: {shown}", person.name)) }
}

fn link_pages(stack: &Stack) -> String {
    format!("{}/link/", stack.api)
}

fn callback(view: &Value) -> &str {
    view.get("callback_id").and_then(Value::as_str).unwrap_or_default()
}
