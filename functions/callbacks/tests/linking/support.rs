//! Invitations, and the whole way of one account.

use domain::ChatAccount;
use fn_callbacks::Invitation;
use store::AccountState;
use testkit::SampleRequirement;

use crate::stack::{Answer, Browser, TestStack, code, prove, record, signed_in};

pub const SHOWN_AS: &str = "alice.a";

pub fn slack(user: &str) -> ChatAccount {
    ChatAccount { channel: "slack".to_owned(), id: format!("T1/{user}") }
}

pub async fn stack() -> TestStack {
    TestStack::asking(SampleRequirement::DataOwner).await
}

pub async fn invited(stack: &TestStack, user: &str) -> (Invitation, String) {
    let invitation = stack.chat.invite(&slack(user), SHOWN_AS).await.unwrap();
    let path = invitation.url.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned();
    (invitation, path)
}

pub async fn linked(stack: &TestStack, user: &str) -> bool {
    let item = stack.states.account_item(&slack(user)).await.unwrap();
    item.is_some_and(|item| item.state().link().is_some())
}

/// The whole way of Alice's account.
pub async fn link(stack: &TestStack, user: &str) -> Browser {
    let (invitation, path) = invited(stack, user).await;
    let mut browser = signed_in(stack, "alice").await;
    let page = prove(stack, &mut browser, &path, "alice").await;
    let person = stack.chat.confirm(&slack(user), &invitation.reference, &code(&page)).await.unwrap();
    assert_eq!(person, stack.scenario.person("alice"));
    stack.chat.accept(&slack(user), &invitation.reference).await.unwrap();
    record(stack, &slack(user), 1).await;
    browser
}

/// Presses "Unlink" with the fields of the page, some of them replaced.
pub async fn unlink(
    stack: &TestStack,
    browser: &mut Browser,
    list: &Answer,
    over: &[(&str, &str)],
) -> Answer {
    let names = ["csrf", "channel", "id", "statement"];
    let value = |name: &str| {
        let over = over.iter().find(|(over, _)| *over == name).map(|(_, value)| (*value).to_owned());
        over.unwrap_or_else(|| list.field(name))
    };
    let fields: Vec<(&str, String)> = names.into_iter().map(|name| (name, value(name))).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(stack, "/accounts/unlink", &fields).await
}
