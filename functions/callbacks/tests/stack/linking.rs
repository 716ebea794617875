//! The page's side of linking an account: an invitation is opened, confirmed by a sign-in, and recorded in the log.

use axum::http::StatusCode;
use domain::{AccountEvent, ChatAccount, Digest};
use store::{AccountState, IndexRow, Position, WriteIndex};

use super::{Answer, Browser, TestStack};

/// This person's browser, signed in.
pub async fn signed_in(stack: &TestStack, subject: &str) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(stack, subject, &[]).await;
    browser
}

/// Presses the page's button.
pub async fn press_link(stack: &TestStack, browser: &mut Browser, path: &str) -> Answer {
    let page = browser.get(stack, path).await;
    let csrf = page.field("csrf");
    browser.post(stack, path, &[("csrf", csrf.as_str())]).await
}

/// Presses the button and signs in anew at the provider; the result is the page afterwards.
pub async fn prove(stack: &TestStack, browser: &mut Browser, path: &str, subject: &str) -> Answer {
    let left = press_link(stack, browser, path).await;
    stack.clock.pass(1);
    let back = browser.finish_sign_in(stack, &left, subject, &[], Some(stack.now())).await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, path.to_owned()), "{}", back.body);
    browser.get(stack, path).await
}

/// The code that a page shows, as four and four letters.
pub fn code(page: &Answer) -> String {
    let shown = page.body.split("<strong class=\"value\">").nth(1).unwrap_or_default();
    shown.split('<').next().unwrap_or_default().to_owned()
}

/// The index as the ledger writes it once everything of this account is in the log.
pub async fn record(stack: &TestStack, account: &ChatAccount, at: u64) {
    let item = stack.states.account_item(account).await.unwrap().unwrap();
    let linked = item.entries().iter().filter_map(|entry| match &entry.event {
        AccountEvent::Linked { person, .. } => Some(person.into()),
        AccountEvent::Unlinked { .. } => None,
    });
    let principal = wire::text::Identity { issuer: account.channel.clone(), subject: account.id.clone() };
    let (sequence, chain, deciders) = (item.sequence(), item.chain(), linked.collect());
    let row =
        IndexRow { sequence, chain, principal, deciders, ..IndexRow::blank(item.id(), stack.now(), at) };
    let position = Position {
        position: at,
        object: at,
        kind: "linked".to_owned(),
        sequence,
        at: stack.now(),
        digest: Digest::of(&at.to_be_bytes()),
        tried: None,
        history_entry: None,
    };
    stack.index.apply(&position, &row).await.unwrap();
}
