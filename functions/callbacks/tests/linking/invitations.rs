//! An invitation becomes a link: both sides agree, in time, once.

use axum::http::StatusCode;
use domain::ChatAccount;
use fn_callbacks::LinkRefusal;
use store::AccountState;

use crate::stack::{code, press_link, prove, record, signed_in};
use crate::support::{SHOWN_AS, invited, linked, slack, stack, unlink};

/// W9, W10: each side sees the other's name, and the account is linked by a code that only the page shows and only the invited account
/// may use; then it is on the list, and a button ends it.
#[tokio::test]
async fn both_sides_agree() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut browser = signed_in(&stack, "alice").await;
    let page = browser.get(&stack, &path).await;
    for shown in [SHOWN_AS, "Slack", "T1/U1", "signed in as <strong>alice"] {
        assert!(page.body.contains(shown), "`{shown}` is not in {}", page.body);
    }
    let early = stack.chat.confirm(&slack("U1"), &invitation.reference, "BCDF-GHJK").await;
    assert_eq!(early, Err(LinkRefusal::NotConfirmed));
    let page = prove(&stack, &mut browser, &path, "alice").await;
    let asked = stack.desk.asked().pop().unwrap();
    assert!(asked.prompt_login && asked.nonce.starts_with("sha256:"), "{asked:?}");
    assert_eq!(browser.get(&stack, &path).await.body, page.body, "a reload shows the same code");
    let early = stack.chat.accept(&slack("U1"), &invitation.reference).await;
    assert_eq!(early, Err(LinkRefusal::NotConfirmed), "the name is seen before it is linked");
    let typed = code(&page).to_lowercase().replace('-', " ");
    let person = stack.chat.confirm(&slack("U1"), &invitation.reference, &typed).await.unwrap();
    assert_eq!(person, stack.scenario.person("alice"));
    assert!(!linked(&stack, "U1").await, "typing the code is not yet agreeing to the name");
    let link = stack.chat.accept(&slack("U1"), &invitation.reference).await.unwrap();
    assert_eq!((&link.person, link.shown_as.as_str()), (&person, SHOWN_AS));
    record(&stack, &slack("U1"), 1).await;
    assert!(browser.get(&stack, &path).await.body.contains("The account is linked to you"));
    let list = browser.get(&stack, "/accounts").await;
    assert!(list.body.contains("T1/U1") && list.body.contains(SHOWN_AS), "{}", list.body);
    assert_eq!(stack.chat.invite(&slack("U1"), SHOWN_AS).await, Err(LinkRefusal::Linked));
}

/// W10: whoever is sent somebody else's invitation, opens it, signs in and presses its button has linked nothing: the code is theirs to
/// keep. And whoever opens another's invitation can make the account's user see their name, and no more.
#[tokio::test]
async fn a_link_that_somebody_sent_links_nothing() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "MALLORY").await;
    let mut alice = signed_in(&stack, "alice").await;
    let page = prove(&stack, &mut alice, &path, "alice").await;
    let refused = stack.chat.accept(&slack("MALLORY"), &invitation.reference).await;
    assert_eq!(refused, Err(LinkRefusal::NotConfirmed));
    for left in (0..5).rev() {
        let expected = if left == 0 { LinkRefusal::TooManyTries } else { LinkRefusal::WrongCode { left } };
        let guess = stack.chat.confirm(&slack("MALLORY"), &invitation.reference, "BCDFGHJK").await;
        assert_eq!(guess, Err(expected));
    }
    let late = stack.chat.confirm(&slack("MALLORY"), &invitation.reference, &code(&page)).await;
    assert_eq!(late, Err(LinkRefusal::TooManyTries), "five wrong codes end it, the right one comes too late");
    assert_eq!(
        stack.chat.accept(&slack("MALLORY"), &invitation.reference).await,
        Err(LinkRefusal::NotConfirmed)
    );
    assert!(!linked(&stack, "MALLORY").await);
}

/// W10: the sixth code is refused, also when many are typed at the same time.
#[tokio::test]
async fn tries_at_the_same_time_count_too() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    prove(&stack, &mut alice, &path, "alice").await;
    let (account, reference) = (slack("U1"), invitation.reference);
    let mut looked = 0;
    for _ in 0..20 {
        let (one, two) = tokio::join!(
            stack.chat.confirm(&account, &reference, "ZZZZZZZZ"),
            stack.chat.confirm(&account, &reference, "YYYYYYYY")
        );
        looked +=
            [one, two].into_iter().filter(|no| matches!(no, Err(LinkRefusal::WrongCode { .. }))).count();
    }
    assert_eq!(looked, 4, "of five codes the last one ends the invitation");
}

/// W10: an invitation ends after ten minutes, on either side, and so does what was proven in it.
#[tokio::test]
async fn an_invitation_ends() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    let page = prove(&stack, &mut alice, &path, "alice").await;
    let code = code(&page);
    stack.chat.confirm(&slack("U1"), &invitation.reference, &code).await.unwrap();
    stack.clock.pass(600);
    assert!(alice.get(&stack, &path).await.body.contains("older than ten minutes"));
    for refused in [
        stack.chat.confirm(&slack("U1"), &invitation.reference, &code).await.err(),
        stack.chat.accept(&slack("U1"), &invitation.reference).await.err(),
    ] {
        assert_eq!(refused, Some(LinkRefusal::Expired));
    }
    let (_, path) = invited(&stack, "U1").await;
    let left = press_link(&stack, &mut alice, &path).await;
    stack.clock.pass(599);
    assert_eq!(left.status, StatusCode::OK);
    stack.clock.pass(1);
    let back = alice.finish_sign_in(&stack, &left, "alice", &[], Some(stack.now())).await;
    assert_ne!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    assert!(!linked(&stack, "U1").await);
}

/// W10: an invitation links once: not again after the link has ended, and never another account.
#[tokio::test]
async fn an_invitation_links_once() {
    let stack = stack().await;
    let (invitation, path) = invited(&stack, "U1").await;
    let mut alice = signed_in(&stack, "alice").await;
    let page = prove(&stack, &mut alice, &path, "alice").await;
    let (account, reference) = (slack("U1"), invitation.reference.as_str());
    for other in [slack("U2"), ChatAccount { channel: "teams".to_owned(), ..slack("U1") }] {
        let refused = stack.chat.confirm(&other, reference, &code(&page)).await;
        assert_eq!(refused, Err(LinkRefusal::OtherAccount), "{other:?}");
    }
    stack.chat.confirm(&account, reference, &code(&page)).await.unwrap();
    assert_eq!(stack.chat.accept(&slack("U2"), reference).await, Err(LinkRefusal::OtherAccount));
    stack.chat.accept(&account, reference).await.unwrap();
    stack.chat.accept(&account, reference).await.unwrap();
    let item = stack.states.account_item(&account).await.unwrap().unwrap();
    assert_eq!(item.sequence(), 1, "accepting again links nothing anew");
    assert_eq!(stack.chat.confirm(&account, reference, &code(&page)).await, Err(LinkRefusal::Used));
    record(&stack, &account, 1).await;
    let list = alice.get(&stack, "/accounts").await;
    unlink(&stack, &mut alice, &list, &[]).await;
    assert!(!linked(&stack, "U1").await);
    assert_eq!(stack.chat.accept(&account, reference).await, Err(LinkRefusal::Used));
    assert!(!linked(&stack, "U1").await, "what has ended does not come back");
    assert_eq!(stack.chat.confirm(&account, "no such reference", "x").await, Err(LinkRefusal::Unknown));
}
